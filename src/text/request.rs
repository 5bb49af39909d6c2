//! Certificate requests (PKCS#10): `openssl req -noout -text`.

use std::io::{self, Write};

use crate::primitives::oid::{Oid, known};

use super::layout::indent;
use super::schema::{self, Value, universal as u};
use super::{NameStyle, TextError, extension, items, key, name, number, object, signature};

/// Writes what `openssl req -noout -text` prints for a request.
///
/// # Errors
/// Where OpenSSL rejects the request, before anything is written; and where `out` fails.
pub fn request(der: &[u8], out: &mut dyn Write) -> Result<(), TextError> {
    request_with(der, NameStyle::Oneline, out)
}

/// The same with names in another style.
///
/// # Errors
/// As [`request`].
pub fn request_with(der: &[u8], style: NameStyle, out: &mut dyn Write) -> Result<(), TextError> {
    let (request, _) =
        schema::read(der, &items::REQUEST).map_err(TextError::malformed("certificate request"))?;
    let info = request.field(0);
    out.write_all(b"Certificate Request:\n    Data:\n        Version: ")?;
    let version = info.field(0).primitive().and_then(number::to_i64);
    match version {
        Some(0) => out.write_all(b"1 (0x0)\n")?,
        other => writeln!(out, "Unknown ({})", other.unwrap_or(-1))?,
    }
    out.write_all(b"        Subject: ")?;
    name::write(out, info.field(1), style)?;
    out.write_all(b"\n        Subject Public Key Info:\n            Public Key Algorithm: ")?;
    if !key::write_info(out, info.field(2))? || !attributes(out, info.field(3))? {
        return Ok(());
    }
    requested_extensions(out, info.field(3).list())?;
    signature::write(out, request.field(1), Some(request.field(2)))?;
    Ok(())
}

fn is_extension_request(attribute: &Value<'_>) -> bool {
    let oid = attribute.field(0).oid();
    oid == Some(known::EXTENSION_REQUEST) || oid == Some(known::MS_EXTENSION_REQUEST)
}

/// False at an attribute without values, where OpenSSL stops.
fn attributes(out: &mut dyn Write, attributes: &Value<'_>) -> io::Result<bool> {
    out.write_all(b"        Attributes:\n")?;
    if !attributes.is_absent() && attributes.list().is_empty() {
        out.write_all(b"            (none)\n")?;
    }
    for attribute in attributes
        .list()
        .iter()
        .filter(|a| !is_extension_request(a))
    {
        indent(out, 12)?;
        let mut width = object::write(out, attribute.field(0))?;
        let values = attribute.field(1).list();
        if values.is_empty() {
            return Ok(false);
        }
        for value in values {
            indent(out, 25usize.saturating_sub(width))?;
            // OpenSSL counts the padding down in the same variable.
            width = 0;
            out.write_all(b":")?;
            match value.primitive() {
                Some(text)
                    if matches!(
                        text.tag,
                        u::PRINTABLE | u::T61 | u::NUMERIC | u::UTF8 | u::IA5
                    ) =>
                {
                    out.write_all(&text.bytes)?;
                    out.write_all(b"\n")?;
                }
                _ => out.write_all(b"unable to print attribute\n")?,
            }
        }
    }
    Ok(true)
}

fn requested_extensions(out: &mut dyn Write, attributes: &[Value<'_>]) -> io::Result<()> {
    let find = |oid: Oid| {
        let mut attributes = attributes.iter();
        attributes.find(|a| a.field(0).oid().as_ref() == Some(&oid))
    };
    let attribute = find(known::EXTENSION_REQUEST).or_else(|| find(known::MS_EXTENSION_REQUEST));
    let extensions = match attribute.map(|a| a.field(1).list().first().and_then(Value::primitive)) {
        // No attribute, or one without a value: an empty list.
        None | Some(None) => Vec::new(),
        Some(Some(value)) if value.tag == u::SEQUENCE => {
            match schema::read(&value.bytes, &items::EXTENSIONS) {
                Ok((list, _)) => {
                    out.write_all(b"            Requested Extensions:\n")?;
                    return extension::each(out, list.list(), 16);
                }
                Err(_) => return Ok(()),
            }
        }
        Some(Some(_)) => return Ok(()),
    };
    out.write_all(b"            Requested Extensions:\n")?;
    extension::each(out, &extensions, 16)
}
