//! Extensions of every certificate: readable, known where critical, and as RFC 5280 demands (what
//! OpenSSL checks under `-x509_strict`); CAs that are CAs; path lengths.

use super::authority_key::AuthorityKey;
use super::purpose::NETSCAPE_CERT_TYPE;
use super::{Checked, Code, Fault, scope};
use crate::primitives::der::{self, DerError, Reader, tag};
use crate::primitives::oid::{Oid, known};
use crate::primitives::time::Timestamp;
use crate::x509::certificate::Certificate;
use crate::x509::extension::{self, Extension};
use crate::x509::general_name::GeneralName;
use crate::x509::key_usage::KeyUsage;
use crate::x509::name::{Attribute, Name};
use crate::x509::name_constraints::Subtree;

pub(super) fn check(chain: &[&Certificate]) -> Checked {
    let mut cas_below = 0;
    for (depth, certificate) in chain.iter().enumerate() {
        let no = |code, said: &str| Err(Fault::new(code, depth, said));
        readable(certificate).map_err(|said| Fault::new(Code::Malformed, depth, said))?;
        known_where_critical(certificate, depth)?;
        let (is_ca, path_len) = certificate.basic_constraints().unwrap_or_default();
        if depth > 0 {
            ca(certificate, is_ca, depth)?;
        }
        if let Some(clause) = strict(certificate, depth, chain.len()) {
            return no(Code::Strict, clause);
        }
        if let Some(path_len) = path_len
            && depth > 0
            && cas_below > path_len
        {
            let said = format!("{cas_below} CAs below it; its path length allows {path_len}");
            return no(Code::PathTooLong, &said);
        }
        if depth > 0 && !certificate.is_self_issued() {
            cas_below += 1;
        }
    }
    Ok(())
}

/// What x509-parser and [`Certificate`] leave unread of the to-be-signed part.
pub(super) struct Frame<'a> {
    /// 1, 2 or 3; 0 for what does not exist.
    version: u8,
    /// The algorithm that the signature covers.
    pub(super) algorithm: &'a [u8],
    /// True if both dates are written as RFC 5280, 4.1.2.5 wants them; OpenSSL reads no others.
    plain_dates: bool,
}

impl<'a> Frame<'a> {
    pub(super) fn of(certificate: &'a Certificate) -> Option<Self> {
        let whole = der::only(certificate.to_be_signed(), tag::SEQUENCE, "no certificate");
        let mut fields = whole.ok()?.reader();
        let version = fields.optional(tag::context_constructed(0)).ok()?;
        let version = match version.map(|v| v.value) {
            None => 1,
            Some([tag::INTEGER, 1, n @ 0..=2]) => n + 1,
            Some(_) => 0,
        };
        fields.expect(tag::INTEGER, "serial").ok()?;
        let algorithm = fields.expect(tag::SEQUENCE, "algorithm").ok()?.raw;
        fields.expect(tag::SEQUENCE, "issuer").ok()?;
        let mut dates = fields.sequence("dates").ok()?;
        let mut date = || {
            dates
                .any()
                .ok()
                .and_then(|d| Timestamp::from_asn1(d.tag, d.value))
        };
        let plain_dates = date().is_some() && date().is_some();
        Some(Self {
            version,
            algorithm,
            plain_dates,
        })
    }
}

/// Refuses what cannot be read of the extensions that decisions rest on, whatever the decision.
fn readable(certificate: &Certificate) -> Result<(), String> {
    let of = |what: &str, fault: DerError| format!("its {what} is malformed: {fault}");
    let extensions = certificate.extensions();
    let value = |oid: Oid| certificate.extension(&oid);
    certificate
        .basic_constraints()
        .map_err(|e| of("basicConstraints", e))?;
    let constraints = certificate.name_constraints();
    let constraints = constraints.map_err(|e| of("nameConstraints", e))?;
    let known_form = |s: &Subtree| !matches!(s, Subtree::Other(1 | 2 | 4 | 6 | 9..));
    if !constraints.is_none_or(|c| c.permitted.iter().chain(&c.excluded).all(known_form)) {
        return Err("its nameConstraints have a form that does not exist".to_owned());
    }
    let names = extension::read_subject_alt_names(extensions);
    let names = names.map_err(|e| of("subjectAltName", e))?;
    if !names.iter().all(is_a_name) {
        return Err("its subjectAltName has a form that does not exist".to_owned());
    }
    if Frame::of(certificate).is_none_or(|f| !f.plain_dates) {
        return Err("its dates are not written as RFC 5280, 4.1.2.5 demands".to_owned());
    }
    if value(NETSCAPE_CERT_TYPE).is_some_and(|v| der::only(v, tag::BIT_STRING, "").is_err()) {
        return Err("its Netscape certificate type is malformed".to_owned());
    }
    AuthorityKey::read(value(known::AUTHORITY_KEY_IDENTIFIER))
        .map_err(|e| of("authorityKeyIdentifier", e))?;
    scope::distribution_points(certificate).map_err(|e| of("cRLDistributionPoints", e))?;
    if value(known::KEY_USAGE).is_some() && certificate.key_usage().is_none_or(KeyUsage::is_empty) {
        return Err("its keyUsage is malformed or has no bit".to_owned());
    }
    if let Some(value) = value(known::EXTENDED_KEY_USAGE) {
        let purposes = extension::read_extended_key_usage(value);
        if purposes.map_err(|e| of("extKeyUsage", e))?.is_empty() {
            return Err("its extKeyUsage is empty".to_owned());
        }
    }
    if value(known::SUBJECT_KEY_IDENTIFIER).is_some()
        && certificate.subject_key_identifier().is_none()
    {
        return Err("its subjectKeyIdentifier is malformed".to_owned());
    }
    if matches!(
        certificate.serial().contents(),
        [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..]
    ) {
        return Err("its serial number is not encoded in the fewest octets".to_owned());
    }
    if [certificate.issuer(), certificate.subject()].map(is_text) != [true; 2] {
        return Err("a name in it has bytes that are no UTF-8".to_owned());
    }
    Ok(())
}

