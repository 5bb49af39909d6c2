//! The password-based encryption of old: PBES1 (RFC 8018, 6.1) and PKCS#12's (RFC 7292, B and C),
//! as OpenSSL before 1.1, Java and `openssl pkcs8 -v1` wrote it. Read; written (3DES alone) only into
//! .p12 files for devices that take nothing else.

use md5::Md5;
use sha1::{Digest, Sha1};
use zeroize::{Zeroize, Zeroizing};

use super::KeyError;
use super::cipher::{self, Cipher};
use super::pbes2;
use crate::primitives::der::{self, Reader, tag};
use crate::primitives::oid::Oid;
use crate::primitives::random::{self, Randomness};
use crate::primitives::secret::Secret;

/// An encryption scheme of these families.
#[derive(Clone, Copy)]
pub(super) enum Scheme {
    Md5(Cipher),
    Sha1(Cipher),
    Pkcs12(Pkcs12Key),
}

/// What PKCS#12's derivation makes the key of.
#[derive(Clone, Copy)]
pub(super) enum Pkcs12Key {
    ThreeDes,
    TwoDes,
    Rc2(usize),
}

impl Scheme {
    pub(super) fn of(oid: &Oid) -> Option<Self> {
        const PKCS5: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5];
        const PKCS12: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1];
        let (number, family) = oid.contents().split_last()?;
        match (family, number) {
            (PKCS5, 3) => Some(Self::Md5(Cipher::Des)),
            (PKCS5, 6) => Some(Self::Md5(Cipher::Rc2(8))),
            (PKCS5, 10) => Some(Self::Sha1(Cipher::Des)),
            (PKCS5, 11) => Some(Self::Sha1(Cipher::Rc2(8))),
            (PKCS12, 3) => Some(Self::Pkcs12(Pkcs12Key::ThreeDes)),
            (PKCS12, 4) => Some(Self::Pkcs12(Pkcs12Key::TwoDes)),
            (PKCS12, 5) => Some(Self::Pkcs12(Pkcs12Key::Rc2(16))),
            (PKCS12, 6) => Some(Self::Pkcs12(Pkcs12Key::Rc2(5))),
            _ => None,
        }
    }

    /// Decrypts `data`; the parameters are a salt and a count in every one of them.
    pub(super) fn decrypt(
        self,
        parameters: &mut Reader<'_>,
        data: &[u8],
        passphrase: &Secret,
    ) -> Result<Secret, KeyError> {
        self.decrypt_bmp(parameters, data, passphrase, &bmp(passphrase))
    }

    /// The same with the passphrase also as PKCS#12's schemes are to have it.
    pub(super) fn decrypt_bmp(
        self,
        parameters: &mut Reader<'_>,
        data: &[u8],
        passphrase: &Secret,
        bmp: &[u8],
    ) -> Result<Secret, KeyError> {
        let mut fields = parameters.sequence("encryption without parameters")?;
        let salt = fields
            .require(tag::OCTET_STRING, "encryption without salt")?
            .value;
        let iterations = pbes2::iterations(&mut fields)?.get();
        fields.finish()?;
        match self {
            Self::Md5(cipher) => {
                let both = pbkdf1::<Md5>(passphrase.expose(), salt, iterations);
                split(cipher, &both, data)
            }
            Self::Sha1(cipher) => {
                let both = pbkdf1::<Sha1>(passphrase.expose(), salt, iterations);
                split(cipher, &both, data)
            }
            Self::Pkcs12(key) => key.decrypt(bmp, salt, iterations, data),
        }
    }
}

impl Pkcs12Key {
    /// Decrypts `data`; the passphrase is in the form of [`bmp`].
    pub(super) fn decrypt(
        self,
        passphrase: &[u8],
        salt: &[u8],
        iterations: u32,
        data: &[u8],
    ) -> Result<Secret, KeyError> {
        let derive = |purpose, length| sha1_kdf(passphrase, salt, iterations, purpose, length);
        let iv = derive(FOR_IV, 8);
        match self {
            Self::ThreeDes => Cipher::TripleDes.decrypt(&derive(FOR_KEY, 24), &iv, data),
            Self::TwoDes => {
                // The third key is the first again.
                let mut key = derive(FOR_KEY, 16);
                let first: Vec<u8> = key.iter().take(8).copied().collect();
                key.extend_from_slice(&Zeroizing::new(first));
                Cipher::TripleDes.decrypt(&key, &iv, data)
            }
            Self::Rc2(length) => Cipher::Rc2(length).decrypt(&derive(FOR_KEY, length), &iv, data),
        }
    }
}

