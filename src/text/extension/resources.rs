//! IP addresses and autonomous systems (RFC 3779).

use std::io::{self, Write};

use crate::text::layout::indent;
use crate::text::number;
use crate::text::schema::{Primitive, Value};

const IPV4: u16 = 1;
const IPV6: u16 = 2;

pub(super) fn addresses(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    for family in value.list() {
        let octets = family.field(0).bytes();
        let number = match octets {
            [high, low, ..] => u16::from_be_bytes([*high, *low]),
            _ => 0,
        };
        indent(out, width)?;
        match number {
            IPV4 => out.write_all(b"IPv4")?,
            IPV6 => out.write_all(b"IPv6")?,
            other => write!(out, "Unknown AFI {other}")?,
        }
        if let Some(subsequent) = octets.get(2) {
            match subsequent_family(*subsequent) {
                Some(name) => write!(out, " ({name})")?,
                None => write!(out, " (Unknown SAFI {subsequent})")?,
            }
        }
        match family.field(1).choice() {
            Some((0, _)) => out.write_all(b": inherit\n")?,
            Some((_, list)) => {
                out.write_all(b":\n")?;
                if !ranges(out, list, number, width + 2)? {
                    return Ok(false);
                }
            }
            None => {}
        }
    }
    Ok(true)
}

fn subsequent_family(number: u8) -> Option<&'static str> {
    Some(match number {
        1 => "Unicast",
        2 => "Multicast",
        3 => "Unicast/Multicast",
        4 => "MPLS",
        64 => "Tunnel",
        65 => "VPLS",
        66 => "BGP MDT",
        128 => "MPLS-labeled VPN",
        _ => return None,
    })
}

fn ranges(out: &mut dyn Write, list: &Value<'_>, family: u16, width: usize) -> io::Result<bool> {
    for entry in list.list() {
        indent(out, width)?;
        let Some((kind, value)) = entry.choice() else {
            return Ok(false);
        };
        if kind == 0 {
            let Some(prefix) = value.primitive() else {
                return Ok(false);
            };
            if !address(out, family, prefix, 0x00)? {
                return Ok(false);
            }
            let length = prefix.bytes.len() as i64 * 8 - i64::from(prefix.unused);
            writeln!(out, "/{length}")?;
            continue;
        }
        let (Some(low), Some(high)) = (value.field(0).primitive(), value.field(1).primitive())
        else {
            return Ok(false);
        };
        if !address(out, family, low, 0x00)? {
            return Ok(false);
        }
        out.write_all(b"-")?;
        if !address(out, family, high, 0xff)? {
            return Ok(false);
        }
        out.write_all(b"\n")?;
    }
    Ok(true)
}

/// An address whose missing bits are all `fill`.
fn address(out: &mut dyn Write, family: u16, bits: &Primitive<'_>, fill: u8) -> io::Result<bool> {
    let size = match family {
        IPV4 => 4,
        IPV6 => 16,
        _ => {
            let octets = crate::primitives::hex::lower_colons(&bits.bytes);
            write!(out, "{octets}[{}]", bits.unused)?;
            return Ok(true);
        }
    };
    if bits.bytes.len() > size {
        return Ok(false);
    }
    let mut octets = bits.bytes.to_vec();
    if let Some(last) = octets.last_mut() {
        let missing = (1u8 << bits.unused) - 1;
        *last = *last & !missing | fill & missing;
    }
    octets.resize(size, fill);
    if family == IPV4 {
        let parts: Vec<String> = octets.iter().map(u8::to_string).collect();
        write!(out, "{}", parts.join("."))?;
        return Ok(true);
    }
    let mut groups: Vec<u16> = octets
        .chunks(2)
        .map(|g| g.iter().fold(0, |n, b| n << 8 | u16::from(*b)))
        .collect();
    while groups.last() == Some(&0) {
        groups.pop();
    }
    for (i, group) in groups.iter().enumerate() {
        write!(out, "{group:x}{}", if i < 7 { ":" } else { "" })?;
    }
    if groups.len() < 8 {
        out.write_all(b":")?;
    }
    if groups.is_empty() {
        out.write_all(b":")?;
    }
    Ok(true)
}

pub(super) fn systems(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    let labels = ["Autonomous System Numbers", "Routing Domain Identifiers"];
    for (i, label) in labels.iter().enumerate() {
        let Some((kind, list)) = value.field(i).choice() else {
            continue;
        };
        indent(out, width)?;
        writeln!(out, "{label}:")?;
        if kind == 0 {
            indent(out, width + 2)?;
            out.write_all(b"inherit\n")?;
        }
        for entry in list.list() {
            let text = match entry.choice() {
                Some((0, id)) => id.primitive().map(number::text),
                Some((_, range)) => range
                    .field(0)
                    .primitive()
                    .zip(range.field(1).primitive())
                    .map(|(low, high)| format!("{}-{}", number::text(low), number::text(high))),
                None => None,
            };
            indent(out, width + 2)?;
            writeln!(out, "{}", text.unwrap_or_default())?;
        }
    }
    Ok(true)
}