/// False for what no reader takes for a GeneralName; a value that privca does not know may be one.
fn is_a_name(name: &GeneralName) -> bool {
    let GeneralName::Other(element) = name else {
        return true;
    };
    let other_name = |contents: &[u8]| {
        let mut fields = Reader::new(contents);
        let kind = fields.oid("a kind").is_ok();
        let value = fields
            .expect(tag::context_constructed(0), "a value")
            .is_ok();
        kind && value && fields.is_empty()
    };
    match Reader::new(element).any() {
        Ok(n) if n.tag == tag::context_constructed(0) => other_name(n.value),
        Ok(n) => matches!(n.tag, 0x81 | 0x82 | 0x86 | 0x87),
        Err(_) => false,
    }
}

fn is_text(name: &Name) -> bool {
    let sound = |a: Attribute| a.tag != tag::UTF8_STRING || std::str::from_utf8(&a.value).is_ok();
    name.attributes().all(sound)
}

fn known_where_critical(certificate: &Certificate, depth: usize) -> Checked {
    for extension in certificate.extensions() {
        if CHANGE_VERIFICATION.contains(&extension.oid) {
            let said = format!("it has the extension {}", extension.label());
            return Err(Fault::new(Code::UnsupportedExtension, depth, said));
        }
        if extension.critical && !UNDERSTOOD.contains(&extension.oid) {
            let said = format!("its extension {} is critical", extension.label());
            return Err(Fault::new(Code::UnknownCritical, depth, said));
        }
    }
    Ok(())
}

/// What may be critical. The key identifiers may not (RFC 5280, 4.2.1.1 and 4.2.1.2), which
/// [`strict`] says in better words.
const UNDERSTOOD: [Oid; 8] = [
    known::BASIC_CONSTRAINTS,
    known::KEY_USAGE,
    known::EXTENDED_KEY_USAGE,
    known::SUBJECT_ALT_NAME,
    known::NAME_CONSTRAINTS,
    known::CRL_DISTRIBUTION_POINTS,
    known::SUBJECT_KEY_IDENTIFIER,
    known::AUTHORITY_KEY_IDENTIFIER,
];

/// sbgp-ipAddrBlock and sbgp-autonomousSysNum (RFC 3779), proxyCertInfo (RFC 3820).
const CHANGE_VERIFICATION: [Oid; 3] = [
    Oid::known(&[0x2b, 6, 1, 5, 5, 7, 1, 7]),
    Oid::known(&[0x2b, 6, 1, 5, 5, 7, 1, 8]),
    Oid::known(&[0x2b, 6, 1, 5, 5, 7, 1, 14]),
];

fn ca(certificate: &Certificate, is_ca: bool, depth: usize) -> Checked {
    if !is_ca || certificate.extension(&known::BASIC_CONSTRAINTS).is_none() {
        let said = "it issued a certificate, and its basicConstraints do not make it a CA";
        return Err(Fault::new(Code::NotACa, depth, said));
    }
    match certificate.key_usage() {
        Some(usage) if !usage.contains(KeyUsage::KEY_CERT_SIGN) => Err(Fault::new(
            Code::MayNotSign,
            depth,
            "it issued a certificate, and its key usage lacks keyCertSign",
        )),
        _ => Ok(()),
    }
}

/// What a certificate breaks of RFC 5280. One that signed itself and is trusted alone is outside of
/// that (RFC 6818, 2), but for its version.
fn strict(certificate: &Certificate, depth: usize, length: usize) -> Option<&'static str> {
    let frame = Frame::of(certificate);
    if frame.is_none_or(|f| f.version != 3) {
        return Some("it is not of version 3 (RFC 5280, 4.1.2.1)");
    }
    let has_issuer_here = depth + 1 < length;
    let rules = RULES.iter().filter(|_| length > 1);
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
        When::All,
        |c| is_critical(c, &known::AUTHORITY_KEY_IDENTIFIER),
        "its authorityKeyIdentifier is critical (RFC 5280, 4.2.1.1)",
    ),
    (
        When::All,
        |c| is_critical(c, &known::SUBJECT_KEY_IDENTIFIER),
        "its subjectKeyIdentifier is critical (RFC 5280, 4.2.1.2)",
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
