//! General names: the alternative names of a subject (RFC 5280, 4.2.1.6), typed and checked.

use std::fmt;
use std::net::IpAddr;

use super::name::Name;
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
            Self::DirName(name) => {
                let bad = name.attributes().any(|a| a.check().is_err());
                bad.then_some("has an attribute value that no certificate should carry")
            }
            Self::Other(_) => Some("is of a kind that privca does not issue, or malformed"),
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

/// Why a text is no mailbox as RFC 5280 wants it: `local@domain` in ASCII, nothing around it.
fn mailbox_fault(text: &str) -> Option<&'static str> {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Some("has no @");
    };
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b);
    if local.is_empty() || !local.bytes().all(atom) {
        return Some(
            "has a local part that is no mailbox name (letters, digits, dots and !#$%&'*+-/=?^_`{|}~ in ASCII)",
        );
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Some("has a misplaced dot in its local part");
    }
    host_fault(domain, false)
}

/// Why a text is no host name in RFC 1034's preferred syntax, as RFC 5280 demands.
fn host_fault(text: &str, wildcard: bool) -> Option<&'static str> {
    let host = text.strip_prefix("*.").filter(|_| wildcard).unwrap_or(text);
    if text.len() > 253 {
        return Some("has more than 253 characters");
    }
    if !text.is_ascii() {
        return Some(
            "has characters outside ASCII; write an international domain in its xn-- form",
        );
    }
    if host.contains('*') {
        return Some("has a wildcard elsewhere than as its whole first label");
    }
    if wildcard && host != text && !host.contains('.') {
        return Some("has a wildcard right above a top-level domain");
    }
    if host
        .split('.')
        .all(|label| label.bytes().all(|b| b.is_ascii_digit()))
    {
        return Some("is no host name; an address goes by ip:");
    }
    let label_fault = |label: &str| {
        let inside = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        match label.len() {
            0 => Some("has an empty label"),
            64.. => Some("has a label of more than 63 characters"),
            _ if !label.bytes().all(inside) => Some(
                "has characters that a host name cannot have (letters, digits, hyphens and dots)",
            ),
            _ if label.starts_with('-') || label.ends_with('-') => {
                Some("has a label that begins or ends with a hyphen")
            }
            _ => None,
        }
    };
    host.split('.').find_map(label_fault)
}

/// Why a text is no absolute URI in ASCII (RFC 3986, RFC 5280 4.2.1.6).
fn uri_fault(text: &str) -> Option<&'static str> {
    let Some((scheme, rest)) = text.split_once(':') else {
        return Some("has no scheme, such as https:");
    };
    let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    if !scheme_fits || rest.is_empty() {
        return Some("is no absolute URI");
    }
    let inside = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b);
    if !rest.bytes().all(inside) {
        return Some("has characters that a URI cannot have; write them percent-encoded");
    }
    // RFC 5280: with an authority, its host must be a full domain name or an address
    let authority = rest.strip_prefix("//")?;
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    (authority.is_empty() && scheme != "file").then_some("has no host after //")
}

fn principal_fault(text: &str) -> Option<&'static str> {
    let fits = text
        .split_once('@')
        .is_some_and(|(user, realm)| !user.is_empty() && !realm.is_empty());
    if !fits {
        return Some("is no user principal name, such as alice@corp.example.com");
    }
    text.chars()
        .any(|c| c.is_control() || c == ' ')
        .then_some("has blanks or control characters")
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
            (GeneralName::Other(vec![0x87, 1, 0]), "malformed"),
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
