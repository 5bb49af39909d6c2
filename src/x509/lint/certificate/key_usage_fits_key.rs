//! An EC key encrypts no keys, an RSA key agrees on none, an Ed25519 key only signs.

use crate::keys::KeyKind;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "key-usage-fits-key",
    clause: "RFC 8813, 3; RFC 9295, 3; RFC 4055, 1.2",
    severity: Severity::Warning,
    always_kept: false,
    asks: "key usage is for what the kind of key can do",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let key = certificate.public_key()?;
    let cannot: &[&str] = match key.kind() {
        KeyKind::Rsa { .. } => &["keyAgreement", "encipherOnly", "decipherOnly"],
        KeyKind::EcP256 | KeyKind::EcP384 | KeyKind::EcP521 => {
            &["keyEncipherment", "dataEncipherment"]
        }
        KeyKind::Ed25519 => &[
            "keyEncipherment",
            "dataEncipherment",
            "keyAgreement",
            "encipherOnly",
            "decipherOnly",
        ],
        KeyKind::Other { .. } => &[],
    };
    let words = certificate.key_usage()?.words();
    let word = words.iter().find(|word| cannot.contains(word))?;
    Some(format!(
        "key usage has {word}, which a key of this kind cannot do ({})",
        key.kind()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::oid::known;
    use crate::x509::key_usage::KeyUsage;
    use crate::x509::lint::cases;

    #[test]
    fn what_an_ec_key_cannot() {
        assert_eq!(test(&cases::certificate()), None);
        let usage = KeyUsage::KEY_ENCIPHERMENT.to_der();
        assert!(test(&cases::with(cases::certificate(), known::KEY_USAGE, &usage)).is_some());
        let usage = KeyUsage::KEY_AGREEMENT.to_der();
        assert_eq!(
            test(&cases::with(cases::certificate(), known::KEY_USAGE, &usage)),
            None
        );
    }
}
