//! An empty issuer matches nothing.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "issuer-not-empty",
    clause: "RFC 5280, 4.1.2.4",
    severity: Severity::Error,
    always_kept: false,
    asks: "the issuer is named",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    certificate
        .issuer
        .is_empty()
        .then(|| "the issuer is empty".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn an_empty_issuer() {
        assert_eq!(test(&cases::certificate()), None);
        let bad = Certificate {
            issuer: cases::empty_name(),
            ..cases::certificate()
        };
        assert!(test(&bad).is_some());
    }
}
