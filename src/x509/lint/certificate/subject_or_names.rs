//! One of the two must be there.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "subject-or-names",
    clause: "RFC 5280, 4.1.2.6",
    severity: Severity::Error,
    always_kept: false,
    asks: "a certificate names its subject, by the subject or by alternative names",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let named = certificate.extension(&known::SUBJECT_ALT_NAME).is_some();
    (certificate.subject.is_empty() && !named).then(|| "it names nobody".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn one_of_the_two() {
        let nameless = Certificate {
            subject: cases::empty_name(),
            ..cases::certificate()
        };
        assert_eq!(test(&nameless), None);
        let bad = cases::without(nameless, &known::SUBJECT_ALT_NAME);
        assert!(test(&bad).is_some());
    }
}
