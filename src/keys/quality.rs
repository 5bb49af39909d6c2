//! Is this public key fit to certify: faults that a stranger's key can have, whatever a profile
//! allows.
//!
//! Each check is on public numbers, so none of them needs constant time. The list follows CA/Browser
//! Forum Baseline Requirements 6.1.1.3 and 6.1.6, without their blocklist of Debian's weak keys.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use super::points::{self, PointFault};
use super::public::{KeyKind, PublicKey, bit_length, magnitude, rsa_integers};
use super::weakness::{FERMAT_ROUNDS, LEAST_BITS, LEAST_EXPONENT, MOST_EXPONENT_BITS, SMALL};
use crate::primitives::der::{self, Reader, tag};

pub use super::weakness::Weakness;

/// Everything that speaks against certifying `key`.
pub fn check(key: &PublicKey) -> Vec<Weakness> {
    let mut found = material(key);
    if has_odd_parameters(key) {
        found.push(Weakness::Parameters);
    }
    found
}

fn material(key: &PublicKey) -> Vec<Weakness> {
    match key.kind() {
        KeyKind::Rsa { .. } => rsa(key.bits()),
        KeyKind::EcP256 => ec(key.bits(), 65, |point| {
            p256::PublicKey::from_sec1_bytes(point).is_ok()
        }),
        KeyKind::EcP384 => ec(key.bits(), 97, |point| {
            p384::PublicKey::from_sec1_bytes(point).is_ok()
        }),
        KeyKind::Ed25519 => ed25519(key.bits()),
        kind @ (KeyKind::EcP521 | KeyKind::Other { .. }) => {
            let kind = kind.to_string();
            vec![Weakness::Unknown { kind }]
        }
    }
}

fn has_odd_parameters(key: &PublicKey) -> bool {
    let parameters = Reader::new(key.spki())
        .sequence("key")
        .and_then(|mut spki| spki.sequence("algorithm"))
        .and_then(|mut algorithm| algorithm.oid("algorithm").map(|_| algorithm.rest()));
    let Ok(parameters) = parameters else {
        return true;
    };
    match key.kind() {
        KeyKind::Rsa { .. } => parameters != [tag::NULL, 0],
        KeyKind::EcP256 | KeyKind::EcP384 | KeyKind::EcP521 => {
            der::only(parameters, tag::OID, "curve").is_err()
        }
        KeyKind::Ed25519 => !parameters.is_empty(),
        KeyKind::Other { .. } => false,
    }
}

fn ec(point: &[u8], expected: usize, on_curve: impl Fn(&[u8]) -> bool) -> Vec<Weakness> {
    let length = point.len();
    match point {
        [form @ (2 | 3 | 6 | 7), ..] => vec![Weakness::EcPointForm { form: *form }],
        [4, ..] if length == expected && on_curve(point) => vec![],
        [4, ..] if length == expected => vec![Weakness::EcPointOffCurve],
        [form, ..] if *form != 4 && length == expected => {
            vec![Weakness::EcPointForm { form: *form }]
        }
        _ => vec![Weakness::EcPointLength { length, expected }],
    }
}

fn ed25519(key: &[u8]) -> Vec<Weakness> {
    let length = key.len();
    let Ok(key) = key.try_into() else {
        return vec![Weakness::Ed25519Length { length }];
    };
    match points::ed25519(key) {
        Ok(()) => vec![],
        Err(PointFault::NotCanonical) => vec![Weakness::Ed25519NotCanonical],
        Err(PointFault::OffCurve) => vec![Weakness::Ed25519OffCurve],
        Err(PointFault::SmallOrder) => vec![Weakness::Ed25519SmallOrder],
    }
}

