//! A general name as it lies (RFC 5280, 4.2.1.6).

use std::fmt;

use super::Name;
use crate::primitives::der::{self, DerError, Reader, Tlv, tag};
use crate::x509::general_name;

/// One GeneralName, whatever is in it.
#[derive(Clone, Copy, Debug)]
pub(in crate::x509::lint) struct GeneralName<'a>(pub(in crate::x509::lint) Tlv<'a>);

/// Reads GeneralNames; there may be none.
pub(in crate::x509::lint) fn general_names(input: &[u8]) -> Result<Vec<GeneralName<'_>>, DerError> {
    let mut sequence = der::only(input, tag::SEQUENCE, "general names are no SEQUENCE")?.reader();
    let mut names = Vec::new();
    while !sequence.is_empty() {
        names.push(GeneralName(sequence.any()?));
    }
    Ok(names)
}

impl<'a> GeneralName<'a> {
    fn text(&self, number: u8) -> Option<&'a str> {
        let there = self.0.tag == tag::context(number);
        there.then(|| std::str::from_utf8(self.0.value).ok())?
    }

    /// A dNSName's text, unless it is no UTF-8.
    pub(in crate::x509::lint) fn dns(&self) -> Option<&'a str> {
        self.text(2)
    }

    /// An rfc822Name's.
    pub(in crate::x509::lint) fn email(&self) -> Option<&'a str> {
        self.text(1)
    }

    /// A uniformResourceIdentifier's.
    pub(in crate::x509::lint) fn uri(&self) -> Option<&'a str> {
        self.text(6)
    }

    /// An iPAddress's octets.
    pub(in crate::x509::lint) fn ip(&self) -> Option<&'a [u8]> {
        (self.0.tag == tag::context(7)).then_some(self.0.value)
    }

    /// A directoryName's.
    pub(in crate::x509::lint) fn directory_name(&self) -> Option<Name<'a>> {
        (self.0.tag == tag::context_constructed(4)).then_some(())?;
        let name = der::only(self.0.value, tag::SEQUENCE, "no name").ok()?;
        Name::read(name).ok()
    }

    /// As decisions see it.
    pub(in crate::x509::lint) fn typed(&self) -> Option<general_name::GeneralName> {
        general_name::GeneralName::read(&mut Reader::new(self.0.raw)).ok()
    }
}

impl fmt::Display for GeneralName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.typed() {
            Some(name) => name.fmt(f),
            None => f.write_str("malformed"),
        }
    }
}
