//! Extensions whose value is one string, number, time, set of bits or short list.

use std::io::{self, Write};

use crate::text::general_name::Named;
use crate::text::layout::indent;
use crate::text::schema::Value;
use crate::text::{number as numbers, object as objects_text, string, time as times};

use super::named_values;

/// True if the bit is set; bit 0 is the highest of the first octet.
pub(super) fn bit(octets: &[u8], bit: usize) -> bool {
    octets
        .get(bit / 8)
        .is_some_and(|octet| octet & (0x80 >> (bit % 8)) != 0)
}

fn bits(out: &mut dyn Write, value: &Value<'_>, names: &[&str], width: usize) -> io::Result<bool> {
    let set: Vec<Named> = names
        .iter()
        .enumerate()
        .filter(|(i, _)| bit(value.bytes(), *i))
        .map(|(_, name)| Named::new("", *name))
        .collect();
    // OpenSSL has no list at all when no bit is set, and then shows the octets.
    if set.is_empty() {
        return Ok(false);
    }
    named_values(out, &set, width, false)
}

pub(super) fn key_usage(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    const NAMES: [&str; 9] = [
        "Digital Signature",
        "Non Repudiation",
        "Key Encipherment",
        "Data Encipherment",
        "Key Agreement",
        "Certificate Sign",
        "CRL Sign",
        "Encipher Only",
        "Decipher Only",
    ];
    bits(out, value, &NAMES, width)
}

pub(super) fn netscape_type(
    out: &mut dyn Write,
    value: &Value<'_>,
    width: usize,
) -> io::Result<bool> {
    const NAMES: [&str; 8] = [
        "SSL Client",
        "SSL Server",
        "S/MIME",
        "Object Signing",
        "Unused",
        "SSL CA",
        "S/MIME CA",
        "Object Signing CA",
    ];
    bits(out, value, &NAMES, width)
}

pub(super) fn key_usage_period(
    out: &mut dyn Write,
    value: &Value<'_>,
    width: usize,
) -> io::Result<bool> {
    indent(out, width)?;
    if let Some(time) = value.field(0).primitive() {
        out.write_all(b"Not Before: ")?;
        times::write(out, time)?;
        if !value.field(1).is_absent() {
            out.write_all(b", ")?;
        }
    }
    if let Some(time) = value.field(1).primitive() {
        out.write_all(b"Not After: ")?;
        times::write(out, time)?;
    }
    Ok(true)
}

pub(super) fn basic_constraints(
    out: &mut dyn Write,
    value: &Value<'_>,
    width: usize,
) -> io::Result<bool> {
    let authority = if value.field(0).is_true() {
        "TRUE"
    } else {
        "FALSE"
    };
    let mut values = vec![Named::new("CA", authority)];
    if let Some(length) = value.field(1).primitive() {
        values.push(Named::new("pathlen", numbers::text(length)));
    }
    named_values(out, &values, width, false)
}

pub(super) fn number(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    let Some(number) = value.primitive() else {
        return Ok(false);
    };
    indent(out, width)?;
    out.write_all(numbers::text(number).as_bytes())?;
    Ok(true)
}

/// CRLReason (RFC 5280, 5.3.1).
pub(super) fn reason_code(
    out: &mut dyn Write,
    value: &Value<'_>,
    width: usize,
) -> io::Result<bool> {
    let code = value.primitive().and_then(numbers::to_i64);
    let name = match code {
        Some(0) => "Unspecified",
        Some(1) => "Key Compromise",
        Some(2) => "CA Compromise",
        Some(3) => "Affiliation Changed",
        Some(4) => "Superseded",
        Some(5) => "Cessation Of Operation",
        Some(6) => "Certificate Hold",
        Some(8) => "Remove From CRL",
        Some(9) => "Privilege Withdrawn",
        Some(10) => "AA Compromise",
        _ => return number(out, value, width),
    };
    indent(out, width)?;
    out.write_all(name.as_bytes())?;
    Ok(true)
}

pub(super) fn object(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    indent(out, width)?;
    objects_text::write(out, value)?;
    Ok(true)
}

pub(super) fn objects(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    let names: Vec<Named> = value
        .list()
        .iter()
        .map(|object| Named::new("", objects_text::cut_name(object, 80)))
        .collect();
    if names.is_empty() {
        return Ok(false);
    }
    named_values(out, &names, width, false)
}

pub(super) fn time(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    indent(out, width)?;
    match value.primitive() {
        Some(time) => times::write(out, time),
        None => Ok(false),
    }
}

/// An IA5String or UTF8String; an empty one is not shown.
pub(super) fn text(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    if value.bytes().is_empty() {
        return Ok(false);
    }
    indent(out, width)?;
    out.write_all(string::c_string(value.bytes()))?;
    Ok(true)
}

/// TLS features (RFC 7633).
pub(super) fn tls_features(
    out: &mut dyn Write,
    value: &Value<'_>,
    width: usize,
) -> io::Result<bool> {
    let features: Vec<Named> = value
        .list()
        .iter()
        .filter_map(Value::primitive)
        .map(|feature| match numbers::to_i64(feature) {
            Some(5) => Named::new("", "status_request"),
            Some(17) => Named::new("", "status_request_v2"),
            _ => Named::new("", numbers::text(feature)),
        })
        .collect();
    if features.is_empty() {
        return Ok(false);
    }
    named_values(out, &features, width, false)
}

/// The mark of a pre-certificate (RFC 6962, 3.1).
pub(super) fn poison(out: &mut dyn Write, _: &Value<'_>, width: usize) -> io::Result<bool> {
    indent(out, width)?;
    out.write_all(b"NULL")?;
    Ok(true)
}

/// Thawte's strong extranet.
pub(super) fn sxnet(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    indent(out, width)?;
    match value.field(0).primitive().and_then(numbers::to_i64) {
        Some(version) if version < i64::MAX && version > i64::MIN => {
            write!(out, "Version: {} (0x{version:X})", version + 1)?;
        }
        _ => out.write_all(b"Version: <unsupported>")?,
    }
    for id in value.field(1).list() {
        let zone = id.field(0).primitive().map(numbers::text);
        out.write_all(b"\n")?;
        indent(out, width)?;
        write!(out, "Zone: {}, User: ", zone.unwrap_or_default())?;
        string::plain(out, id.field(1).bytes())?;
    }
    Ok(true)
}

/// The tools that an issuer in Russia signed with.
pub(super) fn sign_tool(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    let labels = [
        "signTool    : ",
        "cATool      : ",
        "signToolCert: ",
        "cAToolCert  : ",
    ];
    for (i, label) in labels.iter().enumerate() {
        if i > 0 {
            out.write_all(b"\n")?;
        }
        indent(out, width)?;
        out.write_all(label.as_bytes())?;
        out.write_all(value.field(i).bytes())?;
    }
    Ok(true)
}
