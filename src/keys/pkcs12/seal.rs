//! Bags under encryption and a MAC: the PFX (RFC 7292, 4).

use ring::hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::{LEGACY_ITERATIONS, MODERN_ITERATIONS, Strength};
use crate::keys::KeyError;
use crate::keys::pbes1::{self, FOR_MAC, pkcs12_kdf};
use crate::keys::pbes2;
use crate::primitives::der::{self, tag};
use crate::primitives::oid::Oid;
use crate::primitives::random::{self, Randomness};
use crate::primitives::secret::Secret;

/// What encrypts and authenticates one file.
pub(super) struct Seal<'a> {
    passphrase: &'a Secret,
    /// In the form that PKCS #12's own derivation takes.
    bmp: Zeroizing<Vec<u8>>,
    strength: Strength,
    random: &'a dyn Randomness,
}

impl<'a> Seal<'a> {
    pub(super) fn new(
        passphrase: &'a Secret,
        strength: Strength,
        random: &'a dyn Randomness,
    ) -> Self {
        Self {
            passphrase,
            bmp: pbes1::bmp(passphrase),
            strength,
            random,
        }
    }

    /// An EncryptedPrivateKeyInfo (RFC 5958, 3).
    pub(super) fn key(&self, pkcs8: &Secret) -> Result<Vec<u8>, KeyError> {
        let (algorithm, data) = self.encrypt(pkcs8)?;
        Ok(der::sequence(&[
            algorithm,
            der::tlv(tag::OCTET_STRING, &data),
        ]))
    }

    /// A safe that shows its bags: for keys, which are encrypted one by one.
    pub(super) fn open_safe(bags: &[Vec<u8>]) -> Vec<u8> {
        data(&der::sequence(bags))
    }

    /// A safe that hides its bags.
    pub(super) fn closed_safe(&self, bags: &[Vec<u8>]) -> Result<Vec<u8>, KeyError> {
        let (algorithm, octets) = self.encrypt(&Secret::new(der::sequence(bags)))?;
        let info = der::sequence(&[DATA.to_der(), algorithm, der::tlv(tag::context(0), &octets)]);
        let encrypted = der::sequence(&[vec![tag::INTEGER, 1, 0], info]);
        Ok(content(&ENCRYPTED_DATA, &encrypted))
    }

    /// The file.
    pub(super) fn pfx(&self, safes: &[Vec<u8>]) -> Result<Secret, KeyError> {
        let safes = der::sequence(safes);
        let mac = self.mac(&safes)?;
        Ok(Secret::new(der::sequence(&[
            vec![tag::INTEGER, 1, 3],
            data(&safes),
            mac,
        ])))
    }

    fn encrypt(&self, data: &Secret) -> Result<(Vec<u8>, Vec<u8>), KeyError> {
        match self.strength {
            Strength::Modern => {
                pbes2::encrypt(data, self.passphrase, MODERN_ITERATIONS, self.random)
            }
            Strength::Legacy => {
                pbes1::encrypt_3des(data, &self.bmp, LEGACY_ITERATIONS, self.random)
            }
        }
    }

    fn mac(&self, safes: &[u8]) -> Result<Vec<u8>, KeyError> {
        // eight bytes, as OpenSSL's: macOS is reported to refuse sixteen
        let salt: [u8; 8] = random::bytes(self.random)?;
        let (hash, iterations) = match self.strength {
            Strength::Modern => (Hash::Sha256, MODERN_ITERATIONS),
            Strength::Legacy => (Hash::Sha1, LEGACY_ITERATIONS),
        };
        let value = hmac::sign(&hash.key(&self.bmp, &salt, iterations), safes);
        let algorithm = der::sequence(&[hash.oid().to_der(), vec![tag::NULL, 0]]);
        let digest = der::sequence(&[algorithm, der::tlv(tag::OCTET_STRING, value.as_ref())]);
        Ok(der::sequence(&[
            digest,
            der::tlv(tag::OCTET_STRING, &salt),
            der::unsigned(&iterations.to_be_bytes()),
        ]))
    }
}

/// A ContentInfo of plain octets.
pub(super) fn data(octets: &[u8]) -> Vec<u8> {
    content(&DATA, &der::tlv(tag::OCTET_STRING, octets))
}

fn content(kind: &Oid, value: &[u8]) -> Vec<u8> {
    der::sequence(&[
        kind.to_der(),
        der::constructed(tag::context_constructed(0), &[value]),
    ])
}

/// The hash of a MAC.
#[derive(Clone, Copy)]
pub(super) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    const ALL: [Self; 4] = [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512];

    pub(super) fn of(oid: &Oid) -> Option<Self> {
        Self::ALL.into_iter().find(|hash| hash.oid() == *oid)
    }

    fn oid(self) -> Oid {
        Oid::known(match self {
            Self::Sha1 => &[0x2b, 14, 3, 2, 26],
            Self::Sha256 => &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1],
            Self::Sha384 => &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2],
            Self::Sha512 => &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3],
        })
    }

    /// The key of the MAC, by PKCS #12's own derivation.
    pub(super) fn key(self, bmp: &[u8], salt: &[u8], iterations: u32) -> hmac::Key {
        let (algorithm, key) = match self {
            Self::Sha1 => (
                hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
                pkcs12_kdf::<Sha1>(64, bmp, salt, iterations, FOR_MAC, 20),
            ),
            Self::Sha256 => (
                hmac::HMAC_SHA256,
                pkcs12_kdf::<Sha256>(64, bmp, salt, iterations, FOR_MAC, 32),
            ),
            Self::Sha384 => (
                hmac::HMAC_SHA384,
                pkcs12_kdf::<Sha384>(128, bmp, salt, iterations, FOR_MAC, 48),
            ),
            Self::Sha512 => (
                hmac::HMAC_SHA512,
                pkcs12_kdf::<Sha512>(128, bmp, salt, iterations, FOR_MAC, 64),
            ),
        };
        hmac::Key::new(algorithm, &key)
    }
}

/// pkcs7-data.
pub(super) const DATA: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]);
/// pkcs7-encryptedData.
pub(super) const ENCRYPTED_DATA: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 6]);
