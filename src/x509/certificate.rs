//! A certificate, read-only: the parts that decisions, chains and checks look at.

use ring::digest;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::extension::{self, Extension};
use super::general_name::GeneralName;
use super::key_usage::KeyUsage;
use super::name::Name;
use super::name_constraints::NameConstraints;
use super::serial::Serial;
use crate::keys::{PublicKey, VerifyError};
use crate::primitives::der::{self, DerError, tag};
use crate::primitives::hex;
use crate::primitives::oid::{Oid, known};
use crate::primitives::time::Timestamp;

/// A parsed certificate (RFC 5280, 4.1), with the DER that it came from.
#[derive(Clone, Debug)]
pub struct Certificate {
    der: Vec<u8>,
    to_be_signed: Vec<u8>,
    signature_algorithm: Vec<u8>,
    signature: Vec<u8>,
    serial: Serial,
    issuer: Name,
    subject: Name,
    not_before: Timestamp,
    not_after: Timestamp,
    public_key: PublicKey,
    extensions: Vec<Extension>,
}

/// Why some bytes are no certificate that privca can work with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotACertificate(pub String);

impl std::fmt::Display for NotACertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a certificate: {}", self.0)
    }
}

impl std::error::Error for NotACertificate {}

impl Certificate {
    /// Reads one certificate; nothing may follow it.
    ///
    /// # Errors
    /// When it is malformed, or its key is.
    pub fn from_der(input: &[u8]) -> Result<Self, NotACertificate> {
        let refuse = |said: &dyn std::fmt::Display| NotACertificate(said.to_string());
        let (rest, parsed) = X509Certificate::from_der(input).map_err(|e| refuse(&e))?;
        if !rest.is_empty() {
            return Err(refuse(&format_args!("{} bytes follow it", rest.len())));
        }
        let fields = Fields::read(input).map_err(|e| refuse(&e))?;
        let tbs = &parsed.tbs_certificate;
        let time = |t: &x509_parser::time::ASN1Time| {
            Timestamp::from_unix(t.timestamp())
                .ok_or_else(|| refuse(&"a date beyond the year 9999"))
        };
        Ok(Self {
            der: input.to_vec(),
            to_be_signed: fields.to_be_signed.to_vec(),
            signature_algorithm: fields.signature_algorithm.to_vec(),
            signature: fields.signature.to_vec(),
            serial: Serial::from_contents(tbs.raw_serial()),
            issuer: Name::from_der(tbs.issuer.as_raw()).map_err(|e| refuse(&e))?,
            subject: Name::from_der(tbs.subject.as_raw()).map_err(|e| refuse(&e))?,
            not_before: time(&tbs.validity.not_before)?,
            not_after: time(&tbs.validity.not_after)?,
            public_key: PublicKey::from_spki(tbs.subject_pki.raw).map_err(|e| refuse(&e))?,
            extensions: fields.extensions,
        })
    }

    /// The whole certificate.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 of the whole certificate in lower-case hex, as the audit log has it.
    pub fn sha256(&self) -> String {
        hex::lower(digest::digest(&digest::SHA256, &self.der).as_ref())
    }

    /// The TBSCertificate, which the signature covers.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.to_be_signed
    }

    /// The AlgorithmIdentifier beside the signature.
    pub fn signature_algorithm(&self) -> &[u8] {
        &self.signature_algorithm
    }

    /// The signature's octets.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The serial number.
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// The issuer's name.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// The subject's name.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The first second of its life.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The last second of its life.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// The subject's public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The extensions in order.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The value of one extension.
    pub fn extension(&self, oid: &Oid) -> Option<&[u8]> {
        extension::find(&self.extensions, oid).map(|e| e.value.as_slice())
    }

    /// The alternative names; none where the extension is missing or malformed.
    pub fn names(&self) -> Vec<GeneralName> {
        extension::read_subject_alt_names(&self.extensions).unwrap_or_default()
    }

    /// The subject key identifier, if the certificate has one.
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        let value = self.extension(&known::SUBJECT_KEY_IDENTIFIER)?;
        der::only(value, tag::OCTET_STRING, "identifier")
            .ok()
            .map(|id| id.value)
    }

    /// What certificates below this one carry as their authority key identifier: a copy of this
    /// one's subject key identifier, or method 1 of RFC 5280, 4.2.1.2 where it has none, or an empty one.
    pub fn key_identifier(&self) -> Vec<u8> {
        let own = self.subject_key_identifier().filter(|id| !id.is_empty());
        own.map_or_else(|| self.public_key.identifier().to_vec(), <[u8]>::to_vec)
    }

    /// cA and the path length. A version 1 certificate that signed itself is a CA, as OpenSSL sees it.
    ///
    /// # Errors
    /// When the extension is malformed.
    pub fn basic_constraints(&self) -> Result<(bool, Option<u32>), DerError> {
        match self.extension(&known::BASIC_CONSTRAINTS) {
            Some(value) => extension::read_basic_constraints(value),
            None => Ok((self.extensions.is_empty() && self.is_self_issued(), None)),
        }
    }

    /// Key usage, if it is restricted.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.extension(&known::KEY_USAGE)
            .and_then(KeyUsage::from_der)
    }

    /// The constraints on names below this certificate, if it has any.
    ///
    /// # Errors
    /// When the extension is malformed.
    pub fn name_constraints(&self) -> Result<Option<NameConstraints>, DerError> {
        self.extension(&known::NAME_CONSTRAINTS)
            .map(NameConstraints::read)
            .transpose()
    }

    /// True where issuer and subject are the same name.
    pub fn is_self_issued(&self) -> bool {
        self.issuer.canonical() == self.subject.canonical()
    }

    /// True if `issuer`'s key made this signature.
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        self.is_signed_with(&issuer.public_key)
    }

    /// True if this key made this signature.
    pub fn is_signed_with(&self, key: &PublicKey) -> bool {
        self.check_signature(key).is_ok()
    }

    /// Checks this signature under a key.
    ///
    /// # Errors
    /// When it does not hold, or nobody here can check it: an old algorithm, a curve such as P-521.
    pub fn check_signature(&self, key: &PublicKey) -> Result<(), VerifyError> {
        key.verify(
            &self.signature_algorithm,
            &self.to_be_signed,
            &self.signature,
        )
    }
}

/// What x509-parser does not give back as the bytes that were read.
struct Fields<'a> {
    to_be_signed: &'a [u8],
    signature_algorithm: &'a [u8],
    signature: &'a [u8],
    extensions: Vec<Extension>,
}

impl<'a> Fields<'a> {
    fn read(input: &'a [u8]) -> Result<Self, DerError> {
        let mut outer = der::only(input, tag::SEQUENCE, "no SEQUENCE")?.reader();
        let to_be_signed = outer.require(tag::SEQUENCE, "no TBSCertificate")?;
        let signature_algorithm = outer.require(tag::SEQUENCE, "no signature algorithm")?.raw;
        let signature = outer.bit_string("no signature")?;
        outer.finish()?;
        let mut extensions = Vec::new();
        let mut fields = to_be_signed.reader();
        while !fields.is_empty() {
            let field = fields.any()?;
            if field.tag == tag::context_constructed(3) {
                extensions = Extension::read_all(field.value)?;
            }
        }
        Ok(Self {
            to_be_signed: to_be_signed.raw,
            signature_algorithm,
            signature,
            extensions,
        })
    }
}
