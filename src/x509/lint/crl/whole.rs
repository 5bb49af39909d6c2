//! OpenSSL and nginx refuse a list of another scope than the certificate's distribution point.

use crate::primitives::oid::Oid;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Crl;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-whole",
    clause: "RFC 5280, 5.2.5; OpenSSL's X509_V_ERR_DIFFERENT_CRL_SCOPE",
    severity: Severity::Notice,
    always_kept: true,
    asks: "a list has no issuing distribution point",
    test: Test::Crl(test),
};

fn test(list: &Crl<'_>) -> Option<String> {
    let there = list.extension(&ISSUING_DISTRIBUTION_POINT).is_some();
    there.then(|| "it has an issuing distribution point".to_owned())
}

const ISSUING_DISTRIBUTION_POINT: Oid = Oid::known(&[0x55, 0x1d, 28]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;
    use crate::x509::lint::view::Extension;

    #[test]
    fn no_scope() {
        assert_eq!(test(&cases::crl()), None);
        let mut bad = cases::crl();
        bad.extensions.push(Extension {
            oid: ISSUING_DISTRIBUTION_POINT,
            flag: None,
            value: &[],
        });
        assert!(test(&bad).is_some());
    }
}
