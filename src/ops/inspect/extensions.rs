//! Extensions as data: every one that RFC 5280 and its kin define, decoded; others, and broken
//! ones, as their DER.

use serde_json::{Map, Value, json};

use super::names::{self, integer, number, only, set};
use crate::primitives::ber_to_der;
use crate::primitives::der::{self, DerError, Reader, tag};
use crate::primitives::hex;
use crate::primitives::oid::{Oid, known};
use crate::primitives::{base64, time::Timestamp};
use crate::x509::extension::{read_basic_constraints, read_extended_key_usage};
use crate::x509::key_usage::{KeyUsage, purpose_word};
use crate::x509::name_constraints::{NameConstraints, Subtree};
use crate::x509::revocation::Reason;

type Decoded = Result<Value, DerError>;

/// A list of extensions: the contents of the SEQUENCE OF Extension.
pub(super) fn list(mut sequence: Reader<'_>) -> Vec<Value> {
    let mut extensions = Vec::new();
    while let Ok(fields) = sequence.sequence("extension") {
        if let Ok(extension) = extension(fields) {
            extensions.push(extension);
        }
    }
    extensions
}

fn extension(mut fields: Reader<'_>) -> Decoded {
    let oid = fields.oid("type")?;
    let critical = match fields.optional(tag::BOOLEAN)? {
        Some(boolean) => boolean.value.first().is_some_and(|b| *b != 0),
        None => false,
    };
    let value = fields.require(tag::OCTET_STRING, "value")?.value;
    let decoded = decode(&oid, value).or_else(|fault| match ber_to_der::to_der(value) {
        Ok((normal, _)) => decode(&oid, &normal),
        Err(_) => Err(fault),
    });
    let mut extension = json!({
        "oid": oid.to_string(),
        "name": oid.short_name(),
        "critical": critical,
        "der": base64::encode(value),
    });
    if let Ok(decoded) = decoded {
        set(&mut extension, "value", decoded);
    }
    Ok(extension)
}

/// The arcs 2.5.29.n of RFC 5280's own extensions.
fn id_ce(oid: &Oid) -> Option<u8> {
    match oid.contents() {
        [0x55, 0x1d, n] => Some(*n),
        _ => None,
    }
}

/// The value as data; an error for what is not known, or broken.
fn decode(oid: &Oid, value: &[u8]) -> Decoded {
    match id_ce(oid) {
        Some(9) => attributes(value),
        Some(14) => octets(value),
        Some(15) => KeyUsage::from_der(value)
            .map(|usage| json!(usage.words()))
            .ok_or(UNKNOWN),
        Some(16) => key_usage_period(value),
        Some(17 | 18 | 29) => names::general_names(only(value, tag::SEQUENCE)?),
        Some(19) => basic_constraints(value),
        Some(20 | 27 | 54) => Ok(integer(der::only(value, tag::INTEGER, "number")?.value)),
        Some(21) => reason(value),
        Some(23) => Ok(names::oid(&Reader::new(value).oid("instruction")?)),
        Some(24) => date(value),
        Some(28) => issuing_point(value),
        Some(30) => name_constraints(value),
        Some(31 | 46) => points(value),
        Some(32) => policies(value),
        Some(33) => policy_mappings(value),
        Some(35) => authority_key(value),
        Some(36) => policy_constraints(value),
        Some(37) => {
            let purposes = read_extended_key_usage(value)?;
            let purpose = |oid: &Oid| json!({ "oid": oid.to_string(), "name": purpose_name(oid) });
            Ok(purposes.iter().map(purpose).collect())
        }
        _ => decode_other(oid, value),
    }
}

fn decode_other(oid: &Oid, value: &[u8]) -> Decoded {
    const SUBJECT_INFO_ACCESS: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 1, 11]);
    // 2.16.840.1.113730.1
    const NETSCAPE: &[u8] = &[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1];
    const MS_TEMPLATE_NAME: Oid = Oid::known(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2]);
    const MS_TEMPLATE: Oid = Oid::known(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 21, 7]);
    if *oid == known::AUTHORITY_INFO_ACCESS || *oid == SUBJECT_INFO_ACCESS {
        access(value)
    } else if *oid == known::TLS_FEATURE {
        tls_features(value)
    } else if *oid == known::OCSP_NO_CHECK {
        Ok(Value::Bool(true))
    } else if oid.contents().split_last() == Some((&1, NETSCAPE)) {
        let bits = der::only(value, tag::BIT_STRING, "type")?.value;
        Ok(words(bits, &NETSCAPE_TYPES).into())
    } else if oid.contents().starts_with(NETSCAPE) || *oid == MS_TEMPLATE_NAME {
        let text = Reader::new(value).any()?;
        names::text(&text).map(Value::from).ok_or(UNKNOWN)
    } else if *oid == MS_TEMPLATE {
        let mut fields = only(value, tag::SEQUENCE)?;
        let template = fields.oid("template")?;
        let mut numbers = Vec::new();
        while let Some(number) = fields.optional(tag::INTEGER)? {
            numbers.push(integer(number.value));
        }
        Ok(json!({ "template": template.to_string(), "versions": numbers }))
    } else {
        Err(UNKNOWN)
    }
}

