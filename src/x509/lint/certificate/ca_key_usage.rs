//! Whose key verifies certificates or CRLs must have it; roots by `openssl req -x509` have none.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "ca-key-usage",
    clause: "RFC 5280, 4.2.1.3",
    severity: Severity::Warning,
    always_kept: false,
    asks: "a CA has key usage",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let there = certificate.extension(&known::KEY_USAGE).is_some();
    (certificate.is_ca() && !there).then(|| "the CA has no key usage".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn cas_have_key_usage() {
        assert_eq!(test(&cases::ca()), None);
        assert_eq!(
            test(&cases::without(cases::certificate(), &known::KEY_USAGE)),
            None
        );
        assert!(test(&cases::without(cases::ca(), &known::KEY_USAGE)).is_some());
    }
}
