//! Object identifiers as OpenSSL prints them: by name where it has one, else dotted.

use std::io::{self, Write};

use x509_parser::num_bigint::BigUint;

use crate::primitives::oid::Oid;

use super::layout;
use super::schema::Value;

/// OpenSSL gives up on identifiers with more contents octets than this.
const MAX_OCTETS: usize = 586;

/// The long name, else the arcs; nothing for an identifier that is too long.
pub(super) fn name(oid: &Oid) -> Option<String> {
    match oid.long_name() {
        Some(name) => Some(name.to_owned()),
        None => dotted(oid),
    }
}

/// The arcs in decimal, of any size; nothing for an identifier that is too long.
pub(super) fn dotted(oid: &Oid) -> Option<String> {
    let contents = oid.contents();
    if contents.len() > MAX_OCTETS {
        return None;
    }
    let mut text = String::new();
    for arc in contents.split_inclusive(|b| b & 0x80 == 0) {
        let digits: Vec<u8> = arc.iter().map(|b| b & 0x7f).collect();
        let arc = BigUint::from_radix_be(&digits, 128).unwrap_or_default();
        if text.is_empty() {
            let root = if arc >= BigUint::from(80u8) {
                2u8
            } else if arc >= BigUint::from(40u8) {
                1
            } else {
                0
            };
            text = format!("{root}.{}", arc - root * 40);
        } else {
            text.push_str(&format!(".{arc}"));
        }
    }
    Some(text)
}

/// The name, cut to a buffer of `size` as OpenSSL does in places.
pub(super) fn cut_name(value: &Value<'_>, size: usize) -> String {
    let mut text = value.oid().and_then(|oid| name(&oid)).unwrap_or_default();
    text.truncate(size - 1);
    text
}

/// Writes the name; returns how many octets OpenSSL says it wrote.
pub(super) fn write(out: &mut dyn Write, value: &Value<'_>) -> io::Result<usize> {
    match value.oid().and_then(|oid| name(&oid)) {
        Some(name) => {
            out.write_all(name.as_bytes())?;
            Ok(name.len())
        }
        None => {
            out.write_all(b"<INVALID>")?;
            layout::dump(out, value.bytes())?;
            Ok(9 + value.bytes().len())
        }
    }
}
