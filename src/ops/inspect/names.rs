//! Names, times and numbers as data.

use serde_json::{Value, json};

use super::object::name_of;
use crate::primitives::der::{self, DerError, Reader, Tlv, tag};
use crate::primitives::oid::Oid;
use crate::primitives::time::Timestamp;
use crate::primitives::{base64, hex};
use crate::x509::general_name::GeneralName;
use crate::x509::name::{Attribute, Name};

/// A distinguished name; one that is no DER is null with its bytes.
pub(super) fn name(input: &[u8]) -> Value {
    let Ok(name) = Name::from_der(input) else {
        return json!({ "rfc4514": null, "rdns": null, "der": base64::encode(input) });
    };
    let rdns: Vec<Vec<Value>> = name
        .rdns()
        .iter()
        .map(|rdn| rdn.iter().map(attribute).collect())
        .collect();
    json!({ "rfc4514": name.rfc4514(), "rdns": rdns })
}

fn attribute(attribute: &Attribute) -> Value {
    json!({
        "type": attribute.oid.short_name(),
        "oid": attribute.oid.to_string(),
        "value": attribute.text(),
        "string_type": string_type(attribute.tag),
    })
}

fn string_type(tag: u8) -> String {
    match (tag::string_name(tag), tag) {
        (Some(name), _) => name.to_owned(),
        (None, tag::BIT_STRING) => "BIT STRING".to_owned(),
        (None, other) => format!("tag 0x{other:02x}"),
    }
}

/// A GeneralName: its kind and value.
pub(super) fn general_name(name: &GeneralName) -> Value {
    let mut value = json!({ "type": name.kind().word(), "value": name.value() });
    match name {
        GeneralName::DirName(dir) => set(&mut value, "name", self::name(dir.der())),
        GeneralName::Other(raw) => {
            set(&mut value, "der", base64::encode(raw).into());
            if let Some((kind, inner)) = other_name(raw) {
                set(&mut value, "type", "othername".into());
                set(&mut value, "oid", kind.to_string().into());
                set(&mut value, "value", inner.into());
            }
        }
        _ => {}
    }
    value
}

/// The type of an otherName, and its value as text where it is a string.
fn other_name(raw: &[u8]) -> Option<(Oid, Option<String>)> {
    let element = Reader::new(raw).any().ok()?;
    if element.tag != tag::context_constructed(0) {
        return None;
    }
    let mut fields = element.reader();
    let kind = fields.oid("type").ok()?;
    let explicit = fields.require(tag::context_constructed(0), "value").ok()?;
    let text = explicit.reader().any().ok().and_then(|value| text(&value));
    Some((kind, text))
}

/// A character string's text.
pub(super) fn text(value: &Tlv<'_>) -> Option<String> {
    let strings = [
        tag::UTF8_STRING,
        tag::NUMERIC_STRING,
        tag::PRINTABLE_STRING,
        tag::TELETEX_STRING,
        tag::IA5_STRING,
        tag::VISIBLE_STRING,
        tag::UNIVERSAL_STRING,
        tag::BMP_STRING,
    ];
    strings.contains(&value.tag).then(|| {
        let attribute = Attribute {
            oid: crate::primitives::oid::known::COMMON_NAME,
            tag: value.tag,
            value: value.value.to_vec(),
        };
        attribute.text()
    })
}

/// GeneralNames behind an implicit tag or in a SEQUENCE.
pub(super) fn general_names(mut list: Reader<'_>) -> Result<Value, DerError> {
    let mut names = Vec::new();
    while !list.is_empty() {
        names.push(general_name(&GeneralName::read(&mut list)?));
    }
    Ok(names.into())
}

/// The OID as OpenSSL names it, and dotted.
pub(super) fn oid(oid: &Oid) -> Value {
    json!({ "oid": oid.to_string(), "name": oid.long_name() })
}

/// What an algorithm is called.
pub(super) fn algorithm(element: &[u8]) -> Value {
    let oid = Reader::new(element)
        .sequence("algorithm")
        .and_then(|mut fields| fields.oid("algorithm"));
    oid.map_or(
        Value::Null,
        |oid| json!({ "oid": oid.to_string(), "name": name_of(&oid) }),
    )
}

/// RFC 3339; null for a time that is none.
pub(super) fn time(value: &Tlv<'_>) -> Option<Timestamp> {
    Timestamp::from_asn1(value.tag, value.value)
}

/// An INTEGER in upper-case hex as `index.txt` has it, with a sign.
pub(super) fn number(contents: &[u8]) -> String {
    let negative = contents.first().is_some_and(|b| b & 0x80 != 0);
    if !negative {
        let digits = match contents {
            [0, rest @ ..] if !rest.is_empty() => rest,
            all => all,
        };
        return hex::upper(digits);
    }
    // two's complement: invert and add one
    let mut digits: Vec<u8> = contents.iter().map(|b| !b).collect();
    for digit in digits.iter_mut().rev() {
        let (sum, carried) = digit.overflowing_add(1);
        *digit = sum;
        if !carried {
            break;
        }
    }
    let zeros = digits.iter().take_while(|b| **b == 0).count();
    let zeros = zeros.min(digits.len().saturating_sub(1));
    format!("-{}", hex::upper(digits.get(zeros..).unwrap_or_default()))
}

/// A small INTEGER as a number, another in hex.
pub(super) fn integer(contents: &[u8]) -> Value {
    let small = contents.len() <= 7 && contents.first().is_some_and(|b| b & 0x80 == 0);
    if small {
        let value = contents.iter().fold(0u64, |n, d| n << 8 | u64::from(*d));
        return value.into();
    }
    number(contents).into()
}

/// Sets a member of an object.
pub(super) fn set(object: &mut Value, member: &str, value: Value) {
    if let Some(map) = object.as_object_mut() {
        map.insert(member.to_owned(), value);
    }
}

/// The contents of the one element of this tag.
pub(super) fn only(value: &[u8], tag: u8) -> Result<Reader<'_>, DerError> {
    Ok(der::only(value, tag, "value")?.reader())
}
