//! Public keys, as the exact bytes that are certified, and what kind they are.

use std::fmt;

use ring::digest;

use super::{KeyError, KeyType};
use crate::primitives::der::{self, Reader, tag};
use crate::primitives::hex;
use crate::primitives::oid::{Oid, known};

/// A public key: an X.509 SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), kept byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    spki: Vec<u8>,
    bits: Vec<u8>,
    kind: KeyKind,
}

/// What kind of key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// An EC key on P-256 (secp256r1, prime256v1).
    EcP256,
    /// An EC key on P-384 (secp384r1).
    EcP384,
    /// An EC key on P-521: recognised, but `ring` cannot use it.
    EcP521,
    /// An Ed25519 key (RFC 8410).
    Ed25519,
    /// An RSA key.
    Rsa {
        /// The exact bit length of the modulus.
        bits: usize,
        /// The public exponent, big-endian without leading zeros.
        exponent: Vec<u8>,
    },
    /// Something else; nothing can be checked with it.
    Other {
        /// The algorithm.
        algorithm: Oid,
        /// The curve, where an EC key names it.
        curve: Option<Oid>,
    },
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo. Only its frame must be sound: whether the key in it is fit
    /// for use is a question for [`super::quality`].
    ///
    /// # Errors
    /// When it is not one.
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        let mut outer = Reader::new(der);
        let mut spki = outer.sequence("public key is not a SEQUENCE")?;
        outer.finish()?;
        let mut algorithm = spki.sequence("public key has no algorithm")?;
        let bits = spki.bit_string("public key has no BIT STRING")?;
        spki.finish()?;
        let oid = algorithm.oid("public key algorithm has no object identifier")?;
        let curve = if oid == known::EC_PUBLIC_KEY && algorithm.peek() == Some(tag::OID) {
            Some(algorithm.oid("curve is no object identifier")?)
        } else {
            None
        };
        Ok(Self {
            spki: der.to_vec(),
            bits: bits.to_vec(),
            kind: KeyKind::of(oid, curve, bits)?,
        })
    }

    /// From a known AlgorithmIdentifier and the contents of the BIT STRING.
    pub(super) fn from_parts(algorithm: &[u8], bits: &[u8]) -> Result<Self, KeyError> {
        Self::from_spki(&der::sequence(&[algorithm, &der::bit_string(bits)]))
    }

    /// The whole SubjectPublicKeyInfo.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// What kind of key it is.
    pub fn kind(&self) -> &KeyKind {
        &self.kind
    }

    /// The contents of the BIT STRING: the EC point, the Ed25519 key, the RSAPublicKey.
    pub fn bits(&self) -> &[u8] {
        &self.bits
    }

    /// The key identifier of RFC 5280, 4.2.1.2, method 1 (OpenSSL's `hash`): SHA-1 of the bits.
    pub fn identifier(&self) -> [u8; 20] {
        hash(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.bits)
    }

    /// What Debian's openssl-blacklist lists of an RSA key: the last 20 hex digits of the SHA-1 of the
    /// line that `openssl rsa -modulus` prints.
    pub fn openssl_blacklist_digest(&self) -> Option<[u8; 10]> {
        let KeyKind::Rsa { .. } = self.kind else {
            return None;
        };
        let [modulus, _] = rsa_integers(&self.bits).ok()?.map(magnitude);
        let digits = hex::lower(modulus).to_ascii_uppercase();
        let line = format!("Modulus={}\n", digits.trim_start_matches('0'));
        let digest: [u8; 20] = hash(&digest::SHA1_FOR_LEGACY_USE_ONLY, line.as_bytes());
        digest.last_chunk().copied()
    }

    /// SHA-256 of the whole SubjectPublicKeyInfo.
    pub fn sha256(&self) -> [u8; 32] {
        hash(&digest::SHA256, &self.spki)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.kind)
    }
}

impl KeyKind {
    fn of(oid: Oid, curve: Option<Oid>, bits: &[u8]) -> Result<Self, KeyError> {
        Ok(match curve {
            Some(curve) if curve == known::PRIME256V1 => Self::EcP256,
            Some(curve) if curve == known::SECP384R1 => Self::EcP384,
            Some(curve) if curve == known::SECP521R1 => Self::EcP521,
            None if oid == known::ED25519 => Self::Ed25519,
            None if oid == known::RSA_ENCRYPTION => {
                let [modulus, exponent] = rsa_integers(bits)?.map(magnitude);
                Self::Rsa {
                    bits: bit_length(modulus),
                    exponent: exponent.to_vec(),
                }
            }
            curve => Self::Other {
                algorithm: oid,
                curve,
            },
        })
    }
}

impl KeyKind {
    /// The type to generate for another key like this one, where privca makes such keys.
    pub fn key_type(&self) -> Option<KeyType> {
        match self {
            Self::EcP256 => Some(KeyType::EcP256),
            Self::EcP384 => Some(KeyType::EcP384),
            Self::Ed25519 => Some(KeyType::Ed25519),
            Self::Rsa { bits: 2048, .. } => Some(KeyType::Rsa2048),
            Self::Rsa { bits: 3072, .. } => Some(KeyType::Rsa3072),
            Self::Rsa { bits: 4096, .. } => Some(KeyType::Rsa4096),
            Self::Rsa { .. } | Self::EcP521 | Self::Other { .. } => None,
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EcP256 => f.write_str("EC P-256"),
            Self::EcP384 => f.write_str("EC P-384"),
            Self::EcP521 => f.write_str("EC P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Rsa { bits, .. } => write!(f, "RSA {bits} bits"),
            Self::Other { algorithm, curve } if *algorithm == known::EC_PUBLIC_KEY => match curve {
                Some(curve) => write!(f, "EC {}", name_of(curve)),
                None => f.write_str("EC with explicit parameters"),
            },
            Self::Other { algorithm, .. } if *algorithm == DSA => f.write_str("DSA"),
            Self::Other { algorithm, .. } => f.write_str(&name_of(algorithm)),
        }
    }
}

const DSA: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1]);

/// OpenSSL's long name, or dotted decimal: what an algorithm is called in messages.
pub(super) fn name_of(oid: &Oid) -> String {
    let name = oid.long_name().map(str::to_owned);
    name.unwrap_or_else(|| oid.to_string())
}

/// The contents of the two INTEGERs of an RSAPublicKey (RFC 8017, A.1.1), as they stand.
pub(super) fn rsa_integers(bits: &[u8]) -> Result<[&[u8]; 2], KeyError> {
    let mut outer = Reader::new(bits);
    let mut key = outer.sequence("RSA public key is not a SEQUENCE")?;
    outer.finish()?;
    let modulus = key.require(tag::INTEGER, "RSA public key has no modulus")?;
    let exponent = key.require(tag::INTEGER, "RSA public key has no exponent")?;
    key.finish()?;
    Ok([modulus.value, exponent.value])
}

/// Big-endian digits without leading zeros.
pub(super) fn magnitude(mut number: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = number {
        number = rest;
    }
    number
}

/// The exact length in bits of a number without leading zeros.
pub(super) fn bit_length(magnitude: &[u8]) -> usize {
    let unused = magnitude.first().map_or(0, |b| b.leading_zeros() as usize);
    magnitude.len() * 8 - unused
}

/// A digest as an array of its own length.
pub(super) fn hash<const N: usize>(algorithm: &'static digest::Algorithm, bytes: &[u8]) -> [u8; N] {
    let digest = digest::digest(algorithm, bytes);
    let mut array = [0; N];
    array
        .iter_mut()
        .zip(digest.as_ref())
        .for_each(|(a, b)| *a = *b);
    array
}
