//! The extensions of OCSP (RFC 6960, 4.4).

use std::io::{self, Write};

use crate::text::layout::indent;
use crate::text::schema::Value;
use crate::text::{NameStyle, general_name, items, name, number, object, string, time};

use super::{Method, various};

/// 1.3.6.1.5.5.7.48.1
pub(super) fn method(arc: u8) -> Option<Method> {
    Some(match arc {
        2 => Method::Raw(nonce),
        3 => Method::Item(&items::OCSP_CRL_ID, crl_id),
        4 => Method::Item(&items::OBJECTS, various::objects),
        5 => Method::Item(&items::NULL, |_, _, _| Ok(true)),
        6 => Method::Item(&items::GENERALIZED_TIME, various::time),
        7 => Method::Item(&items::OCSP_SERVICE_LOCATOR, service_locator),
        _ => return None,
    })
}

/// Not ASN.1 in OpenSSL's eyes: all octets, in upper case, continued after 35.
fn nonce(out: &mut dyn Write, octets: &[u8], width: usize) -> io::Result<bool> {
    indent(out, width)?;
    if octets.is_empty() {
        out.write_all(b"0")?;
    }
    for (i, octet) in octets.iter().enumerate() {
        if i > 0 && i % 35 == 0 {
            out.write_all(b"\\\n")?;
        }
        write!(out, "{octet:02X}")?;
    }
    Ok(true)
}

fn crl_id(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    if let Some(url) = value.field(0).present() {
        indent(out, width)?;
        out.write_all(b"crlUrl: ")?;
        string::plain(out, url.bytes())?;
        out.write_all(b"\n")?;
    }
    if let Some(crl_number) = value.field(1).primitive() {
        indent(out, width)?;
        out.write_all(b"crlNum: ")?;
        number::hexadecimal(out, crl_number)?;
        out.write_all(b"\n")?;
    }
    if let Some(crl_time) = value.field(2).primitive() {
        indent(out, width)?;
        out.write_all(b"crlTime: ")?;
        if !time::write(out, crl_time)? {
            return Ok(false);
        }
        out.write_all(b"\n")?;
    }
    Ok(true)
}

fn service_locator(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    indent(out, width)?;
    out.write_all(b"Issuer: ")?;
    // OpenSSL takes an empty name for a failure.
    if value.field(0).list().iter().all(|r| r.list().is_empty()) {
        return Ok(false);
    }
    name::write(out, value.field(0), NameStyle::Oneline)?;
    for description in value.field(1).list() {
        out.write_all(b"\n")?;
        indent(out, 2 * width)?;
        object::write(out, description.field(0))?;
        out.write_all(b" - ")?;
        general_name::write(out, description.field(1))?;
    }
    Ok(true)
}
