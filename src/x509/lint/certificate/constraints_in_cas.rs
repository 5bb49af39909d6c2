//! They bind the certificates below.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "name-constraints-in-cas",
    clause: "RFC 5280, 4.2.1.10",
    severity: Severity::Error,
    always_kept: false,
    asks: "only CAs constrain names",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let there = certificate.extension(&known::NAME_CONSTRAINTS).is_some();
    (!certificate.is_ca() && there).then(|| "no CA, yet it constrains names".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn only_in_cas() {
        let value = cases::DNS_CONSTRAINT;
        assert_eq!(
            test(&cases::with(cases::ca(), known::NAME_CONSTRAINTS, value)),
            None
        );
        assert!(
            test(&cases::with(
                cases::certificate(),
                known::NAME_CONSTRAINTS,
                value
            ))
            .is_some()
        );
    }
}
