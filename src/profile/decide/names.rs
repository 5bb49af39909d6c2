//! Alternative names: those asked for against `san`, and those that the profile adds.

use super::{Findings, fill};
use crate::profile::Profile;
use crate::profile::grant::note;
use crate::profile::late::{GrantedName, TextKind};
use crate::profile::pattern::{SanPattern, Side};
use crate::profile::refusal::code;
use crate::profile::rules::of_kind;
use crate::profile::template::{Quoting, Template, Values, longest_serial};
use crate::profile::wish::Wish;
use crate::x509::general_name::{GeneralName, SanKind};
use crate::x509::look_alike;
use crate::x509::san_text;

/// The names asked for, once each, judged.
pub(super) fn asked(profile: &Profile, wish: &Wish, found: &mut Findings) -> Vec<GeneralName> {
    let mut names: Vec<GeneralName> = Vec::new();
    let bytes: usize = wish.names.iter().map(|name| name.to_der().len()).sum();
    if wish.names.len() > MOST_NAMES || bytes > MOST_BYTES {
        found.refuse(
            code::TOO_MANY_NAMES,
            "",
            &format!(
                "{} alternative names of {bytes} bytes are asked for",
                wish.names.len()
            ),
            &format!(
                "no certificate carries more than {MOST_NAMES}, or {MOST_BYTES} bytes of them"
            ),
        );
        return names;
    }
    for name in &wish.names {
        // a renewal asks for what the profile added to the certificate before
        let added = |(kind, template): &(SanKind, Template)| {
            *kind == name.kind() && template.can_be(&name.value())
        };
        if profile.san.add.iter().any(added) {
            continue;
        }
        if names.iter().any(|other| same(name, other)) {
            let text = format!("{name} is asked for twice, and stands in the certificate once");
            found.note(note::DUPLICATE_NAME, &name.to_string(), &text);
            continue;
        }
        judge(profile, name, found);
        names.push(name.clone());
    }
    if let Some(max) = profile.san.max
        && names.len() > max
    {
        found.refuse(
            code::TOO_MANY_NAMES,
            "san.max",
            &format!("{} alternative names are asked for", names.len()),
            &format!("the profile allows {max}"),
        );
    }
    names
}

/// Peers take certificates of some 100 KiB (OpenSSL's limit for a chain), and each name is compared
/// with each other.
const MOST_NAMES: usize = 1000;
const MOST_BYTES: usize = 32 << 10;

/// The names that the certificate gets: those asked for and those that the profile adds.
pub(super) fn grant(
    profile: &Profile,
    asked: Vec<GeneralName>,
    values: &Values,
    found: &mut Findings,
) -> Vec<GrantedName> {
    let mut names: Vec<GrantedName> = asked.into_iter().map(GrantedName::Fixed).collect();
    for (i, (kind, template)) in profile.san.add.iter().enumerate() {
        let member = format!("san.add[{i}]");
        let Some(name) = added(profile, &member, *kind, template, values, found) else {
            continue;
        };
        let stand_in = name.name(&longest_serial());
        let doubled = names
            .iter()
            .any(|other| same(&other.name(&longest_serial()), &stand_in));
        if !doubled {
            names.push(name);
        }
    }
    for kind in &profile.san.require {
        if !names.iter().any(|name| name.kind() == *kind) {
            found.refuse(
                code::SAN_REQUIRED,
                "san.require",
                &format!("no {kind} name is asked for"),
                &format!("the profile needs one; give --san {kind}:..."),
            );
        }
    }
    names
}

fn added(
    profile: &Profile,
    member: &str,
    kind: SanKind,
    template: &Template,
    values: &Values,
    found: &mut Findings,
) -> Option<GrantedName> {
    let quoting = if kind == SanKind::Uri {
        Quoting::Uri
    } else {
        Quoting::Plain
    };
    let filled = fill(member, template, values, quoting, found)?;
    let text = filled.text(&longest_serial());
    let name = match san_text::parse(&format!("{kind}:{text}")) {
        Ok(name) => name,
        Err(bad) => {
            let allowed = format!("the profile adds {kind}:{}", template.written());
            found.refuse(code::NAME_INVALID, member, &bad.to_string(), &allowed);
            return None;
        }
    };
    // what a requester has a say in is judged like what a requester asks for
    if template.has_request() {
        judge(profile, &name, found);
    }
    match TextKind::of(kind) {
        Some(kind) if filled.has_serial() => Some(GrantedName::Late(kind, filled)),
        _ => Some(GrantedName::Fixed(name)),
    }
}

fn judge(profile: &Profile, name: &GeneralName, found: &mut Findings) {
    if let Err(bad) = name.check() {
        found.refuse(
            code::NAME_INVALID,
            "",
            &bad.to_string(),
            "no profile certifies such a name",
        );
        return;
    }
    let kind = name.kind();
    let shown = name.to_string();
    if let Some(remark) = look_alike::remark_on(name) {
        found.note(note::UNUSUAL_LETTERS, &shown, &format!("{shown} {remark}"));
    }
    let denied = of_kind(&profile.san.deny, kind)
        .iter()
        .find(|pattern| pattern.matches(name, Side::Deny));
    if let Some(pattern) = denied {
        found.refuse(
            code::NAME_DENIED,
            &format!("san.deny.{kind}"),
            &shown,
            &format!("the profile denies {}", pattern.written()),
        );
    }
    let allowed = of_kind(&profile.san.allow, kind);
    if !allowed.iter().any(|p| p.matches(name, Side::Allow)) {
        found.refuse(
            code::NAME_NOT_ALLOWED,
            &format!("san.allow.{kind}"),
            &shown,
            &allowance(kind, allowed),
        );
    }
    let wildcard = matches!(name, GeneralName::Dns(host) if host.starts_with("*."));
    if wildcard && !profile.san.wildcard_dns {
        found.refuse(
            code::WILDCARD_NOT_ALLOWED,
            "san.wildcard_dns",
            &shown,
            "the profile allows no wildcards",
        );
    }
}

fn allowance(kind: SanKind, patterns: &[SanPattern]) -> String {
    if patterns.is_empty() {
        return format!("the profile allows no {kind} names");
    }
    let written: Vec<&str> = patterns.iter().map(SanPattern::written).collect();
    let single_star = written
        .iter()
        .any(|text| text.replace("**", "").contains('*'));
    let hint = if kind == SanKind::Dns && single_star {
        " (* stays within one label, ** crosses dots)"
    } else {
        ""
    };
    format!("the profile allows {}{hint}", written.join(", "))
}

/// True for the same name; the letter case of host names aside.
fn same(a: &GeneralName, b: &GeneralName) -> bool {
    match (a, b) {
        (GeneralName::Dns(a), GeneralName::Dns(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b,
    }
}
