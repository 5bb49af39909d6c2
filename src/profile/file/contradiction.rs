//! Contradictions: members that are right by themselves and cannot both be meant.

use std::collections::HashSet;

use super::member::{Faults, Fields};
use crate::primitives::oid::{Oid, known};
use crate::primitives::time::{Span, Timestamp};
use crate::profile::Profile;
use crate::profile::rules::{EndRule, KeyUsageRule, label, of_kind};
use crate::x509::key_usage::KeyUsage;

pub(super) fn find(profile: &Profile, fields: &Fields<'_>, faults: &mut Faults) {
    lengths(profile, fields, faults);
    ca(profile, fields, faults);
    key_usage(profile, fields, faults);
    subject(profile, fields, faults);
    san(profile, fields, faults);
    extensions(profile, fields, faults);
}

/// Says it where the member stands, else where the object around it does.
fn at(fields: &Fields<'_>, path: &[&str], fault: &str, faults: &mut Faults) {
    let mut fields = fields.clone();
    let mut field = fields.field().clone();
    for name in path {
        let Some(inner) = fields.get(name) else {
            break;
        };
        field = inner;
        match Fields::open(&field, &mut Faults::default()) {
            Some(inner) => fields = inner,
            None => break,
        }
    }
    faults.at(&field, fault);
}

/// True where a length is certainly longer than another: months have 28 to 31 days.
fn longer(a: Span, b: Span) -> bool {
    let ends = ["2025-02-01", "2027-01-31", "2028-07-15"].map(|start| {
        let start: Timestamp = start.parse().unwrap_or(Timestamp::EPOCH);
        let end = |span| start.plus(span).unwrap_or(Timestamp::MAX);
        end(a) > end(b)
    });
    ends.iter().all(|longer| *longer)
}

fn lengths(profile: &Profile, fields: &Fields<'_>, faults: &mut Faults) {
    let rules = &profile.validity;
    let pairs = [
        ("min_validity", rules.min, "max_validity", rules.max),
        ("validity", profile.validity(), "max_validity", rules.max),
        ("min_validity", rules.min, "validity", profile.validity()),
    ];
    for (short, a, long, b) in pairs {
        if let (Some(a), Some(b)) = (a, b)
            && longer(a, b)
        {
            let fault = format!("{short} of {a} is longer than {long} of {b}");
            at(fields, &[short], &fault, faults);
        }
    }
    if matches!(rules.end, EndRule::After(span) if span.is_zero()) {
        at(fields, &["validity"], "a length of nothing", faults);
    }
}

fn ca(profile: &Profile, fields: &Fields<'_>, faults: &mut Faults) {
    if profile.ca {
        if !profile.text.ocsp_no_check {
            return;
        }
        let fault = "ocsp_no_check is for OCSP responders, not for a CA (RFC 6960, 4.2.2.2.1)";
        at(fields, &["ocsp_no_check"], fault, faults);
        return;
    }
    if profile.path_len.is_some() {
        let fault = "a path length means nothing without \"ca\": true (RFC 5280, 4.2.1.9)";
        at(fields, &["basic_constraints", "path_len"], fault, faults);
    }
    if fields.get("name_constraints").is_some() {
        let fault = "only a CA has name constraints (RFC 5280, 4.2.1.10)";
        at(fields, &["name_constraints"], fault, faults);
    }
    let signs_ocsp = profile.purposes.contains(&known::OCSP_SIGNING);
    if profile.text.ocsp_no_check && !signs_ocsp {
        let fault = "ocsp_no_check is for OCSP responders: it needs OCSPSigning in extended_key_usage (RFC 6960, 4.2.2.2)";
        at(fields, &["ocsp_no_check"], fault, faults);
    }
}

