//! A certificate's elements (RFC 5280, 4.1).

use super::{Extension, Frame, Name, extension, fault, integer};
use crate::keys::PublicKey;
use crate::primitives::der::{DerError, Tlv, tag};
use crate::primitives::oid::{Oid, known};
use crate::x509::extension as value;
use crate::x509::key_usage::KeyUsage;

#[derive(Debug)]
pub(in crate::x509::lint) struct Certificate<'a> {
    pub(in crate::x509::lint) frame: Frame<'a>,
    /// The version's contents octets; `None` where it is left out, which means 1.
    pub(in crate::x509::lint) version: Option<&'a [u8]>,
    pub(in crate::x509::lint) serial: &'a [u8],
    pub(in crate::x509::lint) inner_algorithm: &'a [u8],
    pub(in crate::x509::lint) issuer: Name<'a>,
    pub(in crate::x509::lint) not_before: Tlv<'a>,
    pub(in crate::x509::lint) not_after: Tlv<'a>,
    pub(in crate::x509::lint) subject: Name<'a>,
    pub(in crate::x509::lint) spki: &'a [u8],
    /// Whether it has an issuerUniqueID or a subjectUniqueID.
    pub(in crate::x509::lint) has_unique_identifiers: bool,
    /// Whether the field is there, be it empty.
    pub(in crate::x509::lint) has_extensions: bool,
    pub(in crate::x509::lint) extensions: Vec<Extension<'a>>,
}

impl<'a> Certificate<'a> {
    pub(in crate::x509::lint) fn read(frame: Frame<'a>) -> Result<Self, DerError> {
        let mut fields = frame.to_be_signed.reader();
        let version = match fields.optional(tag::context_constructed(0))? {
            Some(explicit) => {
                let mut inner = explicit.reader();
                let version = integer(&mut inner, "the version is no INTEGER")?;
                inner.finish()?;
                Some(version)
            }
            None => None,
        };
        let serial = integer(&mut fields, "no serial number")?;
        let inner_algorithm = fields.require(tag::SEQUENCE, "no inner algorithm")?.raw;
        let issuer = Name::read(fields.require(tag::SEQUENCE, "no issuer")?)?;
        let mut validity = fields.sequence("no validity")?;
        let (not_before, not_after) = (validity.any()?, validity.any()?);
        validity.finish()?;
        let subject = Name::read(fields.require(tag::SEQUENCE, "no subject")?)?;
        let spki = fields.require(tag::SEQUENCE, "no public key")?.raw;
        let unique = [tag::context(1), tag::context(2)].map(|tag| fields.optional(tag));
        let [issuer_id, subject_id] = unique;
        let has_unique_identifiers = issuer_id?.is_some() | subject_id?.is_some();
        let wrapped = fields.optional(tag::context_constructed(3))?;
        if !fields.is_empty() {
            return Err(fault(&fields, "a field that does not exist"));
        }
        Ok(Self {
            version,
            serial,
            inner_algorithm,
            issuer,
            not_before,
            not_after,
            subject,
            spki,
            has_unique_identifiers,
            has_extensions: wrapped.is_some(),
            extensions: wrapped.map_or(Ok(Vec::new()), |w| Extension::read_all(w.value))?,
            frame,
        })
    }

    pub(in crate::x509::lint) fn extension(&self, oid: &Oid) -> Option<&Extension<'a>> {
        extension::find(&self.extensions, oid)
    }

    /// Whether basicConstraints makes it a CA; `false` where it cannot be read.
    pub(in crate::x509::lint) fn is_ca(&self) -> bool {
        let constraints = self.extension(&known::BASIC_CONSTRAINTS);
        constraints
            .and_then(|e| value::read_basic_constraints(e.value).ok())
            .is_some_and(|(ca, _)| ca)
    }

    /// Whether issuer and subject are the same, byte for byte.
    pub(in crate::x509::lint) fn is_self_issued(&self) -> bool {
        self.issuer.raw == self.subject.raw
    }

    /// Key usage, where there is one that can be read.
    pub(in crate::x509::lint) fn key_usage(&self) -> Option<KeyUsage> {
        self.extension(&known::KEY_USAGE)
            .and_then(|e| KeyUsage::from_der(e.value))
    }

    /// The purposes of extKeyUsage; none where there are none to be read.
    pub(in crate::x509::lint) fn purposes(&self) -> Vec<Oid> {
        let purposes = self.extension(&known::EXTENDED_KEY_USAGE);
        purposes
            .and_then(|e| value::read_extended_key_usage(e.value).ok())
            .unwrap_or_default()
    }

    pub(in crate::x509::lint) fn public_key(&self) -> Option<PublicKey> {
        PublicKey::from_spki(self.spki).ok()
    }
}
