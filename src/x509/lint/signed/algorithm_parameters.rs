//! Some verifiers compare the whole AlgorithmIdentifier.

use crate::primitives::der::{self, tag};
use crate::primitives::oid::{Oid, known};
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Object;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "algorithm-parameters",
    clause: "RFC 4055, 5; RFC 5758, 3.2; RFC 8410, 3",
    severity: Severity::Error,
    always_kept: false,
    asks: "the signature algorithm has NULL parameters for RSA, none for ECDSA and Ed25519",
    test: Test::Signed(test),
};

fn test(object: &Object<'_>) -> Option<String> {
    let algorithm = der::only(object.frame().algorithm, tag::SEQUENCE, "algorithm").ok()?;
    let mut fields = algorithm.reader();
    let oid = fields.oid("algorithm").ok()?;
    let parameters = fields.rest();
    let label = oid.short_name().unwrap_or("the algorithm");
    if is_pkcs1(&oid) && parameters != [tag::NULL, 0] {
        return Some(format!("{label} has other parameters than NULL"));
    }
    (has_none(&oid) && !parameters.is_empty())
        .then(|| format!("{label} has parameters; it has none"))
}

fn is_pkcs1(oid: &Oid) -> bool {
    [
        known::SHA1_WITH_RSA,
        known::SHA256_WITH_RSA,
        known::SHA384_WITH_RSA,
        known::SHA512_WITH_RSA,
    ]
    .contains(oid)
}

fn has_none(oid: &Oid) -> bool {
    [
        known::ECDSA_WITH_SHA256,
        known::ECDSA_WITH_SHA384,
        known::ECDSA_WITH_SHA512,
        known::ED25519,
    ]
    .contains(oid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn null_for_rsa_alone() {
        let said = |oid: Oid, parameters: &[u8]| {
            let algorithm = der::sequence(&[&oid.to_der()[..], parameters]);
            let mut certificate = cases::certificate();
            certificate.frame.algorithm = &algorithm;
            test(&Object::Certificate(certificate))
        };
        assert_eq!(said(known::SHA256_WITH_RSA, &[5, 0]), None);
        assert!(said(known::SHA256_WITH_RSA, &[]).is_some());
        assert_eq!(said(known::ECDSA_WITH_SHA256, &[]), None);
        assert!(said(known::ECDSA_WITH_SHA256, &[5, 0]).is_some());
        assert!(said(known::ED25519, &[5, 0]).is_some());
    }
}
