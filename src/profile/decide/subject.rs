//! The subject: the wish's own bytes, unless `set` or `cn_from` says otherwise; then what must
//! change changes, and the order and string types of all else stay.

use super::{Findings, fill};
use crate::primitives::oid::{Oid, known};
use crate::profile::Profile;
use crate::profile::grant::note;
use crate::profile::late::{GrantedSubject, Rdn};
use crate::profile::pattern::ValuePattern;
use crate::profile::refusal::code;
use crate::profile::rules::label;
use crate::profile::template::{Filled, Quoting, Template, Values, Word, longest_serial};
use crate::x509::general_name::SanKind;
use crate::x509::look_alike;
use crate::x509::name::{Attribute, Name};

/// Judges what is asked and gives what the profile gives; leaves in `values` the common name that
/// the certificate will have.
pub(super) fn grant(
    profile: &Profile,
    asked: &Name,
    values: &mut Values,
    found: &mut Findings,
) -> GrantedSubject {
    let rules = &profile.subject;
    let mut given: Vec<(Oid, Vec<Filled>)> = Vec::new();
    if let Some(kind) = rules.cn_from {
        let filled = from_name(kind, values, found);
        given.push((known::COMMON_NAME, filled.into_iter().collect()));
    }
    // the common name comes first: ${cn} elsewhere is the one that the certificate has, so that
    // what a requester writes there reaches no other attribute unjudged
    let (cn_rules, others): (Vec<_>, Vec<_>) = rules
        .set
        .iter()
        .partition(|(oid, _)| *oid == known::COMMON_NAME);
    for (oid, templates) in cn_rules {
        given.push((oid.clone(), filled_in(oid, templates, values, found)));
    }
    if let Some((_, filled)) = given.first() {
        let last = filled.last().filter(|filled| !filled.has_serial());
        values.cn = last.map(Filled::shown);
    }
    for (oid, templates) in others {
        given.push((oid.clone(), filled_in(oid, templates, values, found)));
    }
    judge(profile, asked, &given, found);
    let mut rdns: Vec<Rdn> = asked.rdns().into_iter().map(Rdn::Kept).collect();
    let mut changed = false;
    let mut in_front = 0;
    for (oid, filled) in given {
        let texts: Vec<String> = filled.iter().map(Filled::shown).collect();
        if asked.values(&oid) == texts {
            continue;
        }
        changed = true;
        replace(&mut rdns, &mut in_front, asked, &oid, filled, found);
    }
    let subject = if changed {
        GrantedSubject::Changed(rdns)
    } else {
        GrantedSubject::Asked(asked.clone())
    };
    require(profile, &subject, found);
    subject
}

/// The common name that `cn_from` takes from the alternative names.
fn from_name(kind: SanKind, values: &Values, found: &mut Findings) -> Option<Filled> {
    let source = match kind {
        SanKind::Email => &values.email,
        _ => &values.dns,
    };
    if source.is_none() {
        found.refuse(
            code::CN_SOURCE_MISSING,
            "subject.cn_from",
            &format!("no {kind} name is asked for"),
            &format!("the profile takes the common name from the first {kind} name"),
        );
    }
    source.as_deref().map(Filled::literal)
}

fn filled_in(
    oid: &Oid,
    templates: &[Template],
    values: &Values,
    found: &mut Findings,
) -> Vec<Filled> {
    let member = format!("subject.set.{}", label(oid));
    templates
        .iter()
        .filter_map(|template| fill(&member, template, values, Quoting::Plain, found))
        .collect()
}

