//! PKCS#12 bundles (RFC 7292): keys with their certificates, and certificates to trust.
//!
//! Files are assembled here (`bags`, `seal`) and read by the crate `p12-keystore`, whose code
//! is another's: what privca writes is read back with it before it is given out. Where that crate
//! cannot decrypt a file, `open` does first. It writes no file because it would call certificates
//! by their subjects instead of by the given name, refuse passphrases outside the Basic
//! Multilingual Plane and leave out the MAC algorithm's parameters. Its own copies of a key that is
//! read are not wiped.

mod bags;
pub mod info;
mod open;
mod seal;

use std::borrow::Cow;

use p12_keystore::Pkcs12Archive;
use p12_keystore::error::Error;
use ring::digest;

use super::public::hash;
use super::{KeyError, PrivateKey, PublicKey};
use crate::primitives::der::{self, DerError, tag};
use crate::primitives::random::Randomness;
use crate::primitives::secret::Secret;
use bags::Attributes;
use seal::Seal;

/// What goes into a bundle.
#[derive(Clone, Copy, Debug)]
pub struct Bundle<'a> {
    /// The key.
    pub key: &'a PrivateKey,
    /// Its certificate, DER.
    pub certificate: &'a [u8],
    /// The certificates above it, its issuer first.
    pub chain: &'a [Vec<u8>],
    /// What key and certificate are called in key stores.
    pub friendly_name: &'a str,
}

/// How a bundle is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strength {
    /// PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA256, a SHA-256 MAC: OpenSSL 3's way.
    #[default]
    Modern,
    /// pbeWithSHAAnd3-KeyTripleDES-CBC for key and certificates, a SHA-1 MAC: what iOS, macOS,
    /// Windows before 2019 and Java 8 open.
    Legacy,
}

/// The iterations of a modern bundle, for the key, the certificates and the MAC each. Fewer than in
/// key files: a bundle is opened on telephones, with three derivations.
pub const MODERN_ITERATIONS: u32 = 51_200;
/// The iterations of a legacy bundle: OpenSSL's 2048, which every old importer takes.
pub const LEGACY_ITERATIONS: u32 = 2048;

/// Writes a bundle, and reads it back. Key and certificate carry the same local key id, the SHA-1
/// of the certificate, and the same name, as OpenSSL does it: importers pair them by the first and
/// show the second.
///
/// # Errors
/// When the key isn't the certificate's, or the source of random bytes fails.
pub fn write(
    bundle: &Bundle<'_>,
    passphrase: &Secret,
    strength: Strength,
    random: &dyn Randomness,
) -> Result<Secret, KeyError> {
    if public_key_of(bundle.certificate)? != *bundle.key.public() {
        return Err(KeyError::Mismatch);
    }
    let id: [u8; 20] = hash(&digest::SHA1_FOR_LEGACY_USE_ONLY, bundle.certificate);
    let name = Some(bundle.friendly_name).filter(|name| !name.is_empty());
    let attributes = Attributes {
        friendly_name: name,
        local_key_id: Some(&id),
        trusted: false,
    };
    let mut certificates = vec![bags::certificate(bundle.certificate, &attributes)];
    certificates.extend(
        bundle
            .chain
            .iter()
            .map(|c| bags::certificate(c, &Attributes::default())),
    );

    let seal = Seal::new(passphrase, strength, random);
    let key = bags::shrouded_key(&seal.key(bundle.key.pkcs8())?, &attributes);
    let file = seal.pfx(&[seal.closed_safe(&certificates)?, Seal::open_safe(&[key])])?;

    let all = std::iter::once(bundle.certificate).chain(bundle.chain.iter().map(Vec::as_slice));
    let read = read(file.expose(), passphrase)?;
    let same_key = read
        .key
        .is_some_and(|key| key.public() == bundle.key.public());
    if !same_key || !read.certificates.iter().eq(all) {
        return Err(KeyError::Internal {
            what: "its own .p12 file",
        });
    }
    Ok(file)
}

/// Writes certificates alone, each under a name, marked so that Java trusts them; and reads the
/// file back.
///
/// # Errors
/// When the source of random bytes fails.
pub fn write_truststore(
    certificates: &[(String, &[u8])],
    passphrase: &Secret,
    strength: Strength,
    random: &dyn Randomness,
) -> Result<Secret, KeyError> {
    let bags: Vec<Vec<u8>> = certificates
        .iter()
        .map(|(name, certificate)| {
            let friendly_name = Some(name.as_str());
            let attributes = Attributes {
                friendly_name,
                local_key_id: None,
                trusted: true,
            };
            bags::certificate(certificate, &attributes)
        })
        .collect();
    let seal = Seal::new(passphrase, strength, random);
    let file = seal.pfx(&[seal.closed_safe(&bags)?])?;
    let read = read(file.expose(), passphrase)?;
    if !read
        .certificates
        .iter()
        .eq(certificates.iter().map(|(_, der)| *der))
    {
        return Err(KeyError::Internal {
            what: "its own .p12 file",
        });
    }
    Ok(file)
}

/// What a bundle holds.
#[derive(Debug)]
pub struct Contents {
    /// The first key.
    pub key: Option<PrivateKey>,
    /// How many keys there are.
    pub keys: usize,
    /// The certificates, DER: the key's own first, then the others in the order of the file.
    pub certificates: Vec<Vec<u8>>,
    /// What the key is called; without one, what the first certificate is.
    pub friendly_name: Option<String>,
}

