//! It limits the CAs below.

use crate::primitives::oid::known;
use crate::x509::extension as value;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "path-length",
    clause: "RFC 5280, 4.2.1.9",
    severity: Severity::Error,
    always_kept: false,
    asks: "only a CA that signs certificates has a path length",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let constraints = certificate.extension(&known::BASIC_CONSTRAINTS)?;
    match value::read_basic_constraints(constraints.value) {
        Ok((false, Some(_))) => Some("what is no CA has a path length".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn only_in_cas() {
        assert_eq!(test(&cases::ca()), None);
        let bad = cases::with(
            cases::certificate(),
            known::BASIC_CONSTRAINTS,
            &[0x30, 3, 2, 1, 0],
        );
        assert!(test(&bad).is_some());
    }
}
