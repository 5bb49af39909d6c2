//! A period that is no period is never valid.

use crate::primitives::der::Tlv;
use crate::primitives::time::Timestamp;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "validity-in-order",
    clause: "RFC 5280, 4.1.2.5",
    severity: Severity::Error,
    always_kept: false,
    asks: "it begins before it ends",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let at = |time: &Tlv<'_>| Timestamp::from_asn1(time.tag, time.value);
    let (from, to) = (at(&certificate.not_before)?, at(&certificate.not_after)?);
    (to < from).then(|| format!("it ends at {to}, before it begins at {from}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn turned_round() {
        let good = cases::certificate();
        assert_eq!(test(&good), None);
        let bad = Certificate {
            not_before: good.not_after,
            not_after: good.not_before,
            ..cases::certificate()
        };
        assert!(test(&bad).is_some());
    }
}
