//! Signed certificate timestamps (RFC 6962, 3.3).

use std::io::{self, Write};

use crate::text::items;
use crate::text::layout::{hex_block, indent};
use crate::text::schema;
use crate::text::time;

const MAX_TIMESTAMP: usize = 65_535;
const LOG_ID: usize = 32;

/// A list of timestamps, in TLS's encoding within an OCTET STRING.
pub(super) fn list(out: &mut dyn Write, octets: &[u8], width: usize) -> io::Result<bool> {
    let Ok((value, _)) = schema::read(octets, &items::OCTET_STRING) else {
        return Ok(false);
    };
    let Some(timestamps) = timestamps(value.bytes()) else {
        return Ok(false);
    };
    for (i, timestamp) in timestamps.iter().enumerate() {
        if i > 0 {
            out.write_all(b"\n")?;
        }
        write(out, timestamp, width)?;
    }
    Ok(true)
}

enum Timestamp<'a> {
    Version1 {
        log_id: &'a [u8],
        milliseconds: u64,
        extensions: &'a [u8],
        algorithm: &'static str,
        signature: &'a [u8],
    },
    Other(&'a [u8]),
}

fn timestamps(octets: &[u8]) -> Option<Vec<Timestamp<'_>>> {
    let (mut rest, after) = length_prefixed(octets)?;
    if !after.is_empty() || octets.len() > MAX_TIMESTAMP {
        return None;
    }
    let mut timestamps = Vec::new();
    while !rest.is_empty() {
        let (one, after) = length_prefixed(rest)?;
        timestamps.push(timestamp(one)?);
        rest = after;
    }
    Some(timestamps)
}

/// Two octets of length and so many octets, and what follows.
fn length_prefixed(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = octets.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

fn timestamp(octets: &[u8]) -> Option<Timestamp<'_>> {
    let (version, rest) = octets.split_first()?;
    if *version != 0 {
        return Some(Timestamp::Other(octets));
    }
    let (log_id, rest) = rest.split_at_checked(LOG_ID)?;
    let (milliseconds, rest) = rest.split_first_chunk::<8>()?;
    let (extensions, rest) = length_prefixed(rest)?;
    // An empty signature is refused as well.
    let ([hash, signer], rest) = rest.split_first_chunk::<2>().filter(|(_, r)| r.len() > 2)?;
    let (signature, _) = length_prefixed(rest)?;
    let algorithm = match (hash, signer) {
        (4, 1) => "sha256WithRSAEncryption",
        (4, 3) => "ecdsa-with-SHA256",
        _ => return None,
    };
    Some(Timestamp::Version1 {
        log_id,
        milliseconds: u64::from_be_bytes(*milliseconds),
        extensions,
        algorithm,
        signature,
    })
}

fn write(out: &mut dyn Write, timestamp: &Timestamp<'_>, width: usize) -> io::Result<()> {
    let line = |out: &mut dyn Write, label: &str| {
        out.write_all(b"\n")?;
        indent(out, width + 4)?;
        out.write_all(label.as_bytes())
    };
    indent(out, width)?;
    out.write_all(b"Signed Certificate Timestamp:")?;
    line(out, "Version   : ")?;
    match timestamp {
        Timestamp::Other(octets) => {
            out.write_all(b"unknown\n")?;
            indent(out, width + 16)?;
            hex_block(out, octets, width + 16)
        }
        Timestamp::Version1 {
            log_id,
            milliseconds,
            extensions,
            algorithm,
            signature,
        } => {
            out.write_all(b"v1 (0x0)")?;
            line(out, "Log ID    : ")?;
            hex_block(out, log_id, width + 16)?;
            line(out, "Timestamp : ")?;
            time::write_milliseconds(out, *milliseconds)?;
            line(out, "Extensions: ")?;
            if extensions.is_empty() {
                out.write_all(b"none")?;
            } else {
                hex_block(out, extensions, width + 16)?;
            }
            line(out, "Signature : ")?;
            out.write_all(algorithm.as_bytes())?;
            line(out, "            ")?;
            hex_block(out, signature, width + 16)
        }
    }
}
