//! Indentation and the forms in which OpenSSL dumps octets.

use std::io::{self, Write};

/// `width` spaces.
pub(super) fn indent(out: &mut dyn Write, width: usize) -> io::Result<()> {
    write!(out, "{:width$}", "")
}

/// Lower-case pairs with colons, `per_line` on a line, each line indented; a line feed at the end.
fn colon_lines(
    out: &mut dyn Write,
    octets: &[u8],
    per_line: usize,
    width: usize,
    colon_at_break: bool,
) -> io::Result<()> {
    for (i, octet) in octets.iter().enumerate() {
        if i > 0 && (colon_at_break || i % per_line != 0) {
            out.write_all(b":")?;
        }
        if i % per_line == 0 {
            if i > 0 {
                out.write_all(b"\n")?;
            }
            indent(out, width)?;
        }
        write!(out, "{octet:02x}")?;
    }
    out.write_all(b"\n")
}

/// As OpenSSL prints signatures: 18 octets a line.
pub(super) fn signature_octets(out: &mut dyn Write, octets: &[u8], width: usize) -> io::Result<()> {
    colon_lines(out, octets, 18, width, true)
}

/// As OpenSSL prints the octets of keys: 15 a line.
pub(super) fn key_octets(out: &mut dyn Write, octets: &[u8], width: usize) -> io::Result<()> {
    colon_lines(out, octets, 15, width, true)
}

/// Upper-case pairs with colons, 16 a line, the first line not indented, no line feed at the end
/// (signed certificate timestamps).
pub(super) fn hex_block(out: &mut dyn Write, octets: &[u8], width: usize) -> io::Result<()> {
    for (i, octet) in octets.iter().enumerate() {
        if i > 0 && i % 16 == 0 {
            indent(out, width)?;
        }
        write!(out, "{octet:02X}")?;
        if i + 1 < octets.len() {
            out.write_all(b":")?;
            if i % 16 == 15 {
                out.write_all(b"\n")?;
            }
        }
    }
    Ok(())
}

/// Offset, hexadecimal and printable characters, 16 octets a line.
pub(super) fn dump(out: &mut dyn Write, octets: &[u8]) -> io::Result<()> {
    for (row, line) in octets.chunks(16).enumerate() {
        write!(out, "{:04x} - ", row * 16)?;
        for column in 0..16 {
            match line.get(column) {
                Some(octet) => {
                    let separator = if column == 7 { '-' } else { ' ' };
                    write!(out, "{octet:02x}{separator}")?;
                }
                None => out.write_all(b"   ")?,
            }
        }
        out.write_all(b"  ")?;
        for octet in line {
            let shown = if (b' '..=b'~').contains(octet) {
                *octet
            } else {
                b'.'
            };
            out.write_all(&[shown])?;
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}
