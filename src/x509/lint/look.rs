//! The walk: every part of a structure, held against every rule for such parts, in one pass.

use super::finding::{Finding, Place};
use super::rule::{Rule, Test};
use super::signed::der_strict::fault;
use super::table::ALL;
use super::view::{Crl, Entry, Extension, GeneralName, Name, Object};
use crate::primitives::der::{self, Tlv};

/// Every finding, the gravest first.
pub(super) fn at(object: &Object<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let parts = Parts {
        names: object.names(),
        times: object.times(),
        alternative_names: object.alternative_names(),
    };
    for rule in ALL {
        apply(rule, object, &parts, &mut findings);
    }
    if let Object::Crl(list) = object {
        entries(list, &mut findings);
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.rule.severity));
    findings
}

/// What many rules look at.
struct Parts<'a> {
    names: Vec<(Place, Name<'a>)>,
    times: Vec<(Place, Tlv<'a>)>,
    alternative_names: Vec<GeneralName<'a>>,
}

fn apply(rule: &'static Rule, object: &Object<'_>, parts: &Parts<'_>, findings: &mut Vec<Finding>) {
    let mut found = |place: Place, said: Option<String>| {
        findings.extend(said.map(|said| Finding::of(rule, place, said)));
    };
    match (&rule.test, object) {
        (Test::Signed(test), object) => found(Place::Whole, test(object)),
        (Test::Certificate(test), Object::Certificate(c)) => found(Place::Whole, test(c)),
        (Test::Request(test), Object::Request(r)) => found(Place::Whole, test(r)),
        (Test::Crl(test), Object::Crl(l)) => found(Place::Whole, test(l)),
        (Test::Entries(test), Object::Crl(l)) => {
            if let Some((number, said)) = test(l) {
                found(Place::Entry(number), Some(said));
            }
        }
        (Test::Time(test), _) => {
            for (place, time) in &parts.times {
                found(place.clone(), test(time));
            }
        }
        (Test::Rdn(test), _) => {
            for (place, name) in &parts.names {
                for rdn in &name.rdns {
                    found(place.clone(), test(rdn));
                }
            }
        }
        (Test::Attribute(test), _) => {
            for (place, name) in &parts.names {
                for attribute in name.attributes() {
                    let said = test(attribute);
                    let said = said.map(|said| format!("{} {said}", attribute.label()));
                    found(place.clone(), said);
                }
            }
        }
        (Test::Extension(test), object) => {
            for extension in object.extensions() {
                let said = test(extension);
                if said.is_some() {
                    found(Place::Extension(extension.label()), said);
                }
            }
        }
        (Test::Name(test), _) => {
            for name in &parts.alternative_names {
                let said = test(name);
                if said.is_some() {
                    found(Place::AlternativeName(name.to_string()), said);
                }
            }
        }
        _ => {}
    }
}

/// The first reason not to sign an extension, wherever it stands.
pub(super) fn at_extension(extension: &Extension<'_>) -> Option<String> {
    match der::Reader::new(extension.value).any() {
        Ok(element) if element.raw.len() < extension.value.len() => {
            return Some("something follows its value".to_owned());
        }
        Ok(element) => {
            let fault = fault(&element, 32);
            if fault.is_some() {
                return fault;
            }
        }
        Err(error) => return Some(error.to_string()),
    }
    let rules = ALL.iter().filter(|rule| rule.forbids_signing());
    rules.into_iter().find_map(|rule| match rule.test {
        Test::Extension(test) => test(extension),
        _ => None,
    })
}

/// More findings of one rule in one list's entries say nothing new.
const MOST: usize = 10;

/// A list may have a million entries: they are split once, and every rule looks at each.
fn entries(list: &Crl<'_>, findings: &mut Vec<Finding>) {
    let rules: Vec<&'static Rule> = ALL
        .iter()
        .copied()
        .filter(|rule| sees_entries(rule))
        .collect();
    let mut counts = vec![0; rules.len()];
    for (number, entry) in (1..).zip(list.entries()) {
        let place = Place::Entry(number);
        let entry = match entry {
            Ok(entry) => entry,
            Err(fault) => {
                let finding = Finding::of(&super::rule::PARSES, place, fault.to_string());
                findings.push(finding);
                return;
            }
        };
        let extensions = match entry.extensions {
            Some(field) => match Extension::read_all(field.raw) {
                Ok(extensions) => extensions,
                Err(fault) => {
                    let finding = Finding::of(&super::rule::PARSES, place, fault.to_string());
                    findings.push(finding);
                    continue;
                }
            },
            None => Vec::new(),
        };
        for (rule, count) in rules.iter().zip(&mut counts) {
            if *count < MOST
                && let Some(said) = in_entry(rule, &entry, &extensions, list)
            {
                *count += 1;
                findings.push(Finding::of(rule, place.clone(), said));
            }
        }
    }
}

fn sees_entries(rule: &Rule) -> bool {
    matches!(
        rule.test,
        Test::Entry(_) | Test::Time(_) | Test::Extension(_)
    )
}

fn in_entry(
    rule: &Rule,
    entry: &Entry<'_>,
    extensions: &[Extension<'_>],
    list: &Crl<'_>,
) -> Option<String> {
    match rule.test {
        Test::Entry(test) => test(entry, extensions, list),
        Test::Time(test) => test(&entry.date),
        Test::Extension(test) => extensions.iter().find_map(test),
        _ => None,
    }
}
