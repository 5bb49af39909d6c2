//! The parts of a trusted profile, as the decision uses them.

use std::fmt;

use super::pattern::{SanPattern, ValuePattern};
use super::template::Template;
use super::wish::KeyFamily;
use crate::primitives::oid::Oid;
use crate::primitives::time::{Span, Timestamp};
use crate::x509::extension::{Extension, PolicyInformation};
use crate::x509::general_name::SanKind;
use crate::x509::key_usage::KeyUsage;
use crate::x509::name_constraints::NameConstraints;

/// From when and until when.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ValidityRules {
    pub(super) end: EndRule,
    pub(super) min: Option<Span>,
    pub(super) max: Option<Span>,
    pub(super) backdate: Span,
}

/// The end that a certificate gets where nobody asks for another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum EndRule {
    After(Span),
    /// And no later, whoever asks.
    At(Timestamp),
}

/// Key usage, the same for all keys or by family.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum KeyUsageRule {
    All(KeyUsage),
    ByFamily(Vec<(&'static str, KeyUsage)>),
}

impl KeyUsageRule {
    pub(super) fn of(&self, family: &KeyFamily) -> KeyUsage {
        match self {
            Self::All(usage) => *usage,
            Self::ByFamily(rules) => {
                let word = family_word(family);
                let rule = rules.iter().find(|(family, _)| Some(*family) == word);
                rule.map(|(_, usage)| *usage).unwrap_or_default()
            }
        }
    }
}

/// The families that `key_usage` can tell apart.
pub(super) const FAMILIES: [&str; 3] = ["rsa", "ec", "ed25519"];

fn family_word(family: &KeyFamily) -> Option<&'static str> {
    match family {
        KeyFamily::EcP256 | KeyFamily::EcP384 => Some("ec"),
        KeyFamily::Ed25519 => Some("ed25519"),
        KeyFamily::Rsa { .. } => Some("rsa"),
        KeyFamily::Other { .. } => None,
    }
}

/// What the subject may and must have, and what it is given.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SubjectRules {
    pub(super) require: Vec<Oid>,
    pub(super) allow: Vec<(Oid, Vec<ValuePattern>)>,
    pub(super) set: Vec<(Oid, Vec<Template>)>,
    pub(super) cn_from: Option<SanKind>,
}

/// What the alternative names may and must be, and which are added.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct SanRules {
    pub(super) require: Vec<SanKind>,
    pub(super) allow: Vec<(SanKind, Vec<SanPattern>)>,
    pub(super) deny: Vec<(SanKind, Vec<SanPattern>)>,
    pub(super) add: Vec<(SanKind, Template)>,
    pub(super) max: Option<usize>,
    pub(super) wildcard_dns: bool,
}

/// The patterns for one kind of name, none where it is not listed.
pub(super) fn of_kind(rules: &[(SanKind, Vec<SanPattern>)], kind: SanKind) -> &[SanPattern] {
    rules
        .iter()
        .find(|(listed, _)| *listed == kind)
        .map_or(&[], |(_, patterns)| patterns)
}

/// OpenSSL's short name of an attribute, or the dotted identifier.
pub(super) fn label(oid: &Oid) -> String {
    oid.short_name()
        .map_or_else(|| oid.to_string(), str::to_owned)
}

/// A kind of key that the profile takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum KeyRule {
    EcP256,
    EcP384,
    Ed25519,
    /// RSA of exactly this size.
    Rsa(usize),
    /// RSA of this size or more.
    RsaFrom(usize),
}

impl KeyRule {
    /// Reads `ec-p256`, `rsa-3072` or `rsa-2048+`.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let size = |digits: &str| {
            let plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
            digits.parse::<usize>().ok().filter(|_| plain)
        };
        match word {
            "ec-p256" => Some(Self::EcP256),
            "ec-p384" => Some(Self::EcP384),
            "ed25519" => Some(Self::Ed25519),
            _ => {
                let digits = word.strip_prefix("rsa-")?;
                match digits.strip_suffix('+') {
                    Some(least) => size(least).map(Self::RsaFrom),
                    None => size(digits).map(Self::Rsa),
                }
            }
        }
    }

    pub(super) fn takes(self, family: &KeyFamily) -> bool {
        match (self, family) {
            (Self::EcP256, KeyFamily::EcP256)
            | (Self::EcP384, KeyFamily::EcP384)
            | (Self::Ed25519, KeyFamily::Ed25519) => true,
            (Self::Rsa(size), KeyFamily::Rsa { bits }) => *bits == size,
            (Self::RsaFrom(least), KeyFamily::Rsa { bits }) => *bits >= least,
            _ => false,
        }
    }

    /// Its entry in a `key_usage` object.
    pub(super) fn family(self) -> &'static str {
        match self {
            Self::EcP256 | Self::EcP384 => "ec",
            Self::Ed25519 => "ed25519",
            Self::Rsa(_) | Self::RsaFrom(_) => "rsa",
        }
    }
}

impl fmt::Display for KeyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EcP256 => f.write_str("ec-p256"),
            Self::EcP384 => f.write_str("ec-p384"),
            Self::Ed25519 => f.write_str("ed25519"),
            Self::Rsa(size) => write!(f, "rsa-{size}"),
            Self::RsaFrom(least) => write!(f, "rsa-{least}+"),
        }
    }
}

/// What else the certificate says, whoever asks.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct CertificateText {
    pub(super) crl_distribution_points: Vec<Template>,
    pub(super) issuer_urls: Vec<Template>,
    pub(super) ocsp_urls: Vec<Template>,
    pub(super) policies: Vec<PolicyInformation>,
    pub(super) name_constraints: NameConstraints,
    pub(super) ocsp_no_check: bool,
    pub(super) tls_features: Vec<u16>,
    pub(super) extensions: Vec<Extension>,
    pub(super) copied: Vec<Oid>,
}

/// How certificates under a profile are renewed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renewal {
    /// How long before its end a certificate is due; `None` where the profile does not say.
    pub within: Option<Span>,
    /// Whether a renewal makes a new key.
    pub rekey: bool,
}
