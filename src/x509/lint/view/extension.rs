//! An extension's elements (RFC 5280, 4.2).

use std::collections::HashSet;

use crate::primitives::der::{self, DerError, tag};
use crate::primitives::oid::Oid;
use crate::x509::extension;

#[derive(Clone, Debug)]
pub(in crate::x509::lint) struct Extension<'a> {
    pub(in crate::x509::lint) oid: Oid,
    /// The contents of the BOOLEAN; `None` where it is left out, which means FALSE.
    pub(in crate::x509::lint) flag: Option<&'a [u8]>,
    /// What the OCTET STRING holds.
    pub(in crate::x509::lint) value: &'a [u8],
}

impl<'a> Extension<'a> {
    /// Reads Extensions; the same type may be there twice.
    pub(in crate::x509::lint) fn read_all(input: &'a [u8]) -> Result<Vec<Self>, DerError> {
        let mut sequence = der::only(input, tag::SEQUENCE, "extensions are no SEQUENCE")?.reader();
        let mut extensions = Vec::new();
        while !sequence.is_empty() {
            let mut fields = sequence.sequence("an extension is no SEQUENCE")?;
            let oid = fields.oid("an extension has no type")?;
            let flag = fields.optional(tag::BOOLEAN)?.map(|b| b.value);
            let value = fields.require(tag::OCTET_STRING, "an extension has no value")?;
            fields.finish()?;
            extensions.push(Self {
                oid,
                flag,
                value: value.value,
            });
        }
        Ok(extensions)
    }

    pub(in crate::x509::lint) fn is_critical(&self) -> bool {
        self.flag.is_some_and(|flag| flag != [0])
    }

    /// The key identifier of an authority key identifier.
    pub(in crate::x509::lint) fn authority_key(&self) -> Option<Vec<u8>> {
        extension::read_authority_key_identifier(self.value).ok()?
    }

    /// OpenSSL's name of the type, else the dotted OID.
    pub(in crate::x509::lint) fn label(&self) -> String {
        self.oid
            .short_name()
            .map_or_else(|| self.oid.to_string(), str::to_owned)
    }
}

/// The first one of a type that stands there before.
pub(in crate::x509::lint) fn first_twice<'e, 'a>(
    extensions: &'e [Extension<'a>],
) -> Option<&'e Extension<'a>> {
    let mut seen = HashSet::new();
    extensions.iter().find(|e| !seen.insert(&e.oid))
}

pub(in crate::x509::lint) fn find<'e, 'a>(
    extensions: &'e [Extension<'a>],
    oid: &Oid,
) -> Option<&'e Extension<'a>> {
    extensions.iter().find(|e| e.oid == *oid)
}
