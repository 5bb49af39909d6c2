//! It should not be.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "names-not-critical",
    clause: "RFC 5280, 4.2.1.6",
    severity: Severity::Notice,
    always_kept: false,
    asks: "subjectAltName is not critical where there is a subject",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let names = certificate.extension(&known::SUBJECT_ALT_NAME)?;
    (!certificate.subject.is_empty() && names.is_critical())
        .then(|| "there is a subject, and its names are critical".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn with_a_subject() {
        assert_eq!(test(&cases::certificate()), None);
        let mut bad = cases::certificate();
        bad.extensions
            .iter_mut()
            .for_each(|e| e.flag = Some(&[0xff]));
        assert!(test(&bad).is_some());
    }
}
