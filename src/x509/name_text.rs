//! Subjects as people type them: OpenSSL's `/C=DE/O=Example/CN=x` and RFC 4514's
//! `CN=x,O=Example,C=DE`.

use std::fmt;
use std::str::FromStr;

use super::name::{Attribute, BadAttribute, Name};
use crate::primitives::der::Reader;
use crate::primitives::hex;
use crate::primitives::oid::Oid;

/// Why a subject string is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadSubject {
    /// No `=` where an attribute was expected.
    NoAttribute(String),
    /// An attribute that neither OpenSSL nor RFC 4514 names and that is no OID.
    UnknownAttribute(String),
    /// A value that the attribute cannot have.
    Value(BadAttribute),
    /// A backslash or quote that is never finished, or hex that is none.
    Escape(String),
}

impl fmt::Display for BadSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAttribute(part) => write!(
                f,
                "{part:?} is no attribute; write a subject as /C=DE/O=Example/CN=x or CN=x,O=Example,C=DE"
            ),
            Self::UnknownAttribute(name) => write!(
                f,
                "unknown attribute {name:?}; use a name that OpenSSL knows (CN, O, OU, emailAddress, ...) or an OID"
            ),
            Self::Value(bad) => bad.fmt(f),
            Self::Escape(part) => write!(f, "unfinished escape or quote in {part:?}"),
        }
    }
}

impl std::error::Error for BadSubject {}

impl FromStr for Name {
    type Err = BadSubject;

    /// Reads either form. A leading `/` tells OpenSSL's, whose RDNs are in the certificate's
    /// order; RFC 4514 lists the last RDN first. In both, `+` joins the attributes of one RDN and a
    /// backslash takes the next character as it is.
    fn from_str(text: &str) -> Result<Self, BadSubject> {
        let (separator, body) = match text.strip_prefix('/') {
            Some(body) => ('/', body),
            None => (',', text),
        };
        let mut rdns = Vec::new();
        for rdn in split(body, separator)? {
            let attributes: Result<Vec<Attribute>, BadSubject> = split(rdn, '+')?
                .into_iter()
                .map(|part| attribute(part, separator))
                .collect();
            rdns.push(attributes?);
        }
        if separator == ',' {
            rdns.reverse();
        }
        Ok(Self::from_rdns(&rdns))
    }
}

