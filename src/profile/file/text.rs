//! What the certificate says whoever asks: addresses, policies, constraints and raw extensions.

use std::collections::{BTreeSet, HashSet};

use super::member::{Faults, Field, Fields};
use super::subject::template;
use crate::primitives::der::Reader;
use crate::primitives::oid::{Oid, known};
use crate::profile::rules::CertificateText;
use crate::profile::template::Template;
use crate::x509::extension::{Extension, PolicyInformation};
use crate::x509::lint;
use crate::x509::name_constraints::{NameConstraints, Subtree};

pub(super) fn read(fields: &Fields<'_>, faults: &mut Faults) -> CertificateText {
    CertificateText {
        crl_distribution_points: urls(fields, "crl_distribution_points", faults),
        issuer_urls: urls(fields, "issuer_urls", faults),
        ocsp_urls: urls(fields, "ocsp_urls", faults),
        policies: policies(fields, faults),
        name_constraints: name_constraints(fields, faults),
        ocsp_no_check: fields.flag("ocsp_no_check", faults),
        tls_features: tls_features(fields, faults),
        extensions: extensions(fields, faults),
        copied: copied(fields, faults),
    }
}

fn urls(fields: &Fields<'_>, name: &str, faults: &mut Faults) -> Vec<Template> {
    let mut urls = Vec::new();
    for item in fields.list(name, faults) {
        let Some(url) = template(&item, faults) else {
            continue;
        };
        let written = url.written();
        let known = ["http://", "https://", "ldap://", "ldaps://"];
        if known.iter().any(|scheme| written.starts_with(scheme)) {
            urls.push(url);
        } else {
            faults.at(&item, &format!("{written:?} is no http: or ldap: URL"));
        }
    }
    urls
}

fn policies(fields: &Fields<'_>, faults: &mut Faults) -> Vec<PolicyInformation> {
    let (mut policies, mut seen) = (Vec::new(), HashSet::new());
    for item in fields.list("certificate_policies", faults) {
        let Some(inner) = Fields::read(&item, &["oid", "cps", "notice"], faults) else {
            continue;
        };
        let Some(oid) = oid(&inner, faults) else {
            continue;
        };
        if !seen.insert(oid.clone()) {
            faults.at(&item, "the same policy stands there twice");
        }
        let (cps, notice) = (inner.text("cps", faults), inner.text("notice", faults));
        if cps
            .as_deref()
            .is_some_and(|url| !url.contains(':') || !url.is_ascii())
        {
            faults.at(&item, "cps is no URL");
        }
        // RFC 5280, 4.2.1.4: explicitText has at most 200 characters
        if notice
            .as_ref()
            .is_some_and(|text| text.is_empty() || text.chars().count() > 200)
        {
            faults.at(&item, "notice has 1 to 200 characters");
        }
        policies.push(PolicyInformation { oid, cps, notice });
    }
    policies
}

fn oid(inner: &Fields<'_>, faults: &mut Faults) -> Option<Oid> {
    if inner.get("oid").is_none() {
        faults.at(inner.field(), "oid is missing");
    }
    inner.parsed("oid", faults)
}

fn name_constraints(fields: &Fields<'_>, faults: &mut Faults) -> NameConstraints {
    let Some(inner) = fields.object("name_constraints", &["permit", "exclude"], faults) else {
        return NameConstraints::default();
    };
    let mut list = |name: &str| {
        let mut subtrees = Vec::new();
        for item in inner.list(name, faults) {
            match item.text(faults).map(Subtree::parse) {
                Some(Ok(subtree)) => subtrees.push(subtree),
                Some(Err(bad)) => faults.at(&item, &bad),
                None => {}
            }
        }
        subtrees
    };
    let (permitted, excluded) = (list("permit"), list("exclude"));
    NameConstraints {
        permitted,
        excluded,
    }
}

fn tls_features(fields: &Fields<'_>, faults: &mut Faults) -> Vec<u16> {
    let mut features = BTreeSet::new();
    for item in fields.list("tls_feature", faults) {
        let number = match item.text_value() {
            // OpenSSL's words
            Some("status_request") => Some(5),
            Some("status_request_v2") => Some(17),
            Some(word) => {
                let known = ["status_request", "status_request_v2"];
                faults.unknown(&item, "TLS feature", word, &known);
                continue;
            }
            None => item.whole_number(faults).and_then(|number| {
                let fits = u16::try_from(number).ok();
                if fits.is_none() {
                    faults.at(&item, "a TLS extension is a number from 0 to 65535");
                }
                fits
            }),
        };
        features.extend(number);
    }
    features.into_iter().collect()
}

