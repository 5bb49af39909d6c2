//! `san`: which alternative names there must be, may be, may not be, and are added.

use super::member::{Faults, Field, Fields};
use super::subject::template;
use crate::profile::late::TextKind;
use crate::profile::pattern::SanPattern;
use crate::profile::rules::SanRules;
use crate::profile::template::Template;
use crate::x509::general_name::SanKind;

pub(super) fn read(fields: &Fields<'_>, faults: &mut Faults) -> SanRules {
    let known = ["require", "allow", "deny", "add", "max", "wildcard_dns"];
    let Some(inner) = fields.object("san", &known, faults) else {
        return SanRules::default();
    };
    let mut require = Vec::new();
    for item in inner.list("require", faults) {
        require.extend(item.text(faults).and_then(|word| kind(&item, word, faults)));
    }
    SanRules {
        require,
        allow: by_kind(&inner, "allow", faults, SanPattern::parse),
        deny: by_kind(&inner, "deny", faults, SanPattern::parse),
        add: added(&inner, faults),
        max: inner.get("max").and_then(|field| {
            let max = field.whole_number(faults)?;
            usize::try_from(max).ok()
        }),
        wildcard_dns: inner.flag("wildcard_dns", faults),
    }
}

fn by_kind(
    inner: &Fields<'_>,
    name: &str,
    faults: &mut Faults,
    parse: impl Fn(SanKind, &str) -> Result<SanPattern, &'static str>,
) -> Vec<(SanKind, Vec<SanPattern>)> {
    let mut rules = Vec::new();
    let Some(fields) = inner
        .get(name)
        .and_then(|field| Fields::open(&field, faults))
    else {
        return rules;
    };
    for field in fields.all() {
        let word = field.name_in(&fields).to_owned();
        let Some(kind) = kind(&field, &word, faults) else {
            continue;
        };
        let mut patterns = Vec::new();
        for item in field.list(faults) {
            let Some(text) = item.text(faults) else {
                continue;
            };
            match parse(kind, text) {
                Ok(pattern) => patterns.push(pattern),
                Err(bad) => faults.at(&item, &format!("{text:?} is {bad}")),
            }
        }
        rules.push((kind, patterns));
    }
    rules
}

/// Profiles spell kinds as `--san` does, in lower case.
fn kind(field: &Field<'_>, word: &str, faults: &mut Faults) -> Option<SanKind> {
    let kind = SanKind::NAMED.into_iter().find(|kind| kind.word() == word);
    if kind.is_none() {
        let words = SanKind::NAMED.map(SanKind::word);
        faults.unknown(field, "kind of name", word, &words);
    }
    kind
}

fn added(inner: &Fields<'_>, faults: &mut Faults) -> Vec<(SanKind, Template)> {
    let mut list = Vec::new();
    for item in inner.list("add", faults) {
        let Some(text) = template(&item, faults) else {
            continue;
        };
        let written = text.written();
        let Some((word, value)) = written.split_once(':') else {
            faults.at(
                &item,
                "a name is written as TYPE:VALUE, such as dns:${cn}.example.com",
            );
            continue;
        };
        let Some(kind) = kind(&item, word, faults) else {
            continue;
        };
        match Template::parse(value) {
            Ok(value) if value.has_serial() && TextKind::of(kind).is_none() => {
                faults.at(&item, &format!("a serial cannot stand in an {kind} name"));
            }
            Ok(value) => list.push((kind, value)),
            Err(bad) => faults.at(&item, &bad),
        }
    }
    list
}
