//! A distinguished name's elements (RFC 5280, 4.1.2.4).

use crate::primitives::der::{DerError, Tlv, tag};
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
        let mut sequence = element.reader();
        let mut rdns = Vec::new();
        while !sequence.is_empty() {
            let mut set = sequence.require(tag::SET, "an RDN is no SET")?.reader();
            let mut rdn = Vec::new();
            while !set.is_empty() {
                rdn.push(Attribute::read(&mut set)?);
            }
            rdns.push(rdn);
        }
        Ok(Self {
            raw: element.raw,
            rdns,
        })
    }

    pub(in crate::x509::lint) fn is_empty(&self) -> bool {
        self.rdns.is_empty()
    }

    pub(in crate::x509::lint) fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.rdns.iter().flatten()
    }
}
