//! A profile as people write it: its JSON members, one by one, into the trusted form. Every fault
//! is collected with its line and member before anything is refused.

mod contradiction;
mod member;
mod san;
mod subject;
mod text;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use super::fault::{ProfileErrors, ProfileFault};
use super::json::{self, Node};
use super::rules::{EndRule, FAMILIES, KeyRule, KeyUsageRule, Renewal, ValidityRules};
use super::{Profile, ProfileName};
use crate::primitives::oid::Oid;
use crate::primitives::time::{Span, Timestamp};
use crate::x509::key_usage::{KeyUsage, purpose_by_word, purpose_words};
use member::{Faults, Field, Fields};

/// Every member of a profile.
pub(super) const MEMBERS: [&str; 26] = [
    "backdate",
    "basic_constraints",
    "certificate_policies",
    "copy_extensions",
    "crl_distribution_points",
    "description",
    "extended_key_usage",
    "extended_key_usage_critical",
    "extensions",
    "issuer_urls",
    "key_usage",
    "keys",
    "max_validity",
    "min_validity",
    "name_constraints",
    "not_after",
    "ocsp_no_check",
    "ocsp_urls",
    "renew",
    "san",
    "subject",
    "tls_feature",
    "unique_key",
    "unique_name",
    "validity",
    // the schema that editors check a file against
    "$schema",
];

/// The keys that a profile takes where it does not say.
const USUAL_KEYS: [KeyRule; 4] = [
    KeyRule::EcP256,
    KeyRule::EcP384,
    KeyRule::Ed25519,
    KeyRule::RsaFrom(2048),
];

/// The smallest RSA key that privca certifies.
const LEAST_RSA: usize = 2048;

pub(super) fn read(name: &ProfileName, text: &str) -> Result<Profile, ProfileErrors> {
    let mut faults = Faults::default();
    let profile = match json::parse(text) {
        Ok(root) => profile(name, &root, &mut faults),
        Err(no_json) => {
            faults.push(ProfileFault {
                line: no_json.line,
                member: String::new(),
                fault: format!("not JSON at column {}: {}", no_json.column, no_json.fault),
            });
            None
        }
    };
    match profile {
        Some(profile) if faults.is_empty() => Ok(profile),
        _ => {
            let (told, untold) = faults.into_inner();
            Err(ProfileErrors::new(name, told, untold))
        }
    }
}

fn profile(name: &ProfileName, root: &Node, faults: &mut Faults) -> Option<Profile> {
    let root = Field::root(root);
    let fields = Fields::read(&root, &MEMBERS, faults)?;
    let (ca, path_len) = basic_constraints(&fields, faults);
    let keys = keys(&fields, faults);
    let profile = Profile {
        name: name.clone(),
        description: fields.text("description", faults),
        ca,
        path_len,
        validity: validity(&fields, faults),
        key_usage: key_usage(&fields, faults),
        purposes: purposes(&fields, ca, faults),
        purposes_critical: fields.flag("extended_key_usage_critical", faults),
        subject: subject::read(&fields, faults),
        san: san::read(&fields, faults),
        keys,
        unique_name: fields.flag("unique_name", faults),
        unique_key: fields.flag("unique_key", faults),
        text: text::read(&fields, faults),
        renewal: renewal(&fields, faults),
    };
    // a contradiction is one only between members that are right by themselves
    if faults.is_empty() {
        contradiction::find(&profile, &fields, faults);
    }
    Some(profile)
}

fn basic_constraints(fields: &Fields<'_>, faults: &mut Faults) -> (bool, Option<u32>) {
    let Some(inner) = fields.object("basic_constraints", &["ca", "path_len"], faults) else {
        return (false, None);
    };
    if inner.get("ca").is_none() {
        faults.at(inner.field(), "ca is missing: true for a CA, else false");
    }
    let path_len = inner.get("path_len").and_then(|field| {
        let number = field.whole_number(faults)?;
        let fits = u32::try_from(number).ok().filter(|n| *n <= 100);
        if fits.is_none() {
            faults.at(&field, "a path length is a number from 0 to 100");
        }
        fits
    });
    (inner.flag("ca", faults), path_len)
}