const UNKNOWN: DerError = DerError {
    offset: 0,
    fault: "not decoded",
};

const NETSCAPE_TYPES: [&str; 8] = [
    "sslClient",
    "sslServer",
    "email",
    "objectSigning",
    "reserved",
    "sslCA",
    "emailCA",
    "objectSigningCA",
];

fn purpose_name(oid: &Oid) -> Option<String> {
    let word = purpose_word(oid);
    match word == oid.to_string() {
        true => oid.short_name().map(str::to_owned),
        false => Some(word),
    }
}

/// The words of the bits that are set in a BIT STRING's contents.
fn words(contents: &[u8], all: &[&'static str]) -> Vec<&'static str> {
    let octets = contents.get(1..).unwrap_or_default();
    let set = |bit: usize| {
        octets
            .get(bit / 8)
            .is_some_and(|o| o & 0x80 >> (bit % 8) != 0)
    };
    all.iter()
        .enumerate()
        .filter_map(|(bit, word)| set(bit).then_some(*word))
        .collect()
}

fn octets(value: &[u8]) -> Decoded {
    Ok(hex::lower(der::only(value, tag::OCTET_STRING, "octets")?.value).into())
}

fn basic_constraints(value: &[u8]) -> Decoded {
    let (ca, path_len) = read_basic_constraints(value)?;
    Ok(json!({ "ca": ca, "path_len": path_len }))
}

fn key_usage_period(value: &[u8]) -> Decoded {
    let mut fields = only(value, tag::SEQUENCE)?;
    let mut end = |n: u8| -> Result<Option<String>, DerError> {
        let time = fields.optional(tag::context(n))?;
        Ok(time.and_then(|t| {
            Timestamp::from_asn1(tag::GENERALIZED_TIME, t.value).map(|t| t.to_string())
        }))
    };
    Ok(json!({ "not_before": end(0)?, "not_after": end(1)? }))
}

fn reason(value: &[u8]) -> Decoded {
    let code = der::only(value, tag::ENUMERATED, "reason")?.value;
    Ok(reason_word(code))
}

/// The word for a CRLReason, else its number.
pub(super) fn reason_word(code: &[u8]) -> Value {
    let known = |r: &Reason| [r.code()] == code;
    match (Reason::ALL.into_iter().find(known), code) {
        (Some(reason), _) => reason.word().into(),
        (None, [9]) => "privilegeWithdrawn".into(),
        (None, [10]) => "AACompromise".into(),
        (None, other) => integer(other),
    }
}

fn date(value: &[u8]) -> Decoded {
    let element = Reader::new(value).any()?;
    names::time(&element)
        .map(|time| time.to_string().into())
        .ok_or(UNKNOWN)
}

fn name_constraints(value: &[u8]) -> Decoded {
    let constraints = NameConstraints::read(value)?;
    let list =
        |subtrees: &[Subtree]| -> Vec<String> { subtrees.iter().map(Subtree::to_string).collect() };
    Ok(json!({
        "permitted": list(&constraints.permitted),
        "excluded": list(&constraints.excluded),
    }))
}

const REASONS: [&str; 9] = [
    "unused",
    "keyCompromise",
    "CACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
    "AACompromise",
];

fn points(value: &[u8]) -> Decoded {
    let mut list = only(value, tag::SEQUENCE)?;
    let mut points = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("point")?;
        let mut point = Map::new();
        if let Some(name) = fields.optional(tag::context_constructed(0))? {
            point_name(name.reader(), &mut point)?;
        }
        if let Some(reasons) = fields.optional(tag::context(1))? {
            point.insert("reasons".to_owned(), words(reasons.value, &REASONS).into());
        }
        if let Some(issuer) = fields.optional(tag::context_constructed(2))? {
            let issuer = names::general_names(issuer.reader())?;
            point.insert("crl_issuer".to_owned(), issuer);
        }
        points.push(Value::Object(point));
    }
    Ok(points.into())
}

fn point_name(mut choice: Reader<'_>, point: &mut Map<String, Value>) -> Result<(), DerError> {
    let name = choice.any()?;
    if name.tag == tag::context_constructed(0) {
        let names = names::general_names(name.reader())?;
        point.insert("full_name".to_owned(), names);
    } else {
        let rdn = der::sequence(&[der::tlv(tag::SET, name.value)]);
        point.insert("relative_name".to_owned(), names::name(&rdn));
    }
    Ok(())
}

fn issuing_point(value: &[u8]) -> Decoded {
    let mut fields = only(value, tag::SEQUENCE)?;
    let mut point = Map::new();
    if let Some(name) = fields.optional(tag::context_constructed(0))? {
        point_name(name.reader(), &mut point)?;
    }
    for (n, member) in [
        (1, "only_user_certificates"),
        (2, "only_ca_certificates"),
        (3, "only_some_reasons"),
        (4, "indirect"),
        (5, "only_attribute_certificates"),
    ] {
        let Some(element) = fields.optional(tag::context(n))? else {
            continue;
        };
        let value = match n {
            3 => words(element.value, &REASONS).into(),
            _ => element.value.first().is_some_and(|b| *b != 0).into(),
        };
        point.insert(member.to_owned(), value);
    }
    Ok(point.into())
}

fn policies(value: &[u8]) -> Decoded {
    let mut list = only(value, tag::SEQUENCE)?;
    let mut policies = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("policy")?;
        let mut policy = names::oid(&fields.oid("policy")?);
        let mut qualifiers = Vec::new();
        if let Some(all) = fields.optional(tag::SEQUENCE)? {
            let mut all = all.reader();
            while !all.is_empty() {
                qualifiers.push(qualifier(all.sequence("qualifier")?)?);
            }
        }
        set(&mut policy, "qualifiers", qualifiers.into());
        policies.push(policy);
    }
    Ok(policies.into())
}

