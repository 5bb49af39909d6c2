//! Is a certificate good: the chain to a trusted root, and the first reason why not.
//!
//! The answer is never a weaker one than that of `openssl verify -x509_strict -crl_check_all
//! -purpose ... -auth_level 2` (OpenSSL 3), or with [`Form::Tolerant`] of that without
//! `-x509_strict`: the path is built as OpenSSL builds it, every check of its is made here, and
//! rustls-webpki must agree where it can judge (`second`). No files, no clock: both come in through
//! [`Question`].

mod authority_key;
mod code;
mod constraints;
mod dates;
mod extensions;
mod names;
mod path;
mod purpose;
mod readable;
mod revocation;
mod scope;
mod second;
mod signatures;
mod strict;

use std::net::IpAddr;

pub use code::Code;
pub use constraints::objections;
pub use purpose::Purpose;

use super::certificate::Certificate;
use super::crl::Crl;
use crate::primitives::time::Timestamp;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The certificate in question.
    pub leaf: &'a Certificate,
    /// Certificates that may lie between it and a root; nothing is believed of them.
    pub untrusted: &'a [Certificate],
    /// What is trusted. A chain must end at a self-signed one of these.
    pub anchors: &'a [Certificate],
    /// Revocation lists for every level; `None` to leave revocation out.
    pub crls: Option<&'a [Crl]>,
    /// The moment that is asked about.
    pub at: Timestamp,
    /// What the certificate is to be used for.
    pub purpose: Purpose,
    /// Whom it must name.
    pub identity: &'a Identity,
    /// What is asked of the form of the certificates.
    pub form: Form,
}

/// What is asked of the form of certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// What RFC 5280 demands, as OpenSSL does under `-x509_strict`.
    Rfc5280,
    /// What OpenSSL puts up with otherwise.
    Tolerant,
}

/// Whom the certificate must name, among its alternative names (RFC 9525: the subject's common name
/// does not count). Each that is given must be there.
#[derive(Clone, Debug, Default)]
pub struct Identity {
    /// A host name.
    pub host: Option<String>,
    /// A mailbox.
    pub email: Option<String>,
    /// An address.
    pub ip: Option<IpAddr>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// From the certificate in question upwards, as far as issuers were found.
    pub chain: Vec<&'a Certificate>,
    /// The first reason why it is not good; `None` where it is.
    pub fault: Option<Fault>,
}

/// A reason why a certificate is not good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its stable name.
    pub code: Code,
    /// In words.
    pub message: String,
    /// Which certificate of the chain is at fault: 0 is the one in question.
    pub depth: usize,
}

impl Fault {
    fn new(code: Code, depth: usize, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            depth,
        }
    }
}

type Checked = Result<(), Fault>;

/// Answers.
pub fn verify<'a>(question: &Question<'a>) -> Verdict<'a> {
    let (chain, ended) = path::build(question);
    let checked = ended.and_then(|()| check(question, &chain));
    Verdict {
        chain,
        fault: checked.err(),
    }
}

fn check(question: &Question<'_>, chain: &[&Certificate]) -> Checked {
    signatures::check(chain)?;
    dates::check(chain, question.at)?;
    extensions::check(chain, question.form)?;
    purpose::check(chain, question.purpose)?;
    names::check(chain, question.identity)?;
    constraints::check(chain)?;
    let lists = match question.crls {
        Some(crls) => revocation::check(chain, crls, question.at)?,
        None => Vec::new(),
    };
    second::check(question, chain, &lists)
}
