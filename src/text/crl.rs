//! Certificate revocation lists: `openssl crl -noout -text`.

use std::io::Write;

use super::schema;
use super::{NameStyle, TextError, extension, items, name, number, signature, time};

/// Writes what `openssl crl -noout -text` prints for a revocation list.
///
/// # Errors
/// Where OpenSSL rejects the list, before anything is written; and where `out` fails.
pub fn crl(der: &[u8], out: &mut dyn Write) -> Result<(), TextError> {
    crl_with(der, NameStyle::Oneline, out)
}

/// The same with names in another style.
///
/// # Errors
/// As [`crl`].
pub fn crl_with(der: &[u8], style: NameStyle, out: &mut dyn Write) -> Result<(), TextError> {
    let (crl, _) =
        schema::read(der, &items::CRL).map_err(TextError::malformed("revocation list"))?;
    let info = crl.field(0);
    out.write_all(b"Certificate Revocation List (CRL):\n        Version ")?;
    let version = match info.field(0).primitive() {
        Some(version) => number::to_i64(version).unwrap_or(-1),
        None => 0,
    };
    match version {
        0 | 1 => writeln!(out, "{} (0x{version:x})", version + 1)?,
        other => writeln!(out, "unknown ({other})")?,
    }
    out.write_all(b"    ")?;
    signature::write(out, crl.field(1), None)?;
    out.write_all(b"        Issuer: ")?;
    name::write(out, info.field(2), style)?;
    out.write_all(b"\n        Last Update: ")?;
    if let Some(update) = info.field(3).primitive() {
        time::write(out, update)?;
    }
    out.write_all(b"\n        Next Update: ")?;
    match info.field(4).primitive() {
        Some(update) => drop(time::write(out, update)?),
        None => out.write_all(b"NONE")?,
    }
    out.write_all(b"\n")?;
    extension::list(out, "CRL extensions", info.field(6).list(), 8)?;
    let mut revoked = info.field(5).stream().peekable();
    out.write_all(if revoked.peek().is_none() {
        b"No Revoked Certificates.\n"
    } else {
        b"Revoked Certificates:\n"
    })?;
    for entry in revoked {
        out.write_all(b"    Serial Number: ")?;
        if let Some(serial) = entry.field(0).primitive() {
            number::hexadecimal(out, serial)?;
        }
        out.write_all(b"\n        Revocation Date: ")?;
        if let Some(date) = entry.field(1).primitive() {
            time::write(out, date)?;
        }
        out.write_all(b"\n")?;
        extension::list(out, "CRL entry extensions", entry.field(2).list(), 8)?;
    }
    signature::write(out, crl.field(1), Some(crl.field(2)))?;
    Ok(())
}
