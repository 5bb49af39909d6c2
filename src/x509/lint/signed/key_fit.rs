//! The tests are those that every request passes; a kind of key that privca cannot judge is none.

use crate::keys::PublicKey;
use crate::keys::quality::{self, Weakness};
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Object;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "key-fit",
    clause: "SP 800-89, 5.3.3; FIPS 186-5, A.1.1; RFC 5480, 2.2; CA/B BR 6.1.5 and 6.1.6",
    severity: Severity::Error,
    always_kept: false,
    asks: "the key is long enough, sound and not known to be broken",
    test: Test::Signed(test),
};

fn test(object: &Object<'_>) -> Option<String> {
    let key = match PublicKey::from_spki(object.spki()?) {
        Ok(key) => key,
        Err(fault) => return Some(fault.to_string()),
    };
    let weaknesses = quality::check(&key);
    let known = |w: &&Weakness| !matches!(w, Weakness::Unknown { .. });
    weaknesses.iter().find(known).map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::der;
    use crate::primitives::oid::known;
    use crate::x509::lint::cases;

    #[test]
    fn weak_keys_are_told() {
        let modulus = der::unsigned(&[0xc5; 128]);
        let rsa = der::sequence(&[modulus, der::unsigned(&[3])]);
        let algorithm = der::sequence(&[known::RSA_ENCRYPTION.to_der(), vec![5, 0]]);
        let spki = der::sequence(&[algorithm, der::bit_string(&rsa)]);
        let mut request = cases::request();
        assert_eq!(test(&Object::Request(cases::request())), None);
        request.spki = &spki;
        assert!(test(&Object::Request(request)).is_some());
    }
}
