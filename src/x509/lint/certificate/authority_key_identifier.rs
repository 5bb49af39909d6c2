//! A self-signed one may leave it out.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Certificate, Extension};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "authority-key-identifier",
    clause: "RFC 5280, 4.2.1.1",
    severity: Severity::Error,
    always_kept: false,
    asks: "what another signed has an authority key identifier with the key's",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    if certificate.is_self_issued() {
        return None;
    }
    let value = certificate.extension(&known::AUTHORITY_KEY_IDENTIFIER);
    let id = value.and_then(Extension::authority_key);
    id.is_none_or(|id| id.is_empty())
        .then(|| "there is no authority key identifier with a key identifier".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn who_signed_is_told() {
        assert_eq!(test(&cases::certificate()), None);
        assert_eq!(
            test(&cases::without(
                cases::ca(),
                &known::AUTHORITY_KEY_IDENTIFIER
            )),
            None
        );
        let bad = cases::without(cases::certificate(), &known::AUTHORITY_KEY_IDENTIFIER);
        assert!(test(&bad).is_some());
        let empty = cases::with(
            cases::certificate(),
            known::AUTHORITY_KEY_IDENTIFIER,
            &[0x30, 0],
        );
        assert!(test(&empty).is_some());
    }
}