fn key_usage(profile: &Profile, fields: &Fields<'_>, faults: &mut Faults) {
    let all = match &profile.key_usage {
        KeyUsageRule::All(usage) => vec![("", *usage)],
        KeyUsageRule::ByFamily(rules) => rules.clone(),
    };
    for (family, usage) in all {
        let path = ["key_usage", family];
        let path = path.get(..if family.is_empty() { 1 } else { 2 });
        let path = path.unwrap_or_default();
        let mut says = |fault: &str| at(fields, path, fault, faults);
        if profile.ca && !usage.contains(KeyUsage::KEY_CERT_SIGN) {
            says("a CA needs keyCertSign (RFC 5280, 4.2.1.9)");
        }
        for right in [KeyUsage::KEY_CERT_SIGN, KeyUsage::CRL_SIGN] {
            if !profile.ca && usage.contains(right) {
                let word = right.words().join("");
                says(&format!(
                    "{word} is for CAs (RFC 5280, 4.2.1.3); the profile makes none"
                ));
            }
        }
        // RFC 5280, 4.2.1.3: the meaning of these two without keyAgreement is undefined
        for word in ["encipherOnly", "decipherOnly"] {
            if usage.words().contains(&word) && !usage.contains(KeyUsage::KEY_AGREEMENT) {
                says(&format!(
                    "{word} means nothing without keyAgreement (RFC 5280, 4.2.1.3)"
                ));
            }
        }
    }
    if let KeyUsageRule::ByFamily(rules) = &profile.key_usage {
        for key in &profile.keys {
            if !rules.iter().any(|(family, _)| *family == key.family()) {
                let fault = format!("nothing for {}, which keys takes ({key})", key.family());
                at(fields, &["key_usage"], &fault, faults);
            }
        }
    }
    if profile.purposes_critical && profile.purposes.is_empty() {
        let fault = "there is no extended_key_usage to be critical";
        at(fields, &["extended_key_usage_critical"], fault, faults);
    }
}

fn subject(profile: &Profile, fields: &Fields<'_>, faults: &mut Faults) {
    let rules = &profile.subject;
    let set: HashSet<&Oid> = rules.set.iter().map(|(set, _)| set).collect();
    let sets = |oid: &Oid| set.contains(oid);
    if rules.cn_from.is_some() && sets(&known::COMMON_NAME) {
        let fault = "contradicts subject.set.CN: the common name comes from one of them";
        at(fields, &["subject", "cn_from"], fault, faults);
    }
    let with_patterns = rules
        .allow
        .iter()
        .filter(|(_, patterns)| !patterns.is_empty());
    let allowed: HashSet<&Oid> = with_patterns.map(|(allowed, _)| allowed).collect();
    for oid in &rules.require {
        let from_name = *oid == known::COMMON_NAME && rules.cn_from.is_some();
        if !allowed.contains(oid) && !sets(oid) && !from_name {
            let fault = format!(
                "{0} is needed and never allowed; add it to subject.allow, as in \"{0}\": [\"*\"]",
                label(oid)
            );
            at(fields, &["subject", "require"], &fault, faults);
        }
    }
    if let Some(kind) = rules.cn_from
        && of_kind(&profile.san.allow, kind).is_empty()
    {
        let fault = format!("takes the common name from {kind} names, which san.allow excludes");
        at(fields, &["subject", "cn_from"], &fault, faults);
    }
}

fn san(profile: &Profile, fields: &Fields<'_>, faults: &mut Faults) {
    let rules = &profile.san;
    for kind in &rules.require {
        let added = rules.add.iter().any(|(added, _)| added == kind);
        if of_kind(&rules.allow, *kind).is_empty() && !added {
            let fault = format!(
                "{kind} names are needed and never allowed; add them to san.allow, as in \"{kind}\": [\"**\"]"
            );
            at(fields, &["san", "require"], &fault, faults);
        }
    }
    if rules.max == Some(0) && !rules.require.is_empty() {
        let fault = "no names are allowed, and some are needed";
        at(fields, &["san", "max"], fault, faults);
    }
}

fn extensions(profile: &Profile, fields: &Fields<'_>, faults: &mut Faults) {
    let text = &profile.text;
    let made = [
        (known::CERTIFICATE_POLICIES, !text.policies.is_empty()),
        (
            known::CRL_DISTRIBUTION_POINTS,
            !text.crl_distribution_points.is_empty(),
        ),
        (
            known::AUTHORITY_INFO_ACCESS,
            !(text.issuer_urls.is_empty() && text.ocsp_urls.is_empty()),
        ),
        (known::TLS_FEATURE, !text.tls_features.is_empty()),
        (known::OCSP_NO_CHECK, text.ocsp_no_check),
    ];
    let own: HashSet<&Oid> = text.extensions.iter().map(|own| &own.oid).collect();
    for oid in &text.copied {
        let other = made.iter().any(|(made, present)| made == oid && *present);
        if other || own.contains(oid) {
            let fault = format!("{oid} would be copied, and the profile makes one of its own");
            at(fields, &["copy_extensions"], &fault, faults);
        }
    }
}
