//! Other ways are allowed (RFC 7093 has four); privca, EasyRSA and OpenSSL keep to this one.

use crate::primitives::der::{self, tag};
use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "key-identifier-method",
    clause: "RFC 5280, 4.2.1.2 (method 1)",
    severity: Severity::Notice,
    always_kept: true,
    asks: "the subject key identifier is the SHA-1 of the key, as OpenSSL makes it",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let extension = certificate.extension(&known::SUBJECT_KEY_IDENTIFIER)?;
    let id = der::only(extension.value, tag::OCTET_STRING, "identifier").ok()?;
    let right = certificate.public_key()?.identifier();
    (id.value != right).then(|| "it was made in another way".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn sha_1_of_the_key() {
        assert_eq!(test(&cases::certificate()), None);
        let bad = cases::with(
            cases::certificate(),
            known::SUBJECT_KEY_IDENTIFIER,
            &[4, 1, 1],
        );
        assert!(test(&bad).is_some());
    }
}
