//! authorityKeyIdentifier with all its parts (RFC 5280, 4.2.1.1), and whether a CA fits it.

use crate::primitives::der::{self, DerError, Reader, tag};
use crate::x509::certificate::Certificate;
use crate::x509::name::Name;

/// What a certificate or list says of its issuer's key.
#[derive(Clone, Debug, Default)]
pub(super) struct AuthorityKey {
    /// The subject key identifier of the issuer.
    pub(super) key_id: Option<Vec<u8>>,
    issuer: Option<Name>,
    serial: Option<Vec<u8>>,
}

impl AuthorityKey {
    /// Reads the extension's value; nothing at all where there is none.
    pub(super) fn read(value: Option<&[u8]>) -> Result<Self, DerError> {
        let Some(value) = value else {
            return Ok(Self::default());
        };
        let mut fields = der::only(value, tag::SEQUENCE, "no SEQUENCE")?.reader();
        let key_id = fields
            .optional(tag::context(0))?
            .map(|id| id.value.to_vec());
        let names = fields.optional(tag::context_constructed(1))?;
        let serial = fields.optional(tag::context(2))?.map(|s| s.value.to_vec());
        fields.finish()?;
        let issuer = names
            .map(|n| first_directory_name(n.reader()))
            .transpose()?;
        Ok(Self {
            key_id,
            issuer: issuer.flatten(),
            serial,
        })
    }

    /// True unless something here speaks against `ca`, as OpenSSL's `X509_check_akid` has it: an
    /// identifier that either side lacks speaks against nobody.
    pub(super) fn fits(&self, ca: &Certificate) -> bool {
        let id = match (&self.key_id, ca.subject_key_identifier()) {
            (Some(wanted), Some(own)) => wanted == own,
            _ => true,
        };
        let serial = self.serial.as_deref();
        id && serial.is_none_or(|s| s == ca.serial().contents())
            && (self.issuer.as_ref()).is_none_or(|n| n.canonical() == ca.issuer().canonical())
    }
}

fn first_directory_name(mut names: Reader<'_>) -> Result<Option<Name>, DerError> {
    let mut found = None;
    while !names.is_empty() {
        let name = names.any()?;
        if name.tag == tag::context_constructed(4) && found.is_none() {
            found = Some(Name::from_der(name.value)?);
        }
    }
    Ok(found)
}
