//! The decision: a wish held against a profile and an issuer. Pure, and never half: either a grant
//! or every reason why not.

mod existing;
mod extensions;
mod issuer;
mod key;
mod names;
mod subject;
mod validity;

#[cfg(test)]
mod tests;

use super::grant::{Grant, Note, Parts};
use super::late::GrantedName;
use super::refusal::{Refusal, Refusals};
use super::template::{Filled, Quoting, Template, Values, longest_serial};
use super::wish::{IssuerFacts, Wish};
use super::{Profile, refusal::code};
use crate::primitives::time::Timestamp;
use crate::x509::general_name::GeneralName;

/// What is found on the way.
#[derive(Debug, Default)]
struct Findings {
    refusals: Vec<Refusal>,
    notes: Vec<Note>,
}

impl Findings {
    fn refuse(&mut self, code: &'static str, member: &str, asked: &str, allowed: &str) {
        let refusal = Refusal::new(code, member, asked, allowed);
        if !self.refusals.contains(&refusal) {
            self.refusals.push(refusal);
        }
    }

    fn note(&mut self, code: &'static str, about: &str, text: &str) {
        self.notes.push(Note::new(code, about, text));
    }
}

/// Decides whether `profile` gives what `wish` asks for, below `issuer`, at `now`.
///
/// # Errors
/// With every reason for a refusal, in the order issuer, key, names, subject, dates, extensions,
/// earlier certificates.
pub fn decide(
    profile: &Profile,
    wish: &Wish,
    issuer: &IssuerFacts,
    now: Timestamp,
) -> Result<Grant, Refusals> {
    let mut found = Findings::default();
    issuer::judge(profile, issuer, now, &mut found);
    key::judge(profile, &wish.key, &mut found);
    let asked = names::asked(profile, wish, &mut found);
    let mut values = Values {
        cn: wish.subject.common_name(),
        email: first(&asked, |n| matches!(n, GeneralName::Email(_))),
        dns: first(&asked, |n| matches!(n, GeneralName::Dns(_))),
    };
    let subject = subject::grant(profile, &wish.subject, &mut values, &mut found);
    let names = names::grant(profile, asked, &values, &mut found);
    issuer::judge_names(profile, issuer, &subject, &names, &mut found);
    issuer::judge_purposes(profile, issuer, &mut found);
    let dates = validity::grant(profile, wish, issuer, now, &mut found);
    let rights = extensions::grant(profile, wish, issuer, &names, &mut found);
    existing::judge(profile, wish, &mut found);
    let text = &profile.text;
    let parts = Parts {
        purposes_critical: profile.purposes_critical,
        name_constraints: rights.name_constraints,
        policies: text.policies.clone(),
        crl_distribution_points: urls(
            "crl_distribution_points",
            &text.crl_distribution_points,
            &values,
            &mut found,
        ),
        issuer_urls: urls("issuer_urls", &text.issuer_urls, &values, &mut found),
        ocsp_urls: urls("ocsp_urls", &text.ocsp_urls, &values, &mut found),
        tls_features: text.tls_features.clone(),
        ocsp_no_check: text.ocsp_no_check,
        extensions: rights.extensions,
        subject,
        names,
    };
    if let Some(refusals) = Refusals::of(found.refusals) {
        return Err(refusals);
    }
    Ok(Grant {
        subject: parts.subject.shown(),
        names: parts.names.iter().map(GrantedName::shown).collect(),
        not_before: dates.not_before,
        not_after: dates.not_after,
        ca: profile.ca,
        path_len: rights.path_len,
        key_usage: profile.key_usage.of(&wish.key.kind),
        purposes: profile.purposes.clone(),
        notes: found.notes,
        parts,
    })
}

fn first(names: &[GeneralName], is: impl Fn(&GeneralName) -> bool) -> Option<String> {
    names.iter().find(|name| is(name)).map(GeneralName::value)
}

fn urls(
    member: &str,
    templates: &[Template],
    values: &Values,
    found: &mut Findings,
) -> Vec<Filled> {
    let mut filled = Vec::new();
    for (i, template) in templates.iter().enumerate() {
        let member = format!("{member}[{i}]");
        let Some(url) = fill(&member, template, values, Quoting::Uri, found) else {
            continue;
        };
        match GeneralName::Uri(url.text(&longest_serial())).check() {
            Ok(()) => filled.push(url),
            Err(bad) => found.refuse(
                code::NAME_INVALID,
                &member,
                &bad.to_string(),
                "a URL must be well-formed",
            ),
        }
    }
    filled
}

/// Fills a template in, or refuses for what the request has not.
fn fill(
    member: &str,
    template: &Template,
    values: &Values,
    quoting: Quoting,
    found: &mut Findings,
) -> Option<Filled> {
    match template.fill(values, quoting) {
        Ok(filled) => Some(filled),
        Err(word) => {
            found.refuse(
                code::VARIABLE_MISSING,
                member,
                &format!("the request has nothing to fill {} in", word.written()),
                &format!("the profile needs it for {}", template.written()),
            );
            None
        }
    }
}
