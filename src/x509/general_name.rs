//! General names: the alternative names of a subject (RFC 5280, 4.2.1.6), typed and checked.

use std::fmt;
use std::net::IpAddr;

use super::name::Name;
use super::name_syntax::{host_fault, mailbox_fault, other_fault, principal_fault, uri_fault};
use crate::primitives::der::{self, DerError, Reader, tag};
use crate::primitives::oid::{Oid, known};

/// One GeneralName.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum GeneralName {
    /// rfc822Name: a mailbox.
    Email(String),
    /// dNSName.
    Dns(String),
    /// iPAddress.
    Ip(IpAddr),
    /// uniformResourceIdentifier.
    Uri(String),
    /// otherName with Microsoft's user principal name.
    Upn(String),
    /// registeredID.
    Rid(Oid),
    /// directoryName.
    DirName(Name),
    /// Anything else, or a value that its kind cannot have; the whole element as it was read.
    Other(Vec<u8>),
}

/// The kinds of alternative name that profiles speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are those of `GeneralName`")]
pub enum SanKind {
    Email,
    Dns,
    Ip,
    Uri,
    Upn,
    Rid,
    DirName,
    Other,
}

impl SanKind {
    /// Those that a profile or a person can name.
    pub const NAMED: [Self; 7] = [
        Self::Email,
        Self::Dns,
        Self::Ip,
        Self::Uri,
        Self::Upn,
        Self::Rid,
        Self::DirName,
    ];

    /// The word in front of the colon.
    pub fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Dns => "dns",
            Self::Ip => "ip",
            Self::Uri => "uri",
            Self::Upn => "upn",
            Self::Rid => "rid",
            Self::DirName => "dirname",
            Self::Other => "other",
        }
    }

    /// The kind that a word names, in any letter case; OpenSSL's and EasyRSA's spellings too.
    pub fn by_word(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_lowercase();
        match word.as_str() {
            "ip address" | "ipaddress" => Some(Self::Ip),
            "rfc822name" | "rfc822" | "mail" => Some(Self::Email),
            "registeredid" | "registered id" => Some(Self::Rid),
            _ => Self::NAMED.into_iter().find(|kind| kind.word() == word),
        }
    }
}

impl fmt::Display for SanKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl GeneralName {
    /// The kind.
    pub fn kind(&self) -> SanKind {
        match self {
            Self::Email(_) => SanKind::Email,
            Self::Dns(_) => SanKind::Dns,
            Self::Ip(_) => SanKind::Ip,
            Self::Uri(_) => SanKind::Uri,
            Self::Upn(_) => SanKind::Upn,
            Self::Rid(_) => SanKind::Rid,
            Self::DirName(_) => SanKind::DirName,
            Self::Other(_) => SanKind::Other,
        }
    }

    /// The value without its kind, as profiles match it and people read it.
    pub fn value(&self) -> String {
        match self {
            Self::Email(text) | Self::Dns(text) | Self::Uri(text) | Self::Upn(text) => text.clone(),
            Self::Ip(address) => address.to_string(),
            Self::Rid(oid) => oid.to_string(),
            Self::DirName(name) => name.rfc4514(),
            Self::Other(raw) => crate::primitives::hex::lower(raw),
        }
    }

    /// The whole element.
    pub fn to_der(&self) -> Vec<u8> {
        match self {
            Self::Email(text) => der::tlv(tag::context(1), text.as_bytes()),
            Self::Dns(text) => der::tlv(tag::context(2), text.as_bytes()),
            Self::Uri(text) => der::tlv(tag::context(6), text.as_bytes()),
            Self::Ip(IpAddr::V4(address)) => der::tlv(tag::context(7), &address.octets()),
            Self::Ip(IpAddr::V6(address)) => der::tlv(tag::context(7), &address.octets()),
            Self::Rid(oid) => der::tlv(tag::context(8), oid.contents()),
            // a Name is a CHOICE, so the tag around it is explicit
            Self::DirName(name) => der::tlv(tag::context_constructed(4), name.der()),
            Self::Upn(text) => {
                let value = der::tlv(tag::UTF8_STRING, text.as_bytes());
                let value = der::tlv(tag::context_constructed(0), &value);
                der::constructed(
                    tag::context_constructed(0),
                    &[known::MS_UPN.to_der(), value],
                )
            }
            Self::Other(raw) => raw.clone(),
        }
    }

