//! Numbers: decimal, hexadecimal, and the labelled form of keys.

use std::io::{self, Write};

use super::layout::{self, indent};
use super::schema::Primitive;

fn significant(magnitude: &[u8]) -> &[u8] {
    let zeros = magnitude.iter().take_while(|b| **b == 0).count();
    magnitude.get(zeros..).unwrap_or_default()
}

/// How many bits the number has.
pub(super) fn bits(magnitude: &[u8]) -> usize {
    let digits = significant(magnitude);
    digits
        .first()
        .map_or(0, |first| digits.len() * 8 - first.leading_zeros() as usize)
}

/// The value, if it fits 64 bits with its sign.
pub(super) fn to_i64(number: &Primitive<'_>) -> Option<i64> {
    let digits = significant(&number.bytes);
    if digits.len() > 8 {
        return None;
    }
    let magnitude = digits.iter().fold(0i128, |n, b| n << 8 | i128::from(*b));
    i64::try_from(if number.negative {
        -magnitude
    } else {
        magnitude
    })
    .ok()
}

/// Decimal below 128 bits, hexadecimal above (`0x...`), as in extensions.
pub(super) fn text(number: &Primitive<'_>) -> String {
    let sign = if number.negative { "-" } else { "" };
    let digits = significant(&number.bytes);
    if bits(digits) < 128 {
        let value = digits.iter().fold(0u128, |n, b| n << 8 | u128::from(*b));
        format!("{sign}{value}")
    } else {
        format!("{sign}0x{}", crate::primitives::hex::upper(digits))
    }
}

/// Upper-case hexadecimal, continued with a backslash after 35 octets, as serials in CRLs.
pub(super) fn hexadecimal(out: &mut dyn Write, number: &Primitive<'_>) -> io::Result<()> {
    if number.negative {
        out.write_all(b"-")?;
    }
    for (i, octet) in number.bytes.iter().enumerate() {
        if i > 0 && i % 35 == 0 {
            out.write_all(b"\\\n")?;
        }
        write!(out, "{octet:02X}")?;
    }
    Ok(())
}

/// A labelled number of a key: decimal and hexadecimal where it fits 64 bits, else octets.
pub(super) fn labelled(
    out: &mut dyn Write,
    label: &str,
    magnitude: &[u8],
    width: usize,
) -> io::Result<()> {
    labelled_signed(out, label, (magnitude, false), width)
}

/// The same for a magnitude and whether it is below zero.
pub(super) fn labelled_signed(
    out: &mut dyn Write,
    label: &str,
    (magnitude, negative): (&[u8], bool),
    width: usize,
) -> io::Result<()> {
    indent(out, width)?;
    let digits = significant(magnitude);
    if digits.is_empty() {
        return writeln!(out, "{label} 0");
    }
    if digits.len() > 8 {
        writeln!(out, "{label}{}", if negative { " (Negative)" } else { "" })?;
        return layout::key_octets(out, &with_sign_octet(digits), width + 4);
    }
    let sign = if negative { "-" } else { "" };
    let value = digits.iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
    writeln!(out, "{label} {sign}{value} ({sign}0x{value:x})")
}

/// With a zero octet before a set top bit.
fn with_sign_octet(digits: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(digits.len() + 1);
    if digits.first().is_some_and(|b| b & 0x80 != 0) {
        octets.push(0);
    }
    octets.extend_from_slice(digits);
    octets
}
