//! Key files: every form that OpenSSL has written a private key in, read; one, PKCS#8, written.
//!
//! PEM or DER is told by content. In PEM the first private key wins, whatever stands around it.

use super::forms;
use super::pbes1::Scheme;
use super::pbes2;
use super::public::name_of;
use super::traditional;
use super::{KeyError, PrivateKey, PublicKey};
use crate::primitives::der::{self, Reader, tag};
use crate::primitives::oid::Oid;
use crate::primitives::pem::{self, Block};
use crate::primitives::random::Randomness;
use crate::primitives::secret::Secret;

pub use super::pbes2::ITERATIONS;

/// True if reading the key in `file` takes a passphrase.
///
/// # Errors
/// When there is no key in it.
pub fn is_encrypted(file: &[u8]) -> Result<bool, KeyError> {
    Ok(match &find(file)? {
        Form::Encrypted(_) | Form::Traditional(_) => true,
        Form::Pkcs8(_) | Form::Pkcs1(_) | Form::Sec1(..) => false,
    })
}

/// Reads the private key in `file`. A passphrase for a key that needs none is not used; the empty
/// passphrase is one.
///
/// # Errors
/// When there is none, it can't be decrypted, or privca can't use it.
pub fn read(file: &[u8], passphrase: Option<&Secret>) -> Result<PrivateKey, KeyError> {
    let passphrase = || passphrase.ok_or(KeyError::PassphraseNeeded);
    match find(file)? {
        Form::Pkcs8(der) => PrivateKey::from_pkcs8(&der),
        Form::Pkcs1(der) => PrivateKey::from_pkcs1(der.expose()),
        Form::Sec1(der, curve) => read_sec1(&der, curve.as_ref()),
        Form::Encrypted(der) => {
            let key = decrypt(der.expose(), passphrase()?)?;
            not_noise(&key)?;
            PrivateKey::from_pkcs8(&key)
        }
        Form::Traditional(block) => {
            let key = traditional::decrypt(&block, passphrase()?)?;
            not_noise(&key)?;
            match block.label.as_str() {
                PLAIN => PrivateKey::from_pkcs8(&key),
                PKCS1 => PrivateKey::from_pkcs1(key.expose()),
                SEC1 => read_sec1(&key, None),
                label => Err(foreign(label)),
            }
        }
    }
}

/// Noise that happens to be padded right is still no key.
pub(super) fn not_noise(decrypted: &Secret) -> Result<(), KeyError> {
    let frame = der::only(decrypted.expose(), tag::SEQUENCE, "key");
    match frame.map(|frame| frame.reader().peek()) {
        Ok(Some(tag::INTEGER)) => Ok(()),
        _ => Err(KeyError::WrongPassphrase),
    }
}

/// Writes `key` as PEM: `PRIVATE KEY`, or `ENCRYPTED PRIVATE KEY` (PBES2 with PBKDF2-HMAC-SHA256
/// of [`ITERATIONS`] and AES-256-CBC) where there is a passphrase.
///
/// # Errors
/// When the passphrase is empty, or the source of random bytes fails.
pub fn write(
    key: &PrivateKey,
    passphrase: Option<&Secret>,
    random: &dyn Randomness,
) -> Result<Secret, KeyError> {
    let Some(passphrase) = passphrase else {
        return Ok(pem::encode(PLAIN, key.pkcs8().expose()).into());
    };
    if passphrase.is_empty() {
        return Err(KeyError::EmptyPassphrase);
    }
    let (algorithm, data) = pbes2::encrypt(key.pkcs8(), passphrase, ITERATIONS, random)?;
    let der = der::sequence(&[algorithm, der::tlv(tag::OCTET_STRING, &data)]);
    Ok(pem::encode(ENCRYPTED, &der).into())
}

/// Reads a public key: the first `PUBLIC KEY` or `RSA PUBLIC KEY` of a PEM file, or the DER of a
/// SubjectPublicKeyInfo.
///
/// # Errors
/// When there is none.
pub fn read_public(file: &[u8]) -> Result<PublicKey, KeyError> {
    if !is_pem(file) {
        return PublicKey::from_spki(file);
    }
    for block in pem::blocks(file) {
        let block = block?;
        match block.label.as_str() {
            "PUBLIC KEY" => return PublicKey::from_spki(&block.der),
            "RSA PUBLIC KEY" => return PublicKey::from_parts(&forms::rsa_algorithm(), &block.der),
            _ => {}
        }
    }
    Err(KeyError::NotAPublicKey)
}

/// What to do about a key under an encryption that privca doesn't know.
pub(super) const ENCRYPT_ANEW: &str =
    "decrypt it with what wrote it, or write it anew: openssl pkcs8 -topk8 -in FILE -out NEW";

const PLAIN: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";
const PKCS1: &str = "RSA PRIVATE KEY";
const SEC1: &str = "EC PRIVATE KEY";

/// A private key as it was found.
enum Form {
    Pkcs8(Secret),
    Pkcs1(Secret),
    /// And the curve of an EC PARAMETERS block.
    Sec1(Secret, Option<Oid>),
    Encrypted(Secret),
    Traditional(Block),
}

fn find(file: &[u8]) -> Result<Form, KeyError> {
    if is_pem(file) {
        find_in_pem(file)
    } else {
        find_in_der(file)
    }
}

/// DER may hold a text that looks like PEM, PEM is never DER.
fn is_pem(file: &[u8]) -> bool {
    der::only(file, tag::SEQUENCE, "key").is_err() && pem::looks_like_pem(file)
}

