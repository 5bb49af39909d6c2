//! Alternative names as people type them: `email:alice@example.com`, `DNS:a,IP:10.0.0.1`, or a bare
//! value whose form tells its kind.

use std::fmt;

use super::general_name::{BadGeneralName, GeneralName, SanKind};
use super::name_text::{self, BadSubject};

/// Why a `--san` value is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadSan {
    /// Nothing between two commas, or nothing at all.
    Empty,
    /// An `ip:` value that is no address.
    Ip(String),
    /// A `rid:` value that is no OID.
    Rid(String),
    /// A `dirname:` value that is no subject.
    DirName(BadSubject),
    /// A word before a colon that is no type, of a value whose form tells none.
    Type(String),
    /// A value that its kind cannot have.
    Value(BadGeneralName),
}

impl fmt::Display for BadSan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "an alternative name is empty; write TYPE:VALUE, such as dns:www.example.com (types: email dns ip uri upn rid dirname)",
            ),
            Self::Ip(text) => write!(f, "{text:?} is no IP address (a certificate names single addresses, no ranges)"),
            Self::Rid(text) => write!(f, "{text:?} is no object identifier such as 1.2.3.4"),
            Self::DirName(bad) => write!(f, "dirname: {bad}"),
            Self::Type(word) => write!(
                f,
                "unknown SAN type {word:?}; the types are email, dns, ip, uri, upn, rid and dirname (a URI without :// goes by uri:)"
            ),
            Self::Value(bad) => bad.fmt(f),
        }
    }
}

impl std::error::Error for BadSan {}

/// Reads one `--san` value: a name, or several with commas between them. A comma belongs to a
/// `uri:` value unless a known type follows it, and always to a `dirname:` value.
///
/// # Errors
/// When a part is no name.
pub fn parse_list(text: &str) -> Result<Vec<GeneralName>, BadSan> {
    let mut parts: Vec<String> = Vec::new();
    for piece in text.split(',') {
        let open = parts.last_mut().filter(|part| match split_kind(part).0 {
            Some(SanKind::DirName) => true,
            Some(SanKind::Uri) => split_kind(piece).0.is_none(),
            _ => false,
        });
        match open {
            Some(part) => {
                part.push(',');
                part.push_str(piece);
            }
            None => parts.push(piece.to_owned()),
        }
    }
    parts.iter().map(|part| parse(part)).collect()
}

/// Reads one name, checked.
///
/// # Errors
/// When it is none.
pub fn parse(text: &str) -> Result<GeneralName, BadSan> {
    let (kind, value) = split_kind(text);
    if value.is_empty() {
        return Err(BadSan::Empty);
    }
    let owned = || value.to_owned();
    let name = match kind.map_or_else(|| guess(value), Ok)? {
        SanKind::Email => GeneralName::Email(owned()),
        SanKind::Dns => GeneralName::Dns(owned()),
        SanKind::Uri => GeneralName::Uri(owned()),
        SanKind::Upn => GeneralName::Upn(owned()),
        SanKind::Ip => {
            let bare = value
                .strip_prefix('[')
                .and_then(|v| v.strip_suffix(']'))
                .unwrap_or(value);
            GeneralName::Ip(bare.parse().map_err(|_| BadSan::Ip(owned()))?)
        }
        SanKind::Rid => GeneralName::Rid(value.parse().map_err(|_| BadSan::Rid(owned()))?),
        SanKind::DirName | SanKind::Other => {
            GeneralName::DirName(value.parse().map_err(BadSan::DirName)?)
        }
    };
    name.check().map_err(BadSan::Value)?;
    Ok(name)
}

/// The kind in front of the first colon, if a known one stands there, and the value without blanks
/// around it. In a subject the last one may be escaped.
fn split_kind(text: &str) -> (Option<SanKind>, &str) {
    let text = text.trim_start();
    let known = text
        .split_once(':')
        .and_then(|(word, value)| Some((SanKind::by_word(word)?, value)));
    match known {
        Some((SanKind::DirName, value)) => (Some(SanKind::DirName), name_text::trim(value)),
        Some((kind, value)) => (Some(kind), value.trim()),
        None => (None, text.trim_end()),
    }
}

