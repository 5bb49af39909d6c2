//! Signing profiles: what a request may ask for, what it must have, and what the certificate gets.
//!
//! A profile is read from JSON ([`Profile::parse`]), checked as a whole, and then trusted.
//! [`decide`] holds a wish against it and gives a [`Grant`] or every reason why not. This room
//! touches no disk, no clock, no chance and no terminal.

pub mod builtin;
mod decide;
#[cfg(test)]
mod documented;
mod fault;
mod file;
mod glob;
mod grant;
mod json;
mod late;
mod pattern;
mod refusal;
mod rules;
mod template;
mod wish;

use std::fmt;
use std::str::FromStr;

use crate::primitives::oid::Oid;
use crate::primitives::time::Span;
use crate::x509::key_usage::KeyUsage;
use crate::x509::name_constraints::NameConstraints;

pub use decide::decide;
pub use fault::{ProfileErrors, ProfileFault};
pub use grant::{Content, Grant, NOTE_CODES, Note};
pub use refusal::{CODES as REFUSAL_CODES, Refusal, Refusals};
pub use rules::Renewal;
pub use wish::{Existing, IssuerFacts, KeyFacts, KeyFamily, Wish};

use rules::{
    CertificateText, EndRule, KeyRule, KeyUsageRule, SanRules, SubjectRules, ValidityRules,
};

/// A signing profile that was read and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    name: ProfileName,
    description: Option<String>,
    ca: bool,
    path_len: Option<u32>,
    validity: ValidityRules,
    key_usage: KeyUsageRule,
    purposes: Vec<Oid>,
    purposes_critical: bool,
    subject: SubjectRules,
    san: SanRules,
    keys: Vec<KeyRule>,
    unique_name: bool,
    unique_key: bool,
    text: CertificateText,
    renewal: Renewal,
}

impl Profile {
    /// Reads a profile's JSON.
    ///
    /// # Errors
    /// With everything that is wrong with it, each with its line and member.
    pub fn parse(name: &ProfileName, text: &str) -> Result<Self, ProfileErrors> {
        file::read(name, text)
    }

    /// The name it goes by.
    pub fn name(&self) -> &ProfileName {
        &self.name
    }

    /// What it says of itself.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Whether its certificates are CAs.
    pub fn is_ca(&self) -> bool {
        self.ca
    }

    /// The path length of its CAs; `None` for no limit.
    pub fn path_len(&self) -> Option<u32> {
        self.path_len
    }

    /// How long its certificates are valid; `None` where they end on a fixed date.
    pub fn validity(&self) -> Option<Span> {
        match self.validity.end {
            EndRule::After(span) => Some(span),
            EndRule::At(_) => None,
        }
    }

    /// The key usage that a key of this family gets.
    pub fn key_usage(&self, family: &KeyFamily) -> KeyUsage {
        self.key_usage.of(family)
    }

    /// The extended key usages that it gives.
    pub fn purposes(&self) -> &[Oid] {
        &self.purposes
    }

    /// The keys that it takes, as the profile spells them: `ec-p256`, `rsa-2048+`.
    pub fn keys(&self) -> Vec<String> {
        self.keys.iter().map(ToString::to_string).collect()
    }

    /// Whether a name that has a valid certificate gets no second one.
    pub fn unique_name(&self) -> bool {
        self.unique_name
    }

    /// Whether a key that is certified for another name is refused.
    pub fn unique_key(&self) -> bool {
        self.unique_key
    }

    /// This CA profile for one CA, with the limits that its operator sets: a path length in place
    /// of the profile's, and name constraints beside it.
    pub fn for_ca(mut self, path_len: Option<u32>, constraints: &NameConstraints) -> Self {
        self.path_len = path_len.or(self.path_len);
        let own = &mut self.text.name_constraints;
        own.permitted.extend_from_slice(&constraints.permitted);
        own.excluded.extend_from_slice(&constraints.excluded);
        self
    }

    /// How its certificates are renewed.
    pub fn renewal(&self) -> Renewal {
        self.renewal
    }
}

/// A profile's name: the stem of its file in `profiles/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileName(String);

impl ProfileName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ProfileName {
    type Err = BadProfileName;

    fn from_str(text: &str) -> Result<Self, BadProfileName> {
        let inside = |c: char| c.is_alphanumeric() || "._-".contains(c);
        let fits = !text.is_empty()
            && text.len() <= 200
            && !text.starts_with(['.', '-'])
            && text.chars().all(inside);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadProfileName(text.to_owned()))
        }
    }
}

/// The text is no profile name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadProfileName(String);

impl fmt::Display for BadProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no profile name; one has letters, digits, dots, hyphens and underscores, and does not begin with a dot or a hyphen",
            self.0
        )
    }
}

impl std::error::Error for BadProfileName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_file_stems() {
        for text in ["1year", "code-signing", "vpn_2.0", "büro"] {
            assert_eq!(
                text.parse::<ProfileName>().map(|n| n.to_string()),
                Ok(text.into())
            );
        }
        for text in [
            "", ".", "..", ".x", "-x", "a/b", "a b", "a\0", "a\n", "a\\b",
        ] {
            assert!(text.parse::<ProfileName>().is_err(), "{text:?}");
        }
    }
}
