//! What RFC 5280 demands of every certificate, as OpenSSL checks it under `-x509_strict`.

use super::Form;
use super::authority_key::AuthorityKey;
use super::readable::Frame;
use crate::primitives::oid::{Oid, known};
use crate::x509::certificate::Certificate;
use crate::x509::extension::{self, Extension};
use crate::x509::key_usage::KeyUsage;

/// What a certificate breaks of RFC 5280. One that signed itself and is trusted alone is outside of
/// that (RFC 6818, 2), but for its version.
pub(super) fn broken_clause(
    certificate: &Certificate,
    depth: usize,
    length: usize,
    form: Form,
) -> Option<&'static str> {
    let frame = Frame::of(certificate);
    if frame.is_none_or(|f| f.version != 3) {
        return Some("it is not of version 3 (RFC 5280, 4.1.2.1)");
    }
    let has_issuer_here = depth + 1 < length;
    let asked = match form {
        Form::Rfc5280 => [ALWAYS, RULES],
        Form::Tolerant => [ALWAYS, &[]],
    };
    let rules = asked.into_iter().flatten().filter(|_| length > 1);
    let broken = rules
        .filter(|(when, ..)| when.applies(certificate, has_issuer_here))
        .find(|(_, breaks, _)| breaks(certificate));
    broken.map(|(.., clause)| *clause)
}

/// Whom a rule is for.
enum When {
    All,
    Ca,
    EndEntity,
    /// Whatever has its issuer in the chain: all but the root.
    Issued,
}

impl When {
    fn applies(&self, certificate: &Certificate, has_issuer_here: bool) -> bool {
        match self {
            Self::All => true,
            Self::Ca => is_ca(certificate),
            Self::EndEntity => !is_ca(certificate),
            Self::Issued => has_issuer_here,
        }
    }
}

fn is_ca(certificate: &Certificate) -> bool {
    certificate.basic_constraints().is_ok_and(|(ca, _)| ca)
}

fn is_critical(certificate: &Certificate, oid: &Oid) -> bool {
    extension::find(certificate.extensions(), oid).is_some_and(|e: &Extension| e.critical)
}

fn signs_certificates(certificate: &Certificate) -> bool {
    let usage = certificate.key_usage();
    usage.is_some_and(|u| u.contains(KeyUsage::KEY_CERT_SIGN))
}

type Rule = (When, fn(&Certificate) -> bool, &'static str);

/// To OpenSSL these are critical extensions that it does not know, whatever the form.
const ALWAYS: &[Rule] = &[
    (
        When::All,
        |c| is_critical(c, &known::AUTHORITY_KEY_IDENTIFIER),
        "its authorityKeyIdentifier is critical (RFC 5280, 4.2.1.1)",
    ),
    (
        When::All,
        |c| is_critical(c, &known::SUBJECT_KEY_IDENTIFIER),
        "its subjectKeyIdentifier is critical (RFC 5280, 4.2.1.2)",
    ),
];

const RULES: &[Rule] = &[
    (
        When::Ca,
        |c| !is_critical(c, &known::BASIC_CONSTRAINTS),
        "it is a CA whose basicConstraints are not critical (RFC 5280, 4.2.1.9)",
    ),
    (
        When::Ca,
        |c| c.key_usage().is_none(),
        "it is a CA without keyUsage (RFC 5280, 4.2.1.3)",
    ),
    (
        When::Ca,
        |c| has_path_len(c) && !signs_certificates(c),
        "it has a path length and no keyCertSign (RFC 5280, 4.2.1.9)",
    ),
    (
        When::Ca,
        |c| c.subject_key_identifier().is_none(),
        "it is a CA without subjectKeyIdentifier (RFC 5280, 4.2.1.2)",
    ),
    (
        When::EndEntity,
        has_path_len,
        "it has a path length and is no CA (RFC 5280, 4.2.1.9)",
    ),
    (
        When::EndEntity,
        signs_certificates,
        "it has keyCertSign and is no CA (RFC 5280, 4.2.1.3)",
    ),
    (
        When::All,
        |c| c.issuer().is_empty(),
        "its issuer is empty (RFC 5280, 4.1.2.4)",
    ),
    (
        When::All,
        |c| c.subject().is_empty() && (may_not_be_nameless(c) || no_alternative_name(c)),
        "its subject is empty (RFC 5280, 4.1.2.6)",
    ),
    (
        When::All,
        |c| c.subject().is_empty() && !is_critical(c, &known::SUBJECT_ALT_NAME),
        "its subject is empty and its subjectAltName not critical (RFC 5280, 4.2.1.6)",
    ),
    (
        When::Issued,
        |c| {
            let value = c.extension(&known::AUTHORITY_KEY_IDENTIFIER);
            AuthorityKey::read(value).map_or(true, |a| a.key_id.is_none())
        },
        "it has no authorityKeyIdentifier with a key identifier (RFC 5280, 4.2.1.1)",
    ),
];

fn has_path_len(certificate: &Certificate) -> bool {
    let constraints = certificate.basic_constraints();
    constraints.is_ok_and(|(_, path_len)| path_len.is_some())
}

/// Who issues certificates or lists must have a name.
fn may_not_be_nameless(certificate: &Certificate) -> bool {
    let usage = certificate.key_usage();
    is_ca(certificate) || usage.is_some_and(|u| u.contains(KeyUsage::CRL_SIGN))
}

fn no_alternative_name(certificate: &Certificate) -> bool {
    certificate.extension(&known::SUBJECT_ALT_NAME).is_none()
}