fn rsa(bits: &[u8]) -> Vec<Weakness> {
    let Ok([modulus, exponent]) = rsa_integers(bits) else {
        return vec![];
    };
    let mut found = Vec::new();
    for (part, digits) in [("modulus", modulus), ("exponent", exponent)] {
        match digits {
            [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => {
                found.push(Weakness::RsaIntegerNotMinimal { part });
            }
            _ => {}
        }
        if digits.first().is_some_and(|high| high & 0x80 != 0) {
            found.push(Weakness::RsaIntegerNegative { part });
        }
    }
    let (modulus, exponent) = (magnitude(modulus), magnitude(exponent));
    if bit_length(modulus) < LEAST_BITS {
        let bits = bit_length(modulus);
        found.push(Weakness::RsaShort { bits });
    }
    found.extend(exponent_faults(exponent));
    found.extend(modulus_faults(modulus));
    found
}

fn exponent_faults(exponent: &[u8]) -> Vec<Weakness> {
    let mut found = Vec::new();
    let bits = bit_length(exponent);
    let small = exponent.iter().fold(0u64, |n, d| n << 8 | u64::from(*d));
    if bits <= 64 && small < LEAST_EXPONENT {
        found.push(Weakness::RsaExponentSmall { exponent: small });
    }
    if bits > MOST_EXPONENT_BITS {
        found.push(Weakness::RsaExponentLarge { bits });
    }
    if exponent.last().is_none_or(|low| low & 1 == 0) {
        found.push(Weakness::RsaExponentEven);
    }
    found
}

fn modulus_faults(modulus: &[u8]) -> Vec<Weakness> {
    if modulus.last().is_none_or(|low| low & 1 == 0) {
        return vec![Weakness::RsaModulusEven];
    }
    let odd = (3..SMALL).step_by(2);
    // The first divisor found is a prime without asking.
    if let Some(factor) = odd.into_iter().find(|n| remainder(modulus, *n) == 0) {
        return vec![Weakness::RsaSmallFactor { factor }];
    }
    if is_roca(modulus) {
        return vec![Weakness::RsaRoca];
    }
    // Nobody has a modulus beyond this; the square roots shall not take for ever.
    if bit_length(modulus) <= 16_384 && has_close_primes(modulus) {
        return vec![Weakness::RsaClosePrimes];
    }
    // nor shall the powers: no signature under a longer one can be checked
    if bit_length(modulus) <= 8192 && passes_for_prime(modulus) {
        return vec![Weakness::RsaPrime];
    }
    vec![]
}

/// Fermat's little theorem to the base 2: what a prime passes, and next to no product of two.
fn passes_for_prime(modulus: &[u8]) -> bool {
    let Ok(bits) = u32::try_from(modulus.len() * 8) else {
        return false;
    };
    let Ok(n) = BoxedUint::from_be_slice(modulus, bits) else {
        return false;
    };
    let Some(odd) = Odd::new(n.clone()).into_option() else {
        return false;
    };
    let parameters = BoxedMontyParams::new_vartime(odd);
    let one = BoxedUint::one_with_precision(bits);
    let two = one.wrapping_add(&one);
    let power = BoxedMontyForm::new(two, &parameters).pow(&n.wrapping_sub(&one));
    power.retrieve() == one
}

fn remainder(number: &[u8], divisor: u64) -> u64 {
    number
        .iter()
        .fold(0, |rest, digit| (rest << 8 | u64::from(*digit)) % divisor)
}

/// Nemec and others, "The Return of Coppersmith's Attack", 2017, 2.3: such a modulus is a power of
/// 65537 modulo each small prime. These are the primes at which that says most; an honest modulus
/// passes for one of them once in 2^27.
fn is_roca(modulus: &[u8]) -> bool {
    const PRIMES: [u64; 17] = [
        11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157,
    ];
    PRIMES.into_iter().all(|prime| {
        let rest = remainder(modulus, prime);
        let mut power = 1;
        (0..prime).any(|_| {
            power = power * 65_537 % prime;
            power == rest
        })
    })
}

/// Fermat: n = a² - b² for an a little above √n.
fn has_close_primes(modulus: &[u8]) -> bool {
    // Room for the square of a number above the root.
    let Ok(bits) = u32::try_from(modulus.len() * 8 + 64) else {
        return false;
    };
    let Ok(n) = BoxedUint::from_be_slice(modulus, bits) else {
        return false;
    };
    let one = BoxedUint::one_with_precision(bits);
    let mut a = n.floor_sqrt_vartime();
    if a.wrapping_mul(&a) == n {
        return true;
    }
    a = a.wrapping_add(&one);
    (0..FERMAT_ROUNDS).any(|_| {
        let square = a.wrapping_mul(&a).wrapping_sub(&n);
        a = a.wrapping_add(&one);
        let digits = square.to_be_bytes();
        // Most numbers are told not to be squares by their remainders; roots are dear.
        [64, 63, 65, 11, 17, 19].into_iter().all(|m| {
            let rest = remainder(&digits, m);
            (0..m).any(|root| root * root % m == rest)
        }) && square.checked_sqrt_vartime().is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyType, forms, generate};

    fn codes(key: &PublicKey) -> Vec<&'static str> {
        check(key).iter().map(Weakness::code).collect()
    }

    fn rsa_key(modulus: &[u8], exponent: &[u8]) -> PublicKey {
        raw_rsa_key(&der::unsigned(modulus), &der::unsigned(exponent))
    }

    fn raw_rsa_key(modulus: &[u8], exponent: &[u8]) -> PublicKey {
        let bits = der::sequence(&[modulus, exponent]);
        PublicKey::from_parts(&forms::rsa_algorithm(), &bits).unwrap()
    }

    /// An odd number of so many bits without a small factor, and not a product of close ones.
    fn modulus(bits: u32) -> Vec<u8> {
        let mut number = vec![0x5au8; bits.div_ceil(8) as usize];
        number[0] = if bits.is_multiple_of(8) {
            0xc5
        } else {
            (1 << (bits % 8)) - 1
        };
        loop {
            let last = number.len() - 1;
            number[last] = number[last].wrapping_add(2) | 1;
            number[last - 1] = number[last - 1].wrapping_add(1);
            if modulus_faults(&number).is_empty() {
                return number;
            }
        }
    }

    const F4: &[u8] = &[1, 0, 1];

    #[test]
    fn our_own_keys_are_fit() {
        for key_type in [
            KeyType::EcP256,
            KeyType::EcP384,
            KeyType::Ed25519,
            KeyType::Rsa2048,
        ] {
            let key = generate::generate(key_type).unwrap();
            assert_eq!(check(key.public()), [], "{key_type}");
        }
    }

    #[test]
    fn rsa_bits_are_counted_exactly() {
        assert_eq!(check(&rsa_key(&modulus(2048), F4)), []);
        let short = rsa_key(&modulus(2047), F4);
        assert_eq!(short.kind().to_string(), "RSA 2047 bits");
        assert_eq!(
            check(&short)[0].to_string(),
            "RSA modulus has 2047 bits; at least 2048 are needed"
        );
    }

    #[test]
    fn rsa_exponents() {
        let n = modulus(2048);
        for (exponent, expected) in [
            (&[3][..], &["rsa-exponent-small"][..]),
            (&[1], &["rsa-exponent-small"]),
            (&[0], &["rsa-exponent-small", "rsa-exponent-even"]),
            (&[1, 0, 0], &["rsa-exponent-small", "rsa-exponent-even"]),
            (&[1, 0, 2], &["rsa-exponent-even"]),
            (&[1; 32], &[]),
            (&[1; 33], &["rsa-exponent-large"]),
            (&[1, 0, 0, 0, 0, 0, 0, 0, 3], &[]),
        ] {
            assert_eq!(codes(&rsa_key(&n, exponent)), expected, "{exponent:?}");
        }
    }

    #[test]
    fn rsa_moduli() {
        let mut even = modulus(2048);
        *even.last_mut().unwrap() &= 0xfe;
        assert_eq!(codes(&rsa_key(&even, F4)), ["rsa-modulus-even"]);

        let wide = 4096;
        let small = |n: u64| BoxedUint::from_be_slice(&n.to_be_bytes(), wide).unwrap();
        let n = BoxedUint::from_be_slice(&modulus(2048), wide).unwrap();
        let times = |factor: u64| {
            let product = n.wrapping_mul(small(factor));
            codes(&rsa_key(&product.to_be_bytes(), F4))
        };
        assert_eq!(times(751), ["rsa-small-factor"]);
        assert_eq!(times(757), [""; 0]);

        let close = n.wrapping_mul(n.wrapping_add(small(1002)));
        assert!(has_close_primes(&close.to_be_bytes()));

        let mut power = BoxedUint::one_with_precision(wide);
        for _ in 0..130 {
            power = power.wrapping_mul(small(65_537));
        }
        assert_eq!(codes(&rsa_key(&power.to_be_bytes(), F4)), ["rsa-roca"]);
    }

    #[test]
    fn rsa_integers_that_are_not_der() {
        let mut n = modulus(2048);
        let negative = raw_rsa_key(&der::tlv(tag::INTEGER, &n), &der::unsigned(F4));
        assert_eq!(codes(&negative), ["rsa-integer-negative"]);
        n.splice(0..0, [0, 0]);
        let padded = raw_rsa_key(&der::tlv(tag::INTEGER, &n), &der::unsigned(F4));
        assert_eq!(codes(&padded), ["rsa-integer-not-minimal"]);
    }

    #[test]
    fn ec_points() {
        let key = generate::generate(KeyType::EcP256).unwrap();
        let algorithm = forms::Curve::P256.algorithm();
        let with = |bits: &[u8]| codes(&PublicKey::from_parts(&algorithm, bits).unwrap());
        let mut point = key.public().bits().to_vec();
        assert_eq!(with(&point), [""; 0]);
        assert_eq!(with(&point[..64]), ["ec-point-length"]);
        assert_eq!(with(&[0]), ["ec-point-length"]);
        point[64] ^= 1;
        assert_eq!(with(&point), ["ec-point-off-curve"]);
        point[0] = 2;
        assert_eq!(with(&point[..33]), ["ec-point-form"]);
    }

    #[test]
    fn other_kinds_are_not_waved_through() {
        let algorithm = der::sequence(&[crate::primitives::oid::known::EC_PUBLIC_KEY.to_der()]);
        let key = PublicKey::from_parts(&algorithm, &[4]).unwrap();
        assert_eq!(codes(&key), ["key-kind-unknown"]);
        let short = PublicKey::from_parts(&forms::ed25519_algorithm(), &[4]).unwrap();
        assert_eq!(codes(&short), ["ed25519-length"]);
    }
}
