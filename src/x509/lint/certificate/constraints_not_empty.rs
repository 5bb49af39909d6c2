//! The empty sequence is forbidden.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;
use crate::x509::name_constraints::NameConstraints;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "name-constraints-not-empty",
    clause: "RFC 5280, 4.2.1.10",
    severity: Severity::Error,
    always_kept: false,
    asks: "name constraints permit or exclude something",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let extension = certificate.extension(&known::NAME_CONSTRAINTS)?;
    let constraints = NameConstraints::read(extension.value).ok()?;
    constraints
        .is_empty()
        .then(|| "it neither permits nor excludes anything".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn something_in_it() {
        let with = |value| test(&cases::with(cases::ca(), known::NAME_CONSTRAINTS, value));
        assert_eq!(with(cases::DNS_CONSTRAINT), None);
        assert!(with(&[0x30, 0]).is_some());
    }
}
