//! Character strings: OpenSSL's escapes (RFC 2253 with quotes), and its plain form.

use std::io::{self, Write};

use crate::primitives::der;

use super::schema::{Primitive, universal as u};

/// True if the string consists of characters that its type can hold: what OpenSSL checks when it
/// reads a name.
pub(super) fn is_sound(string: &Primitive<'_>) -> bool {
    match string.tag {
        u::UTF8 => std::str::from_utf8(&string.bytes).is_ok(),
        u::BMP | u::UNIVERSAL => characters(string).all(|c| char::from_u32(c).is_some()),
        _ => true,
    }
}

/// The characters of a string of two or four octets each; octets otherwise.
fn characters<'s>(string: &'s Primitive<'_>) -> impl Iterator<Item = u32> + 's {
    let width = match string.tag {
        u::BMP => 2,
        u::UNIVERSAL => 4,
        _ => 1,
    };
    string
        .bytes
        .chunks(width)
        .map(|c| c.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
}

/// With escapes, as `-nameopt oneline` has them.
pub(super) fn escaped(out: &mut dyn Write, string: &Primitive<'_>) -> io::Result<()> {
    let shown = matches!(
        string.tag,
        u::UTF8
            | u::NUMERIC
            | u::PRINTABLE
            | u::T61
            | u::IA5
            | u::UTC_TIME
            | u::GENERALIZED_TIME
            | u::VISIBLE
            | u::UNIVERSAL
            | u::BMP
    );
    if !shown {
        return dumped(out, string);
    }
    let mut text = Vec::with_capacity(string.bytes.len());
    let mut quoted = false;
    let count = match string.tag {
        u::BMP => string.bytes.len() / 2,
        u::UNIVERSAL => string.bytes.len() / 4,
        _ => string.bytes.len(),
    };
    for (i, character) in characters(string).enumerate() {
        let place = match i {
            // The last place wins over the first: a lone `#` isn't escaped.
            _ if i + 1 == count => Place::Last,
            0 => Place::First,
            _ => Place::Middle,
        };
        let mut utf8 = [0; 4];
        let octets = match (string.tag, char::from_u32(character)) {
            (u::UTF8, _) => {
                utf8[0] = character as u8;
                &utf8[..1]
            }
            (_, Some(character)) => character.encode_utf8(&mut utf8).as_bytes(),
            (_, None) => &[],
        };
        for octet in octets {
            quoted |= escape(&mut text, *octet, place);
        }
    }
    if quoted {
        out.write_all(b"\"")?;
        out.write_all(&text)?;
        out.write_all(b"\"")
    } else {
        out.write_all(&text)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Middle,
    Last,
}

/// Appends one octet; true if the whole string needs quotes for it.
fn escape(text: &mut Vec<u8>, octet: u8, place: Place) -> bool {
    match octet {
        b',' | b'+' | b'<' | b'>' | b';' => {
            text.push(octet);
            return true;
        }
        b'"' | b'\\' => text.extend([b'\\', octet]),
        b' ' if place != Place::Middle => {
            text.push(octet);
            return true;
        }
        b'#' if place == Place::First => {
            text.push(octet);
            return true;
        }
        0..0x20 | 0x7f.. => text.extend(format!("\\{octet:02X}").bytes()),
        _ => text.push(octet),
    }
    false
}

/// A type that is no string: `#` and its DER in hexadecimal.
fn dumped(out: &mut dyn Write, value: &Primitive<'_>) -> io::Result<()> {
    let encoded = match value.tag {
        u::SEQUENCE | u::SET | u::OTHER => value.bytes.to_vec(),
        u::BIT_STRING => {
            let mut contents = vec![value.unused];
            contents.extend_from_slice(&value.bytes);
            der::tlv(der::tag::BIT_STRING, &contents)
        }
        tag => der::tlv(tag as u8, &value.bytes),
    };
    write!(out, "#{}", crate::primitives::hex::upper(&encoded))
}

/// Octets as they are, with a dot for what is neither printable ASCII nor a line end.
pub(super) fn plain(out: &mut dyn Write, octets: &[u8]) -> io::Result<()> {
    let mut shown = [0; 256];
    for chunk in octets.chunks(shown.len()) {
        for (to, from) in shown.iter_mut().zip(chunk) {
            *to = match from {
                b' '..=b'~' | b'\n' | b'\r' => *from,
                _ => b'.',
            };
        }
        out.write_all(shown.get(..chunk.len()).unwrap_or_default())?;
    }
    Ok(())
}

/// Octets as they are, up to the first zero: what C prints as a string.
pub(super) fn c_string(octets: &[u8]) -> &[u8] {
    octets.split(|b| *b == 0).next().unwrap_or_default()
}
