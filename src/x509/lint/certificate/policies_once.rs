//! Policy OIDs must not appear more than once.

use std::collections::HashSet;

use crate::primitives::der::{self, tag};
use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Extension;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "policies-once",
    clause: "RFC 5280, 4.2.1.4",
    severity: Severity::Error,
    always_kept: false,
    asks: "no certificate policy stands there twice",
    test: Test::Extension(test),
};

fn test(extension: &Extension<'_>) -> Option<String> {
    if extension.oid != known::CERTIFICATE_POLICIES {
        return None;
    }
    let mut list = der::only(extension.value, tag::SEQUENCE, "policies")
        .ok()?
        .reader();
    let mut seen = HashSet::new();
    while !list.is_empty() {
        let policy = list.sequence("policy").ok()?.oid("identifier").ok()?;
        if seen.contains(&policy) {
            return Some(format!("the policy {policy} stands there twice"));
        }
        seen.insert(policy);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_told() {
        let with = |value: &[u8]| {
            test(&Extension {
                oid: known::CERTIFICATE_POLICIES,
                flag: None,
                value,
            })
        };
        assert_eq!(
            with(&[0x30, 10, 0x30, 3, 6, 1, 42, 0x30, 3, 6, 1, 43]),
            None
        );
        assert!(with(&[0x30, 10, 0x30, 3, 6, 1, 42, 0x30, 3, 6, 1, 42]).is_some());
    }
}
