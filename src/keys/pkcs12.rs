//! PKCS#12 bundles (RFC 7292): a key with its certificates, by the crate `p12-keystore`.
//!
//! What that crate can't do is refused with a reason: passphrases with characters outside the Basic
//! Multilingual Plane, RC2-128, BER. Its own copies of a key are not wiped.

use std::borrow::Cow;

use p12_keystore::error::Error;
use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, Pkcs12Archive,
    PrivateKey as P12Key, PrivateKeyChain,
};
use ring::digest;

use super::public::hash;
use super::{KeyError, PrivateKey, PublicKey};
use crate::primitives::der::{self, DerError, tag};
use crate::primitives::secret::Secret;

/// What goes into a bundle.
#[derive(Clone, Copy, Debug)]
pub struct Bundle<'a> {
    /// The key.
    pub key: &'a PrivateKey,
    /// Its certificate, DER.
    pub certificate: &'a [u8],
    /// The certificates above it, its issuer first.
    pub chain: &'a [Vec<u8>],
    /// What the key is called in key stores.
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
pub const MODERN_ITERATIONS: u32 = 100_000;
/// The iterations of a legacy bundle: OpenSSL's 2048, which every old importer takes.
pub const LEGACY_ITERATIONS: u32 = 2048;

/// Writes a bundle. Key and certificate carry the same local key id, the SHA-1 of the certificate,
/// as OpenSSL does it: importers pair them by it.
///
/// # Errors
/// When the key isn't the certificate's, or the passphrase cannot be encoded.
pub fn write(
    bundle: &Bundle<'_>,
    passphrase: &Secret,
    strength: Strength,
) -> Result<Secret, KeyError> {
    let public = public_key_of(bundle.certificate)?;
    if public != *bundle.key.public() {
        return Err(KeyError::Mismatch);
    }
    let certificates = std::iter::once(bundle.certificate)
        .chain(bundle.chain.iter().map(Vec::as_slice))
        .map(|der| Certificate::from_der(der).map_err(|_| not_a_certificate()))
        .collect::<Result<Vec<Certificate>, KeyError>>()?;
    let id: [u8; 20] = hash(&digest::SHA1_FOR_LEGACY_USE_ONLY, bundle.certificate);
    let key = P12Key::from_der(bundle.key.pkcs8().expose()).map_err(refused)?;
    let chain = PrivateKeyChain::new(id.as_slice(), key, certificates);
    let mut store = KeyStore::new();
    let name = in_bmp(bundle.friendly_name);
    store.add_entry(&name, KeyStoreEntry::PrivateKeyChain(chain));

    let writer = store.writer(password(passphrase)?);
    let writer = match strength {
        Strength::Modern => writer
            .encryption_algorithm(EncryptionAlgorithm::PbeWithHmacSha256AndAes256)
            .encryption_iterations(MODERN_ITERATIONS)
            .mac_algorithm(MacAlgorithm::HmacSha256)
            .mac_iterations(MODERN_ITERATIONS),
        Strength::Legacy => writer
            .encryption_algorithm(EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc)
            .encryption_iterations(LEGACY_ITERATIONS)
            .mac_algorithm(MacAlgorithm::HmacSha1)
            .mac_iterations(LEGACY_ITERATIONS),
    };
    let written = Secret::new(writer.write().map_err(refused)?);
    let usual = with_mac_parameters(written.expose());
    usual.map_err(|_| KeyError::Internal {
        what: "a .p12 file",
    })
}

/// Puts the NULL behind the MAC's hash algorithm that everybody else writes (RFC 8017, A.2.4) and
/// `p12-keystore` leaves out. Nothing that the MAC protects is touched.
fn with_mac_parameters(pfx: &[u8]) -> Result<Secret, DerError> {
    let mut fields = der::only(pfx, tag::SEQUENCE, "PFX")?.reader();
    let [version, content] = [fields.any()?.raw, fields.any()?.raw];
    let mut mac = fields.sequence("MacData")?;
    fields.finish()?;
    let mut info = mac.sequence("DigestInfo")?;
    let hash = info.sequence("hash algorithm")?.oid("hash algorithm")?;
    let algorithm = der::sequence(&[hash.to_der(), vec![tag::NULL, 0]]);
    let info = der::sequence(&[&algorithm, info.rest()]);
    let mac = der::sequence(&[&info, mac.rest()]);
    Ok(Secret::new(der::sequence(&[version, content, &mac])))
}

/// What a bundle holds.
#[derive(Debug)]
pub struct Contents {
    /// The first key.
    pub key: Option<PrivateKey>,
    /// The certificates, DER: the key's own first, then the others in the order of the file.
    pub certificates: Vec<Vec<u8>>,
    /// What the key is called; without one, what the first certificate is.
    pub friendly_name: Option<String>,
}

/// Reads a bundle.
///
/// # Errors
/// When the passphrase is wrong, the file is broken, or its key or encryption is unknown.
pub fn read(der: &[u8], passphrase: &Secret) -> Result<Contents, KeyError> {
    // The file of NSS, and so of Firefox, is BER with open lengths.
    if der.starts_with(&[tag::SEQUENCE, 0x80]) {
        return Err(KeyError::unsupported("a .p12 file in BER", WRITE_ANEW));
    }
    let archive = Pkcs12Archive::from_pkcs12(der, password(passphrase)?).map_err(refused)?;
    let found = archive.keys.first();
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
        key,
    })
}

/// The crate makes UTF-16 without surrogates of a passphrase.
fn password(passphrase: &Secret) -> Result<&str, KeyError> {
    let outside = |text: &&str| text.chars().any(|c| u32::from(c) > 0xffff);
    let text = passphrase.expose_str();
    text.filter(|text| !outside(text)).ok_or_else(|| {
        KeyError::unsupported(
            "a .p12 passphrase with characters outside the Basic Multilingual Plane",
            "choose one without emoji and the like: most devices can't type them anyway",
        )
    })
}

/// A name is only shown: what BMPString can't hold is replaced.
fn in_bmp(name: &str) -> Cow<'_, str> {
    let fits = |c: char| u32::from(c) <= 0xffff;
    if name.chars().all(fits) {
        return Cow::Borrowed(name);
    }
    let replaced = name.chars().map(|c| if fits(c) { c } else { '\u{fffd}' });
    Cow::Owned(replaced.collect())
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
        Error::InvalidParameters => KeyError::unsupported(
            "a .p12 file whose encryption asks for so much work",
            "at most 1000000 iterations and 1 GiB of memory are taken on",
        ),
        Error::InvalidPrivateKey => KeyError::malformed("the key in the .p12 file is not PKCS#8"),
        Error::X509Error(_) => not_a_certificate(),
        _ => KeyError::malformed("not a PKCS#12 file in DER"),
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
