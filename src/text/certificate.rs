//! Certificates: `openssl x509 -noout -text`.

use std::io::{self, Write};

use super::layout::signature_octets;
use super::schema::{self, Primitive, Value};
use super::{NameStyle, TextError, extension, items, key, name, number, object, signature, time};

/// Writes what `openssl x509 -noout -text` prints for a certificate.
///
/// Bytes behind it are not looked at, as in OpenSSL; but see [`trust`].
///
/// # Errors
/// Where OpenSSL rejects the certificate, before anything is written; and where `out` fails.
pub fn certificate(der: &[u8], out: &mut dyn Write) -> Result<(), TextError> {
    certificate_with(der, NameStyle::Oneline, out)
}

/// The same with names in another style.
///
/// # Errors
/// As [`certificate`].
pub fn certificate_with(
    der: &[u8],
    style: NameStyle,
    out: &mut dyn Write,
) -> Result<(), TextError> {
    let (certificate, _) =
        schema::read(der, &items::CERTIFICATE).map_err(TextError::malformed("certificate"))?;
    let info = certificate.field(0);
    head(out, info)?;
    out.write_all(b"        Issuer: ")?;
    name::write(out, info.field(3), style)?;
    validity(out, info.field(4))?;
    out.write_all(b"        Subject: ")?;
    name::write(out, info.field(5), style)?;
    out.write_all(b"\n        Subject Public Key Info:\n            Public Key Algorithm: ")?;
    key::write_info(out, info.field(6))?;
    for (label, id) in [("Issuer", info.field(7)), ("Subject", info.field(8))] {
        if !id.is_absent() {
            write!(out, "        {label} Unique ID: ")?;
            signature_octets(out, id.bytes(), 12)?;
        }
    }
    extension::list(out, "X509v3 extensions", info.field(9).list(), 8)?;
    signature::write(out, certificate.field(1), Some(certificate.field(2)))?;
    Ok(())
}

/// Writes the trust settings that follow a certificate: what `openssl x509 -text` adds where the
/// certificate came as PEM (label `TRUSTED CERTIFICATE` or any other); nothing where there are none.
///
/// # Errors
/// As [`certificate`].
pub fn trust(der: &[u8], out: &mut dyn Write) -> Result<(), TextError> {
    let (_, end) =
        schema::read(der, &items::CERTIFICATE).map_err(TextError::malformed("certificate"))?;
    let rest = der.get(end..).unwrap_or_default();
    if let Ok((settings, _)) = schema::read(rest, &items::TRUST) {
        trust_settings(out, &settings)?;
    }
    Ok(())
}

fn head(out: &mut dyn Write, info: &Value<'_>) -> io::Result<()> {
    out.write_all(b"Certificate:\n    Data:\n        Version: ")?;
    let version = match info.field(0).primitive() {
        Some(version) => number::to_i64(version).unwrap_or(-1),
        None => 0,
    };
    match version {
        0..=2 => writeln!(out, "{} (0x{version:x})", version + 1)?,
        other => writeln!(out, "Unknown ({other})")?,
    }
    out.write_all(b"        Serial Number:")?;
    if let Some(serial) = info.field(1).primitive() {
        serial_number(out, serial)?;
    }
    out.write_all(b"    ")?;
    signature::write(out, info.field(2), None)
}

/// In decimal and hexadecimal where it fits 64 bits with its sign, else as octets. OpenSSL takes
/// -1 for its own mark of "does not fit".
fn serial_number(out: &mut dyn Write, serial: &Primitive<'_>) -> io::Result<()> {
    if let Some(value) = number::to_i64(serial).filter(|value| *value != -1) {
        let sign = if serial.negative { "-" } else { "" };
        let magnitude = value.unsigned_abs();
        return writeln!(out, " {sign}{magnitude} ({sign}0x{magnitude:x})");
    }
    let sign = if serial.negative { " (Negative)" } else { "" };
    let octets = crate::primitives::hex::lower_colons(&serial.bytes);
    writeln!(out, "\n            {sign}{octets}")
}

fn validity(out: &mut dyn Write, validity: &Value<'_>) -> io::Result<()> {
    out.write_all(b"\n        Validity\n            Not Before: ")?;
    if let Some(begin) = validity.field(0).primitive() {
        time::write(out, begin)?;
    }
    out.write_all(b"\n            Not After : ")?;
    if let Some(end) = validity.field(1).primitive() {
        time::write(out, end)?;
    }
    out.write_all(b"\n")
}

/// OpenSSL's X509_aux_print.
fn trust_settings(out: &mut dyn Write, trust: &Value<'_>) -> io::Result<()> {
    for (i, label) in ["Trusted", "Rejected"].into_iter().enumerate() {
        match trust.field(i).present() {
            Some(uses) => {
                let uses: Vec<String> = uses
                    .list()
                    .iter()
                    .map(|u| object::cut_name(u, 80))
                    .collect();
                writeln!(out, "{label} Uses:\n  {}", uses.join(", "))?;
            }
            None => writeln!(out, "No {label} Uses.")?,
        }
    }
    if let Some(alias) = trust.field(2).present() {
        out.write_all(b"Alias: ")?;
        out.write_all(super::string::c_string(alias.bytes()))?;
        out.write_all(b"\n")?;
    }
    if let Some(id) = trust.field(3).present() {
        let id = crate::primitives::hex::upper_colons(id.bytes());
        writeln!(out, "Key Id: {id}")?;
    }
    Ok(())
}
