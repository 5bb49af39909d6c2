//! CRL distribution points and issuing distribution points.

use std::io::{self, Write};

use crate::text::layout::indent;
use crate::text::schema::Value;
use crate::text::{general_name, name};

use super::various::bit;

const REASONS: [&str; 9] = [
    "Unused",
    "Key Compromise",
    "CA Compromise",
    "Affiliation Changed",
    "Superseded",
    "Cessation Of Operation",
    "Certificate Hold",
    "Privilege Withdrawn",
    "AA Compromise",
];

pub(super) fn distribution(
    out: &mut dyn Write,
    value: &Value<'_>,
    width: usize,
) -> io::Result<bool> {
    for (i, point) in value.list().iter().enumerate() {
        if i > 0 {
            out.write_all(b"\n")?;
        }
        point_name(out, point.field(0), width)?;
        if let Some(set) = point.field(1).present() {
            reasons(out, "Reasons", set, width)?;
        }
        if let Some(issuer) = point.field(2).present() {
            indent(out, width)?;
            out.write_all(b"CRL Issuer:\n")?;
            names(out, issuer, width)?;
        }
    }
    Ok(true)
}

pub(super) fn issuing(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    let [point, user, authority, only, indirect, attribute] =
        [0, 1, 2, 3, 4, 5].map(|i| value.field(i));
    point_name(out, point, width)?;
    let flag = |out: &mut dyn Write, value: &Value<'_>, text: &str| {
        if value.is_true() {
            indent(out, width)?;
            writeln!(out, "{text}")?;
        }
        Ok::<(), io::Error>(())
    };
    flag(out, user, "Only User Certificates")?;
    flag(out, authority, "Only CA Certificates")?;
    flag(out, indirect, "Indirect CRL")?;
    if let Some(set) = only.present() {
        reasons(out, "Only Some Reasons", set, width)?;
    }
    flag(out, attribute, "Only Attribute Certificates")?;
    let flagged = [user, authority, indirect, attribute]
        .iter()
        .any(|v| v.is_true());
    if point.is_absent() && only.is_absent() && !flagged {
        indent(out, width)?;
        out.write_all(b"<EMPTY>\n")?;
    }
    Ok(true)
}

fn point_name(out: &mut dyn Write, point: &Value<'_>, width: usize) -> io::Result<()> {
    match point.choice() {
        None => Ok(()),
        Some((0, full)) => {
            indent(out, width)?;
            out.write_all(b"Full Name:\n")?;
            names(out, full, width)
        }
        Some((_, relative)) => {
            indent(out, width)?;
            out.write_all(b"Relative Name:\n")?;
            indent(out, width + 2)?;
            name::write_relative(out, relative.list())?;
            out.write_all(b"\n")
        }
    }
}

fn names(out: &mut dyn Write, names: &Value<'_>, width: usize) -> io::Result<()> {
    for (i, name) in names.list().iter().enumerate() {
        if i > 0 {
            out.write_all(b"\n")?;
        }
        indent(out, width + 2)?;
        general_name::write(out, name)?;
    }
    Ok(())
}

fn reasons(out: &mut dyn Write, label: &str, set: &Value<'_>, width: usize) -> io::Result<()> {
    indent(out, width)?;
    writeln!(out, "{label}:")?;
    indent(out, width + 2)?;
    let names: Vec<&str> = REASONS
        .iter()
        .enumerate()
        .filter(|(i, _)| bit(set.bytes(), *i))
        .map(|(_, name)| *name)
        .collect();
    if names.is_empty() {
        return out.write_all(b"<EMPTY>\n");
    }
    writeln!(out, "{}", names.join(", "))
}
