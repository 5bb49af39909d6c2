//! Their clauses say MUST be marked as critical: who does not know them must not go on.

use crate::primitives::oid::{Oid, known};
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Extension;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "extension-critical",
    clause: "RFC 5280, 4.2.1.10, 4.2.1.11, 4.2.1.14, 5.2.4, 5.2.5 and 5.3.3",
    severity: Severity::Warning,
    always_kept: false,
    asks: "name and policy constraints, a list's scope and an entry's issuer are critical",
    test: Test::Extension(test),
};

fn test(extension: &Extension<'_>) -> Option<String> {
    let always = [
        known::NAME_CONSTRAINTS,
        POLICY_CONSTRAINTS,
        INHIBIT_ANY_POLICY,
        DELTA_CRL_INDICATOR,
        ISSUING_DISTRIBUTION_POINT,
        CERTIFICATE_ISSUER,
    ];
    (!extension.is_critical() && always.contains(&extension.oid))
        .then(|| "it is not critical, and must be".to_owned())
}

const POLICY_CONSTRAINTS: Oid = Oid::known(&[0x55, 0x1d, 36]);
const INHIBIT_ANY_POLICY: Oid = Oid::known(&[0x55, 0x1d, 54]);
const DELTA_CRL_INDICATOR: Oid = Oid::known(&[0x55, 0x1d, 27]);
const ISSUING_DISTRIBUTION_POINT: Oid = Oid::known(&[0x55, 0x1d, 28]);
const CERTIFICATE_ISSUER: Oid = Oid::known(&[0x55, 0x1d, 29]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn always_critical() {
        let with = |oid, flag| Extension {
            oid,
            flag,
            value: &[],
        };
        assert_eq!(test(&with(known::NAME_CONSTRAINTS, Some(&[0xff]))), None);
        assert_eq!(test(&with(known::KEY_USAGE, None)), None);
        assert!(test(&with(known::NAME_CONSTRAINTS, None)).is_some());
    }
}
