//! CAs that conform do not write them.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "no-unique-identifiers",
    clause: "RFC 5280, 4.1.2.8",
    severity: Severity::Warning,
    always_kept: false,
    asks: "there are no issuer or subject unique identifiers",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    certificate
        .has_unique_identifiers
        .then(|| "it has a unique identifier".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn not_there() {
        assert_eq!(test(&cases::certificate()), None);
        let bad = Certificate {
            has_unique_identifiers: true,
            ..cases::certificate()
        };
        assert!(test(&bad).is_some());
    }
}