fn extensions(fields: &Fields<'_>, faults: &mut Faults) -> Vec<Extension> {
    let (mut extensions, mut seen) = (Vec::new(), HashSet::new());
    for item in fields.list("extensions", faults) {
        let Some(inner) = Fields::read(&item, &["oid", "critical", "der"], faults) else {
            continue;
        };
        let oid = oid(&inner, faults);
        let value = match inner.get("der") {
            Some(field) => der(&field, faults),
            None => {
                faults.at(
                    &item,
                    "der is missing: the extension's value as DER in base64",
                );
                None
            }
        };
        if let (Some(oid), Some(value)) = (oid, value) {
            if let Some((_, member)) = MADE.iter().find(|(made, _)| *made == oid) {
                faults.at(&item, &format!("{oid} repeats what {member} makes"));
            }
            if !seen.insert(oid.clone()) {
                faults.at(&item, &format!("{oid} stands there twice"));
            }
            let extension = Extension {
                oid,
                critical: inner.flag("critical", faults),
                value,
            };
            if let Some(fault) = lint::extension_fault(&extension) {
                faults.at(&item, &fault);
            }
            extensions.push(extension);
        }
    }
    extensions
}

/// The extensions that privca makes, and the member that each comes from.
static MADE: [(Oid, &str); 12] = [
    (known::BASIC_CONSTRAINTS, "basic_constraints"),
    (known::KEY_USAGE, "key_usage"),
    (known::EXTENDED_KEY_USAGE, "extended_key_usage"),
    (known::SUBJECT_ALT_NAME, "san"),
    (known::NAME_CONSTRAINTS, "name_constraints"),
    (known::SUBJECT_KEY_IDENTIFIER, "every certificate's own key"),
    (known::AUTHORITY_KEY_IDENTIFIER, "the issuer's key"),
    (known::CERTIFICATE_POLICIES, "certificate_policies"),
    (known::CRL_DISTRIBUTION_POINTS, "crl_distribution_points"),
    (known::AUTHORITY_INFO_ACCESS, "issuer_urls or ocsp_urls"),
    (known::TLS_FEATURE, "tls_feature"),
    (known::OCSP_NO_CHECK, "ocsp_no_check"),
];

/// How many of [`MADE`] a requester must never choose, so that they cannot be copied either.
const NEVER_COPIED: usize = 7;

fn copied(fields: &Fields<'_>, faults: &mut Faults) -> Vec<Oid> {
    let (mut copied, mut seen) = (Vec::new(), HashSet::new());
    for item in fields.list("copy_extensions", faults) {
        let Some(oid) = item.parsed::<Oid>(faults) else {
            continue;
        };
        if let Some((_, member)) = MADE
            .iter()
            .take(NEVER_COPIED)
            .find(|(made, _)| *made == oid)
        {
            faults.at(
                &item,
                &format!("{oid} is never copied; it comes from {member}"),
            );
        }
        if !seen.insert(oid.clone()) {
            faults.at(&item, &format!("{oid} stands there twice"));
        }
        copied.push(oid);
    }
    copied
}

/// One DER element in base64.
fn der(field: &Field<'_>, faults: &mut Faults) -> Option<Vec<u8>> {
    let text = field.text(faults)?;
    let Some(value) = base64(text) else {
        faults.at(field, "not base64 (with its padding, on one line)");
        return None;
    };
    let mut reader = Reader::new(&value);
    if let Err(bad) = reader.any().and_then(|_| reader.finish()) {
        faults.at(field, &format!("the value is no DER: {bad}"));
        return None;
    }
    Some(value)
}

/// Strict base64 (RFC 4648, 4).
fn base64(text: &str) -> Option<Vec<u8>> {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    if padding > 2 || !text.len().is_multiple_of(4) {
        return None;
    }
    let sextet = |b: u8| {
        Some(u32::from(match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        }))
    };
    let (mut bits, mut held) = (0u32, 0u32);
    let mut bytes = Vec::new();
    for b in body.bytes() {
        bits = bits << 6 | sextet(b)?;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
            bits &= (1 << held) - 1;
        }
    }
    // what is left over must be nothing
    (bits == 0 && padding == usize::from(held == 2) + 2 * usize::from(held == 4)).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_strict() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("Zg==", b"f"),
            ("Zm8=", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9vYmE=", b"fooba"),
            ("+/+/", &[0xfb, 0xff, 0xbf]),
        ] {
            assert_eq!(base64(text).as_deref(), Some(bytes), "{text}");
        }
        for text in [
            "Zg", "Zg=", "Zh==", "Z===", "Zm9v\n", "====", "Zm9=", "a-_b",
        ] {
            assert_eq!(base64(text), None, "{text}");
        }
    }
}
