//! Nothing else tells then whose it is.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "names-critical",
    clause: "RFC 5280, 4.2.1.6",
    severity: Severity::Error,
    always_kept: false,
    asks: "subjectAltName is critical where the subject is empty",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let names = certificate.extension(&known::SUBJECT_ALT_NAME)?;
    (certificate.subject.is_empty() && !names.is_critical())
        .then(|| "no subject, and its names are not critical".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn without_a_subject() {
        assert_eq!(test(&cases::certificate()), None);
        let bad = Certificate {
            subject: cases::empty_name(),
            ..cases::certificate()
        };
        assert!(test(&bad).is_some());
        let mut good = bad;
        good.extensions
            .iter_mut()
            .for_each(|e| e.flag = Some(&[0xff]));
        assert_eq!(test(&good), None);
    }
}
