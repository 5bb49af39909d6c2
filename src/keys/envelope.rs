//! What can be seen of an encrypted key without its passphrase: scheme, derivation, iterations; and
//! the opening of any kind of key, for showing it.

use std::fmt;

use super::public::name_of;
use super::{KeyError, file, pbes2, traditional};
use crate::primitives::der::{Reader, tag};
use crate::primitives::oid::Oid;
use crate::primitives::pem::Block;
use crate::primitives::secret::Secret;

/// How something is encrypted under a passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// PBES2 (RFC 8018, 6.2).
    Pbes2 {
        /// The cipher.
        cipher: Oid,
        /// How its key is made of the passphrase.
        derivation: Derivation,
    },
    /// PBES1, and PKCS#12's own schemes.
    Pbes1 {
        /// The scheme.
        scheme: Oid,
        /// The length of the salt in bytes.
        salt_length: usize,
        /// How often the hash is applied.
        iterations: u64,
    },
    /// OpenSSL's `DEK-Info`, whose key comes from one round of MD5.
    Traditional {
        /// The cipher, as the header calls it.
        cipher: String,
    },
    /// A scheme that privca does not know.
    Other(Oid),
}

/// How a key is made of a passphrase in PBES2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Derivation {
    /// RFC 8018, 5.2.
    Pbkdf2 {
        /// The pseudo-random function; `None` for the default, HMAC-SHA1.
        prf: Option<Oid>,
        /// The length of the salt in bytes.
        salt_length: usize,
        /// The iterations.
        iterations: u64,
    },
    /// RFC 7914.
    Scrypt {
        /// The length of the salt in bytes.
        salt_length: usize,
        /// N.
        cost: u64,
        /// r.
        block_size: u64,
        /// p.
        parallelism: u64,
    },
    /// Another.
    Other(Oid),
}

impl Envelope {
    /// Reads an AlgorithmIdentifier's contents.
    ///
    /// # Errors
    /// When they are malformed.
    pub fn read(mut algorithm: Reader<'_>) -> Result<Self, KeyError> {
        let scheme = algorithm.oid("encryption has no object identifier")?;
        if scheme == pbes2::PBES2 {
            let mut fields = algorithm.sequence("PBES2 without parameters")?;
            let derivation = fields.sequence("PBES2 without key derivation")?;
            let mut encryption = fields.sequence("PBES2 without cipher")?;
            return Ok(Self::Pbes2 {
                cipher: encryption.oid("PBES2 cipher has no object identifier")?,
                derivation: Derivation::read(derivation)?,
            });
        }
        if super::pbes1::Scheme::of(&scheme).is_none() {
            return Ok(Self::Other(scheme));
        }
        let mut fields = algorithm.sequence("encryption without parameters")?;
        let salt = fields.require(tag::OCTET_STRING, "encryption without salt")?;
        Ok(Self::Pbes1 {
            scheme,
            salt_length: salt.value.len(),
            iterations: number(&mut fields)?,
        })
    }

    /// Of an EncryptedPrivateKeyInfo (RFC 5958, 3).
    ///
    /// # Errors
    /// When it is none.
    pub fn of_key(der: &[u8]) -> Result<Self, KeyError> {
        let mut fields = Reader::new(der).sequence("encrypted key is not a SEQUENCE")?;
        Self::read(fields.sequence("encrypted key has no algorithm")?)
    }

    /// Of a PEM block with `Proc-Type: 4,ENCRYPTED`.
    pub fn of_block(block: &Block) -> Option<Self> {
        let encrypted = block.header("Proc-Type")?.ends_with("ENCRYPTED");
        let info = block.header("DEK-Info").unwrap_or("unknown");
        let cipher = info.split(',').next().unwrap_or(info).trim().to_owned();
        encrypted.then_some(Self::Traditional { cipher })
    }

