//! Rules that every certificate passes before it is signed. A rule that fails here is a bug in
//! privca: what a user can break is refused earlier, by the profile's decision.

mod rules;

use std::fmt;

use super::certificate::Certificate;
use super::draft::ToBeSigned;
use crate::primitives::der;

/// One rule: a stable name, the clause that asks for it, and the test.
pub struct Rule {
    /// Kebab-case, stable.
    pub name: &'static str,
    /// Where it comes from.
    pub clause: &'static str,
    test: fn(&Certificate) -> Option<String>,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.clause)
    }
}

/// A rule that a certificate breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// The clause that asks for it.
    pub clause: &'static str,
    /// What is wrong.
    pub said: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.rule, self.said, self.clause)
    }
}

/// To-be-signed bytes that broke no rule. Only [`lint`] makes one, only signing takes it.
#[derive(Debug)]
pub struct Linted(ToBeSigned);

impl Linted {
    /// The bytes that will be signed.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// A certificate of these bytes with an empty signature, to be shown.
    pub fn unsigned(&self) -> Vec<u8> {
        unsigned(&self.0)
    }

    pub(super) fn into_inner(self) -> ToBeSigned {
        self.0
    }
}

/// Lints what is about to be signed.
///
/// # Errors
/// With every rule that it breaks.
pub fn lint(to_be_signed: ToBeSigned) -> Result<Linted, Vec<Finding>> {
    // rules look at a certificate, so an empty signature stands in for the one to come
    let findings = match Certificate::from_der(&unsigned(&to_be_signed)) {
        Ok(certificate) => check(&certificate),
        Err(fault) => {
            vec![Finding {
                rule: "certificate-reads-back",
                clause: "RFC 5280, 4.1",
                said: fault.0,
            }]
        }
    };
    if findings.is_empty() {
        Ok(Linted(to_be_signed))
    } else {
        Err(findings)
    }
}

fn unsigned(to_be_signed: &ToBeSigned) -> Vec<u8> {
    der::sequence(&[
        to_be_signed.der.as_slice(),
        to_be_signed.signature_algorithm,
        &der::bit_string(&[]),
    ])
}

/// Every rule that a certificate breaks.
pub fn check(certificate: &Certificate) -> Vec<Finding> {
    let broken = |rule: &Rule| {
        let said = (rule.test)(certificate)?;
        Some(Finding {
            rule: rule.name,
            clause: rule.clause,
            said,
        })
    };
    rules::ALL.iter().filter_map(broken).collect()
}
