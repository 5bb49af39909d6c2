//! A revocation list's elements (RFC 5280, 5.1). Its entries are split one at a time.

use super::{Extension, Frame, Name, extension, integer};
use crate::primitives::der::{DerError, Reader, Tlv, tag};
use crate::primitives::oid::Oid;

#[derive(Debug)]
pub(in crate::x509::lint) struct Crl<'a> {
    pub(in crate::x509::lint) frame: Frame<'a>,
    /// The version's contents octets; `None` where it is left out, which means 1.
    pub(in crate::x509::lint) version: Option<&'a [u8]>,
    pub(in crate::x509::lint) inner_algorithm: &'a [u8],
    pub(in crate::x509::lint) issuer: Name<'a>,
    pub(in crate::x509::lint) this_update: Tlv<'a>,
    pub(in crate::x509::lint) next_update: Option<Tlv<'a>>,
    /// The contents of revokedCertificates, where it is there.
    pub(in crate::x509::lint) entries: Option<&'a [u8]>,
    pub(in crate::x509::lint) extensions: Vec<Extension<'a>>,
}

/// One revoked certificate.
#[derive(Clone, Copy, Debug)]
pub(in crate::x509::lint) struct Entry<'a> {
    pub(in crate::x509::lint) serial: &'a [u8],
    pub(in crate::x509::lint) date: Tlv<'a>,
    /// The whole SEQUENCE of its extensions.
    pub(in crate::x509::lint) extensions: Option<Tlv<'a>>,
}

impl<'a> Crl<'a> {
    pub(in crate::x509::lint) fn read(frame: Frame<'a>) -> Result<Self, DerError> {
        let mut fields = frame.to_be_signed.reader();
        let version = fields.optional(tag::INTEGER)?.map(|v| v.value);
        let inner_algorithm = fields.require(tag::SEQUENCE, "no inner algorithm")?.raw;
        let issuer = Name::read(fields.require(tag::SEQUENCE, "no issuer")?)?;
        let this_update = fields.any()?;
        let next_update = match fields.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(fields.any()?),
            _ => None,
        };
        let entries = fields.optional(tag::SEQUENCE)?.map(|e| e.value);
        let wrapped = fields.optional(tag::context_constructed(0))?;
        fields.finish()?;
        Ok(Self {
            version,
            inner_algorithm,
            issuer,
            this_update,
            next_update,
            entries,
            extensions: wrapped.map_or(Ok(Vec::new()), |w| Extension::read_all(w.value))?,
            frame,
        })
    }

    pub(in crate::x509::lint) fn extension(&self, oid: &Oid) -> Option<&Extension<'a>> {
        extension::find(&self.extensions, oid)
    }

    /// The entries in order, up to the first that is none.
    pub(in crate::x509::lint) fn entries(
        &self,
    ) -> impl Iterator<Item = Result<Entry<'a>, DerError>> + use<'a> {
        let mut reader = Reader::new(self.entries.unwrap_or_default());
        let mut broken = false;
        std::iter::from_fn(move || {
            if broken || reader.is_empty() {
                return None;
            }
            let entry = Entry::read(&mut reader);
            broken = entry.is_err();
            Some(entry)
        })
    }
}

impl<'a> Entry<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, DerError> {
        let mut fields = reader.sequence("an entry is no SEQUENCE")?;
        let serial = integer(&mut fields, "an entry has no serial number")?;
        let date = fields.any()?;
        let extensions = fields.optional(tag::SEQUENCE)?;
        fields.finish()?;
        Ok(Self {
            serial,
            date,
            extensions,
        })
    }
}
