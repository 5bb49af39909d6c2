//! What of a certificate must be readable before anything is decided on it, and what x509-parser
//! leaves unread.

use super::authority_key::AuthorityKey;
use super::purpose::NETSCAPE_CERT_TYPE;
use super::scope;
use crate::primitives::der::{self, DerError, Reader, tag};
use crate::primitives::oid::{Oid, known};
use crate::primitives::time::Timestamp;
use crate::x509::certificate::Certificate;
use crate::x509::extension;
use crate::x509::general_name::GeneralName;
use crate::x509::key_usage::KeyUsage;
use crate::x509::name::{Attribute, Name};
use crate::x509::name_constraints::Subtree;

/// What x509-parser and [`Certificate`] leave unread of the to-be-signed part.
pub(super) struct Frame<'a> {
    /// 1, 2 or 3; 0 for what does not exist.
    pub(super) version: u8,
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
        fields.require(tag::INTEGER, "serial").ok()?;
        let algorithm = fields.require(tag::SEQUENCE, "algorithm").ok()?.raw;
        fields.require(tag::SEQUENCE, "issuer").ok()?;
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
pub(super) fn check(certificate: &Certificate) -> Result<(), String> {
    let value = |oid: Oid| certificate.extension(&oid);
    certificate
        .basic_constraints()
        .map_err(|e| of("basicConstraints", e))?;
    names(certificate)?;
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
    Ok(())
}

fn of(what: &str, fault: DerError) -> String {
    format!("its {what} is malformed: {fault}")
}

/// Alternative names, constraints on names, and the two names themselves.
fn names(certificate: &Certificate) -> Result<(), String> {
    let constraints = certificate.name_constraints();
    let constraints = constraints.map_err(|e| of("nameConstraints", e))?;
    let known_form = |s: &Subtree| !matches!(s, Subtree::Other(1 | 2 | 4 | 6 | 9..));
    if !constraints.is_none_or(|c| c.permitted.iter().chain(&c.excluded).all(known_form)) {
        return Err("its nameConstraints have a form that does not exist".to_owned());
    }
    let names = extension::read_subject_alt_names(certificate.extensions());
    let names = names.map_err(|e| of("subjectAltName", e))?;
    if !names.iter().all(is_a_name) {
        return Err("its subjectAltName has a form that does not exist".to_owned());
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
            .require(tag::context_constructed(0), "a value")
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
