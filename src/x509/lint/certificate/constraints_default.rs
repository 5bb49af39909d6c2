//! DER leaves defaults out.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "basic-constraints-default",
    clause: "X.690, 11.5",
    severity: Severity::Warning,
    always_kept: false,
    asks: "cA FALSE, the default, is left out",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let constraints = certificate.extension(&known::BASIC_CONSTRAINTS)?;
    constraints
        .value
        .get(2..)
        .is_some_and(|rest| rest.starts_with(&[1, 1, 0]))
        .then(|| "cA FALSE is written out".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn false_is_left_out() {
        assert_eq!(test(&cases::certificate()), None);
        let bad = cases::with(
            cases::certificate(),
            known::BASIC_CONSTRAINTS,
            &[0x30, 3, 1, 1, 0],
        );
        assert!(test(&bad).is_some());
    }
}
