//! Name constraints (RFC 5280, 4.2.1.10): written into CA certificates, and checked before a
//! certificate is signed below one.

use std::fmt;
use std::net::IpAddr;

use super::extension::Extension;
use super::general_name::GeneralName;
use super::name::Name;
use crate::primitives::der::{self, DerError, Reader, tag};
use crate::primitives::oid::known;

/// One subtree: the base of a GeneralSubtree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subtree {
    /// A mailbox, a host (`example.com`: all mailboxes at it) or a domain (`.example.com`: below it).
    Email(String),
    /// A host and everything below it; with a leading dot, only what is below.
    Dns(String),
    /// An address and its prefix length.
    Ip(IpAddr, u8),
    /// A host, or with a leading dot a domain.
    Uri(String),
    /// Names that begin with these RDNs.
    DirName(Name),
    /// A form that privca does not know, as it was read: its tag number.
    Other(u8),
}

/// Permitted and excluded subtrees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// Where not empty for a kind, names of this kind must lie in one of its subtrees.
    pub permitted: Vec<Subtree>,
    /// Names must lie in none of these.
    pub excluded: Vec<Subtree>,
}

/// A name that the constraints forbid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The name, with its kind.
    pub name: String,
    /// The excluded subtree that it lies in; `None` if it lies in no permitted one.
    pub excluded_by: Option<Subtree>,
    /// The permitted subtrees of its kind.
    pub permitted: Vec<Subtree>,
}

impl Subtree {
    /// Reads `TYPE:VALUE` as `--permit` and profiles have it: `dns:example.com`,
    /// `email:example.com`, `ip:10.0.0.0/8`, `uri:.example.com`, `dirname:O=Example,C=DE`.
    ///
    /// # Errors
    /// With what is expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || {
            format!(
                "{text:?} is no subtree; write dns:example.com, email:example.com, ip:10.0.0.0/8, uri:.example.com or dirname:O=Example,C=DE"
            )
        };
        let (kind, value) = text.split_once(':').ok_or_else(expected)?;
        let host = || {
            let bare = value
                .rsplit('@')
                .next()
                .unwrap_or_default()
                .trim_start_matches('.');
            let fits = bare.is_empty() && value.is_empty()
                || GeneralName::Dns(bare.to_owned()).check().is_ok() && !bare.contains('*');
            if fits {
                Ok(value.to_owned())
            } else {
                Err(expected())
            }
        };
        match kind.trim().to_ascii_lowercase().as_str() {
            "dns" => host().map(Self::Dns),
            "email" => host().map(Self::Email),
            "uri" => host().map(Self::Uri),
            "ip" => network(value)
                .map(|(address, prefix)| Self::Ip(address, prefix))
                .ok_or_else(expected),
            "dirname" => value
                .parse()
                .map(Self::DirName)
                .map_err(|e| format!("dirname: {e}")),
            _ => Err(expected()),
        }
    }

    fn to_der(&self) -> Vec<u8> {
        let base = match self {
            Self::Email(text) => der::tlv(tag::context(1), text.as_bytes()),
            Self::Dns(text) => der::tlv(tag::context(2), text.as_bytes()),
            Self::Uri(text) => der::tlv(tag::context(6), text.as_bytes()),
            Self::Ip(address, prefix) => der::tlv(tag::context(7), &with_mask(*address, *prefix)),
            Self::DirName(name) => der::tlv(tag::context_constructed(4), name.der()),
            Self::Other(number) => der::tlv(tag::context(*number), &[]),
        };
        der::sequence(&[base])
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DerError> {
        let mut fields = reader.sequence("a subtree is no SEQUENCE")?;
        let base = fields.any()?;
        // RFC 5280, 4.2.1.10: no minimum but 0, which DER leaves out, and no maximum
        fields.finish()?;
        let text = || String::from_utf8_lossy(base.value).into_owned();
        Ok(match base.tag {
            0x81 => Self::Email(text()),
            0x82 => Self::Dns(text()),
            0x86 => Self::Uri(text()),
            0x87 => without_mask(base.value).map_or(Self::Other(7), |(a, p)| Self::Ip(a, p)),
            0xa4 => Self::DirName(Name::from_der(base.value)?),
            other => Self::Other(other & 0x1f),
        })
    }

    /// True if this subtree speaks of names of that kind.
    fn concerns(&self, name: &GeneralName) -> bool {
        match (self, name) {
            (Self::Email(_), GeneralName::Email(_))
            | (Self::Dns(_), GeneralName::Dns(_))
            | (Self::Uri(_), GeneralName::Uri(_))
            | (Self::DirName(_), GeneralName::DirName(_))
            | (Self::Ip(..), GeneralName::Ip(_)) => true,
            (Self::Other(0), GeneralName::Upn(_)) | (Self::Other(8), GeneralName::Rid(_)) => true,
            (Self::Other(n), GeneralName::Ip(_)) => *n == 7,
            (_, GeneralName::Other(_)) => true,
            _ => false,
        }
    }

    /// True if the name lies in this subtree.
    fn covers(&self, name: &GeneralName) -> bool {
        match (self, name) {
            (Self::Email(base), GeneralName::Email(mailbox)) => covers_mailbox(base, mailbox),
            // a wildcard's own label counts: *.example.com lies below .example.com
            (Self::Dns(base), GeneralName::Dns(host)) => covers_host(base, host),
            (Self::Uri(base), GeneralName::Uri(uri)) => uri_host(uri).is_some_and(|host| {
                if base.starts_with('.') {
                    covers_host(base, host)
                } else {
                    host.eq_ignore_ascii_case(base)
                }
            }),
            (Self::Ip(network, prefix), GeneralName::Ip(address)) => {
                in_network(*network, *prefix, *address)
            }
            (Self::DirName(base), GeneralName::DirName(name)) => {
                name.canonical().starts_with(&base.canonical())
            }
            _ => false,
        }
    }
}

