//! An object as data, for `--json`. `docs/json.md` and `docs/inspect.schema.json` describe it.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use serde_json::{Map, Value, json};

use super::key_report;
use super::names::{self, number, set};
use super::object::{Content, Fingerprint, Object, strict};
use super::{detect::Kind, extensions};
use crate::keys::pkcs12::info::{self as pkcs12_info, Bag};
use crate::primitives::der::{DerError, Reader, tag};
use crate::primitives::hex;
use crate::primitives::oid::known;
use crate::primitives::time::Timestamp;

/// Everything about an object. A CRL's entries become data only while they are written.
pub struct Report<'a> {
    members: Map<String, Value>,
    entries: Option<Entries>,
    of: std::marker::PhantomData<&'a ()>,
}

impl Report<'_> {
    /// As JSON text, whole.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Report<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (member, value) in &self.members {
            map.serialize_entry(member, value)?;
        }
        if let Some(entries) = &self.entries {
            map.serialize_entry("entries", entries)?;
        }
        map.end()
    }
}

/// The contents of a CRL's revokedCertificates.
struct Entries(Vec<u8>);

impl Serialize for Entries {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        let mut entries = Reader::new(&self.0);
        while let Ok(fields) = entries.sequence("entry") {
            if let Ok(entry) = entry(fields) {
                list.serialize_element(&entry)?;
            }
        }
        list.end()
    }
}

/// Of a whole object, with its place.
pub(super) fn of_object(object: &Object, secrets: bool, now: Timestamp) -> Report<'_> {
    let (mut value, entries) = of_content(&object.content, secrets, now);
    set(&mut value, "file", object.place.file.clone().into());
    set(&mut value, "number", object.place.number.into());
    set(&mut value, "offset", object.place.offset.into());
    let label = (!object.label.is_empty()).then(|| object.label.clone());
    set(&mut value, "label", label.into());
    let members = match value {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    Report {
        members,
        entries,
        of: std::marker::PhantomData,
    }
}

fn of_content(content: &Content, secrets: bool, now: Timestamp) -> (Value, Option<Entries>) {
    let mut entries = None;
    let value = match content {
        Content::Certificate(der) => {
            kind(Kind::Certificate, certificate(&strict(der.clone()), now))
        }
        Content::Request(der) => kind(Kind::Request, request(&strict(der.clone()))),
        Content::Crl(der) => {
            let read = crl(&strict(der.clone()), now);
            let (value, found) = read.map_or((None, None), |(v, e)| (Some(v), Some(e)));
            entries = found;
            kind(Kind::Crl, value.ok_or(()))
        }
        Content::PublicKey(der) => kind(Kind::PublicKey, Ok::<_, ()>(key_report::public_file(der))),
        Content::PrivateKey(key) => kind(
            Kind::PrivateKey,
            Ok::<_, ()>(key_report::private(key, secrets)),
        ),
        Content::EcParameters(der) => {
            let curve = Reader::new(der)
                .oid("curve")
                .map(|curve| names::oid(&curve));
            kind(
                Kind::EcParameters,
                Ok::<_, ()>(json!({ "curve": curve.ok() })),
            )
        }
        Content::OtherParameters(der) => {
            let bits = first_integer_bits(der);
            kind(Kind::OtherParameters, Ok::<_, ()>(json!({ "bits": bits })))
        }
        Content::Pkcs7(objects) => {
            let objects: Vec<Value> = objects.iter().map(|o| whole(o, secrets, now)).collect();
            kind(Kind::Pkcs7, Ok::<_, ()>(json!({ "objects": objects })))
        }
        Content::Pkcs12(archive) => kind(Kind::Pkcs12, Ok::<_, ()>(pkcs12(archive, secrets, now))),
    };
    let mut value = value;
    if let Content::Certificate(der) | Content::Crl(der) = content {
        for (member, algorithm) in [("sha256", Fingerprint::Sha256), ("sha1", Fingerprint::Sha1)] {
            let digest = hex::lower(algorithm.digest(der).as_ref());
            set(&mut value, member, digest.into());
        }
    }
    (value, entries)
}

/// With its entries in it, for what stands within another object.
fn whole(content: &Content, secrets: bool, now: Timestamp) -> Value {
    let (mut value, entries) = of_content(content, secrets, now);
    if let Some(entries) = entries {
        let entries = serde_json::to_value(entries).unwrap_or_default();
        set(&mut value, "entries", entries);
    }
    value
}