    /// Reads the next element. A value that its kind cannot have (a wrong length of address, bytes
    /// that are not ASCII) becomes [`GeneralName::Other`], so that a profile refuses it.
    ///
    /// # Errors
    /// When it is not DER.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, DerError> {
        let element = reader.any()?;
        let ascii = || {
            let text = std::str::from_utf8(element.value).ok()?;
            (text.is_ascii() && !text.is_empty()).then(|| text.to_owned())
        };
        let read = match element.tag {
            0x81 => ascii().map(Self::Email),
            0x82 => ascii().map(Self::Dns),
            0x86 => ascii().map(Self::Uri),
            0x87 => address(element.value).map(Self::Ip),
            0x88 => Oid::from_contents(element.value).map(Self::Rid),
            0xa4 => Name::from_der(element.value).ok().map(Self::DirName),
            0xa0 => principal(element.value).map(Self::Upn),
            _ => None,
        };
        Ok(read.unwrap_or_else(|| Self::Other(element.raw.to_vec())))
    }

    /// Reads GeneralNames, a SEQUENCE of at least one.
    ///
    /// # Errors
    /// When `input` is not that.
    pub fn read_all(input: &[u8]) -> Result<Vec<Self>, DerError> {
        let mut sequence =
            der::only(input, tag::SEQUENCE, "alternative names are no SEQUENCE")?.reader();
        let mut names = vec![Self::read(&mut sequence)?];
        while !sequence.is_empty() {
            names.push(Self::read(&mut sequence)?);
        }
        Ok(names)
    }

    /// Refuses values that no certificate should carry: mailboxes that are none, host names outside
    /// RFC 1034's preferred syntax, URIs without a scheme, control characters.
    ///
    /// # Errors
    /// When the value is one of these.
    pub fn check(&self) -> Result<(), BadGeneralName> {
        let fault = match self {
            Self::Email(text) => mailbox_fault(text),
            Self::Dns(text) => host_fault(text, true),
            Self::Uri(text) => uri_fault(text),
            Self::Upn(text) => principal_fault(text),
            Self::Ip(_) | Self::Rid(_) => None,
            Self::DirName(name) if name.is_empty() => Some("is empty"),
            Self::DirName(name) => name.fault().or_else(|| {
                let bad = name.attributes().any(|a| a.check().is_err());
                bad.then_some("has an attribute value that no certificate should carry")
            }),
            Self::Other(raw) => Some(other_fault(raw)),
        };
        fault.map_or(Ok(()), |fault| {
            Err(BadGeneralName {
                name: self.to_string(),
                fault,
            })
        })
    }
}

impl fmt::Display for GeneralName {
    /// `email:alice@example.com`: the form that `--san` takes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind(), self.value().escape_debug())
    }
}

/// A value that its kind cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadGeneralName {
    /// The name, with its kind.
    pub name: String,
    /// What is wrong with it; follows the name.
    pub fault: &'static str,
}

impl fmt::Display for BadGeneralName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.fault)
    }
}

impl std::error::Error for BadGeneralName {}

fn address(octets: &[u8]) -> Option<IpAddr> {
    match octets.len() {
        4 => <[u8; 4]>::try_from(octets).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
        _ => None,
    }
}

