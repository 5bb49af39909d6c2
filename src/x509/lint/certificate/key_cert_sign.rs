//! keyCertSign and cA go together.

use crate::x509::key_usage::KeyUsage;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "key-cert-sign",
    clause: "RFC 5280, 4.2.1.3 and 4.2.1.9",
    severity: Severity::Error,
    always_kept: false,
    asks: "who signs certificates is a CA, and a CA with key usage signs them",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let signs = certificate.key_usage()?.contains(KeyUsage::KEY_CERT_SIGN);
    match (certificate.is_ca(), signs) {
        (true, false) => Some("a CA may not sign certificates".to_owned()),
        (false, true) => Some("what is no CA may sign certificates".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::oid::known;
    use crate::x509::lint::cases;

    #[test]
    fn both_or_none() {
        assert_eq!(test(&cases::certificate()), None);
        assert_eq!(test(&cases::ca()), None);
        let signs = KeyUsage::KEY_CERT_SIGN.to_der();
        assert!(test(&cases::with(cases::certificate(), known::KEY_USAGE, &signs)).is_some());
        let other = KeyUsage::CRL_SIGN.to_der();
        assert!(test(&cases::with(cases::ca(), known::KEY_USAGE, &other)).is_some());
    }
}
