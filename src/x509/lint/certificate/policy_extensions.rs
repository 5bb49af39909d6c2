//! They bind the certificates below.

use crate::primitives::oid::Oid;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "policy-extensions-in-cas",
    clause: "RFC 5280, 4.2.1.5, 4.2.1.11 and 4.2.1.14",
    severity: Severity::Warning,
    always_kept: false,
    asks: "only CAs map, constrain or inhibit policies",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let there = |oid: &&Oid| certificate.extension(oid).is_some();
    let extension = FOR_CAS.iter().find(there)?;
    let name = extension.short_name().unwrap_or("policies");
    (!certificate.is_ca()).then(|| format!("no CA, yet it has {name}"))
}

/// policyMappings, policyConstraints, inhibitAnyPolicy.
static FOR_CAS: [Oid; 3] = [
    Oid::known(&[0x55, 0x1d, 33]),
    Oid::known(&[0x55, 0x1d, 36]),
    Oid::known(&[0x55, 0x1d, 54]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn only_in_cas() {
        for oid in FOR_CAS.clone() {
            assert_eq!(
                test(&cases::with(cases::ca(), oid.clone(), &[2, 1, 0])),
                None
            );
            assert!(test(&cases::with(cases::certificate(), oid, &[2, 1, 0])).is_some());
        }
    }
}
