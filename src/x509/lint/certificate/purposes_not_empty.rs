//! A SEQUENCE of at least one.

use crate::primitives::oid::known;
use crate::x509::extension as value;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "purposes-not-empty",
    clause: "RFC 5280, 4.2.1.12",
    severity: Severity::Error,
    always_kept: false,
    asks: "extKeyUsage names a purpose",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let extension = certificate.extension(&known::EXTENDED_KEY_USAGE)?;
    let purposes = value::read_extended_key_usage(extension.value).ok()?;
    purposes
        .is_empty()
        .then(|| "extKeyUsage names no purpose".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn one_at_least() {
        assert_eq!(test(&cases::certificate()), None);
        let bad = cases::with(cases::certificate(), known::EXTENDED_KEY_USAGE, &[0x30, 0]);
        assert!(test(&bad).is_some());
    }
}