fn validity(fields: &Fields<'_>, faults: &mut Faults) -> ValidityRules {
    let mut span = |name: &str| fields.parsed::<Span>(name, faults);
    let (length, min, max) = (span("validity"), span("min_validity"), span("max_validity"));
    let backdate = span("backdate").unwrap_or_default();
    let fixed = fields.parsed::<Timestamp>("not_after", faults);
    for name in ["validity", "min_validity", "max_validity"] {
        if let Some(field) = fields.get(name)
            && field.text_value() == Some("0s")
        {
            faults.at(&field, "a length of nothing");
        }
    }
    if let (Some(field), true) = (fields.get("not_after"), fields.get("validity").is_some()) {
        faults.at(
            &field,
            "contradicts validity: a certificate ends after a length or on a date, give one of them",
        );
    }
    if fields.get("validity").is_none() && fields.get("not_after").is_none() {
        faults.at(
            fields.field(),
            "validity is missing: how long a certificate is valid, such as \"1y\" (or not_after, a date)",
        );
    }
    ValidityRules {
        end: fixed.map_or(EndRule::After(length.unwrap_or_default()), EndRule::At),
        min,
        max,
        backdate,
    }
}

fn key_usage(fields: &Fields<'_>, faults: &mut Faults) -> KeyUsageRule {
    let Some(field) = fields.get("key_usage") else {
        faults.at(
            fields.field(),
            "key_usage is missing: what the key may do, such as [\"digitalSignature\"]; [] for no such extension",
        );
        return KeyUsageRule::All(KeyUsage::default());
    };
    if !field.is_object() {
        return KeyUsageRule::All(usage_list(&field, faults));
    }
    let mut rules = Vec::new();
    if let Some(inner) = Fields::read(&field, &FAMILIES, faults) {
        for family in FAMILIES {
            if let Some(field) = inner.get(family) {
                rules.push((family, usage_list(&field, faults)));
            }
        }
    }
    KeyUsageRule::ByFamily(rules)
}

fn usage_list(field: &Field<'_>, faults: &mut Faults) -> KeyUsage {
    let words = KeyUsage::all_words();
    let mut usage = KeyUsage::default();
    for item in field.list(faults) {
        let Some(word) = item.text(faults) else {
            continue;
        };
        match KeyUsage::by_word(word) {
            Some(bit) if usage.contains(bit) => {
                faults.at(&item, &format!("{word:?} stands there twice"))
            }
            Some(bit) => usage = usage.with(bit),
            None => faults.unknown(&item, "key usage", word, &words),
        }
    }
    usage
}

fn purposes(fields: &Fields<'_>, ca: bool, faults: &mut Faults) -> Vec<Oid> {
    let Some(field) = fields.get("extended_key_usage") else {
        // a CA has none as a rule; a leaf without one is good for everything, which must be meant
        if !ca {
            faults.at(
                fields.field(),
                "extended_key_usage is missing: what the certificate is for, such as [\"clientAuth\"]; [] for everything",
            );
        }
        return Vec::new();
    };
    let words: Vec<&str> = purpose_words().collect();
    let (mut purposes, mut seen) = (Vec::new(), HashSet::new());
    for item in field.list(faults) {
        let Some(word) = item.text(faults) else {
            continue;
        };
        match purpose_by_word(word) {
            Some(oid) if !seen.insert(oid.clone()) => {
                faults.at(&item, &format!("{word:?} stands there twice"));
            }
            Some(oid) => purposes.push(oid),
            None => faults.unknown_or(&item, "extended key usage", word, &words, "a dotted OID"),
        }
    }
    purposes
}

fn keys(fields: &Fields<'_>, faults: &mut Faults) -> Vec<KeyRule> {
    let Some(field) = fields.get("keys") else {
        return USUAL_KEYS.to_vec();
    };
    let (mut keys, mut seen) = (Vec::new(), HashSet::new());
    for item in field.list(faults) {
        let Some(word) = item.text(faults) else {
            continue;
        };
        match KeyRule::parse(word) {
            Some(KeyRule::Rsa(bits) | KeyRule::RsaFrom(bits)) if bits < LEAST_RSA => {
                let fault = format!("RSA keys under {LEAST_RSA} bits are never certified");
                faults.at(&item, &fault);
            }
            Some(rule) if !seen.insert(rule) => {
                faults.at(&item, &format!("{word:?} stands there twice"))
            }
            Some(rule) => keys.push(rule),
            None => faults.unknown(
                &item,
                "kind of key",
                word,
                &["ec-p256", "ec-p384", "ed25519", "rsa-2048", "rsa-2048+"],
            ),
        }
    }
    if keys.is_empty() && faults.is_empty() {
        faults.at(&field, "the list is empty: no key would ever be certified");
    }
    keys
}

fn renewal(fields: &Fields<'_>, faults: &mut Faults) -> Renewal {
    let Some(inner) = fields.object("renew", &["within", "rekey"], faults) else {
        return Renewal::default();
    };
    Renewal {
        within: inner.parsed("within", faults),
        rekey: inner.flag("rekey", faults),
    }
}