/// The kind that a value without one must be: an address, a URI with a scheme, a mailbox, a host.
/// Neither of the last two has a colon, so what stands before one is no type that there is, unless
/// that is a host and its port.
fn guess(value: &str) -> Result<SanKind, BadSan> {
    let bare = value.trim_start_matches('[').trim_end_matches(']');
    let (word, rest) = value.split_once(':').unwrap_or((value, ""));
    let in_address = |c: char| c.is_ascii_hexdigit() || ":.".contains(c);
    let address = bare.split(['%', '/']).next().unwrap_or_default();
    let is_port = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_type = |c: char| c.is_ascii_alphanumeric() || " -_".contains(c);
    if bare.parse::<std::net::IpAddr>().is_ok() {
        Ok(SanKind::Ip)
    } else if rest.starts_with("//") || word.eq_ignore_ascii_case("urn") && value != word {
        Ok(SanKind::Uri)
    } else if rest.contains(':') && address.chars().all(in_address) {
        // meant as one, and none
        Ok(SanKind::Ip)
    } else if value != word && word.chars().all(is_type) && !is_port(rest) {
        Err(BadSan::Type(word.to_owned()))
    } else if value.contains('@') {
        Ok(SanKind::Email)
    } else {
        Ok(SanKind::Dns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        parse_list(text).map_or_else(
            |e| format!("error: {e}"),
            |names| {
                names
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(" ")
            },
        )
    }

    #[test]
    fn typed_guessed_and_listed() {
        for (text, names) in [
            ("email:a@example.com", "email:a@example.com"),
            ("DNS:a.example,IP:10.0.0.1", "dns:a.example ip:10.0.0.1"),
            ("IP Address:::1", "ip:::1"),
            ("www.example.com", "dns:www.example.com"),
            ("10.0.0.1, ::1", "ip:10.0.0.1 ip:::1"),
            ("alice@example.com", "email:alice@example.com"),
            (
                "https://a.example/x?a,b,DNS:c",
                "uri:https://a.example/x?a dns:b dns:c",
            ),
            (
                "uri:https://a.example/x?a,b,DNS:c",
                "uri:https://a.example/x?a,b dns:c",
            ),
            ("dirname:CN=x,O=y", "dirname:CN=x,O=y"),
            ("rid:1.2.3", "rid:1.2.3"),
            ("2001:db8::1,[::1]", "ip:2001:db8::1 ip:::1"),
            (
                "urn:uuid:0451,URN:x:y,spiffe://a/b:c",
                "uri:urn:uuid:0451 uri:URN:x:y uri:spiffe://a/b:c",
            ),
            ("uri:tel:+491234", "uri:tel:+491234"),
            ("upn:alice@corp", "upn:alice@corp"),
        ] {
            assert_eq!(shown(text), names, "{text}");
        }
    }

    /// The last attribute's escaped blank is the last of the text; the fuzzer found it cut.
    #[test]
    fn blanks_around_a_subject_are_cut_and_escaped_ones_kept() {
        let name = parse_list(" dirname: CN=x,O=y\\  ").unwrap();
        assert_eq!(name[0].value(), "CN=x,O=y\\ ");
        assert_eq!(shown("dirname:CN=x "), "dirname:CN=x");
    }

    #[test]
    fn what_is_no_name_says_why() {
        for (text, said) in [
            ("", "empty"),
            ("dns:", "empty"),
            ("dns:a,", "empty"),
            ("ip:10.0.0.0/8", "no IP address"),
            ("rid:x", "no object identifier"),
            ("dirname:x", "no attribute"),
            ("email:alice", "has no @"),
            (
                "foo:bar",
                "unknown SAN type \"foo\"; the types are email, dns, ip,",
            ),
            ("nonsense:", "unknown SAN type \"nonsense\""),
            ("nonsense:foo", "unknown SAN type \"nonsense\""),
            ("foo:alice@example.com", "unknown SAN type \"foo\""),
            ("URL:https://a.example/", "unknown SAN type \"URL\""),
            ("otherName:1.2.3;UTF8:x", "unknown SAN type \"otherName\""),
            ("dns:a,ip6:::1", "unknown SAN type \"ip6\""),
            ("tel:+491234", "goes by uri:"),
            ("urn:", "is no absolute URI"),
            ("localhost:8443", "a host name cannot have"),
            ("a.example:443", "a host name cannot have"),
            ("alice@example.com:25", "email:"),
            ("1:2:3", "no IP address"),
            ("fe80::1%eth0", "no IP address"),
            ("2001:db8::/32", "no IP address"),
        ] {
            assert!(shown(text).contains(said), "{text:?}: {}", shown(text));
        }
    }

    proptest! {
        #[test]
        fn hosts_and_mailboxes_read_back(label in "[a-z][a-z0-9]{0,20}", local in "[a-z0-9]{1,20}") {
            for name in [
                GeneralName::Dns(format!("{label}.example")),
                GeneralName::Email(format!("{local}@{label}.example")),
                GeneralName::Uri(format!("https://{label}.example/{local},x")),
            ] {
                prop_assert_eq!(parse_list(&name.to_string()), Ok(vec![name]));
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _read = parse_list(&text);
        }
    }
}