    /// The work of opening it once, in iterations of a hash.
    pub fn work(&self) -> u64 {
        match self {
            Self::Pbes2 { derivation, .. } => match derivation {
                Derivation::Pbkdf2 { iterations, .. } => *iterations,
                Derivation::Scrypt { .. } => 1_000_000,
                Derivation::Other(_) => 0,
            },
            Self::Pbes1 { iterations, .. } => *iterations,
            Self::Traditional { .. } | Self::Other(_) => 0,
        }
    }
}

impl Derivation {
    fn read(mut derivation: Reader<'_>) -> Result<Self, KeyError> {
        let kdf = derivation.oid("key derivation has no object identifier")?;
        if kdf != pbes2::PBKDF2 && kdf != pbes2::SCRYPT {
            return Ok(Self::Other(kdf));
        }
        let mut fields = derivation.sequence("key derivation without parameters")?;
        let salt = fields.require(tag::OCTET_STRING, "key derivation without salt")?;
        let salt_length = salt.value.len();
        let first = number(&mut fields)?;
        if kdf == pbes2::SCRYPT {
            return Ok(Self::Scrypt {
                salt_length,
                cost: first,
                block_size: number(&mut fields)?,
                parallelism: number(&mut fields)?,
            });
        }
        fields.optional(tag::INTEGER)?;
        let prf = fields.optional(tag::SEQUENCE)?;
        Ok(Self::Pbkdf2 {
            prf: prf
                .map(|prf| prf.reader().oid("PBKDF2 hash has no object identifier"))
                .transpose()?,
            salt_length,
            iterations: first,
        })
    }
}

/// A number that a file gives as its costs.
pub(super) fn number(fields: &mut Reader<'_>) -> Result<u64, KeyError> {
    let number = fields.require(tag::INTEGER, "a number is missing")?.value;
    let digits = super::public::magnitude(number);
    if digits.len() > 8 || number.first().is_some_and(|b| b & 0x80 != 0) {
        return Err(KeyError::malformed("an absurd number of iterations"));
    }
    Ok(digits.iter().fold(0, |n, d| n << 8 | u64::from(*d)))
}

impl fmt::Display for Envelope {
    /// As `openssl pkcs12 -info` says it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pbes2 { cipher, derivation } => {
                let cipher = name_of(cipher).to_uppercase();
                match derivation {
                    Derivation::Pbkdf2 {
                        prf, iterations, ..
                    } => {
                        let prf = prf.as_ref().map_or("hmacWithSHA1".to_owned(), name_of);
                        write!(
                            f,
                            "PBES2, PBKDF2, {cipher}, Iteration {iterations}, PRF {prf}"
                        )
                    }
                    Derivation::Scrypt {
                        salt_length,
                        cost,
                        block_size,
                        parallelism,
                    } => write!(
                        f,
                        "PBES2, scrypt, {cipher}, Salt length: {salt_length}, Cost(N): {cost}, Block size(r): {block_size}, Parallelism(p): {parallelism}"
                    ),
                    Derivation::Other(oid) => write!(f, "PBES2, {}, {cipher}", name_of(oid)),
                }
            }
            Self::Pbes1 {
                scheme, iterations, ..
            } => write!(f, "{}, Iteration {iterations}", name_of(scheme)),
            Self::Traditional { cipher } => {
                write!(f, "PEM, MD5, {}, Iteration 1", cipher.escape_debug())
            }
            Self::Other(oid) => f.write_str(&name_of(oid)),
        }
    }
}

/// Decrypts an EncryptedPrivateKeyInfo of any kind of key.
///
/// # Errors
/// When the passphrase is wrong, or the scheme unknown.
pub fn open(der: &[u8], passphrase: &Secret) -> Result<Secret, KeyError> {
    let key = file::decrypt(der, passphrase)?;
    file::not_noise(&key).map(|()| key)
}

/// Decrypts a PEM block with `Proc-Type: 4,ENCRYPTED`.
///
/// # Errors
/// When the passphrase is wrong, or the cipher unknown.
pub fn open_block(block: &Block, passphrase: &Secret) -> Result<Secret, KeyError> {
    let key = traditional::decrypt(block, passphrase)?;
    file::not_noise(&key).map(|()| key)
}
