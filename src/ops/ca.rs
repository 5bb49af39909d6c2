//! The CA of a directory: its certificate, those above it, and its key.

use std::io::ErrorKind;

use super::{Error, Passphrases, read};
use crate::keys::PrivateKey;
use crate::pki::Pki;
use crate::primitives::der::tag;
use crate::primitives::disk;
use crate::primitives::oid::known;
use crate::profile::IssuerFacts;
use crate::x509::certificate::Certificate;
use crate::x509::draft::Authority;
use crate::x509::extension;
use crate::x509::key_usage::KeyUsage;
use crate::x509::name::{Attribute, Name};

/// A CA's certificate and every CA certificate above it, as far as the directory has them.
#[derive(Clone, Debug)]
pub struct Ca {
    certificate: Certificate,
    above: Vec<Certificate>,
}

impl Ca {
    /// Reads `ca.crt` and `ca-chain.crt`. An adopted directory without a chain has only the former;
    /// whatever else stands in `ca.crt` counts as chain then.
    ///
    /// # Errors
    /// When `ca.crt` cannot be read.
    pub fn load(pki: &Pki) -> Result<Self, Error> {
        let path = pki.layout().ca_certificate();
        let mut found = read::certificates(&disk::read_bounded(&path, MOST)?, &path)?.into_iter();
        let none = || {
            Error::failed(
                "no-certificate",
                format!("{} is empty", path.display()),
                "restore it from a backup",
            )
        };
        let certificate = found.next().ok_or_else(none)?;
        let chain = pki.layout().ca_chain();
        let candidates: Vec<Certificate> = match disk::read_bounded(&chain, MOST) {
            Ok(file) => read::certificates(&file, &chain)?,
            Err(fault) if fault.kind() == ErrorKind::NotFound => found.collect(),
            Err(fault) => return Err(fault.into()),
        };
        let above = chain_above(&certificate, &candidates);
        Ok(Self { certificate, above })
    }

    /// From certificates in hand: the CA's own, then those above it in order.
    pub fn new(certificate: Certificate, above: Vec<Certificate>) -> Self {
        Self { certificate, above }
    }

