//! Distinguished names in the forms that OpenSSL prints.

use std::io::{self, Write};

use crate::primitives::hex;

use super::NameStyle;
use super::object;
use super::schema::{Value, universal as u};
use super::string;

/// Writes a name read as `Item::Name`.
pub(super) fn write(out: &mut dyn Write, name: &Value<'_>, style: NameStyle) -> io::Result<()> {
    match style {
        NameStyle::Oneline => relative_names(out, name.list().iter().map(Value::list)),
        NameStyle::Compat => compat(out, name),
    }
}

/// Writes one relative name, such as that of a distribution point.
pub(super) fn write_relative(out: &mut dyn Write, entries: &[Value<'_>]) -> io::Result<()> {
    // OpenSSL prints these entries as if each came from a set of the same number.
    relative_names(out, std::iter::once(entries))
}

fn relative_names<'v, 'a: 'v>(
    out: &mut dyn Write,
    names: impl Iterator<Item = &'v [Value<'a>]>,
) -> io::Result<()> {
    let mut first = true;
    for entries in names {
        for (i, entry) in entries.iter().enumerate() {
            if !first {
                out.write_all(if i > 0 { b" + " } else { b", " })?;
            }
            first = false;
            attribute_type(out, entry)?;
            out.write_all(b" = ")?;
            if let Some(value) = entry.field(1).primitive() {
                string::escaped(out, value)?;
            }
        }
    }
    Ok(())
}

fn attribute_type(out: &mut dyn Write, entry: &Value<'_>) -> io::Result<()> {
    match entry.field(0).oid().and_then(|oid| oid.short_name()) {
        Some(short) => out.write_all(short.as_bytes()),
        // OpenSSL's buffer has 80 octets.
        None => out.write_all(object::cut_name(entry.field(0), 80).as_bytes()),
    }
}

/// `/C=DE/O=Example/CN=x`, with `+` within a relative name: X509_NAME_oneline. With a limit, the
/// name ends before the entry that would exceed it.
pub(super) fn slashes(name: &Value<'_>, limit: usize) -> Vec<u8> {
    let mut line = Vec::new();
    for entries in name.list() {
        for (i, entry) in entries.list().iter().enumerate() {
            let start = line.len();
            line.push(if i > 0 { b'+' } else { b'/' });
            // Writing into a vector doesn't fail.
            attribute_type(&mut line, entry).unwrap_or_default();
            line.push(b'=');
            slash_value(&mut line, entry.field(1));
            if line.len() > limit {
                line.truncate(start);
                return line;
            }
        }
    }
    line
}

fn slash_value(line: &mut Vec<u8>, value: &Value<'_>) {
    let octets = value.bytes();
    // A GeneralString of four octets a character is cut to its last ones.
    let general = value.primitive().is_some_and(|p| p.tag == u::GENERAL)
        && octets.len().is_multiple_of(4)
        && octets.chunks(4).all(|c| matches!(c, [0, 0, 0, _]));
    let step = if general { 4 } else { 1 };
    for octet in octets.chunks(step).filter_map(<[u8]>::last) {
        match octet {
            b'/' | b'+' => line.extend([b'\\', *octet]),
            b' '..=b'~' => line.push(*octet),
            _ => line.extend(format!("\\x{}", hex::upper(&[*octet])).bytes()),
        }
    }
}

/// `C=DE, O=Example, CN=x`: what `openssl ca` writes. OpenSSL turns its line with slashes into
/// this, and takes a slash before one or two capitals and `=` for a boundary.
fn compat(out: &mut dyn Write, name: &Value<'_>) -> io::Result<()> {
    let line = slashes(name, usize::MAX);
    let mut rest = line.get(1..).unwrap_or_default();
    loop {
        let boundary = rest.iter().enumerate().position(|(i, b)| {
            *b == b'/' && starts_attribute(rest.get(i + 1..).unwrap_or_default())
        });
        match boundary {
            Some(at) => {
                out.write_all(rest.get(..at).unwrap_or_default())?;
                out.write_all(b", ")?;
                rest = rest.get(at + 1..).unwrap_or_default();
            }
            None => return out.write_all(rest),
        }
    }
}

fn starts_attribute(text: &[u8]) -> bool {
    match text {
        [a, b'=', ..] => a.is_ascii_uppercase(),
        [a, b, b'=', ..] => a.is_ascii_uppercase() && b.is_ascii_uppercase(),
        _ => false,
    }
}
