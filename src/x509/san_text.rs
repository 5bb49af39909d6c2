//! Alternative names as people type them: `email:alice@example.com`, `DNS:a,IP:10.0.0.1`, or a bare
//! value whose form tells its kind.

use std::fmt;

use super::general_name::{BadGeneralName, GeneralName, SanKind};
use super::name_text::BadSubject;

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
    parts.iter().map(|part| parse(part.trim())).collect()
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
    let name = match kind.unwrap_or_else(|| guess(value)) {
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

/// The kind in front of the first colon, if a known one stands there, and the value.
fn split_kind(text: &str) -> (Option<SanKind>, &str) {
    match text.split_once(':') {
        Some((word, value)) => match SanKind::by_word(word) {
            Some(kind) => (Some(kind), value.trim()),
            None => (None, text),
        },
        None => (None, text),
    }
}

/// The kind that a value without one must be: an address, a URI with a scheme, a mailbox, a host.
fn guess(value: &str) -> SanKind {
    let bare = value.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<std::net::IpAddr>().is_ok() {
        SanKind::Ip
    } else if value.contains("://") || value.starts_with("urn:") {
        SanKind::Uri
    } else if value.contains('@') {
        SanKind::Email
    } else {
        SanKind::Dns
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
            ("upn:alice@corp", "upn:alice@corp"),
        ] {
            assert_eq!(shown(text), names, "{text}");
        }
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
            ("foo:bar", "cannot have"),
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