/// What OpenSSL reads and a strict reader does not has its kind alone.
fn kind<E>(kind: Kind, value: Result<Value, E>) -> Value {
    let mut value = value.unwrap_or_else(|_| json!({ "decoded": false }));
    set(&mut value, "kind", kind.word().into());
    value
}

/// The time, and the whole days until then, rounded down.
fn ending(end: Option<Timestamp>, now: Timestamp) -> (Value, Value) {
    match end {
        Some(end) => {
            let days = end.seconds_since(now).div_euclid(86_400);
            (end.to_string().into(), days.into())
        }
        None => (Value::Null, Value::Null),
    }
}

fn certificate(der: &[u8], now: Timestamp) -> Result<Value, DerError> {
    let mut outer = Reader::new(der).sequence("certificate")?;
    let mut fields = outer.sequence("to-be-signed")?;
    let version = version(
        fields
            .optional(tag::context_constructed(0))?
            .map(|v| v.reader()),
    );
    let serial = number(fields.require(tag::INTEGER, "serial")?.value);
    let signature = names::algorithm(fields.any()?.raw);
    let issuer = names::name(fields.any()?.raw);
    let mut validity = fields.sequence("validity")?;
    let begin = names::time(&validity.any()?);
    let end = names::time(&validity.any()?);
    let subject = names::name(fields.any()?.raw);
    let key = key_report::public(fields.any()?.raw);
    fields.optional(tag::context(1))?;
    fields.optional(tag::context(2))?;
    let list = match fields.optional(tag::context_constructed(3))? {
        Some(explicit) => extensions::list(explicit.reader().sequence("extensions")?),
        None => Vec::new(),
    };
    let (not_after, days_left) = ending(end, now);
    Ok(json!({
        "version": version,
        "serial": serial,
        "signature_algorithm": signature,
        "issuer": issuer,
        "not_before": begin.map(|t| t.to_string()),
        "not_after": not_after,
        "days_left": days_left,
        "subject": subject,
        "public_key": key,
        "extensions": list,
    }))
}

fn version(explicit: Option<Reader<'_>>) -> Value {
    let number = explicit.and_then(|mut fields| fields.require(tag::INTEGER, "version").ok());
    match number.map(|n| names::integer(n.value)) {
        None => 1.into(),
        Some(n) => n.as_u64().map_or(n, |n| n.saturating_add(1).into()),
    }
}

fn request(der: &[u8]) -> Result<Value, DerError> {
    let mut outer = Reader::new(der).sequence("request")?;
    let mut fields = outer.sequence("to-be-signed")?;
    let number = names::integer(fields.require(tag::INTEGER, "version")?.value);
    let subject = names::name(fields.any()?.raw);
    let key = key_report::public(fields.any()?.raw);
    let (mut attributes, mut requested) = (Vec::new(), Vec::new());
    if let Some(list) = fields.optional(tag::context_constructed(0))? {
        let mut list = list.reader();
        while !list.is_empty() {
            let attribute = list.sequence("attribute")?;
            let kind = attribute.clone().oid("attribute")?;
            if kind == known::EXTENSION_REQUEST || kind == known::MS_EXTENSION_REQUEST {
                let mut fields = attribute;
                fields.oid("attribute")?;
                let mut values = fields.require(tag::SET, "values")?.reader();
                requested.extend(extensions::list(values.sequence("extensions")?));
            } else {
                attributes.push(extensions::attribute(attribute)?);
            }
        }
    }
    Ok(json!({
        "version": number.as_u64().map_or(number, |n| n.saturating_add(1).into()),
        "subject": subject,
        "public_key": key,
        "attributes": attributes,
        "extensions": requested,
        "signature_algorithm": names::algorithm(outer.any()?.raw),
    }))
}

