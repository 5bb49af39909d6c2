//! It is what authority key identifiers below point at.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "ca-key-identifier",
    clause: "RFC 5280, 4.2.1.2",
    severity: Severity::Error,
    always_kept: false,
    asks: "a CA has a subject key identifier",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let there = certificate
        .extension(&known::SUBJECT_KEY_IDENTIFIER)
        .is_some();
    (certificate.is_ca() && !there).then(|| "the CA has no subject key identifier".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn cas_have_one() {
        assert_eq!(test(&cases::ca()), None);
        assert_eq!(
            test(&cases::without(
                cases::certificate(),
                &known::SUBJECT_KEY_IDENTIFIER
            )),
            None
        );
        assert!(test(&cases::without(cases::ca(), &known::SUBJECT_KEY_IDENTIFIER)).is_some());
    }
}