impl fmt::Display for Subtree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email(text) => write!(f, "email:{}", text.escape_debug()),
            Self::Dns(text) => write!(f, "dns:{}", text.escape_debug()),
            Self::Uri(text) => write!(f, "uri:{}", text.escape_debug()),
            Self::Ip(address, prefix) => write!(f, "ip:{address}/{prefix}"),
            Self::DirName(name) => write!(f, "dirname:{}", name.rfc4514()),
            Self::Other(number) => write!(f, "a name form that privca does not know ([{number}])"),
        }
    }
}

impl NameConstraints {
    /// True if nothing is constrained.
    pub fn is_empty(&self) -> bool {
        self.permitted.is_empty() && self.excluded.is_empty()
    }

    /// The extension, critical as RFC 5280 demands.
    pub fn extension(&self) -> Extension {
        let list = |n: u8, subtrees: &[Subtree]| {
            let parts: Vec<Vec<u8>> = subtrees.iter().map(Subtree::to_der).collect();
            (!parts.is_empty()).then(|| der::constructed(tag::context_constructed(n), &parts))
        };
        let parts: Vec<Vec<u8>> = [list(0, &self.permitted), list(1, &self.excluded)]
            .into_iter()
            .flatten()
            .collect();
        Extension {
            oid: known::NAME_CONSTRAINTS,
            critical: true,
            value: der::sequence(&parts),
        }
    }

    /// Reads the extension's value.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn read(value: &[u8]) -> Result<Self, DerError> {
        let mut fields =
            der::only(value, tag::SEQUENCE, "nameConstraints is no SEQUENCE")?.reader();
        let mut list = |n: u8| -> Result<Vec<Subtree>, DerError> {
            let mut subtrees = Vec::new();
            if let Some(element) = fields.optional(tag::context_constructed(n))? {
                let mut reader = element.reader();
                while !reader.is_empty() {
                    subtrees.push(Subtree::read(&mut reader)?);
                }
            }
            Ok(subtrees)
        };
        let constraints = Self {
            permitted: list(0)?,
            excluded: list(1)?,
        };
        fields.finish()?;
        Ok(constraints)
    }

    /// Every name that these constraints forbid: the alternative names, the subject as a directory
    /// name, and its emailAddress attributes where there is no email alternative name (RFC 5280).
    pub fn violations(&self, subject: &Name, names: &[GeneralName]) -> Vec<Violation> {
        let mut all = names.to_vec();
        if !subject.is_empty() {
            all.push(GeneralName::DirName(subject.clone()));
        }
        let mailboxes = subject.values(&known::EMAIL_ADDRESS);
        all.extend(mailboxes.into_iter().map(GeneralName::Email));
        all.iter().filter_map(|name| self.violation(name)).collect()
    }

    fn violation(&self, name: &GeneralName) -> Option<Violation> {
        let permitted: Vec<Subtree> = self
            .permitted
            .iter()
            .filter(|s| s.concerns(name))
            .cloned()
            .collect();
        // an excluded form that is not understood excludes everything of that form
        let excluded_by = self
            .excluded
            .iter()
            .find(|s| s.covers(name) || (matches!(s, Subtree::Other(_)) && s.concerns(name)))
            .cloned();
        let outside = !permitted.is_empty() && !permitted.iter().any(|s| s.covers(name));
        (excluded_by.is_some() || outside).then(|| Violation {
            name: name.to_string(),
            excluded_by,
            permitted,
        })
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.excluded_by {
            Some(subtree) => write!(
                f,
                "{} lies in {subtree}, which the issuer excludes",
                self.name
            ),
            None => {
                let permitted: Vec<String> =
                    self.permitted.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "{} lies outside {}, which is all the issuer permits",
                    self.name,
                    permitted.join(", ")
                )
            }
        }
    }
}

fn covers_host(base: &str, host: &str) -> bool {
    let (base, host) = (base.to_ascii_lowercase(), host.to_ascii_lowercase());
    match base.strip_prefix('.') {
        _ if base.is_empty() => true,
        Some(_) => host.ends_with(&base),
        None => host == base || host.ends_with(&format!(".{base}")),
    }
}

