//! Explicit curves let an attacker choose the generator (CVE-2020-0601).

use crate::primitives::der::{self, tag};
use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Object;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "key-parameters",
    clause: "RFC 3279, 2.3.1; RFC 5480, 2.1.1; RFC 8410, 3",
    severity: Severity::Warning,
    always_kept: false,
    asks: "the key's algorithm has NULL parameters for RSA, a named curve for EC, none for Ed25519",
    test: Test::Signed(test),
};

fn test(object: &Object<'_>) -> Option<String> {
    let mut spki = der::only(object.spki()?, tag::SEQUENCE, "key")
        .ok()?
        .reader();
    let mut algorithm = spki.sequence("algorithm").ok()?;
    let oid = algorithm.oid("algorithm").ok()?;
    let parameters = algorithm.rest();
    let said = |what: &str| Some(what.to_owned());
    match parameters.first() {
        _ if oid == known::RSA_ENCRYPTION && parameters != [tag::NULL, 0] => {
            said("the RSA key has other parameters than NULL")
        }
        first if oid == known::EC_PUBLIC_KEY && first != Some(&tag::OID) => {
            said("the EC key does not name its curve")
        }
        Some(_) if oid == known::ED25519 => said("the Ed25519 key has parameters"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn parameters_of_keys() {
        let said = |oid: &[u8], parameters: &[u8]| {
            let algorithm = der::sequence(&[oid, parameters]);
            let spki = der::sequence(&[algorithm, der::bit_string(&[4])]);
            let mut request = cases::request();
            request.spki = &spki;
            test(&Object::Request(request))
        };
        let rsa = known::RSA_ENCRYPTION.to_der();
        assert_eq!(said(&rsa, &[5, 0]), None);
        assert!(said(&rsa, &[]).is_some());
        let ec = known::EC_PUBLIC_KEY.to_der();
        assert_eq!(said(&ec, &known::PRIME256V1.to_der()), None);
        assert!(said(&ec, &[0x30, 0]).is_some());
        assert!(said(&ec, &[]).is_some());
        let edwards = known::ED25519.to_der();
        assert_eq!(said(&edwards, &[]), None);
        assert!(said(&edwards, &[5, 0]).is_some());
    }
}