    /// The CA's certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// It and every CA above, the root last.
    pub fn chain(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.certificate).chain(&self.above)
    }

    /// What a client or server sends after its own certificate: the chain without the root.
    pub fn intermediates(&self) -> impl Iterator<Item = &Certificate> {
        self.chain().filter(|c| !c.is_self_issued())
    }

    /// Opens `private/ca.key`.
    ///
    /// # Errors
    /// When privca cannot sign with it, or it cannot be opened or belongs to another certificate.
    pub fn open_key(
        &self,
        pki: &Pki,
        passphrases: &mut dyn Passphrases,
    ) -> Result<PrivateKey, Error> {
        self.authority(pki)?;
        let path = pki.layout().ca_key();
        let key = read::private_key(&path, passphrases)?;
        if key.public().bits() != self.certificate.public_key().bits() {
            let said = format!(
                "{} does not belong to {}",
                path.display(),
                pki.layout().ca_certificate().display()
            );
            return Err(Error::failed(
                "key-mismatch",
                said,
                "restore the pair from one backup",
            ));
        }
        Ok(key)
    }

    /// Who signs, as drafts want it.
    ///
    /// # Errors
    /// When privca cannot sign with a key such as this CA's, or its name cannot be an issuer's.
    pub fn authority(&self, pki: &Pki) -> Result<Authority, Error> {
        if let Some(fault) = unfit_issuer(self.certificate.subject()) {
            let path = pki.layout().ca_certificate();
            let said = format!("the CA {} {fault}", path.display());
            return Err(Error::failed("bad-ca-certificate", said, WITHOUT_SIGNING));
        }
        Authority::of(&self.certificate).map_err(|_| {
            let said = format!(
                "the CA {} has an {} key, with which privca does not sign",
                pki.layout().ca_certificate().display(),
                self.certificate.public_key().kind()
            );
            Error::failed("unsupported-ca-key", said, WITHOUT_SIGNING)
        })
    }

    /// It has no keyUsage, or cRLSign is in it.
    pub fn may_sign_crls(&self) -> bool {
        let usage = self.certificate.key_usage();
        usage.is_none_or(|u| u.contains(KeyUsage::CRL_SIGN))
    }

    /// What a decision needs to know of the issuer.
    ///
    /// # Errors
    /// When the CA certificate's constraints are malformed.
    pub fn facts(&self) -> Result<IssuerFacts, Error> {
        let certificate = &self.certificate;
        let malformed = |fault: crate::primitives::der::DerError| {
            let said = format!("the CA certificate is malformed: {fault}");
            Error::failed(
                "bad-ca-certificate",
                said,
                "`privca inspect ca.crt` shows it",
            )
        };
        let (is_ca, _) = certificate.basic_constraints().map_err(malformed)?;
        let mut path_len: Option<u32> = None;
        let mut name_constraints = Vec::new();
        let mut purposes = Vec::new();
        for (depth, ca) in (0u32..).zip(self.chain()) {
            let (_, own) = ca.basic_constraints().map_err(malformed)?;
            // a CA further up has used one of its path length for each CA down to this one
            let left = own.map(|own| own.saturating_sub(depth));
            path_len = [path_len, left].into_iter().flatten().min();
            name_constraints.extend(ca.name_constraints().map_err(malformed)?);
            if let Some(value) = ca.extension(&known::EXTENDED_KEY_USAGE) {
                purposes.push(extension::read_extended_key_usage(value).map_err(malformed)?);
            }
        }
        let usage = certificate.key_usage();
        Ok(IssuerFacts {
            subject: certificate.subject().clone(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            is_ca,
            may_sign_certificates: usage.is_none_or(|u| u.contains(KeyUsage::KEY_CERT_SIGN)),
            path_len,
            name_constraints,
            purposes,
        })
    }
}

/// What is left to do in a directory whose CA has a key that privca cannot use.
const WITHOUT_SIGNING: &str = "sign, revoke and publish with EasyRSA or `openssl ca`; `privca list`, \
    `status`, `check`, `inspect` and `export` go on working beside them";

/// A CA certificate and its chain are some kilobytes.
const MOST: u64 = 16 << 20;

/// The certificates above `certificate` in order, picked from `candidates` by name and signature.
pub fn chain_above(certificate: &Certificate, candidates: &[Certificate]) -> Vec<Certificate> {
    let mut above: Vec<Certificate> = Vec::new();
    loop {
        let last = above.last().unwrap_or(certificate);
        if last.is_self_issued() || above.len() >= candidates.len() {
            return above;
        }
        let issuer = candidates.iter().find(|candidate| {
            candidate.subject().canonical() == last.issuer().canonical()
                && last.is_signed_by(candidate)
        });
        match issuer {
            Some(issuer) => above.push(issuer.clone()),
            None => return above,
        }
    }
}

/// Why a subject cannot stand as the issuer of anything.
fn unfit_issuer(subject: &Name) -> Option<&'static str> {
    if subject.is_empty() {
        // RFC 5280, 4.1.2.4
        return Some("has no subject, so that nothing can name it as its issuer");
    }
    let is_text = |a: Attribute| match a.tag {
        tag::UTF8_STRING => String::from_utf8(a.value).is_ok(),
        tag::BMP_STRING => a.value.len().is_multiple_of(2),
        tag::UNIVERSAL_STRING => a.value.len().is_multiple_of(4),
        tag::PRINTABLE_STRING
        | tag::IA5_STRING
        | tag::TELETEX_STRING
        | tag::NUMERIC_STRING
        | tag::VISIBLE_STRING => true,
        _ => false,
    };
    let readable = subject.attributes().all(is_text);
    (!readable).then_some("has a subject that is no text, and would be the issuer of everything")
}