fn covers_mailbox(base: &str, mailbox: &str) -> bool {
    let Some((local, host)) = mailbox.rsplit_once('@') else {
        return false;
    };
    match base.rsplit_once('@') {
        Some((base_local, base_host)) => {
            local == base_local && host.eq_ignore_ascii_case(base_host)
        }
        None if base.starts_with('.') => covers_host(base, host),
        None => base.is_empty() || host.eq_ignore_ascii_case(base),
    }
}

fn uri_host(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    Some(host.split(':').next().unwrap_or(host))
}

/// An address with an optional prefix length: `10.0.0.0/8`, `::1`.
pub fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(Some(most), |p| p.parse().ok())?;
    (prefix <= most).then_some((address, prefix))
}

/// True if `address` lies in the network.
pub fn in_network(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    let same = |a: u128, b: u128, bits: u8| {
        let shift = u32::from(bits.saturating_sub(prefix));
        prefix == 0 || a >> shift == b >> shift
    };
    match (network, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(u32::from(a).into(), u32::from(b).into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.into(), b.into(), 128),
        _ => false,
    }
}

fn with_mask(address: IpAddr, prefix: u8) -> Vec<u8> {
    let keep = |all: u128, bits: u8| {
        all.checked_shl(u32::from(bits.saturating_sub(prefix)))
            .unwrap_or(0)
    };
    match address {
        IpAddr::V4(a) => {
            let mask = keep(u128::from(u32::MAX), 32) as u32;
            [(u32::from(a) & mask).to_be_bytes(), mask.to_be_bytes()].concat()
        }
        IpAddr::V6(a) => {
            let mask = keep(u128::MAX, 128);
            [(u128::from(a) & mask).to_be_bytes(), mask.to_be_bytes()].concat()
        }
    }
}

fn without_mask(octets: &[u8]) -> Option<(IpAddr, u8)> {
    let (address, mask) = octets.split_at_checked(octets.len() / 2)?;
    let prefix: u32 = mask.iter().map(|b| b.count_ones()).sum();
    let prefix = u8::try_from(prefix).ok()?;
    let address: IpAddr = match address.len() {
        4 => <[u8; 4]>::try_from(address).ok()?.into(),
        16 => <[u8; 16]>::try_from(address).ok()?.into(),
        _ => return None,
    };
    // a mask with holes is no prefix
    (with_mask(address, prefix).get(address_len(address)..) == Some(mask))
        .then_some((address, prefix))
}

fn address_len(address: IpAddr) -> usize {
    if address.is_ipv4() { 4 } else { 16 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constraints(permitted: &[&str], excluded: &[&str]) -> NameConstraints {
        let parse = |list: &[&str]| list.iter().map(|s| Subtree::parse(s).unwrap()).collect();
        NameConstraints {
            permitted: parse(permitted),
            excluded: parse(excluded),
        }
    }

    fn forbidden(constraints: &NameConstraints, san: &str) -> bool {
        let names = crate::x509::san_text::parse_list(san).unwrap();
        !constraints.violations(&Name::empty(), &names).is_empty()
    }

    #[test]
    fn subtrees_cover_what_rfc_5280_says() {
        let of = constraints(
            &[
                "dns:example.com",
                "email:example.com",
                "ip:10.0.0.0/8",
                "uri:.example.com",
            ],
            &[
                "dns:secret.example.com",
                "ip:10.9.0.0/16",
                "email:root@example.com",
            ],
        );
        for (san, no) in [
            ("dns:example.com", false),
            ("dns:a.b.EXAMPLE.com", false),
            ("dns:*.example.com", false),
            ("dns:*.secret.example.com", true),
            ("dns:notexample.com", true),
            ("dns:x.secret.example.com", true),
            ("email:a@example.com", false),
            ("email:a@sub.example.com", true),
            ("email:root@example.com", true),
            ("ip:10.1.2.3", false),
            ("ip:10.9.0.1", true),
            ("ip:11.0.0.1", true),
            ("ip:::1", true),
            ("uri:https://a.example.com:80/x", false),
            ("uri:https://example.com/", true),
            ("rid:1.2.3", false),
        ] {
            assert_eq!(forbidden(&of, san), no, "{san}");
        }
    }

    #[test]
    fn they_read_back() {
        let of = constraints(
            &[
                "dns:.example.com",
                "ip:2001:db8::/32",
                "dirname:O=Example,C=DE",
            ],
            &["ip:192.168.0.0/16", "email:a@example.com"],
        );
        assert_eq!(NameConstraints::read(&of.extension().value), Ok(of));
    }

    #[test]
    fn the_subject_counts_too() {
        let of = constraints(&["email:example.com", "dirname:O=Example,C=DE"], &[]);
        let subject = |text: &str| text.parse::<Name>().unwrap();
        assert!(
            of.violations(&subject("/C=DE/O=Example/CN=x"), &[])
                .is_empty()
        );
        assert_eq!(of.violations(&subject("/C=DE/CN=x"), &[]).len(), 1);
        assert_eq!(
            of.violations(&subject("/C=DE/O=Example/emailAddress=a@other.com"), &[])
                .len(),
            1
        );
    }
}
