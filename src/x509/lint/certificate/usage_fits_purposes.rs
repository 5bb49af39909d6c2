//! A certificate is used only where both extensions allow it.

use crate::primitives::oid::{Oid, known};
use crate::x509::key_usage::purpose_word;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "usage-fits-purposes",
    clause: "RFC 5280, 4.2.1.12",
    severity: Severity::Warning,
    always_kept: false,
    asks: "key usage has a bit that goes with each purpose",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    if certificate.is_ca() {
        return None;
    }
    let words = certificate.key_usage()?.words();
    let fits = |purpose: &&Oid| {
        let consistent = consistent_with(purpose);
        consistent.is_empty() || words.iter().any(|word| consistent.contains(word))
    };
    let purposes = certificate.purposes();
    let purpose = purposes.iter().find(|purpose| !fits(purpose))?;
    Some(format!(
        "key usage has no bit for {}",
        purpose_word(purpose)
    ))
}

/// The bits that RFC 5280 calls consistent; none where it says nothing.
fn consistent_with(purpose: &Oid) -> &'static [&'static str] {
    match purpose {
        p if *p == known::SERVER_AUTH => &["digitalSignature", "keyEncipherment", "keyAgreement"],
        p if *p == known::CLIENT_AUTH => &["digitalSignature", "keyAgreement"],
        p if *p == known::CODE_SIGNING => &["digitalSignature"],
        p if *p == known::EMAIL_PROTECTION => &[
            "digitalSignature",
            "nonRepudiation",
            "keyEncipherment",
            "keyAgreement",
        ],
        p if *p == known::TIME_STAMPING || *p == known::OCSP_SIGNING => {
            &["digitalSignature", "nonRepudiation"]
        }
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::key_usage::KeyUsage;
    use crate::x509::lint::cases;

    #[test]
    fn bits_and_purposes() {
        assert_eq!(test(&cases::certificate()), None);
        let other = KeyUsage::CRL_SIGN.to_der();
        assert!(test(&cases::with(cases::certificate(), known::KEY_USAGE, &other)).is_some());
    }
}
