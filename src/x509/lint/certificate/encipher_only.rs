//! Without it their meaning is undefined.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "encipher-only",
    clause: "RFC 5280, 4.2.1.3",
    severity: Severity::Warning,
    always_kept: false,
    asks: "encipherOnly and decipherOnly come with keyAgreement",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let words = certificate.key_usage()?.words();
    let only = words
        .iter()
        .find(|word| ["encipherOnly", "decipherOnly"].contains(word))?;
    (!words.contains(&"keyAgreement")).then(|| format!("key usage has {only} without keyAgreement"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::oid::known;
    use crate::x509::key_usage::KeyUsage;
    use crate::x509::lint::cases;

    #[test]
    fn with_key_agreement() {
        let usage = |words: &[&str]| {
            let bits = words.iter().filter_map(|word| KeyUsage::by_word(word));
            let all = bits.reduce(KeyUsage::with).unwrap();
            test(&cases::with(
                cases::certificate(),
                known::KEY_USAGE,
                &all.to_der(),
            ))
        };
        assert_eq!(usage(&["keyAgreement", "encipherOnly"]), None);
        assert!(usage(&["digitalSignature", "decipherOnly"]).is_some());
    }
}