/// Splits at `separator` where no backslash or quotes protect it.
fn split(text: &str, separator: char) -> Result<Vec<&str>, BadSubject> {
    let mut parts = Vec::new();
    let (mut start, mut escaped, mut quoted) = (0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' if separator != '/' => quoted = !quoted,
            c if c == separator && !quoted => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    if escaped || quoted {
        return Err(BadSubject::Escape(text.to_owned()));
    }
    parts.push(text.get(start..).unwrap_or_default());
    Ok(parts)
}

fn attribute(part: &str, separator: char) -> Result<Attribute, BadSubject> {
    let (label, value) = part
        .split_once('=')
        .ok_or_else(|| BadSubject::NoAttribute(part.to_owned()))?;
    let oid = attribute_type(label.trim())?;
    if separator == '/' {
        return Attribute::new(oid, &unescape(value, false)?).map_err(BadSubject::Value);
    }
    let value = trim(value);
    match value.strip_prefix('#') {
        Some(digits) => encoded(oid, digits),
        None => Attribute::new(oid, &unescape(value, true)?).map_err(BadSubject::Value),
    }
}

/// The attribute type that a person means by `CN`, `commonName`, `OID.2.5.4.3` or `2.5.4.3`.
///
/// # Errors
/// When no such type is known.
pub fn attribute_type(label: &str) -> Result<Oid, BadSubject> {
    let dotted = label
        .strip_prefix("OID.")
        .or_else(|| label.strip_prefix("oid."))
        .unwrap_or(label);
    // RFC 2985's E and RFC 4519's S are what other tools print for these two
    let name = match label {
        "E" | "e" => "emailAddress",
        "S" => "ST",
        other => other,
    };
    let unknown = || BadSubject::UnknownAttribute(label.to_owned());
    dotted
        .parse()
        .ok()
        .or_else(|| Oid::by_name(name))
        .ok_or_else(unknown)
}

/// `#` and hex: the DER of the value (RFC 4514, 2.4).
fn encoded(oid: Oid, digits: &str) -> Result<Attribute, BadSubject> {
    let bad = || BadSubject::Escape(format!("#{digits}"));
    let bytes = hex::decode(digits).ok_or_else(bad)?;
    let mut reader = Reader::new(&bytes);
    let element = reader.any().map_err(|_| bad())?;
    reader.finish().map_err(|_| bad())?;
    let attribute = Attribute {
        oid,
        tag: element.tag,
        value: element.value.to_vec(),
    };
    let checked = attribute.check().map_err(BadSubject::Value);
    checked.map(|()| attribute)
}

/// Cuts blanks that no backslash protects.
pub(super) fn trim(value: &str) -> &str {
    let value = value.trim_start_matches(' ');
    let cut = value.trim_end_matches(' ');
    let backslashes = cut.chars().rev().take_while(|c| *c == '\\').count();
    match value.get(..cut.len() + 1) {
        Some(kept) if backslashes % 2 == 1 => kept,
        _ => cut,
    }
}

/// Takes escapes away: `\` before any character, `\HH` for a byte (RFC 4514 only), and quotes
/// around a value (RFC 2253 as LDAPv2 had it).
fn unescape(value: &str, rfc4514: bool) -> Result<String, BadSubject> {
    let bad = || BadSubject::Escape(value.to_owned());
    let inner = value
        .strip_prefix('"')
        .and_then(|v| v.strip_suffix('"'))
        .filter(|_| rfc4514);
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = inner.unwrap_or(value);
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        if c != '\\' {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let pair = rest.get(..2).filter(|_| rfc4514).and_then(hex::decode);
        if let Some([byte]) = pair.as_deref() {
            bytes.push(*byte);
            rest = rest.get(2..).unwrap_or_default();
        } else {
            let next = rest.chars().next().ok_or_else(bad)?;
            bytes.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes());
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
    }
    String::from_utf8(bytes).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> String {
        text.parse::<Name>()
            .map_or_else(|e| format!("error: {e}"), |n| n.oneline())
    }

    #[test]
    fn both_forms_are_read() {
        for (text, line) in [
            ("/C=DE/O=Example/CN=x", "/C=DE/O=Example/CN=x"),
            ("CN=x,O=Example,C=DE", "/C=DE/O=Example/CN=x"),
            (
                "CN = John Doe, O = dev, O = ops",
                "/O=ops/O=dev/CN=John Doe",
            ),
            ("/O=dev/O=ops/CN=a\\/b", "/O=dev/O=ops/CN=a\\/b"),
            ("/OU=x+CN=y", "/CN=y+OU=x"),
            (
                "CN=Doe\\, John+OU=x,DC=example,DC=com",
                "/DC=com/DC=example/OU=x+CN=Doe, John",
            ),
            ("CN=\"Doe, John\",C=DE", "/C=DE/CN=Doe, John"),
            ("CN=J\\C3\\BCrgen\\ ", "/CN=J\\xC3\\xBCrgen "),
            ("CN=#0C0178", "/CN=x"),
            (
                "commonName=x,OID.2.5.4.10=o,1.2.3.4=z",
                "/1.2.3.4=z/O=o/CN=x",
            ),
            ("E=a@b.c", "/emailAddress=a@b.c"),
        ] {
            assert_eq!(parsed(text), line, "{text}");
        }
    }

    #[test]
    fn what_is_no_subject_says_why() {
        for (text, said) in [
            ("", "is no attribute"),
            ("John Doe", "is no attribute"),
            ("/", "is no attribute"),
            ("/CN=x/", "is no attribute"),
            ("/XX=y", "unknown attribute"),
            ("/CN=", "CN is empty"),
            ("/C=Germany", "it must have 2"),
            ("CN=x\\", "unfinished escape"),
            ("CN=\"x", "unfinished escape"),
            ("CN=#0C02", "unfinished escape"),
            ("CN=#0500", "is of no string type that names may have"),
            ("CN=#0C0261", "unfinished escape"),
            ("CN=#13012A", "string type cannot hold"),
            ("CN=#1E020000", "control character"),
            ("/CN=a\u{0}b", "control character"),
        ] {
            assert!(parsed(text).contains(said), "{text:?}: {}", parsed(text));
        }
    }

    proptest! {
        #[test]
        fn rfc4514_reads_back(values in prop::collection::vec("[^\\p{C}]{1,20}", 1..5)) {
            let ou = Oid::by_name("OU").unwrap();
            let made = values.iter().map(|v| Attribute::new(ou.clone(), v).map(|a| vec![a]));
            // some characters hide text, and are refused
            let rdns: Result<Vec<Vec<Attribute>>, BadAttribute> = made.collect();
            prop_assume!(rdns.is_ok());
            let rdns = rdns.unwrap();
            let name = Name::from_rdns(&rdns);
            prop_assert_eq!(name.rfc4514().parse(), Ok(name));
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _read = text.parse::<Name>();
        }
    }
}