fn qualifier(mut fields: Reader<'_>) -> Decoded {
    let kind = fields.oid("qualifier")?;
    let value = fields.any()?;
    if kind == known::QT_CPS {
        return Ok(json!({ "cps": names::text(&value) }));
    }
    if kind != known::QT_USER_NOTICE {
        return Ok(json!({ "oid": kind.to_string(), "der": base64::encode(value.raw) }));
    }
    let mut notice = Map::new();
    let mut parts = value.reader();
    if let Some(reference) = parts.optional(tag::SEQUENCE)? {
        let mut reference = reference.reader();
        let organization = names::text(&reference.any()?);
        notice.insert("organization".to_owned(), organization.into());
        let mut numbers = Vec::new();
        let mut list = reference.sequence("notice numbers")?;
        while !list.is_empty() {
            numbers.push(integer(list.require(tag::INTEGER, "number")?.value));
        }
        notice.insert("numbers".to_owned(), numbers.into());
    }
    if !parts.is_empty() {
        let text = names::text(&parts.any()?);
        notice.insert("text".to_owned(), text.into());
    }
    Ok(json!({ "user_notice": notice }))
}

fn policy_mappings(value: &[u8]) -> Decoded {
    let mut list = only(value, tag::SEQUENCE)?;
    let mut mappings = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("mapping")?;
        let [issuer, subject] = [fields.oid("issuer's")?, fields.oid("subject's")?];
        mappings.push(json!({ "issuer": names::oid(&issuer), "subject": names::oid(&subject) }));
    }
    Ok(mappings.into())
}

fn policy_constraints(value: &[u8]) -> Decoded {
    let mut fields = only(value, tag::SEQUENCE)?;
    let mut skip = |n: u8| -> Result<Option<Value>, DerError> {
        Ok(fields.optional(tag::context(n))?.map(|i| integer(i.value)))
    };
    Ok(json!({ "require_explicit_policy": skip(0)?, "inhibit_policy_mapping": skip(1)? }))
}

fn authority_key(value: &[u8]) -> Decoded {
    let mut fields = only(value, tag::SEQUENCE)?;
    let id = fields.optional(tag::context(0))?;
    let issuer = fields.optional(tag::context_constructed(1))?;
    let serial = fields.optional(tag::context(2))?;
    Ok(json!({
        "key_id": id.map(|id| hex::lower(id.value)),
        "issuer": issuer.map(|i| names::general_names(i.reader())).transpose()?,
        "serial": serial.map(|s| number(s.value)),
    }))
}

fn access(value: &[u8]) -> Decoded {
    let mut list = only(value, tag::SEQUENCE)?;
    let mut entries = Vec::new();
    while !list.is_empty() {
        let mut fields = list.sequence("access")?;
        let mut entry = names::oid(&fields.oid("method")?);
        let location = crate::x509::general_name::GeneralName::read(&mut fields)?;
        set(&mut entry, "location", names::general_name(&location));
        entries.push(entry);
    }
    Ok(entries.into())
}

fn tls_features(value: &[u8]) -> Decoded {
    let mut list = only(value, tag::SEQUENCE)?;
    let mut features = Vec::new();
    while !list.is_empty() {
        let feature = list.require(tag::INTEGER, "feature")?.value;
        features.push(match feature {
            [5] => "status_request".into(),
            [17] => "status_request_v2".into(),
            other => integer(other),
        });
    }
    Ok(features.into())
}

/// subjectDirectoryAttributes, and the attributes of requests: types, and the values that are text.
fn attributes(value: &[u8]) -> Decoded {
    let mut list = only(value, tag::SEQUENCE)?;
    let mut attributes = Vec::new();
    while !list.is_empty() {
        attributes.push(attribute(list.sequence("attribute")?)?);
    }
    Ok(attributes.into())
}

/// One attribute of a request.
pub(super) fn attribute(mut fields: Reader<'_>) -> Decoded {
    let kind = fields.oid("attribute")?;
    let mut set_of = fields.require(tag::SET, "values")?.reader();
    let mut values = Vec::new();
    while !set_of.is_empty() {
        let value = set_of.any()?;
        let text = names::text(&value);
        values.push(text.map_or_else(|| json!({ "der": base64::encode(value.raw) }), Value::from));
    }
    let mut attribute = names::oid(&kind);
    set(&mut attribute, "values", values.into());
    Ok(attribute)
}
