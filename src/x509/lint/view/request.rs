//! A request's elements (RFC 2986, 4).

use super::{Extension, Frame, Name, integer};
use crate::primitives::der::{DerError, Reader, Tlv, tag};
use crate::primitives::oid::{Oid, known};

#[derive(Debug)]
pub(in crate::x509::lint) struct Request<'a> {
    pub(in crate::x509::lint) frame: Frame<'a>,
    /// The version's contents octets.
    pub(in crate::x509::lint) version: &'a [u8],
    pub(in crate::x509::lint) subject: Name<'a>,
    pub(in crate::x509::lint) spki: &'a [u8],
    pub(in crate::x509::lint) attributes: Vec<RequestAttribute<'a>>,
    /// What the first extensionRequest asks for.
    pub(in crate::x509::lint) extensions: Vec<Extension<'a>>,
}

/// An attribute and its values.
#[derive(Debug)]
pub(in crate::x509::lint) struct RequestAttribute<'a> {
    pub(in crate::x509::lint) oid: Oid,
    pub(in crate::x509::lint) values: Vec<Tlv<'a>>,
}

impl RequestAttribute<'_> {
    /// Whether it asks for extensions, by its own type or Microsoft's.
    pub(in crate::x509::lint) fn asks_for_extensions(&self) -> bool {
        [known::EXTENSION_REQUEST, known::MS_EXTENSION_REQUEST].contains(&self.oid)
    }
}

impl<'a> Request<'a> {
    pub(in crate::x509::lint) fn read(frame: Frame<'a>) -> Result<Self, DerError> {
        let mut fields = frame.to_be_signed.reader();
        let version = integer(&mut fields, "no version")?;
        let subject = Name::read(fields.require(tag::SEQUENCE, "no subject")?)?;
        let spki = fields.require(tag::SEQUENCE, "no public key")?.raw;
        let attributes = match fields.optional(tag::context_constructed(0))? {
            Some(all) => attributes(all.reader())?,
            None => Vec::new(),
        };
        fields.finish()?;
        let asked = attributes.iter().find(|a| a.asks_for_extensions());
        let asked = asked.and_then(|a| a.values.first());
        Ok(Self {
            version,
            subject,
            spki,
            extensions: asked.map_or(Ok(Vec::new()), |e| Extension::read_all(e.raw))?,
            attributes,
            frame,
        })
    }
}

fn attributes(mut all: Reader<'_>) -> Result<Vec<RequestAttribute<'_>>, DerError> {
    let mut attributes = Vec::new();
    while !all.is_empty() {
        let mut fields = all.sequence("an attribute is no SEQUENCE")?;
        let oid = fields.oid("an attribute has no type")?;
        let mut set = fields
            .require(tag::SET, "an attribute has no values")?
            .reader();
        fields.finish()?;
        let mut values = Vec::new();
        while !set.is_empty() {
            values.push(set.any()?);
        }
        attributes.push(RequestAttribute { oid, values });
    }
    Ok(attributes)
}
