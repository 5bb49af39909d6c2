//! At least one bit must be set.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "key-usage-not-empty",
    clause: "RFC 5280, 4.2.1.3",
    severity: Severity::Error,
    always_kept: false,
    asks: "key usage names a usage",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    certificate
        .key_usage()?
        .is_empty()
        .then(|| "key usage names no usage".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::oid::known;
    use crate::x509::lint::cases;

    #[test]
    fn one_bit_at_least() {
        assert_eq!(test(&cases::certificate()), None);
        let bad = cases::with(cases::certificate(), known::KEY_USAGE, &[3, 1, 0]);
        assert!(test(&bad).is_some());
    }
}