fn find_in_pem(file: &[u8]) -> Result<Form, KeyError> {
    let mut first_fault = None;
    let mut curve = None;
    for block in pem::blocks(file) {
        let block = match block {
            Ok(block) => block,
            // A broken certificate in front of the key is not the key's fault, a broken key is.
            Err(error) if error.label.ends_with("PRIVATE KEY") => return Err(error.into()),
            Err(error) => {
                first_fault.get_or_insert(error);
                continue;
            }
        };
        let encrypted = block
            .header("Proc-Type")
            .is_some_and(|p| p.ends_with("ENCRYPTED"));
        match block.label.as_str() {
            "EC PARAMETERS" => curve = Reader::new(&block.der).oid("curve").ok(),
            label if label.ends_with("PRIVATE KEY") && encrypted => {
                return Ok(Form::Traditional(block));
            }
            PLAIN => return Ok(Form::Pkcs8(Secret::new(block.into_der()))),
            ENCRYPTED => return Ok(Form::Encrypted(Secret::new(block.into_der()))),
            PKCS1 => return Ok(Form::Pkcs1(Secret::new(block.into_der()))),
            SEC1 => {
                // `openssl ecparam -genkey` puts the parameters in front, others behind.
                let behind = || curve_behind(file, block.offset);
                let curve = curve.or_else(behind);
                return Ok(Form::Sec1(Secret::new(block.into_der()), curve));
            }
            label if label.ends_with("PRIVATE KEY") => return Err(foreign(label)),
            _ => {}
        }
    }
    Err(first_fault.map_or(KeyError::NotAKey, KeyError::from))
}

fn curve_behind(file: &[u8], offset: usize) -> Option<Oid> {
    pem::blocks(file.get(offset..)?)
        .filter_map(Result::ok)
        .find(|block| block.label == "EC PARAMETERS")
        .and_then(|block| Reader::new(&block.der).oid("curve").ok())
}

fn foreign(label: &str) -> KeyError {
    match label {
        "OPENSSH PRIVATE KEY" => KeyError::unsupported(
            "key in OpenSSH's own form",
            "convert a copy of it: ssh-keygen -p -m PKCS8 -f FILE",
        ),
        "DSA PRIVATE KEY" => KeyError::unsupported("DSA key", forms::NEW_KEY),
        label => KeyError::unsupported(format!("PEM block {label:?}"), forms::NEW_KEY),
    }
}

/// The forms differ in how they start: PKCS#8 with a number and a SEQUENCE, encrypted PKCS#8 with
/// a SEQUENCE and octets, SEC1 with 1 and octets, PKCS#1 with two numbers.
fn find_in_der(file: &[u8]) -> Result<Form, KeyError> {
    let shape = || -> Result<Vec<u8>, der::DerError> {
        let mut fields = der::only(file, tag::SEQUENCE, "key")?.reader();
        let [first, second] = [fields.any()?.tag, fields.any()?.tag];
        Ok(vec![first, second])
    };
    let key = || Secret::new(file.to_vec());
    match shape().unwrap_or_default()[..] {
        [tag::INTEGER, tag::SEQUENCE] if !is_pfx(file) => Ok(Form::Pkcs8(key())),
        [tag::SEQUENCE, tag::OCTET_STRING] => Ok(Form::Encrypted(key())),
        [tag::INTEGER, tag::OCTET_STRING] => Ok(Form::Sec1(key(), None)),
        [tag::INTEGER, tag::INTEGER] if numbers(file) >= 9 => Ok(Form::Pkcs1(key())),
        _ => Err(KeyError::NotAKey),
    }
}

/// A .p12 starts like PKCS#8, with another version.
fn is_pfx(file: &[u8]) -> bool {
    let version = der::only(file, tag::SEQUENCE, "key").map(|s| s.value.starts_with(&[2, 1, 3]));
    version == Ok(true)
}

/// How many INTEGERs are in the SEQUENCE: an RSA private key has nine, a public one two.
fn numbers(file: &[u8]) -> usize {
    let mut fields = match der::only(file, tag::SEQUENCE, "key") {
        Ok(sequence) => sequence.reader(),
        Err(_) => return 0,
    };
    std::iter::from_fn(|| fields.optional(tag::INTEGER).ok().flatten()).count()
}

fn read_sec1(der: &Secret, curve: Option<&Oid>) -> Result<PrivateKey, KeyError> {
    PrivateKey::from_ec(&forms::sec1(der.expose(), curve)?)
}

/// Decrypts an EncryptedPrivateKeyInfo (RFC 5958, 3).
pub(super) fn decrypt(der: &[u8], passphrase: &Secret) -> Result<Secret, KeyError> {
    let mut outer = Reader::new(der);
    let mut fields = outer.sequence("encrypted key is not a SEQUENCE")?;
    outer.finish()?;
    let mut algorithm = fields.sequence("encrypted key has no algorithm")?;
    let data = fields.require(tag::OCTET_STRING, "encrypted key has no octets")?;
    fields.finish()?;
    decrypt_by(&mut algorithm, data.value, passphrase)
}

/// Decrypts `data` by the scheme in an AlgorithmIdentifier.
pub(super) fn decrypt_by(
    algorithm: &mut Reader<'_>,
    data: &[u8],
    passphrase: &Secret,
) -> Result<Secret, KeyError> {
    let scheme = algorithm.oid("encryption has no object identifier")?;
    if scheme == pbes2::PBES2 {
        pbes2::decrypt(algorithm, data, passphrase)
    } else if let Some(old) = Scheme::of(&scheme) {
        old.decrypt(algorithm, data, passphrase)
    } else {
        let what = format!("encryption by {}", name_of(&scheme));
        Err(KeyError::unsupported(what, ENCRYPT_ANEW))
    }
}
