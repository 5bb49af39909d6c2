//! Without, nothing says what it is for, or that it is no CA.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "has-extensions",
    clause: "RFC 5280, 4.1.2.1 and 4.2; CA/B BR 7.1.1",
    severity: Severity::Warning,
    always_kept: false,
    asks: "a certificate has extensions",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    certificate
        .extensions
        .is_empty()
        .then(|| "it has no extensions".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn none_at_all() {
        assert_eq!(test(&cases::certificate()), None);
        let bad = Certificate {
            extensions: Vec::new(),
            ..cases::certificate()
        };
        assert!(test(&bad).is_some());
    }
}
