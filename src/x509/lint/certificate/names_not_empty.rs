//! A SEQUENCE of at least one.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Certificate, general_names};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "names-not-empty",
    clause: "RFC 5280, 4.2.1.6",
    severity: Severity::Error,
    always_kept: false,
    asks: "subjectAltName has a name",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let extension = certificate.extension(&known::SUBJECT_ALT_NAME)?;
    let names = general_names(extension.value).ok()?;
    names
        .is_empty()
        .then(|| "subjectAltName has no name".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn one_at_least() {
        assert_eq!(test(&cases::certificate()), None);
        let bad = cases::with(cases::certificate(), known::SUBJECT_ALT_NAME, &[0x30, 0]);
        assert!(test(&bad).is_some());
    }
}
