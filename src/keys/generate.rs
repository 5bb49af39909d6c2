//! New keys. EC and Ed25519 keys come from `ring`; RSA keys, which it can't make, from the primes of
//! `crypto-primes` and the arithmetic of `rsa`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crypto_bigint::BoxedUint;
use crypto_primes::hazmat::{SetBits, SmallFactorsSieveFactory};
use crypto_primes::{Flavor, is_prime, sieve_and_find};
use getrandom::SysRng;
use rand_core::{TryRng, UnwrapErr};
use ring::rand::SystemRandom;
use ring::signature::{self as rs, EcdsaKeyPair, Ed25519KeyPair};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::traits::PrivateKeyParts;
use zeroize::Zeroize;

use super::{KeyError, KeyType, PrivateKey};
use crate::primitives::secret::Secret;

/// A new key from the operating system's randomness.
///
/// # Errors
/// When that fails.
pub fn generate(key_type: KeyType) -> Result<PrivateKey, KeyError> {
    match key_type {
        KeyType::EcP256 => ecdsa(&rs::ECDSA_P256_SHA256_ASN1_SIGNING),
        KeyType::EcP384 => ecdsa(&rs::ECDSA_P384_SHA384_ASN1_SIGNING),
        KeyType::Ed25519 => {
            // `ring` writes version 1 here, which OpenSSL before 3.2 can't read; the
            // constructor writes version 0 whatever it reads.
            let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
            let pkcs8 = pkcs8.map_err(|_| KeyError::NoRandomness)?;
            PrivateKey::from_pkcs8(&Secret::new(pkcs8.as_ref().to_vec()))
        }
        KeyType::Rsa2048 => rsa(2048),
        KeyType::Rsa3072 => rsa(3072),
        KeyType::Rsa4096 => rsa(4096),
    }
}

fn ecdsa(algorithm: &'static rs::EcdsaSigningAlgorithm) -> Result<PrivateKey, KeyError> {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
    let pkcs8 = pkcs8.map_err(|_| KeyError::NoRandomness)?;
    PrivateKey::from_pkcs8(&Secret::new(pkcs8.as_ref().to_vec()))
}

/// An RSA key with e = 65537 by the rules of FIPS 186-5, A.1.3: primes of half the length, each
/// above √2·2^(half-1) (the two highest bits set is more), more than 2^(half-100) apart, and d of
/// more than half the length.
fn rsa(bits: u32) -> Result<PrivateKey, KeyError> {
    // `UnwrapErr` panics where the generator fails; it doesn't once it has worked.
    let mut probe = [0u8; 32];
    SysRng
        .try_fill_bytes(&mut probe)
        .map_err(|_| KeyError::NoRandomness)?;
    loop {
        let (p, q) = two_primes(bits / 2)?;
        // The larger one is p, as everywhere.
        let (p, q) = if p > q { (p, q) } else { (q, p) };
        let mut distance = p.wrapping_sub(&q);
        let too_close = distance.bits() <= bits / 2 - 100;
        distance.zeroize();
        if too_close {
            continue;
        }
        // gcd(p-1, e) is 1 exactly where p mod e is not 1, e being prime; `from_p_q` refuses others.
        let Ok(key) = RsaPrivateKey::from_p_q(p, q, BoxedUint::from(65_537u64)) else {
            continue;
        };
        if key.d().bits() <= bits / 2 {
            continue;
        }
        let pkcs1 = key.to_pkcs1_der().map_err(|_| REFUSED)?;
        return PrivateKey::from_pkcs1(pkcs1.as_bytes());
    }
}

/// Two primes with their two highest bits set, hunted on two threads until there are two: whichever
/// thread finds first goes on for the second, which takes a third less time than one prime each.
/// The test is Baillie-PSW, as in `rsa`; no composite is known to pass it.
fn two_primes(bits: u32) -> Result<(BoxedUint, BoxedUint), KeyError> {
    let found: Mutex<Vec<BoxedUint>> = Mutex::new(Vec::with_capacity(3));
    let enough = AtomicBool::new(false);
    let hunt = || -> Result<(), crypto_primes::Error> {
        let mut random = UnwrapErr(SysRng);
        while !enough.load(Ordering::Relaxed) {
            let sieve = SmallFactorsSieveFactory::new(Flavor::Any, bits, SetBits::TwoMsb)?;
            let prime = sieve_and_find(&mut random, sieve, |_, candidate| {
                enough.load(Ordering::Relaxed) || is_prime(Flavor::Any, candidate)
            })?;
            // What stopped the search may be the other thread's success instead of a prime.
            let mut found = found
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            if let (Some(prime), false) = (prime, enough.load(Ordering::Relaxed)) {
                found.push(prime);
                enough.store(found.len() == 2, Ordering::Relaxed);
            }
        }
        Ok(())
    };
    let outcome = std::thread::scope(|scope| {
        let second = scope.spawn(hunt);
        hunt().and(second.join().unwrap_or(Ok(())))
    });
    let mut found = found
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    match (outcome, found.pop(), found.pop()) {
        (Ok(()), Some(p), Some(q)) => Ok((p, q)),
        _ => Err(REFUSED),
    }
}

const REFUSED: KeyError = KeyError::Internal {
    what: "the primes of a new RSA key",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyKind, file};
    use crate::primitives::random::SystemRandomness;

    #[test]
    fn every_type_signs_and_survives_its_file() {
        let passphrase = Secret::new(b"secret".to_vec());
        for key_type in KeyType::ALL {
            if key_type == KeyType::Rsa4096 {
                continue;
            }
            let key = generate(key_type).unwrap();
            assert_eq!(key.public().kind().key_type(), Some(key_type));
            let signature = key.sign(b"message").unwrap();
            let algorithm = key.signature_algorithm();
            key.public()
                .verify(algorithm, b"message", &signature)
                .unwrap();
            assert!(
                key.public()
                    .verify(algorithm, b"massage", &signature)
                    .is_err()
            );
            for passphrase in [None, Some(&passphrase)] {
                let written = file::write(&key, passphrase, &SystemRandomness::new()).unwrap();
                assert_eq!(
                    file::is_encrypted(written.expose()),
                    Ok(passphrase.is_some())
                );
                let read = file::read(written.expose(), passphrase).unwrap();
                assert_eq!(read.public(), key.public());
                assert_eq!(read.pkcs8().expose(), key.pkcs8().expose());
            }
        }
    }

    #[test]
    fn rsa_keys_have_the_exact_length_and_the_usual_exponent() {
        let key = generate(KeyType::Rsa2048).unwrap();
        let exponent = vec![1, 0, 1];
        let bits = 2048;
        assert_eq!(*key.public().kind(), KeyKind::Rsa { bits, exponent });
    }
}
