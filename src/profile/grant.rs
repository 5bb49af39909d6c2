//! What the decision grants: the content of a certificate but for its serial and key identifiers,
//! and notes on what differs from what was asked.

use std::fmt;

use serde::Serialize;

use super::late::{GrantedName, GrantedSubject};
use super::refusal::on_one_line;
use super::template::Filled;
use crate::primitives::oid::Oid;
use crate::primitives::time::Timestamp;
use crate::x509::extension::{Extension, PolicyInformation};
use crate::x509::general_name::GeneralName;
use crate::x509::key_usage::KeyUsage;
use crate::x509::name::Name;
use crate::x509::name_constraints::NameConstraints;
use crate::x509::serial::Serial;

/// A certificate that may be signed.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The subject, the wish's own bytes where the profile changes nothing; `${serial}` stands for
    /// the serial where the profile puts it in.
    pub subject: Name,
    /// The alternative names, likewise.
    pub names: Vec<GeneralName>,
    /// The first second of validity.
    pub not_before: Timestamp,
    /// The last second of validity.
    pub not_after: Timestamp,
    /// Whether it is a CA.
    pub ca: bool,
    /// The path length of a CA; `None` for no limit.
    pub path_len: Option<u32>,
    /// The key usage.
    pub key_usage: KeyUsage,
    /// The extended key usages.
    pub purposes: Vec<Oid>,
    /// What differs from what was asked, and what to know.
    pub notes: Vec<Note>,
    pub(super) parts: Parts,
}

/// What [`Grant::content`] is made of.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) subject: GrantedSubject,
    pub(super) names: Vec<GrantedName>,
    pub(super) purposes_critical: bool,
    pub(super) name_constraints: NameConstraints,
    pub(super) policies: Vec<PolicyInformation>,
    pub(super) crl_distribution_points: Vec<Filled>,
    pub(super) issuer_urls: Vec<Filled>,
    pub(super) ocsp_urls: Vec<Filled>,
    pub(super) tls_features: Vec<u16>,
    pub(super) ocsp_no_check: bool,
    /// The profile's own extensions, then those copied from the request.
    pub(super) extensions: Vec<Extension>,
}

/// What a certificate says of its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The subject.
    pub subject: Name,
    /// Every extension but the key identifiers, in a stable order.
    pub extensions: Vec<Extension>,
}

impl Grant {
    /// The content with the serial filled in.
    pub fn content(&self, serial: &Serial) -> Content {
        let parts = &self.parts;
        let subject = parts.subject.name(serial);
        let names: Vec<GeneralName> = parts.names.iter().map(|n| n.name(serial)).collect();
        let urls = |list: &[Filled]| list.iter().map(|url| url.text(serial)).collect::<Vec<_>>();
        let (points, issuers, responders) = (
            urls(&parts.crl_distribution_points),
            urls(&parts.issuer_urls),
            urls(&parts.ocsp_urls),
        );
        let when = |wanted: bool, extension: &dyn Fn() -> Extension| wanted.then(extension);
        let known = [
            Some(Extension::basic_constraints(self.ca, self.path_len)),
            when(!self.key_usage.is_empty(), &|| {
                Extension::key_usage(self.key_usage)
            }),
            when(!self.purposes.is_empty(), &|| {
                Extension::extended_key_usage(&self.purposes, parts.purposes_critical)
            }),
            when(!names.is_empty(), &|| {
                Extension::subject_alt_name(&names, subject.is_empty())
            }),
            when(!parts.name_constraints.is_empty(), &|| {
                parts.name_constraints.extension()
            }),
            when(!parts.policies.is_empty(), &|| {
                Extension::certificate_policies(&parts.policies)
            }),
            when(!points.is_empty(), &|| {
                Extension::crl_distribution_points(&points)
            }),
            when(!(issuers.is_empty() && responders.is_empty()), &|| {
                Extension::authority_info_access(&responders, &issuers)
            }),
            when(!parts.tls_features.is_empty(), &|| {
                Extension::tls_feature(&parts.tls_features)
            }),
            when(parts.ocsp_no_check, &Extension::ocsp_no_check),
        ];
        let mut extensions: Vec<Extension> = known.into_iter().flatten().collect();
        extensions.extend(parts.extensions.iter().cloned());
        Content {
            subject,
            extensions,
        }
    }
}

/// Something that differs from what was asked, or that the operator should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Its stable name.
    pub code: &'static str,
    /// What it is about: an extension, a name, a date.
    pub about: String,
    /// The whole sentence.
    pub text: String,
}

impl Note {
    pub(super) fn new(code: &'static str, about: &str, text: &str) -> Self {
        Self {
            code,
            about: on_one_line(about),
            text: on_one_line(text),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// All codes of notes there are.
pub const NOTE_CODES: [&str; 13] = [
    note::ALREADY_EXPIRED,
    note::BASIC_CONSTRAINTS_REPLACED,
    note::DUPLICATE_NAME,
    note::END_CUT,
    note::EXTENSION_LEFT_OUT,
    note::KEY_USAGE_REPLACED,
    note::NO_SERVER_NAME,
    note::PATH_LENGTH_CUT,
    note::PURPOSE_NOT_ABOVE,
    note::PURPOSES_REPLACED,
    note::STARTS_BEFORE_ISSUER,
    note::SUBJECT_REPLACED,
    note::UNUSUAL_LETTERS,
];

/// The codes by name.
pub(super) mod note {
    pub(crate) const ALREADY_EXPIRED: &str = "already-expired";
    pub(crate) const BASIC_CONSTRAINTS_REPLACED: &str = "basic-constraints-replaced";
    pub(crate) const DUPLICATE_NAME: &str = "duplicate-name";
    pub(crate) const END_CUT: &str = "end-cut";
    pub(crate) const EXTENSION_LEFT_OUT: &str = "extension-left-out";
    pub(crate) const KEY_USAGE_REPLACED: &str = "key-usage-replaced";
    pub(crate) const NO_SERVER_NAME: &str = "no-server-name";
    pub(crate) const PATH_LENGTH_CUT: &str = "path-length-cut";
    pub(crate) const PURPOSE_NOT_ABOVE: &str = "purpose-not-above";
    pub(crate) const PURPOSES_REPLACED: &str = "purposes-replaced";
    pub(crate) const STARTS_BEFORE_ISSUER: &str = "starts-before-issuer";
    pub(crate) const SUBJECT_REPLACED: &str = "subject-replaced";
    pub(crate) const UNUSUAL_LETTERS: &str = "unusual-letters";
}