/// Holds each attribute that is asked for against `allow`; those that the profile gives itself are
/// replaced whatever they are.
fn judge(profile: &Profile, asked: &Name, given: &[(Oid, Vec<Filled>)], found: &mut Findings) {
    if let Some(fault) = asked.fault() {
        found.refuse(
            code::SUBJECT_ATTRIBUTE_INVALID,
            "",
            &format!("the subject {fault}"),
            "no profile certifies such a subject",
        );
        return;
    }
    for attribute in asked.attributes() {
        if let Err(bad) = attribute.check() {
            found.refuse(
                code::SUBJECT_ATTRIBUTE_INVALID,
                "",
                &format!("subject: {bad}"),
                "no profile certifies such a value",
            );
            continue;
        }
        let replaced = given.iter().any(|(oid, _)| *oid == attribute.oid);
        if replaced && !feeds_itself(profile, &attribute.oid) {
            continue;
        }
        let (label, value) = (attribute.label(), attribute.text());
        if let Some(remark) = look_alike::remark(&value) {
            let about = format!("{label}={value}");
            found.note(note::UNUSUAL_LETTERS, &about, &format!("{about} {remark}"));
        }
        let allowed = profile
            .subject
            .allow
            .iter()
            .find(|(oid, _)| *oid == attribute.oid);
        let allowed = allowed.map_or(&[][..], |(_, patterns)| patterns);
        if !allowed.iter().any(|pattern| pattern.matches(&value)) {
            let written: Vec<&str> = allowed.iter().map(ValuePattern::written).collect();
            let allowance = if written.is_empty() {
                format!("the profile allows no {label}")
            } else {
                format!("the profile allows {}", written.join(", "))
            };
            found.refuse(
                code::SUBJECT_ATTRIBUTE_NOT_ALLOWED,
                &format!("subject.allow.{label}"),
                &format!("{label}={value}"),
                &allowance,
            );
        }
    }
}

/// True where the profile's value is made from the asked one, which must then be allowed.
fn feeds_itself(profile: &Profile, oid: &Oid) -> bool {
    let rule = profile.subject.set.iter().find(|(set, _)| set == oid);
    *oid == known::COMMON_NAME
        && rule.is_some_and(|(_, templates)| {
            templates
                .iter()
                .any(|t| t.words().any(|word| word == Word::Cn))
        })
}

/// Puts the profile's values where the asked ones stood; where there were none, in front, or at the
/// end for what names the holder itself (a name goes from the general to the particular).
fn replace(
    rdns: &mut Vec<Rdn>,
    in_front: &mut usize,
    asked: &Name,
    oid: &Oid,
    filled: Vec<Filled>,
    found: &mut Findings,
) {
    let stood = rdns.iter().position(|rdn| has(rdn, oid));
    for rdn in rdns.iter_mut() {
        if let Rdn::Kept(attributes) = rdn {
            attributes.retain(|attribute| attribute.oid != *oid);
        }
    }
    let mut new = Vec::new();
    for value in filled {
        match Attribute::new(oid.clone(), &value.text(&longest_serial())) {
            Ok(attribute) => new.push(Rdn::Given(oid.clone(), attribute.tag, value)),
            Err(bad) => found.refuse(
                code::SUBJECT_ATTRIBUTE_INVALID,
                &format!("subject.set.{}", label(oid)),
                &format!("the profile gives {}={}", label(oid), value.shown()),
                &bad.to_string(),
            ),
        }
    }
    let old = asked.values(oid);
    if !old.is_empty() {
        let shown: Vec<String> = new.iter().filter_map(shown).collect();
        let text = format!(
            "the request asks for {}={}; the profile gives {}",
            label(oid),
            old.join(", "),
            shown.join(", ")
        );
        found.note(note::SUBJECT_REPLACED, &label(oid), &text);
    }
    let at = match stood {
        Some(at) => at,
        None if particular(oid) => rdns.len(),
        None => {
            *in_front += new.len();
            *in_front - new.len()
        }
    };
    let at = at.min(rdns.len());
    rdns.splice(at..at, new);
    rdns.retain(|rdn| !matches!(rdn, Rdn::Kept(attributes) if attributes.is_empty()));
}

fn has(rdn: &Rdn, oid: &Oid) -> bool {
    matches!(rdn, Rdn::Kept(attributes) if attributes.iter().any(|a| a.oid == *oid))
}

fn shown(rdn: &Rdn) -> Option<String> {
    match rdn {
        Rdn::Given(_, _, value) => Some(value.shown()),
        Rdn::Kept(_) => None,
    }
}

fn particular(oid: &Oid) -> bool {
    [
        known::COMMON_NAME,
        known::EMAIL_ADDRESS,
        known::USER_ID,
        known::SERIAL_NUMBER,
        known::DN_QUALIFIER,
    ]
    .contains(oid)
}

fn require(profile: &Profile, subject: &GrantedSubject, found: &mut Findings) {
    let name = subject.shown();
    for oid in &profile.subject.require {
        if !name.attributes().any(|attribute| attribute.oid == *oid) {
            found.refuse(
                code::SUBJECT_ATTRIBUTE_REQUIRED,
                "subject.require",
                &format!("the subject has no {}", label(oid)),
                "the profile needs one",
            );
        }
    }
}
