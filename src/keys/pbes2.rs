//! PBES2 (RFC 8018, 6.2; scrypt by RFC 7914, 7): how keys are encrypted since OpenSSL 1.1.
//!
//! Read in every variety that OpenSSL writes; written in one, AES-256-CBC under PBKDF2-HMAC-SHA256. A
//! file names its own costs, so they are bounded before any work is done.

use std::num::NonZeroU32;

use pbkdf2::pbkdf2_hmac;
use ring::pbkdf2 as rp;
use sha2::{Sha224, Sha512_224, Sha512_256};
use zeroize::Zeroizing;

use super::KeyError;
use super::cipher::{self, Cipher};
use super::public::name_of;
use crate::primitives::der::{self, Reader, tag};
use crate::primitives::oid::Oid;
use crate::primitives::random::{self, Randomness};
use crate::primitives::secret::Secret;

/// The iterations of PBKDF2-HMAC-SHA256 in the files that privca writes: what OWASP asks for
/// (Password Storage Cheat Sheet, 2023).
pub const ITERATIONS: u32 = 600_000;

/// The most iterations of any PBKDF2 that are taken on: some seconds.
pub(super) const MOST_ITERATIONS: u64 = 10_000_000;
/// The most memory that scrypt may ask for, 128·N·r bytes.
const MOST_SCRYPT_MEMORY: u64 = 1 << 30;
/// The most work that scrypt may ask for, 128·N·r·p bytes: some seconds.
const MOST_SCRYPT_WORK: u64 = 2 << 30;

/// Decrypts `data` by the PBES2-params in `parameters`.
pub(super) fn decrypt(
    parameters: &mut Reader<'_>,
    data: &[u8],
    passphrase: &Secret,
) -> Result<Secret, KeyError> {
    let mut fields = parameters.sequence("PBES2 without parameters")?;
    let mut derivation = fields.sequence("PBES2 without key derivation")?;
    let mut encryption = fields.sequence("PBES2 without cipher")?;
    fields.finish()?;

    let cipher = encryption.oid("PBES2 cipher has no object identifier")?;
    let cipher = cipher_of(&cipher)?;
    let iv = encryption.require(
        tag::OCTET_STRING,
        "PBES2 cipher has no initialization vector",
    )?;
    if iv.value.len() != cipher.iv_length() {
        return Err(KeyError::malformed(
            "PBES2 initialization vector of wrong length",
        ));
    }

    let mut key = Zeroizing::new(vec![0; cipher.key_length()]);
    let kdf = derivation.oid("PBES2 key derivation has no object identifier")?;
    if kdf == PBKDF2 {
        pbkdf2(&mut derivation, passphrase, &mut key)?;
    } else if kdf == SCRYPT {
        scrypt(&mut derivation, passphrase.expose(), &mut key)?;
    } else {
        return Err(unknown("PBES2 with", &kdf));
    }
    cipher.decrypt(&key, iv.value, data)
}

/// Encrypts `data` under a key of so many iterations; gives the AlgorithmIdentifier and the
/// encrypted octets.
pub(super) fn encrypt(
    data: &Secret,
    passphrase: &Secret,
    iterations: u32,
    random: &dyn Randomness,
) -> Result<(Vec<u8>, Vec<u8>), KeyError> {
    let salt: [u8; 16] = random::bytes(random)?;
    let iv: [u8; 16] = random::bytes(random)?;
    let mut key = Zeroizing::new([0; 32]);
    rp::derive(
        rp::PBKDF2_HMAC_SHA256,
        NonZeroU32::new(iterations).unwrap_or(NonZeroU32::MIN),
        &salt,
        passphrase.expose(),
        &mut *key,
    );
    let encrypted = cipher::encrypt_aes256(&*key, &iv, data.expose())?;

    let prf = der::sequence(&[HMAC_SHA256.to_der(), vec![tag::NULL, 0]]);
    let derivation = der::sequence(&[
        der::tlv(tag::OCTET_STRING, &salt),
        der::unsigned(&iterations.to_be_bytes()),
        prf,
    ]);
    let derivation = der::sequence(&[PBKDF2.to_der(), derivation]);
    let encryption = der::sequence(&[AES_256_CBC.to_der(), der::tlv(tag::OCTET_STRING, &iv)]);
    let parameters = der::sequence(&[derivation, encryption]);
    Ok((der::sequence(&[PBES2.to_der(), parameters]), encrypted))
}

fn cipher_of(oid: &Oid) -> Result<Cipher, KeyError> {
    [
        (AES_128_CBC, Cipher::Aes128),
        (AES_192_CBC, Cipher::Aes192),
        (AES_256_CBC, Cipher::Aes256),
        (DES_EDE3_CBC, Cipher::TripleDes),
        (DES_CBC, Cipher::Des),
    ]
    .into_iter()
    .find_map(|(known, cipher)| (known == *oid).then_some(cipher))
    .ok_or_else(|| unknown("PBES2 with", oid))
}

fn pbkdf2(
    derivation: &mut Reader<'_>,
    passphrase: &Secret,
    key: &mut [u8],
) -> Result<(), KeyError> {
    let mut fields = derivation.sequence("PBKDF2 without parameters")?;
    let salt = fields
        .require(tag::OCTET_STRING, "PBKDF2 without salt")?
        .value;
    let iterations = iterations(&mut fields)?;
    if fields.peek() == Some(tag::INTEGER) {
        key_length(&mut fields, key.len())?;
    }
    // RFC 8018, A.2: HMAC-SHA1 where nothing is said.
    let prf = match fields.optional(tag::SEQUENCE)? {
        Some(prf) => prf.reader().oid("PBKDF2 hash has no object identifier")?,
        None => HMAC_SHA1,
    };
    fields.finish()?;
    let passphrase = passphrase.expose();
    if let Some((_, prf)) = RING.iter().find(|(known, _)| *known == prf) {
        rp::derive(*prf, iterations, salt, passphrase, key);
    } else if let Some((_, derive)) = NOT_IN_RING.iter().find(|(known, _)| *known == prf) {
        derive(passphrase, salt, iterations.get(), key);
    } else {
        return Err(unknown("PBKDF2 with", &prf));
    }
    Ok(())
}

