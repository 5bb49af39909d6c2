//! Its name is the issuer of what it signs.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "ca-subject-not-empty",
    clause: "RFC 5280, 4.1.2.6",
    severity: Severity::Error,
    always_kept: false,
    asks: "a CA has a subject",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    (certificate.is_ca() && certificate.subject.is_empty())
        .then(|| "the CA's subject is empty".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn cas_have_names() {
        assert_eq!(test(&cases::ca()), None);
        let leaf = Certificate {
            subject: cases::empty_name(),
            ..cases::certificate()
        };
        assert_eq!(test(&leaf), None);
        let bad = Certificate {
            subject: cases::empty_name(),
            ..cases::ca()
        };
        assert!(test(&bad).is_some());
    }
}
