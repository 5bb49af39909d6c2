//! It should be. EasyRSA's is not.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "key-usage-critical",
    clause: "RFC 5280, 4.2.1.3",
    severity: Severity::Notice,
    always_kept: false,
    asks: "key usage is critical",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let usage = certificate.extension(&known::KEY_USAGE)?;
    (!usage.is_critical()).then(|| "key usage is not critical".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn it_should_be() {
        assert_eq!(test(&cases::certificate()), None);
        let mut bad = cases::certificate();
        bad.extensions.iter_mut().for_each(|e| e.flag = None);
        assert!(test(&bad).is_some());
    }
}