fn scrypt(derivation: &mut Reader<'_>, passphrase: &[u8], key: &mut [u8]) -> Result<(), KeyError> {
    let mut fields = derivation.sequence("scrypt without parameters")?;
    let salt = fields
        .require(tag::OCTET_STRING, "scrypt without salt")?
        .value;
    let n = number(&mut fields, "scrypt without its N")?;
    let r = number(&mut fields, "scrypt without its r")?;
    let p = number(&mut fields, "scrypt without its p")?;
    if !fields.is_empty() {
        key_length(&mut fields, key.len())?;
    }
    fields.finish()?;
    let bounded = |what, asked: u64, limit| {
        let refused = KeyError::TooCostly { what, asked, limit };
        if asked > limit {
            Err(refused)
        } else {
            Ok(asked)
        }
    };
    let memory = n.saturating_mul(r).saturating_mul(128);
    bounded("scrypt memory", memory, MOST_SCRYPT_MEMORY)?;
    bounded("scrypt work", memory.saturating_mul(p), MOST_SCRYPT_WORK)?;

    let wrong = || KeyError::malformed("scrypt parameters that fit no file");
    let narrow = |n: u64| u32::try_from(n).map_err(|_| wrong());
    let log_n = u8::try_from(n.trailing_zeros())
        .ok()
        .filter(|_| n.is_power_of_two() && n > 1);
    let parameters = scrypt::Params::new(log_n.ok_or_else(wrong)?, narrow(r)?, narrow(p)?);
    scrypt::scrypt(passphrase, salt, &parameters.map_err(|_| wrong())?, key).map_err(|_| wrong())
}

/// A count of iterations that is worth starting.
pub(super) fn iterations(fields: &mut Reader<'_>) -> Result<NonZeroU32, KeyError> {
    let asked = number(fields, "key derivation without iterations")?;
    if asked > MOST_ITERATIONS {
        return Err(KeyError::TooCostly {
            what: "iteration count",
            asked,
            limit: MOST_ITERATIONS,
        });
    }
    u32::try_from(asked)
        .ok()
        .and_then(NonZeroU32::new)
        .ok_or_else(|| KeyError::malformed("key derivation without an iteration"))
}

fn key_length(fields: &mut Reader<'_>, expected: usize) -> Result<(), KeyError> {
    let length = number(fields, "key length is no number")?;
    if usize::try_from(length) != Ok(expected) {
        let what = format!("key derivation for {length} bytes with a cipher that takes {expected}");
        return Err(KeyError::malformed(what));
    }
    Ok(())
}

/// A positive INTEGER; more than 64 bits count as the highest number.
fn number(fields: &mut Reader<'_>, what: &'static str) -> Result<u64, KeyError> {
    let digits = fields.require(tag::INTEGER, what)?.value;
    match digits {
        [] => Err(KeyError::malformed(what)),
        [high, ..] if high & 0x80 != 0 => Err(KeyError::malformed(what)),
        [0, digits @ ..] | digits if digits.len() <= 8 => {
            Ok(digits.iter().fold(0, |n, d| n << 8 | u64::from(*d)))
        }
        _ => Ok(u64::MAX),
    }
}

fn unknown(scheme: &str, oid: &Oid) -> KeyError {
    KeyError::unsupported(
        format!("{scheme} {}", name_of(oid)),
        super::file::ENCRYPT_ANEW,
    )
}

/// PBES2 itself.
pub(super) const PBES2: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13]);
pub(super) const PBKDF2: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12]);
pub(super) const SCRYPT: Oid = Oid::known(&[0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 11]);
const AES_128_CBC: Oid = Oid::known(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2]);
const AES_192_CBC: Oid = Oid::known(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 22]);
const AES_256_CBC: Oid = Oid::known(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42]);
const DES_EDE3_CBC: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 3, 7]);
const DES_CBC: Oid = Oid::known(&[0x2b, 0x0e, 3, 2, 7]);
const HMAC_SHA1: Oid = hmac(7);
const HMAC_SHA256: Oid = hmac(9);
const RING: [(Oid, rp::Algorithm); 4] = [
    (HMAC_SHA1, rp::PBKDF2_HMAC_SHA1),
    (HMAC_SHA256, rp::PBKDF2_HMAC_SHA256),
    (hmac(10), rp::PBKDF2_HMAC_SHA384),
    (hmac(11), rp::PBKDF2_HMAC_SHA512),
];
const NOT_IN_RING: [(Oid, Derive); 3] = [
    (hmac(8), pbkdf2_hmac::<Sha224>),
    (hmac(12), pbkdf2_hmac::<Sha512_224>),
    (hmac(13), pbkdf2_hmac::<Sha512_256>),
];
type Derive = fn(&[u8], &[u8], u32, &mut [u8]);

/// rsadsi digestAlgorithm `n` (RFC 8018, B.1.2).
const fn hmac(n: u8) -> Oid {
    Oid::known(match n {
        7 => &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 7],
        8 => &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 8],
        9 => &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9],
        10 => &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 10],
        11 => &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11],
        12 => &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 12],
        _ => &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 13],
    })
}
