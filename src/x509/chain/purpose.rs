//! What a certificate may be used for: key usage and extended key usage, of the certificate and of
//! every CA above (as `openssl verify -purpose` has it: a CA's extended key usage, where it has one,
//! binds all below).

use std::fmt;
use std::str::FromStr;

use super::{Checked, Code, Fault};
use crate::primitives::der::{self, tag};
use crate::primitives::oid::{Oid, known};
use crate::x509::certificate::Certificate;
use crate::x509::extension;
use crate::x509::key_usage::{self, KeyUsage};

/// What a certificate is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A TLS client.
    Client,
    /// A TLS server.
    Server,
    /// S/MIME signatures.
    Email,
    /// Signatures on programs.
    CodeSigning,
    /// OCSP responses (RFC 6960, 4.2.2.2).
    Ocsp,
    /// Nothing in particular.
    Any,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Client,
        Self::Server,
        Self::Email,
        Self::CodeSigning,
        Self::Ocsp,
        Self::Any,
    ];

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Email => "email",
            Self::CodeSigning => "code-signing",
            Self::Ocsp => "ocsp",
            Self::Any => "any",
        }
    }

    /// The extended key usage that allows it.
    pub(super) fn extended_key_usage(self) -> Option<Oid> {
        match self {
            Self::Client => Some(known::CLIENT_AUTH),
            Self::Server => Some(known::SERVER_AUTH),
            Self::Email => Some(known::EMAIL_PROTECTION),
            Self::CodeSigning => Some(known::CODE_SIGNING),
            Self::Ocsp => Some(known::OCSP_SIGNING),
            Self::Any => None,
        }
    }

    /// Key usage words of which the certificate needs one, where its key usage is restricted.
    fn key_usages(self) -> &'static [&'static str] {
        match self {
            Self::Client => &["digitalSignature", "keyAgreement"],
            Self::Server => &["digitalSignature", "keyEncipherment", "keyAgreement"],
            Self::Email => &["digitalSignature", "nonRepudiation"],
            Self::CodeSigning | Self::Ocsp => &["digitalSignature"],
            Self::Any => &[],
        }
    }

    /// The bit of nsCertType that allows it, on certificates that still carry that.
    fn netscape_bit(self) -> Option<u8> {
        match self {
            Self::Client => Some(0x80),
            Self::Server => Some(0x40),
            Self::Email => Some(0x20),
            Self::CodeSigning => Some(0x10),
            Self::Ocsp | Self::Any => None,
        }
    }

    /// True where the certificate itself must say so: nobody signs programs or OCSP responses by
    /// default.
    fn must_be_explicit(self) -> bool {
        matches!(self, Self::CodeSigning | Self::Ocsp)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Purpose {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = Self::ALL.iter().map(|p| p.word()).collect();
        let found = Self::ALL.into_iter().find(|p| p.word() == text);
        found.ok_or_else(|| format!("no such purpose; those are {}", words.join(", ")))
    }
}

pub(super) fn check(chain: &[&Certificate], purpose: Purpose) -> Checked {
    let Some(wanted) = purpose.extended_key_usage() else {
        return Ok(());
    };
    for (depth, certificate) in chain.iter().enumerate() {
        let no = |said: String| Err(Fault::new(Code::WrongPurpose, depth, said));
        let value = certificate.extension(&known::EXTENDED_KEY_USAGE);
        match value.map(extension::read_extended_key_usage) {
            Some(Ok(allowed)) if !allowed.contains(&wanted) => {
                let words: Vec<String> = allowed.iter().map(key_usage::purpose_word).collect();
                return no(format!(
                    "its extended key usage is {}; {purpose} needs {}",
                    words.join(", "),
                    key_usage::purpose_word(&wanted)
                ));
            }
            Some(Err(fault)) => return no(format!("its extended key usage is malformed: {fault}")),
            None if depth == 0 && purpose.must_be_explicit() => {
                let word = key_usage::purpose_word(&wanted);
                return no(format!(
                    "it has no extended key usage; {purpose} needs {word}"
                ));
            }
            _ => {}
        }
        if depth == 0 {
            leaf(certificate, purpose)?;
        }
    }
    Ok(())
}

fn leaf(certificate: &Certificate, purpose: Purpose) -> Checked {
    let no = |said: String| Err(Fault::new(Code::WrongPurpose, 0, said));
    let wanted = purpose.key_usages();
    let has = |usage: KeyUsage| usage.words().iter().any(|word| wanted.contains(word));
    match certificate.key_usage() {
        Some(usage) if !has(usage) => {
            return no(format!(
                "its key usage is {}; {purpose} needs {}",
                usage.words().join(", "),
                wanted.join(" or ")
            ));
        }
        None if purpose == Purpose::CodeSigning => {
            return no("it has no key usage; code-signing needs digitalSignature".to_owned());
        }
        _ => {}
    }
    let netscape = certificate.extension(&NETSCAPE_CERT_TYPE);
    if let (Some(value), Some(bit)) = (netscape, purpose.netscape_bit()) {
        let bits = der::only(value, tag::BIT_STRING, "bits");
        let first = bits.ok().and_then(|b| b.value.get(1).copied());
        if first.unwrap_or(0) & bit == 0 {
            return no(format!(
                "its Netscape certificate type does not allow {purpose}"
            ));
        }
    }
    Ok(())
}

/// 2.16.840.1.113730.1.1.
pub(super) const NETSCAPE_CERT_TYPE: Oid =
    Oid::known(&[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1]);
