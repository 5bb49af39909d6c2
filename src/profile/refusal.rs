//! Refusals: why a certificate is not signed, with the profile's member, what was asked and what is
//! allowed. The codes are stable; `docs/profiles.md` lists them all.

use std::fmt;

use serde::Serialize;

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Its stable name.
    pub code: &'static str,
    /// The member of the profile that it comes from, such as `san.allow.email`; empty where the
    /// issuer or the rules of certificates refuse.
    pub member: String,
    /// What was asked.
    pub asked: String,
    /// What is allowed.
    pub allowed: String,
}

/// Every reason at once, at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Refusals(Vec<Refusal>);

/// All codes there are.
pub const CODES: [&str; 36] = [
    code::CA_REQUESTED,
    code::CN_SOURCE_MISSING,
    code::DATES_AMBIGUOUS,
    code::EXTENSION_MALFORMED,
    code::ISSUER_CANNOT_SIGN,
    code::ISSUER_EXPIRED,
    code::ISSUER_NOT_A_CA,
    code::ISSUER_NOT_YET_VALID,
    code::ISSUER_PATH_LENGTH,
    code::KEY_IN_USE,
    code::KEY_NOT_ALLOWED,
    code::KEY_WEAK,
    code::NAME_CONSTRAINTS_NOT_ALLOWED,
    code::NAME_DENIED,
    code::NAME_IN_USE,
    code::NAME_INVALID,
    code::NAME_NOT_ALLOWED,
    code::NAME_OUTSIDE_ISSUER,
    code::NO_NAME,
    code::OUTLIVES_ISSUER,
    code::PATH_LENGTH_TOO_DEEP,
    code::POLICY_NOT_ALLOWED,
    code::PROFILE_OVER,
    code::PURPOSE_NOT_ALLOWED,
    code::SAN_REQUIRED,
    code::STARTS_BEFORE_ISSUER,
    code::SUBJECT_ATTRIBUTE_INVALID,
    code::SUBJECT_ATTRIBUTE_NOT_ALLOWED,
    code::SUBJECT_ATTRIBUTE_REQUIRED,
    code::SUBJECT_IS_ISSUER,
    code::TOO_MANY_NAMES,
    code::VALIDITY_REVERSED,
    code::VALIDITY_TOO_LONG,
    code::VALIDITY_TOO_SHORT,
    code::VARIABLE_MISSING,
    code::WILDCARD_NOT_ALLOWED,
];

/// The codes by name.
pub(super) mod code {
    pub(crate) const CA_REQUESTED: &str = "ca-requested";
    pub(crate) const CN_SOURCE_MISSING: &str = "cn-source-missing";
    pub(crate) const DATES_AMBIGUOUS: &str = "dates-ambiguous";
    pub(crate) const EXTENSION_MALFORMED: &str = "extension-malformed";
    pub(crate) const ISSUER_CANNOT_SIGN: &str = "issuer-cannot-sign";
    pub(crate) const ISSUER_EXPIRED: &str = "issuer-expired";
    pub(crate) const ISSUER_NOT_A_CA: &str = "issuer-not-a-ca";
    pub(crate) const ISSUER_NOT_YET_VALID: &str = "issuer-not-yet-valid";
    pub(crate) const ISSUER_PATH_LENGTH: &str = "issuer-path-length";
    pub(crate) const KEY_IN_USE: &str = "key-in-use";
    pub(crate) const KEY_NOT_ALLOWED: &str = "key-not-allowed";
    pub(crate) const KEY_WEAK: &str = "key-weak";
    pub(crate) const NAME_CONSTRAINTS_NOT_ALLOWED: &str = "name-constraints-not-allowed";
    pub(crate) const NAME_DENIED: &str = "name-denied";
    pub(crate) const NAME_IN_USE: &str = "name-in-use";
    pub(crate) const NAME_INVALID: &str = "name-invalid";
    pub(crate) const NAME_NOT_ALLOWED: &str = "name-not-allowed";
    pub(crate) const NAME_OUTSIDE_ISSUER: &str = "name-outside-issuer";
    pub(crate) const NO_NAME: &str = "no-name";
    pub(crate) const OUTLIVES_ISSUER: &str = "outlives-issuer";
    pub(crate) const PATH_LENGTH_TOO_DEEP: &str = "path-length-too-deep";
    pub(crate) const POLICY_NOT_ALLOWED: &str = "policy-not-allowed";
    pub(crate) const PROFILE_OVER: &str = "profile-over";
    pub(crate) const PURPOSE_NOT_ALLOWED: &str = "purpose-not-allowed";
    pub(crate) const SAN_REQUIRED: &str = "san-required";
    pub(crate) const STARTS_BEFORE_ISSUER: &str = "starts-before-issuer";
    pub(crate) const SUBJECT_ATTRIBUTE_INVALID: &str = "subject-attribute-invalid";
    pub(crate) const SUBJECT_ATTRIBUTE_NOT_ALLOWED: &str = "subject-attribute-not-allowed";
    pub(crate) const SUBJECT_ATTRIBUTE_REQUIRED: &str = "subject-attribute-required";
    pub(crate) const SUBJECT_IS_ISSUER: &str = "subject-is-issuer";
    pub(crate) const TOO_MANY_NAMES: &str = "too-many-names";
    pub(crate) const VALIDITY_REVERSED: &str = "validity-reversed";
    pub(crate) const VALIDITY_TOO_LONG: &str = "validity-too-long";
    pub(crate) const VALIDITY_TOO_SHORT: &str = "validity-too-short";
    pub(crate) const VARIABLE_MISSING: &str = "variable-missing";
    pub(crate) const WILDCARD_NOT_ALLOWED: &str = "wildcard-not-allowed";
}

impl Refusal {
    /// `asked` and `allowed` are escaped here, so that a stranger's text stays on its line.
    pub(super) fn new(code: &'static str, member: &str, asked: &str, allowed: &str) -> Self {
        Self {
            code,
            member: member.to_owned(),
            asked: on_one_line(asked),
            allowed: on_one_line(allowed),
        }
    }
}

impl fmt::Display for Refusal {
    /// `email:root@example.org; the profile allows *@example.com (san.allow.email)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.asked, self.allowed)?;
        if self.member.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", self.member)
    }
}

impl Refusals {
    /// The reasons in the order of the decision; `None` where there are none.
    pub(super) fn of(refusals: Vec<Refusal>) -> Option<Self> {
        (!refusals.is_empty()).then_some(Self(refusals))
    }

    /// The reasons.
    pub fn iter(&self) -> impl Iterator<Item = &Refusal> {
        self.0.iter()
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, refusal) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "\n" };
            write!(f, "{separator}{}: {refusal}", refusal.code)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusals {}

/// Escapes what would break the line or fool a terminal, and leaves letters of all scripts, quotes
/// and backslashes alone.
pub(super) fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '"' | '\'' | '\\') {
            line.push(c);
        } else {
            line.extend(c.escape_debug());
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let mut sorted = CODES.to_vec();
        sorted.dedup();
        assert_eq!(sorted.len(), CODES.len());
        for code in CODES {
            assert!(
                code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
                "{code}"
            );
        }
    }

    #[test]
    fn a_refusal_stays_on_one_line() {
        let refusal = Refusal::new(
            "x",
            "a.b",
            "CN=a\nb\u{1b}[2J\u{202e}",
            "the profile allows ü",
        );
        assert_eq!(
            refusal.to_string(),
            "CN=a\\nb\\u{1b}[2J\\u{202e}; the profile allows ü (a.b)"
        );
    }
}
