//! Meant for devices that outlive every clock; nothing else should need it.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "no-expiry",
    clause: "RFC 5280, 4.1.2.5",
    severity: Severity::Notice,
    always_kept: false,
    asks: "it has an end: 99991231235959Z says that it has none",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    (certificate.not_after.value == b"99991231235959Z").then(|| "it never ends".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn the_last_second() {
        assert_eq!(test(&cases::certificate()), None);
        let mut bad = cases::certificate();
        bad.not_after.value = b"99991231235959Z";
        assert!(test(&bad).is_some());
    }
}
