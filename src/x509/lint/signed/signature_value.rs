//! What stands there before anybody verifies it; a draft has none yet.

use crate::primitives::der::{self, DerError, Tlv, tag};
use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Object;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "signature-value",
    clause: "RFC 5480, appendix A; RFC 8410, 6; X.690",
    severity: Severity::Error,
    always_kept: false,
    asks: "the signature is whole octets, for ECDSA two positive INTEGERs, for Ed25519 64 octets",
    test: Test::Signed(test),
};

fn test(object: &Object<'_>) -> Option<String> {
    let frame = object.frame();
    let bits = frame.signature?;
    let [0, signature @ ..] = bits else {
        return Some("the BIT STRING of the signature has unused bits".to_owned());
    };
    let algorithm = der::only(frame.algorithm, tag::SEQUENCE, "algorithm").ok()?;
    let oid = algorithm.reader().oid("algorithm").ok()?;
    let ecdsa = [
        known::ECDSA_WITH_SHA256,
        known::ECDSA_WITH_SHA384,
        known::ECDSA_WITH_SHA512,
    ];
    if ecdsa.contains(&oid) && !is_ecdsa(signature) {
        return Some("the ECDSA signature is no SEQUENCE of two positive INTEGERs".to_owned());
    }
    (oid == known::ED25519 && signature.len() != 64).then(|| {
        format!(
            "the Ed25519 signature has {} octets; it has 64",
            signature.len()
        )
    })
}

fn is_ecdsa(signature: &[u8]) -> bool {
    let read = || {
        let mut numbers = der::only(signature, tag::SEQUENCE, "signature")?.reader();
        let two = [(); 2].map(|()| numbers.require(tag::INTEGER, "number"));
        numbers.finish()?;
        Ok::<_, DerError>(two)
    };
    let positive = |n: &Result<Tlv<'_>, DerError>| {
        n.is_ok_and(|n| matches!(n.value, [1..=0x7f, ..] | [0, 0x80..=0xff, ..]))
    };
    read().is_ok_and(|two| two.iter().all(positive))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_signatures() {
        let two = |a: &[u8], b: &[u8]| {
            der::sequence(&[der::tlv(tag::INTEGER, a), der::tlv(tag::INTEGER, b)])
        };
        assert!(is_ecdsa(&two(&[1], &[0, 0x80])));
        for bad in [
            two(&[0], &[1]),
            two(&[1], &[0x80]),
            two(&[1], &[0, 1]),
            vec![0x30, 0],
        ] {
            assert!(!is_ecdsa(&bad), "{bad:x?}");
        }
    }
}