/// OtherName's contents where they are a user principal name.
fn principal(contents: &[u8]) -> Option<String> {
    let mut fields = Reader::new(contents);
    let oid = fields.oid("type").ok()?;
    let value = fields.require(tag::context_constructed(0), "value").ok()?;
    fields.finish().ok()?;
    let text = der::only(value.value, tag::UTF8_STRING, "UTF8String").ok()?;
    let text = std::str::from_utf8(text.value).ok()?;
    (oid == known::MS_UPN).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_no_certificate_should_carry() {
        for (name, fault) in [
            (GeneralName::Email("alice".into()), "has no @"),
            (GeneralName::Email("a@b@example.com".into()), "local part"),
            (
                GeneralName::Email("alice@exam ple.com".into()),
                "cannot have",
            ),
            (
                GeneralName::Email("a..b@example.com".into()),
                "misplaced dot",
            ),
            (GeneralName::Dns("a..b".into()), "empty label"),
            (GeneralName::Dns("example.com.".into()), "empty label"),
            (GeneralName::Dns("www.*.com".into()), "wildcard elsewhere"),
            (
                GeneralName::Dns("w*.example.com".into()),
                "wildcard elsewhere",
            ),
            (GeneralName::Dns("*.com".into()), "top-level"),
            (GeneralName::Dns("10.0.0.1".into()), "goes by ip:"),
            (GeneralName::Dns("a b".into()), "cannot have"),
            (GeneralName::Dns("bücher.example".into()), "xn--"),
            (GeneralName::Dns("-a.example".into()), "hyphen"),
            (GeneralName::Dns("x".repeat(64)), "63"),
            (GeneralName::Uri("example.com".into()), "no scheme"),
            (GeneralName::Uri("http://".into()), "no host"),
            (GeneralName::Uri("https://a b".into()), "percent-encoded"),
            (GeneralName::Upn("alice".into()), "user principal"),
            (GeneralName::Other(vec![0x87, 1, 0]), "neither 4 nor 16"),
            (GeneralName::Other(vec![0x82, 1, 0xfc]), "xn--"),
            (GeneralName::Other(vec![0x81, 0]), "is empty"),
            (GeneralName::Email("*@example.com".into()), "wildcard"),
            (
                GeneralName::Email(format!("{}@a.example", "x".repeat(65))),
                "64 characters",
            ),
            (GeneralName::Dns("xn--99999999.example".into()), "Punycode"),
            (GeneralName::Uri("https://a..b/".into()), "odd host"),
            (GeneralName::Uri("https://a,b/".into()), "odd host"),
            (GeneralName::Uri("https://[::1/".into()), "odd host"),
            (GeneralName::Uri("https://a:x/".into()), "odd host"),
            (GeneralName::Uri("https://u@".into()), "odd host"),
            (GeneralName::Upn("a@b\u{202e}".into()), "hide or turn"),
        ] {
            let said = name
                .check()
                .map_or_else(|e| e.to_string(), |()| "accepted".into());
            assert!(said.contains(fault), "{name}: {said}");
        }
        for name in [
            GeneralName::Email("john.doe+x@examplemail.com".into()),
            GeneralName::Dns("*.svc.example".into()),
            GeneralName::Dns("localhost".into()),
            GeneralName::Uri("spiffe://cluster/ns/a".into()),
            GeneralName::Uri("urn:uuid:1".into()),
            GeneralName::Uri("spiffe://trust_domain/x".into()),
            GeneralName::Uri("https://u:p@[2001:db8::1]:8443/x?y".into()),
            GeneralName::Uri("ldap://10.0.0.1:389/cn=x".into()),
            GeneralName::Dns("*.xn--bcher-kva.example".into()),
        ] {
            assert_eq!(name.check(), Ok(()));
        }
    }

    #[test]
    fn every_kind_reads_back() {
        let names = vec![
            GeneralName::Email("a@b.c".into()),
            GeneralName::Dns("a.b".into()),
            GeneralName::Ip([127, 0, 0, 1].into()),
            GeneralName::Ip("2001:db8::1".parse().unwrap()),
            GeneralName::Uri("urn:x:y".into()),
            GeneralName::Upn("ä@corp".into()),
            GeneralName::Rid(known::CLIENT_AUTH),
            GeneralName::DirName("/C=DE/CN=x".parse().unwrap()),
            GeneralName::Other(vec![0x87, 3, 1, 2, 3]),
        ];
        let encoded: Vec<Vec<u8>> = names.iter().map(GeneralName::to_der).collect();
        assert_eq!(GeneralName::read_all(&der::sequence(&encoded)), Ok(names));
    }
}