/// Reads a bundle, of which the key called `name` counts as the first.
///
/// # Errors
/// When the passphrase is wrong, the file is broken, or its key or encryption is unknown.
pub fn read_named(
    file: &[u8],
    passphrase: &Secret,
    name: Option<&str>,
) -> Result<Contents, KeyError> {
    let archive = archive(file, passphrase)?;
    let found = match name {
        Some(name) => archive
            .keys
            .iter()
            .find(|k| k.friendly_name.as_deref() == Some(name)),
        None => archive.keys.first(),
    };
    let key = found
        .map(|found| PrivateKey::from_pkcs8(&Secret::new(found.key.as_der().to_vec())))
        .transpose()?;
    let of_the_key = |certificate: &[u8]| {
        let public = key.as_ref().map(PrivateKey::public);
        public.is_some() && public == public_key_of(certificate).ok().as_ref()
    };
    let mut bags: Vec<_> = archive.certs.iter().collect();
    // Stable: the others keep their order.
    bags.sort_by_key(|bag| !of_the_key(bag.cert.as_der()));
    let first_name = bags.first().and_then(|bag| bag.friendly_name.clone());
    Ok(Contents {
        friendly_name: found.and_then(|f| f.friendly_name.clone()).or(first_name),
        certificates: bags.iter().map(|bag| bag.cert.as_der().to_vec()).collect(),
        keys: archive.keys.len(),
        key,
    })
}

/// Reads a bundle.
///
/// # Errors
/// When the passphrase is wrong, the file is broken, or its key or encryption is unknown.
pub fn read(file: &[u8], passphrase: &Secret) -> Result<Contents, KeyError> {
    read_named(file, passphrase, None)
}

/// The names of the keys in a bundle, for a person to pick from.
///
/// # Errors
/// As [`read`].
pub fn names(file: &[u8], passphrase: &Secret) -> Result<Vec<String>, KeyError> {
    let keys = archive(file, passphrase)?.keys;
    Ok(keys
        .into_iter()
        .map(|key| key.friendly_name.unwrap_or_default())
        .collect())
}

/// The bags, by `p12-keystore`; what it does not decrypt is opened for it.
fn archive(file: &[u8], passphrase: &Secret) -> Result<Pkcs12Archive, KeyError> {
    let file = strict(file);
    if let Some(text) = in_bmp(passphrase) {
        match Pkcs12Archive::from_pkcs12(&file, text).map_err(refused) {
            Ok(archive) => return Ok(archive),
            Err(KeyError::WrongPassphrase) if !passphrase.is_empty() => {
                return Err(KeyError::WrongPassphrase);
            }
            Err(_) => {}
        }
    }
    let plain = open::open(&file, passphrase)?;
    Pkcs12Archive::from_pkcs12(plain.expose(), "").map_err(refused)
}

/// PEM is taken as well: some programs put a PFX into it.
fn strict(file: &[u8]) -> Cow<'_, [u8]> {
    if crate::primitives::pem::looks_like_pem(file)
        && let Some(Ok(block)) = crate::primitives::pem::blocks(file).next()
        && ["PKCS12", "PFX"].contains(&block.label.as_str())
    {
        return Cow::Owned(block.into_der());
    }
    Cow::Borrowed(file)
}

/// The crate makes UTF-16 without surrogates of a passphrase.
fn in_bmp(passphrase: &Secret) -> Option<&str> {
    let text = passphrase.expose_str()?;
    text.chars().all(|c| u32::from(c) <= 0xffff).then_some(text)
}

fn refused(error: Error) -> KeyError {
    match error {
        // Without a MAC, or with one of another passphrase: what is decrypted is noise.
        Error::MacError(_) | Error::UnpadError => KeyError::WrongPassphrase,
        Error::Pkcs5Error(message) if message.contains("decryption") => KeyError::WrongPassphrase,
        Error::Pkcs5Error(_)
        | Error::UnsupportedEncryptionScheme
        | Error::UnsupportedMacAlgorithm
        | Error::UnsupportedContentType
        | Error::UnsupportedCertificateType => {
            KeyError::unsupported("the encryption or content of this .p12 file", WRITE_ANEW)
        }
        Error::InvalidPrivateKey => KeyError::malformed("the key in the .p12 file is not PKCS#8"),
        Error::X509Error(_) => not_a_certificate(),
        _ => KeyError::malformed("not a PKCS#12 file"),
    }
}

const WRITE_ANEW: &str =
    "write it anew: openssl pkcs12 -legacy -nodes -in FILE | openssl pkcs12 -export -out NEW";

fn not_a_certificate() -> KeyError {
    KeyError::malformed("what stands for a certificate in the .p12 file is none")
}

/// The public key in a certificate (RFC 5280, 4.1): the room that knows certificates is above.
fn public_key_of(certificate: &[u8]) -> Result<PublicKey, KeyError> {
    let spki = || -> Result<&[u8], DerError> {
        let outer = der::only(certificate, tag::SEQUENCE, "certificate")?;
        let mut fields = outer.reader().sequence("to-be-signed certificate")?;
        fields.optional(tag::context_constructed(0))?;
        for _ in ["serial", "signature", "issuer", "validity", "subject"] {
            fields.any()?;
        }
        Ok(fields.any()?.raw)
    };
    PublicKey::from_spki(spki().map_err(|_| not_a_certificate())?)
}
