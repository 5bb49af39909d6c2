//! Colliding inputs can be made for MD5 and SHA-1. A root's signature on itself proves nothing anyway.

use crate::keys::rests_on_sha1;
use crate::primitives::der::{self, tag};
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Object;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "signature-hash",
    clause: "RFC 6194; RFC 6151; CA/B BR 7.1.3.2",
    severity: Severity::Error,
    always_kept: false,
    asks: "the signature rests on SHA-256 or better, unless the certificate signs itself",
    test: Test::Signed(test),
};

fn test(object: &Object<'_>) -> Option<String> {
    if let Object::Certificate(c) = object
        && c.is_self_issued()
    {
        return None;
    }
    let algorithm = object.frame().algorithm;
    let fields = der::only(algorithm, tag::SEQUENCE, "algorithm").ok();
    let oid = fields.and_then(|a| a.reader().oid("algorithm").ok());
    let old = oid.is_some_and(|oid| OLD.contains(&oid.to_string().as_str()));
    (old || rests_on_sha1(algorithm))
        .then(|| "it is signed with MD2, MD5 or SHA-1, which can be forged".to_owned())
}

/// md2, md4, md5 and sha1WithRSAEncryption, ecdsa-with-SHA1, dsa-with-sha1.
const OLD: [&str; 6] = [
    "1.2.840.113549.1.1.2",
    "1.2.840.113549.1.1.3",
    "1.2.840.113549.1.1.4",
    "1.2.840.113549.1.1.5",
    "1.2.840.10045.4.1",
    "1.2.840.10040.4.3",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::oid::Oid;
    use crate::x509::lint::cases;

    #[test]
    fn old_hashes() {
        let said = |oid: &str| {
            let oid: Oid = oid.parse().unwrap();
            let algorithm = der::sequence(&[&oid.to_der()[..], &[5, 0]]);
            let mut request = cases::request();
            request.frame.algorithm = &algorithm;
            test(&Object::Request(request))
        };
        assert_eq!(said("1.2.840.113549.1.1.11"), None);
        for old in [
            "1.2.840.113549.1.1.4",
            "1.2.840.113549.1.1.5",
            "1.2.840.10045.4.1",
        ] {
            assert!(said(old).is_some(), "{old}");
        }
    }
}
