//! Admissions of professions (ISIS-MTT, Common PKI).

use std::io::{self, Write};

use crate::text::layout::indent;
use crate::text::schema::Value;
use crate::text::{general_name, object, string};

pub(super) fn admission(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    authority(out, value.field(0), width)?;
    for (i, entry) in value.field(1).list().iter().enumerate() {
        indent(out, width)?;
        writeln!(out, "Entry {}:", i + 1)?;
        authority(out, entry.field(0), width + 2)?;
        if let Some(naming) = entry.field(1).present()
            && !naming_authority(out, naming, width + 2)?
        {
            return Ok(false);
        }
        for (j, profession) in entry.field(2).list().iter().enumerate() {
            indent(out, width)?;
            writeln!(out, "  Profession Info Entry {}:", j + 1)?;
            if !profession_info(out, profession, width)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn authority(out: &mut dyn Write, name: &Value<'_>, width: usize) -> io::Result<()> {
    if name.is_absent() {
        return Ok(());
    }
    indent(out, width)?;
    out.write_all(b"admissionAuthority:\n")?;
    indent(out, width + 2)?;
    general_name::write(out, name)?;
    out.write_all(b"\n")
}

fn profession_info(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    if let Some(number) = value.field(3).present() {
        indent(out, width + 4)?;
        out.write_all(b"registrationNumber: ")?;
        string::plain(out, number.bytes())?;
        out.write_all(b"\n")?;
    }
    if let Some(naming) = value.field(0).present()
        && !naming_authority(out, naming, width + 4)?
    {
        return Ok(false);
    }
    indent(out, width + 4)?;
    out.write_all(b"Info Entries:\n")?;
    for item in value.field(1).list() {
        indent(out, width + 6)?;
        string::plain(out, item.bytes())?;
        out.write_all(b"\n")?;
    }
    if let Some(identifiers) = value.field(2).present() {
        indent(out, width + 4)?;
        out.write_all(b"Profession OIDs:\n")?;
        for identifier in identifiers.list() {
            indent(out, width + 6)?;
            identifier_line(out, identifier)?;
        }
    }
    Ok(true)
}

/// False if it says nothing, which OpenSSL takes for a failure.
fn naming_authority(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    let (id, url, text) = (value.field(0), value.field(1), value.field(2));
    if id.is_absent() && url.is_absent() && text.is_absent() {
        return Ok(false);
    }
    indent(out, width)?;
    out.write_all(b"namingAuthority:\n")?;
    if !id.is_absent() {
        indent(out, width + 2)?;
        out.write_all(b"namingAuthorityId: ")?;
        identifier_line(out, id)?;
    }
    for (label, string) in [("namingAuthorityText", text), ("namingAuthorityUrl", url)] {
        if !string.is_absent() {
            indent(out, width)?;
            write!(out, "  {label}: ")?;
            string::plain(out, string.bytes())?;
            out.write_all(b"\n")?;
        }
    }
    Ok(true)
}

/// The long name, or OpenSSL's name for none, and the arcs in a buffer of 128 octets.
fn identifier_line(out: &mut dyn Write, identifier: &Value<'_>) -> io::Result<()> {
    let Some(oid) = identifier.oid() else {
        return Ok(());
    };
    let mut dotted = object::dotted(&oid).unwrap_or_default();
    dotted.truncate(127);
    writeln!(out, "{} ({dotted})", oid.long_name().unwrap_or("undefined"))
}
