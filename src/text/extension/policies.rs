//! Policies, their mappings and constraints, name constraints, proxy certificates.

use std::io::{self, Write};

use crate::primitives::oid::known;
use crate::text::general_name::{self, Named};
use crate::text::layout::indent;
use crate::text::schema::Value;
use crate::text::{number, object, string};

use super::named_values;

pub(super) fn policies(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    for (i, policy) in value.list().iter().enumerate() {
        if i > 0 {
            out.write_all(b"\n")?;
        }
        indent(out, width)?;
        out.write_all(b"Policy: ")?;
        object::write(out, policy.field(0))?;
        if let Some(list) = policy.field(1).present() {
            out.write_all(b"\n")?;
            qualifiers(out, list, width + 2)?;
        }
    }
    Ok(true)
}

fn qualifiers(out: &mut dyn Write, list: &Value<'_>, width: usize) -> io::Result<()> {
    for (i, qualifier) in list.list().iter().enumerate() {
        if i > 0 {
            out.write_all(b"\n")?;
        }
        let oid = qualifier.field(0).oid();
        if oid == Some(known::QT_CPS) {
            indent(out, width)?;
            out.write_all(b"CPS: ")?;
            out.write_all(string::c_string(qualifier.field(1).bytes()))?;
        } else if oid == Some(known::QT_USER_NOTICE) {
            indent(out, width)?;
            out.write_all(b"User Notice:\n")?;
            notice(out, qualifier.field(1), width + 2)?;
        } else {
            indent(out, width + 2)?;
            out.write_all(b"Unknown Qualifier: ")?;
            object::write(out, qualifier.field(0))?;
        }
    }
    Ok(())
}

fn notice(out: &mut dyn Write, notice: &Value<'_>, width: usize) -> io::Result<()> {
    let text = notice.field(1).present();
    if let Some(reference) = notice.field(0).present() {
        indent(out, width)?;
        out.write_all(b"Organization: ")?;
        out.write_all(string::c_string(reference.field(0).bytes()))?;
        out.write_all(b"\n")?;
        let numbers: Vec<String> = reference
            .field(1)
            .list()
            .iter()
            .filter_map(Value::primitive)
            .map(number::text)
            .collect();
        indent(out, width)?;
        let plural = if numbers.len() > 1 { "s" } else { "" };
        write!(out, "Number{plural}: {}", numbers.join(", "))?;
        if text.is_some() {
            out.write_all(b"\n")?;
        }
    }
    if let Some(text) = text {
        indent(out, width)?;
        out.write_all(b"Explicit Text: ")?;
        out.write_all(string::c_string(text.bytes()))?;
    }
    Ok(())
}

pub(super) fn mappings(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    let pairs: Vec<Named> = value
        .list()
        .iter()
        .map(|pair| {
            let [issuer, subject] = [0, 1].map(|i| object::cut_name(pair.field(i), 80));
            Named::new(issuer, subject)
        })
        .collect();
    if pairs.is_empty() {
        return Ok(false);
    }
    named_values(out, &pairs, width, false)
}

pub(super) fn constraints(
    out: &mut dyn Write,
    value: &Value<'_>,
    width: usize,
) -> io::Result<bool> {
    let labels = ["Require Explicit Policy", "Inhibit Policy Mapping"];
    let values: Vec<Named> = labels
        .iter()
        .enumerate()
        .filter_map(|(i, label)| {
            let skipped = value.field(i).primitive()?;
            Some(Named::new(*label, number::text(skipped)))
        })
        .collect();
    if values.is_empty() {
        return Ok(false);
    }
    named_values(out, &values, width, false)
}

pub(super) fn name_constraints(
    out: &mut dyn Write,
    value: &Value<'_>,
    width: usize,
) -> io::Result<bool> {
    let (permitted, excluded) = (value.field(0), value.field(1));
    subtrees(out, permitted, "Permitted", width)?;
    if !permitted.is_absent() && !excluded.is_absent() {
        out.write_all(b"\n")?;
    }
    subtrees(out, excluded, "Excluded", width)?;
    Ok(true)
}

fn subtrees(out: &mut dyn Write, list: &Value<'_>, label: &str, width: usize) -> io::Result<()> {
    for (i, subtree) in list.list().iter().enumerate() {
        if i == 0 {
            indent(out, width)?;
            writeln!(out, "{label}:")?;
        } else {
            out.write_all(b"\n")?;
        }
        indent(out, width + 2)?;
        let base = subtree.field(0);
        match base.choice() {
            Some((7, range)) => write!(out, "IP:{}", address_and_mask(range.bytes()))?,
            _ => general_name::write(out, base)?,
        }
    }
    Ok(())
}

fn address_and_mask(octets: &[u8]) -> String {
    let length = match octets.len() {
        16.. => 16,
        4.. => 4,
        short => short,
    };
    let (address, mask) = octets.split_at(length);
    format!(
        "{}/{}",
        general_name::address(address),
        general_name::address(mask)
    )
}

/// Proxy certificates (RFC 3820).
pub(super) fn proxy(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    indent(out, width)?;
    out.write_all(b"Path Length Constraint: ")?;
    match value.field(0).primitive() {
        Some(length) => number::hexadecimal(out, length)?,
        None => out.write_all(b"infinite")?,
    }
    out.write_all(b"\n")?;
    indent(out, width)?;
    out.write_all(b"Policy Language: ")?;
    let policy = value.field(1);
    object::write(out, policy.field(0))?;
    if let Some(text) = policy.field(1).present() {
        out.write_all(b"\n")?;
        indent(out, width)?;
        out.write_all(b"Policy Text: ")?;
        out.write_all(string::c_string(text.bytes()))?;
    }
    Ok(true)
}