fn crl(der: &[u8], now: Timestamp) -> Result<(Value, Entries), DerError> {
    let mut outer = Reader::new(der).sequence("crl")?;
    let mut fields = outer.sequence("to-be-signed")?;
    let version = match fields.optional(tag::INTEGER)? {
        Some(number) => names::integer(number.value)
            .as_u64()
            .map_or(Value::Null, |n| n.saturating_add(1).into()),
        None => 1.into(),
    };
    let signature = names::algorithm(fields.any()?.raw);
    let issuer = names::name(fields.any()?.raw);
    let this_update = names::time(&fields.any()?);
    let next_update = match fields.peek() {
        Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => names::time(&fields.any()?),
        _ => None,
    };
    let entries = fields.optional(tag::SEQUENCE)?;
    let list = match fields.optional(tag::context_constructed(0))? {
        Some(explicit) => extensions::list(explicit.reader().sequence("extensions")?),
        None => Vec::new(),
    };
    let crl_number = known::CRL_NUMBER.to_string();
    let number = list
        .iter()
        .find(|e| e.get("oid") == Some(&Value::from(crl_number.as_str())));
    let number = number.and_then(|e| e.get("value")).cloned();
    let (next, days_left) = ending(next_update, now);
    let value = json!({
        "version": version,
        "signature_algorithm": signature,
        "issuer": issuer,
        "this_update": this_update.map(|t| t.to_string()),
        "next_update": next,
        "days_left": days_left,
        "crl_number": number,
        "extensions": list,
    });
    Ok((
        value,
        Entries(entries.map_or(Vec::new(), |e| e.value.to_vec())),
    ))
}

fn entry(mut fields: Reader<'_>) -> Result<Value, DerError> {
    let serial = number(fields.require(tag::INTEGER, "serial")?.value);
    let date = names::time(&fields.any()?);
    let list = match fields.optional(tag::SEQUENCE)? {
        Some(list) => extensions::list(list.reader()),
        None => Vec::new(),
    };
    let of = |oid: String| {
        let found = list
            .iter()
            .find(|e| e.get("oid") == Some(&Value::from(oid.as_str())));
        found.and_then(|e| e.get("value")).cloned()
    };
    let reason = of(known::REASON_CODE.to_string());
    let invalid = of(known::INVALIDITY_DATE.to_string());
    Ok(json!({
        "serial": serial,
        "revocation_date": date.map(|t| t.to_string()),
        "reason": reason,
        "invalidity_date": invalid,
        "extensions": list,
    }))
}

fn pkcs12(archive: &pkcs12_info::Archive, secrets: bool, now: Timestamp) -> Value {
    let mac = archive.mac.as_ref().map(|mac| {
        json!({
            "algorithm": mac.hash.short_name(),
            "oid": mac.hash.to_string(),
            "length": mac.length,
            "salt_length": mac.salt_length,
            "iterations": mac.iterations,
            "verified": mac.verified,
        })
    });
    let part = |part: &pkcs12_info::Part| {
        let list = part.bags.as_ref();
        let list = list.map(|bags| {
            bags.iter()
                .map(|b| bag(b, secrets, now))
                .collect::<Vec<_>>()
        });
        json!({
            "encryption": part.encryption.as_ref().map(key_report::envelope),
            "bags": list,
        })
    };
    let parts: Vec<Value> = archive.parts.iter().map(part).collect();
    json!({ "mac": mac, "locked": archive.is_locked(), "parts": parts })
}

fn bag(bag: &Bag, secrets: bool, now: Timestamp) -> Value {
    let (kind, content) = match &bag.content {
        pkcs12_info::Content::Certificate(der) => (
            "certificate",
            whole(&Content::Certificate(der.clone()), secrets, now),
        ),
        pkcs12_info::Content::Crl(der) => ("crl", whole(&Content::Crl(der.clone()), secrets, now)),
        pkcs12_info::Content::Key(envelope, key) => {
            let key = key_report::private_parts(envelope.as_ref(), key.as_ref(), secrets);
            ("key", key)
        }
        pkcs12_info::Content::Bags(bags) => (
            "bags",
            bags.iter().map(|b| self::bag(b, secrets, now)).collect(),
        ),
        pkcs12_info::Content::Other(oid) => ("other", names::oid(oid)),
    };
    json!({
        "type": kind,
        "friendly_name": bag.friendly_name,
        "local_key_id": bag.local_key_id.as_ref().map(|id| hex::lower(id)),
        "content": content,
    })
}

/// The size of the prime that parameters begin with.
pub(super) fn first_integer_bits(der: &[u8]) -> usize {
    let prime = Reader::new(der)
        .sequence("parameters")
        .and_then(|mut fields| fields.require(tag::INTEGER, "prime").map(|p| p.value));
    prime.map_or(0, key_report::bit_length)
}
