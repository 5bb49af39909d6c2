//! X.509 extensions: which ones OpenSSL 3.0 can print, and what it prints for the others.
//!
//! Each writer says whether it could show the value. Where it could not, the octets follow, as in
//! OpenSSL, behind whatever had been written until then.

mod admission;
mod identifiers;
mod ocsp;
mod points;
mod policies;
mod resources;
mod timestamps;
mod various;

use std::io::{self, Write};

use crate::primitives::oid::Oid;

use super::general_name::Named;
use super::layout::indent;
use super::object;
use super::schema::{self, Item, Value};
use super::{items, string};

/// Writes a value at an indentation; false where it can't be shown.
type Writer = fn(&mut dyn Write, &Value<'_>, usize) -> io::Result<bool>;
/// The same for what is not read by a description.
type RawWriter = fn(&mut dyn Write, &[u8], usize) -> io::Result<bool>;

enum Method {
    Item(&'static Item, Writer),
    Raw(RawWriter),
}

/// A heading, then each extension: OpenSSL's X509V3_extensions_print.
pub(super) fn list(
    out: &mut dyn Write,
    heading: &str,
    extensions: &[Value<'_>],
    width: usize,
) -> io::Result<()> {
    if extensions.is_empty() {
        return Ok(());
    }
    indent(out, width)?;
    writeln!(out, "{heading}:")?;
    each(out, extensions, width + 4)
}

/// Each extension: its name, whether it is critical, its value.
pub(super) fn each(out: &mut dyn Write, extensions: &[Value<'_>], width: usize) -> io::Result<()> {
    for extension in extensions {
        indent(out, width)?;
        object::write(out, extension.field(0))?;
        let critical = if extension.field(1).is_true() {
            "critical"
        } else {
            ""
        };
        writeln!(out, ": {critical}")?;
        value(out, extension, width + 4)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn value(out: &mut dyn Write, extension: &Value<'_>, width: usize) -> io::Result<()> {
    let octets = extension.field(2).bytes();
    let shown = match extension.field(0).oid().as_ref().and_then(method) {
        Some(Method::Item(item, writer)) => match schema::read(octets, item) {
            Ok((value, _)) => writer(out, &value, width)?,
            Err(_) => false,
        },
        Some(Method::Raw(writer)) => writer(out, octets, width)?,
        None => false,
    };
    if !shown {
        indent(out, width)?;
        string::plain(out, octets)?;
    }
    Ok(())
}

const ID_CE: [u8; 2] = [0x55, 0x1d];
const ID_PE: [u8; 7] = [0x2b, 6, 1, 5, 5, 7, 1];
const ID_OCSP: [u8; 8] = [0x2b, 6, 1, 5, 5, 7, 48, 1];
const NETSCAPE: [u8; 8] = [0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 1];
const TRANSPARENCY: [u8; 9] = [0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4];
const SXNET: [u8; 5] = [0x2b, 0x65, 1, 4, 1];
const ADMISSION: [u8; 5] = [0x2b, 0x24, 8, 3, 3];
/// 1.2.643.100
const RUSSIAN: [u8; 4] = [0x2a, 0x85, 0x03, 0x64];

/// OpenSSL's table of extensions.
fn method(oid: &Oid) -> Option<Method> {
    let contents = oid.contents();
    if contents == SXNET {
        return Some(Method::Item(&items::SXNET, various::sxnet));
    }
    if contents == ADMISSION {
        return Some(Method::Item(&items::ADMISSION, admission::admission));
    }
    let (arc, under) = contents.split_last()?;
    match under {
        under if under == ID_CE => certificate_method(*arc),
        under if under == ID_PE => private_method(*arc),
        under if under == ID_OCSP => ocsp::method(*arc),
        under if under == NETSCAPE => netscape_method(*arc),
        under if under == TRANSPARENCY => match arc {
            2 | 5 => Some(Method::Raw(timestamps::list)),
            3 => Some(Method::Item(&items::NULL, various::poison)),
            _ => None,
        },
        under if under == RUSSIAN => match arc {
            111 => Some(Method::Item(&items::UTF8, various::text)),
            112 => Some(Method::Item(&items::ISSUER_SIGN_TOOL, various::sign_tool)),
            _ => None,
        },
        _ => None,
    }
}

/// 2.5.29
fn certificate_method(arc: u8) -> Option<Method> {
    let (item, writer): (&'static Item, Writer) = match arc {
        14 => (&items::OCTET_STRING, identifiers::subject_key),
        15 => (&items::BIT_STRING, various::key_usage),
        16 => (&items::KEY_USAGE_PERIOD, various::key_usage_period),
        17 | 18 | 29 => (&items::GENERAL_NAMES, identifiers::general_names),
        19 => (&items::BASIC_CONSTRAINTS, various::basic_constraints),
        20 | 27 | 54 => (&items::INTEGER, various::number),
        21 => (&items::ENUMERATED, various::reason_code),
        23 => (&items::OBJECT, various::object),
        24 => (&items::GENERALIZED_TIME, various::time),
        28 => (&items::ISSUING_POINT, points::issuing),
        30 => (&items::NAME_CONSTRAINTS, policies::name_constraints),
        31 | 46 => (&items::DISTRIBUTION_POINTS, points::distribution),
        32 => (&items::POLICIES, policies::policies),
        33 => (&items::POLICY_MAPPINGS, policies::mappings),
        35 => (&items::AUTHORITY_KEY_ID, identifiers::authority_key),
        36 => (&items::POLICY_CONSTRAINTS, policies::constraints),
        37 => (&items::OBJECTS, various::objects),
        _ => return None,
    };
    Some(Method::Item(item, writer))
}

/// 1.3.6.1.5.5.7.1
fn private_method(arc: u8) -> Option<Method> {
    let (item, writer): (&'static Item, Writer) = match arc {
        1 | 11 => (&items::ACCESS_DESCRIPTIONS, identifiers::access),
        7 => (&items::ADDRESS_BLOCKS, resources::addresses),
        8 => (&items::AS_IDENTIFIERS, resources::systems),
        14 => (&items::PROXY_CERT_INFO, policies::proxy),
        24 => (&items::INTEGERS, various::tls_features),
        _ => return None,
    };
    Some(Method::Item(item, writer))
}

/// 2.16.840.1.113730.1
fn netscape_method(arc: u8) -> Option<Method> {
    match arc {
        1 => Some(Method::Item(&items::BIT_STRING, various::netscape_type)),
        2 | 3 | 4 | 7 | 8 | 12 | 13 => Some(Method::Item(&items::IA5, various::text)),
        _ => None,
    }
}

/// Names and values separated by commas, or each on a line of its own.
fn named_values(
    out: &mut dyn Write,
    values: &[Named],
    width: usize,
    lines: bool,
) -> io::Result<bool> {
    if values.is_empty() {
        indent(out, width)?;
        out.write_all(b"<EMPTY>\n")?;
    }
    for (i, named) in values.iter().enumerate() {
        if i > 0 {
            out.write_all(if lines { b"\n" } else { b", " })?;
        }
        if lines || i == 0 {
            indent(out, width)?;
        }
        out.write_all(named.name.as_bytes())?;
        if !named.name.is_empty() {
            out.write_all(b":")?;
        }
        out.write_all(string::c_string(&named.value))?;
    }
    Ok(true)
}