/// Encrypts by pbeWithSHAAnd3-KeyTripleDES-CBC; gives the AlgorithmIdentifier and the octets.
pub(super) fn encrypt_3des(
    data: &Secret,
    passphrase: &[u8],
    iterations: u32,
    random: &dyn Randomness,
) -> Result<(Vec<u8>, Vec<u8>), KeyError> {
    let salt: [u8; 8] = random::bytes(random)?;
    let derive = |purpose, length| sha1_kdf(passphrase, &salt, iterations, purpose, length);
    let encrypted = cipher::encrypt_3des(&derive(FOR_KEY, 24), &derive(FOR_IV, 8), data.expose())?;
    let parameters = der::sequence(&[
        der::tlv(tag::OCTET_STRING, &salt),
        der::unsigned(&iterations.to_be_bytes()),
    ]);
    Ok((der::sequence(&[SHA1_3DES.to_der(), parameters]), encrypted))
}

const SHA1_3DES: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 3]);

/// What RFC 7292, B.3 has the derivation make.
const FOR_KEY: u8 = 1;
const FOR_IV: u8 = 2;
pub(super) const FOR_MAC: u8 = 3;

/// The first eight octets are the key, the next eight the initialization vector.
fn split(cipher: Cipher, both: &[u8], data: &[u8]) -> Result<Secret, KeyError> {
    match both.split_at_checked(8) {
        Some((key, iv)) => cipher.decrypt(key, iv.get(..8).unwrap_or_default(), data),
        None => Err(KeyError::WrongPassphrase),
    }
}

/// PBKDF1 (RFC 8018, 5.1), as long as its hash.
fn pbkdf1<D: Digest>(passphrase: &[u8], salt: &[u8], iterations: u32) -> Zeroizing<Vec<u8>> {
    let mut block = Zeroizing::new(
        D::new()
            .chain_update(passphrase)
            .chain_update(salt)
            .finalize()
            .to_vec(),
    );
    for _ in 1..iterations {
        let mut next = D::digest(&*block);
        block.copy_from_slice(&next);
        next.as_mut_slice().zeroize();
    }
    block
}

/// A passphrase as PKCS#12 wants it: UTF-16, big-endian, with its terminator. Characters outside
/// the BMP become surrogates, as in OpenSSL since 1.1.0. OpenSSL takes what is not UTF-8 as Latin-1.
pub(super) fn bmp(passphrase: &Secret) -> Zeroizing<Vec<u8>> {
    let mut units = Zeroizing::new(Vec::with_capacity(4 * passphrase.expose().len() + 2));
    match passphrase.expose_str() {
        Some(text) => units.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
        None => units.extend(passphrase.expose().iter().flat_map(|b| [0, *b])),
    }
    units.extend([0, 0]);
    units
}

fn sha1_kdf(
    passphrase: &[u8],
    salt: &[u8],
    iterations: u32,
    purpose: u8,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    pkcs12_kdf::<Sha1>(64, passphrase, salt, iterations, purpose, length)
}

/// The derivation of RFC 7292, B.2, with any hash; `v` is the length of its blocks.
pub(super) fn pkcs12_kdf<D: Digest>(
    v: usize,
    passphrase: &[u8],
    salt: &[u8],
    iterations: u32,
    purpose: u8,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    // S and P: salt and passphrase, repeated to a multiple of v.
    let stretch = |bytes: &[u8]| bytes.len().div_ceil(v) * v;
    let (s, p) = (stretch(salt), stretch(passphrase));
    let mut blocks = Zeroizing::new(Vec::with_capacity(s + p));
    blocks.extend(salt.iter().cycle().take(s));
    blocks.extend(passphrase.iter().cycle().take(p));

    let diversifier = vec![purpose; v];
    let mut key = Zeroizing::new(Vec::with_capacity(length + <D as Digest>::output_size()));
    loop {
        let first = D::new().chain_update(&diversifier).chain_update(&*blocks);
        let mut a = Zeroizing::new(first.finalize().to_vec());
        for _ in 1..iterations {
            let mut next = D::digest(&*a);
            a.copy_from_slice(&next);
            next.as_mut_slice().zeroize();
        }
        key.extend_from_slice(&a);
        if key.len() >= length {
            key.truncate(length);
            return key;
        }
        // I_j = (I_j + B + 1) mod 2^v, B being A repeated.
        let b: Zeroizing<Vec<u8>> = Zeroizing::new(a.iter().copied().cycle().take(v).collect());
        for block in blocks.chunks_mut(v) {
            let mut carry = 1u16;
            for (digit, add) in block.iter_mut().zip(&*b).rev() {
                carry += u16::from(*digit) + u16::from(*add);
                *digit = carry as u8;
                carry >>= 8;
            }
        }
    }
}
