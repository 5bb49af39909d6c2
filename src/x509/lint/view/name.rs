//! A distinguished name's elements (RFC 5280, 4.1.2.4).

use crate::primitives::der::{DerError, Tlv};
use crate::x509::attribute;
pub(in crate::x509::lint) use crate::x509::attribute::Attribute;

/// A name, RDN by RDN; RDNs may be empty.
#[derive(Clone, Debug)]
pub(in crate::x509::lint) struct Name<'a> {
    pub(in crate::x509::lint) raw: &'a [u8],
    pub(in crate::x509::lint) rdns: Vec<Rdn>,
}

/// The attributes that stand beside each other.
pub(in crate::x509::lint) type Rdn = Vec<Attribute>;

impl<'a> Name<'a> {
    pub(in crate::x509::lint) fn read(element: Tlv<'a>) -> Result<Self, DerError> {
        Ok(Self {
            raw: element.raw,
            rdns: attribute::rdns(element)?,
        })
    }

    pub(in crate::x509::lint) fn is_empty(&self) -> bool {
        self.rdns.is_empty()
    }

    pub(in crate::x509::lint) fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.rdns.iter().flatten()
    }
}
