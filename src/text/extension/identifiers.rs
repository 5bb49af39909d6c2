//! Key identifiers, alternative names, access descriptions.

use std::io::{self, Write};

use crate::primitives::hex;
use crate::text::general_name::{self, Named};
use crate::text::layout::indent;
use crate::text::object;
use crate::text::schema::Value;

use super::named_values;

pub(super) fn subject_key(
    out: &mut dyn Write,
    value: &Value<'_>,
    width: usize,
) -> io::Result<bool> {
    indent(out, width)?;
    out.write_all(hex::upper_colons(value.bytes()).as_bytes())?;
    Ok(true)
}

pub(super) fn authority_key(
    out: &mut dyn Write,
    value: &Value<'_>,
    width: usize,
) -> io::Result<bool> {
    let (key, issuer, serial) = (value.field(0), value.field(1), value.field(2));
    let mut values = Vec::new();
    if !key.is_absent() {
        let alone = issuer.is_absent() && serial.is_absent();
        let name = if alone { "" } else { "keyid" };
        values.push(Named::new(name, hex::upper_colons(key.bytes())));
    }
    for name in issuer.list() {
        match general_name::named(name) {
            Some(named) => values.push(named),
            None => return Ok(false),
        }
    }
    if !serial.is_absent() {
        values.push(Named::new("serial", hex::upper_colons(serial.bytes())));
    }
    if values.is_empty() && issuer.is_absent() {
        return Ok(false);
    }
    named_values(out, &values, width, true)
}

pub(super) fn general_names(
    out: &mut dyn Write,
    value: &Value<'_>,
    width: usize,
) -> io::Result<bool> {
    let names: Option<Vec<Named>> = value.list().iter().map(general_name::named).collect();
    match names {
        Some(names) => named_values(out, &names, width, false),
        None => Ok(false),
    }
}

/// Authority and subject information access.
pub(super) fn access(out: &mut dyn Write, value: &Value<'_>, width: usize) -> io::Result<bool> {
    let mut values = Vec::new();
    for description in value.list() {
        let Some(mut named) = general_name::named(description.field(1)) else {
            return Ok(false);
        };
        let method = object::cut_name(description.field(0), 80);
        named.name = format!("{method} - {}", named.name);
        values.push(named);
    }
    named_values(out, &values, width, true)
}
