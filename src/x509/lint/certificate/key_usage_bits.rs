//! DER cuts the trailing zeros of named bits.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "key-usage-bits",
    clause: "X.690, 11.2.2; RFC 5280, 4.2.1.3",
    severity: Severity::Warning,
    always_kept: false,
    asks: "key usage is encoded without zero bits at its end, and has no bits beyond the nine",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let extension = certificate.extension(&known::KEY_USAGE)?;
    let usage = certificate.key_usage().filter(|usage| !usage.is_empty())?;
    (usage.to_der() != extension.value)
        .then(|| "key usage has zero bits at its end, or bits that do not exist".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn as_short_as_can_be() {
        assert_eq!(test(&cases::certificate()), None);
        for bad in [
            &[3, 2, 0, 0x80][..],
            &[3, 3, 7, 0x80, 0],
            &[3, 3, 4, 0x80, 0x10],
        ] {
            let bad = cases::with(cases::certificate(), known::KEY_USAGE, bad);
            assert!(test(&bad).is_some());
        }
    }
}
