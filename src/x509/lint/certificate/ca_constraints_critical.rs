//! Who does not know the extension must not take a CA for anything else, or the reverse.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "ca-constraints-critical",
    clause: "RFC 5280, 4.2.1.9",
    severity: Severity::Error,
    always_kept: false,
    asks: "basicConstraints of a CA is critical",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let constraints = certificate.extension(&known::BASIC_CONSTRAINTS)?;
    (certificate.is_ca() && !constraints.is_critical())
        .then(|| "basicConstraints of a CA is not critical".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn cas_say_it_critically() {
        assert_eq!(test(&cases::ca()), None);
        let mut bad = cases::ca();
        bad.extensions.iter_mut().for_each(|e| e.flag = None);
        assert!(test(&bad).is_some());
        let mut leaf = cases::certificate();
        leaf.extensions.iter_mut().for_each(|e| e.flag = None);
        assert_eq!(test(&leaf), None);
    }
}
