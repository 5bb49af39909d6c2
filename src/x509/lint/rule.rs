//! A rule, and what it looks at.

use std::fmt;

use super::Severity;
use super::view::{
    Attribute, Certificate, Crl, Entry, Extension, GeneralName, Object, Rdn, Request,
};
use crate::primitives::der::Tlv;

/// One rule.
pub struct Rule {
    /// Kebab-case, stable.
    pub name: &'static str,
    /// Where it comes from.
    pub clause: &'static str,
    /// How grave it is to break it.
    pub severity: Severity,
    /// True for what privca itself always keeps, so that it signs nothing that breaks it, however
    /// harmless that were.
    pub always_kept: bool,
    /// What it asks for, in a sentence.
    pub asks: &'static str,
    pub(super) test: Test,
}

/// What a rule is called with; it gives what is wrong.
pub(super) enum Test {
    /// Made by the runner itself, where a structure cannot even be split.
    Parse,
    /// Any of the three.
    Signed(fn(&Object<'_>) -> Option<String>),
    /// A certificate.
    Certificate(fn(&Certificate<'_>) -> Option<String>),
    /// A request.
    Request(fn(&Request<'_>) -> Option<String>),
    /// A revocation list, without its entries.
    Crl(fn(&Crl<'_>) -> Option<String>),
    /// All entries of a list in one go: the number of the one that is wrong, and how.
    Entries(fn(&Crl<'_>) -> Option<(u64, String)>),
    /// Each entry of a list, with its extensions.
    Entry(fn(&Entry<'_>, &[Extension<'_>], &Crl<'_>) -> Option<String>),
    /// Each date, those of entries too.
    Time(fn(&Tlv<'_>) -> Option<String>),
    /// Each RDN of each name.
    Rdn(fn(&Rdn) -> Option<String>),
    /// Each attribute of each name.
    Attribute(fn(&Attribute) -> Option<String>),
    /// Each extension of a certificate, request or list; those of entries too.
    Extension(fn(&Extension<'_>) -> Option<String>),
    /// Each alternative name of the subject.
    Name(fn(&GeneralName<'_>) -> Option<String>),
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Certificates, requests and lists alike.
    All,
    /// Certificates.
    Certificates,
    /// Requests.
    Requests,
    /// Revocation lists.
    Crls,
}

impl About {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Certificates => "certificate",
            Self::Requests => "request",
            Self::Crls => "crl",
        }
    }
}

impl Rule {
    /// Whether privca signs nothing that breaks it.
    pub fn forbids_signing(&self) -> bool {
        self.severity == Severity::Error || self.always_kept
    }

    /// What it is about.
    pub const fn about(&self) -> About {
        match self.test {
            Test::Certificate(_) => About::Certificates,
            Test::Request(_) => About::Requests,
            Test::Crl(_) | Test::Entries(_) | Test::Entry(_) => About::Crls,
            _ => About::All,
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.clause)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Rule {}

/// The rule that a structure breaks which cannot be split into its fields at all.
pub(super) static PARSES: Rule = Rule {
    name: "parses",
    clause: "RFC 5280, 4.1 and 5.1; RFC 2986, 4; X.690",
    severity: Severity::Error,
    always_kept: true,
    asks: "it is DER, laid out as a certificate, request or revocation list",
    test: Test::Parse,
};
