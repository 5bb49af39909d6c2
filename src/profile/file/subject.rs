//! `subject`: what it must have, may have and is given.

use std::collections::HashSet;

use super::member::{Faults, Field, Fields};
use crate::primitives::oid::Oid;
use crate::profile::pattern::ValuePattern;
use crate::profile::rules::SubjectRules;
use crate::profile::template::Template;
use crate::x509::general_name::SanKind;
use crate::x509::name_text::attribute_type;

pub(super) fn read(fields: &Fields<'_>, faults: &mut Faults) -> SubjectRules {
    let known = ["require", "allow", "set", "cn_from"];
    let Some(inner) = fields.object("subject", &known, faults) else {
        return SubjectRules::default();
    };
    let mut rules = SubjectRules::default();
    for item in inner.list("require", faults) {
        if let Some(oid) = item
            .text(faults)
            .and_then(|word| attribute(&item, word, faults))
        {
            rules.require.push(oid);
        }
    }
    for (oid, field) in by_attribute(&inner, "allow", faults) {
        let mut patterns = Vec::new();
        for item in field.list(faults) {
            let Some(text) = item.text(faults) else {
                continue;
            };
            match ValuePattern::parse(&oid, text) {
                Ok(pattern) => patterns.push(pattern),
                Err(bad) => faults.at(&item, &format!("{text:?} is {bad}")),
            }
        }
        rules.allow.push((oid, patterns));
    }
    for (oid, field) in by_attribute(&inner, "set", faults) {
        let values = field.list(faults);
        if values.is_empty() {
            faults.at(
                &field,
                "an empty list of values; to allow none, leave the attribute out of allow",
            );
        }
        let templates = values.iter().filter_map(|item| template(item, faults));
        rules.set.push((oid, templates.collect()));
    }
    rules.cn_from = inner
        .get("cn_from")
        .and_then(|field| cn_from(&field, faults));
    rules
}

/// An object whose members are attributes, by OpenSSL's names or OIDs.
fn by_attribute<'a>(inner: &Fields<'a>, name: &str, faults: &mut Faults) -> Vec<(Oid, Field<'a>)> {
    let Some(fields) = inner
        .get(name)
        .and_then(|field| Fields::open(&field, faults))
    else {
        return Vec::new();
    };
    let (mut list, mut seen) = (Vec::new(), HashSet::new());
    for field in fields.all() {
        // an OID has dots of its own
        let label = field.name_in(&fields).to_owned();
        let Some(oid) = attribute(&field, &label, faults) else {
            continue;
        };
        if !seen.insert(oid.clone()) {
            faults.at(&field, "the same attribute stands there under another name");
        }
        list.push((oid, field));
    }
    list
}

fn attribute(field: &Field<'_>, label: &str, faults: &mut Faults) -> Option<Oid> {
    match attribute_type(label) {
        Ok(oid) => Some(oid),
        Err(bad) => {
            faults.at(field, &bad.to_string());
            None
        }
    }
}

/// A text with `${...}` in it.
pub(super) fn template(item: &Field<'_>, faults: &mut Faults) -> Option<Template> {
    let text = item.text(faults)?;
    if text.is_empty() {
        faults.at(item, "an empty value");
        return None;
    }
    match Template::parse(text) {
        Ok(template) => Some(template),
        Err(bad) => {
            faults.at(item, &bad);
            None
        }
    }
}

fn cn_from(field: &Field<'_>, faults: &mut Faults) -> Option<SanKind> {
    let word = field.text(faults)?;
    match word {
        "email" => Some(SanKind::Email),
        "dns" => Some(SanKind::Dns),
        _ => {
            faults.unknown(field, "kind of name", word, &["email", "dns"]);
            None
        }
    }
}
