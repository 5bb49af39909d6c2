//! An object opened: keys decrypted, bundles unpacked; and its text as OpenSSL prints it.

use std::io::{self, Write};
use std::path::Path;

use ring::digest;

use super::source::{Fault, Place, Raw};
use super::{Kind, p12_text, report, summary};
use crate::keys::KeyError;
use crate::keys::envelope::{self, Envelope};
use crate::keys::pkcs12::info as pkcs12_info;
use crate::ops::{Error, Passphrases};
use crate::primitives::ber_to_der;
use crate::primitives::der::{self, Reader, tag};
use crate::primitives::hex;
use crate::primitives::oid::Oid;
use crate::primitives::secret::Secret;
use crate::primitives::time::Timestamp;
use crate::text::{self, TextError, pkcs7};

/// An object of a file.
#[derive(Debug)]
pub struct Object {
    /// Where it stands.
    pub place: Place,
    /// Its PEM label; empty for DER and base64.
    pub label: String,
    /// What it is.
    pub content: Content,
}

/// What an object is.
#[derive(Debug)]
pub enum Content {
    /// A certificate's DER.
    Certificate(Vec<u8>),
    /// A request's DER.
    Request(Vec<u8>),
    /// A revocation list's DER.
    Crl(Vec<u8>),
    /// A public key's DER.
    PublicKey(Vec<u8>),
    /// A private key.
    PrivateKey(Key),
    /// The curve of the key beside it.
    EcParameters(Vec<u8>),
    /// Parameters of Diffie-Hellman or DSA.
    OtherParameters(Vec<u8>),
    /// The certificates and revocation lists of a PKCS#7 bundle.
    Pkcs7(Vec<Self>),
    /// A PKCS#12 file.
    Pkcs12(pkcs12_info::Archive),
}

/// A private key.
#[derive(Debug)]
pub struct Key {
    /// How it is encrypted, if it is.
    pub envelope: Option<Envelope>,
    /// PKCS#8, PKCS#1 or SEC1; `None` while it is locked.
    pub secret: Option<Secret>,
}

/// How a passphrase is come by.
pub(super) struct Ask<'a> {
    pub(super) path: &'a Path,
    pub(super) passphrases: &'a mut dyn Passphrases,
    pub(super) must_open: bool,
    pub(super) note: Option<String>,
}

/// Why an object is not there.
pub(super) enum NotRead {
    Fault(String),
    /// No passphrase, or a wrong one.
    Passphrase(Error),
}

impl Ask<'_> {
    /// The passphrase; `None` where nobody can be asked and what is visible is enough.
    fn passphrase(&mut self, what: &str) -> Result<Option<Secret>, NotRead> {
        match self.passphrases.of_key(self.path) {
            Ok(passphrase) => Ok(Some(passphrase)),
            Err(why) if self.must_open => {
                let error = Error::NoPassphrase(self.path.to_owned(), why);
                Err(NotRead::Passphrase(error))
            }
            Err(why) => {
                let path = self.path.display();
                self.note = Some(format!(
                    "{path}: {what} is encrypted, and shown as far as that goes without its passphrase; {}",
                    why.hint
                ));
                Ok(None)
            }
        }
    }

    fn fault(&self, fault: KeyError) -> NotRead {
        match fault {
            KeyError::WrongPassphrase => {
                NotRead::Passphrase(Error::Key(self.path.to_owned(), fault))
            }
            fault => NotRead::Fault(fault.to_string()),
        }
    }
}

impl Object {
    pub(super) fn read(mut raw: Raw, ask: &mut Ask<'_>) -> Result<Self, NotRead> {
        let label = std::mem::take(&mut raw.block.label);
        let place = raw.place.clone();
        let content = match raw.kind {
            Kind::Certificate => Content::Certificate(raw.block.into_der()),
            Kind::Request => Content::Request(raw.block.into_der()),
            Kind::Crl => Content::Crl(raw.block.into_der()),
            Kind::PublicKey => Content::PublicKey(raw.block.into_der()),
            Kind::EcParameters => Content::EcParameters(raw.block.into_der()),
            Kind::OtherParameters => Content::OtherParameters(raw.block.into_der()),
            Kind::PrivateKey => Content::PrivateKey(private_key(raw, ask)?),
            Kind::EncryptedKey => Content::PrivateKey(encrypted_key(raw, ask)?),
            Kind::Pkcs7 => {
                Content::pkcs7(&raw.block.der).map_err(|fault| NotRead::Fault(fault.to_string()))?
            }
            Kind::Pkcs12 => Content::Pkcs12(archive(&raw.block.der, ask)?),
        };
        Ok(Self {
            place,
            label,
            content,
        })
    }

    /// Writes the text that OpenSSL prints for it; the secret numbers of keys only where asked for.
    ///
    /// # Errors
    /// When the output ends. What OpenSSL rejects is the inner error; nothing is written of it then.
    pub fn write_text(&self, secrets: bool, out: &mut dyn Write) -> io::Result<Result<(), Fault>> {
        let mut written = self.content.write_text(secrets, out);
        // OpenSSL reads trust settings behind a certificate in PEM, whatever its label
        if let (Ok(()), Content::Certificate(der)) = (&written, &self.content)
            && !self.label.is_empty()
        {
            written = text::trust(der, out);
        }
        match written {
            Ok(()) => Ok(Ok(())),
            Err(TextError::Io(error)) => Err(error),
            Err(TextError::Malformed {
                object,
                offset,
                fault,
            }) => Ok(Err(self.place.fault_at(object, offset, fault))),
        }
    }

    /// Everything about it, as data. OpenSSL's verdict decides here, too.
    ///
    /// # Errors
    /// When OpenSSL rejects it.
    pub fn report(&self, secrets: bool, now: Timestamp) -> Result<report::Report<'_>, Fault> {
        self.judge()?;
        Ok(report::of_object(self, secrets, now))
    }

    /// It, and what is in it, on a line each.
    ///
    /// # Errors
    /// When OpenSSL rejects it.
    pub fn summaries(&self) -> Result<Vec<summary::Summary>, Fault> {
        self.judge()?;
        Ok(summary::of_content(&self.content))
    }

    fn judge(&self) -> Result<(), Fault> {
        match self.write_text(false, &mut io::sink()) {
            Ok(verdict) => verdict,
            Err(_) => Ok(()),
        }
    }

    /// The fingerprints of the certificates and revocation lists in it.
    pub fn fingerprints(&self, algorithm: Fingerprint) -> Vec<String> {
        let mut found = Vec::new();
        self.content.each(&mut |content| {
            if let Content::Certificate(der) | Content::Crl(der) = content {
                found.push(algorithm.of(der));
            }
        });
        found
    }

    /// What in it ends by `limit`: its name, and when.
    pub fn ending_by(&self, limit: Timestamp) -> Vec<(String, Timestamp)> {
        let mut ending = Vec::new();
        self.content.each(&mut |content| {
            let line = summary::of_one(content);
            if let Some(end) = line.ends.filter(|end| *end <= limit) {
                ending.push((line.title(), end));
            }
        });
        ending
    }
}

impl Content {
    fn pkcs7(der: &[u8]) -> Result<Self, TextError> {
        let objects = pkcs7::objects(der)?;
        let objects = objects.into_iter().map(|object| match object {
            pkcs7::Object::Certificate(der) => Self::Certificate(der),
            pkcs7::Object::Crl(der) => Self::Crl(der),
        });
        Ok(Self::Pkcs7(objects.collect()))
    }

    /// This, or each of what is in it.
    pub fn each(&self, see: &mut dyn FnMut(&Self)) {
        match self {
            Self::Pkcs7(objects) => objects.iter().for_each(|o| o.each(see)),
            Self::Pkcs12(archive) => {
                let bags = archive.parts.iter().filter_map(|part| part.bags.as_ref());
                bags.for_each(|bags| each_bag(bags, see));
            }
            other => see(other),
        }
    }

    pub(super) fn write_text(&self, secrets: bool, out: &mut dyn Write) -> Result<(), TextError> {
        match self {
            Self::Certificate(der) => text::certificate(der, out),
            Self::Request(der) => text::request(der, out),
            Self::Crl(der) => text::crl(der, out),
            Self::PublicKey(der) => text::public_key(der, out),
            Self::PrivateKey(key) => key.write_text(secrets, out),
            Self::EcParameters(der) => {
                let curve = Reader::new(der).oid("curve");
                let name = curve.map_or("explicit".to_owned(), |curve| name_of(&curve));
                Ok(writeln!(out, "EC Parameters: {name}")?)
            }
            Self::OtherParameters(der) => Ok(writeln!(
                out,
                "Parameters: ({} bit)",
                report::first_integer_bits(der)
            )?),
            Self::Pkcs7(objects) => objects
                .iter()
                .try_for_each(|object| object.write_text(secrets, out)),
            Self::Pkcs12(archive) => p12_text::write(archive, secrets, out),
        }
    }
}

fn each_bag(bags: &[pkcs12_info::Bag], see: &mut dyn FnMut(&Content)) {
    for bag in bags {
        match &bag.content {
            pkcs12_info::Content::Certificate(der) => see(&Content::Certificate(der.clone())),
            pkcs12_info::Content::Crl(der) => see(&Content::Crl(der.clone())),
            pkcs12_info::Content::Bags(bags) => each_bag(bags, see),
            _ => {}
        }
    }
}

impl Key {
    pub(super) fn write_text(&self, secrets: bool, out: &mut dyn Write) -> Result<(), TextError> {
        let mut text = zeroize::Zeroizing::new(Vec::new());
        if let Some(secret) = &self.secret {
            match secrets {
                true => text::private_key_with_secrets(secret.expose(), &mut *text)?,
                false => text::private_key(secret.expose(), &mut *text)?,
            }
        }
        if let Some(envelope) = &self.envelope {
            writeln!(out, "Encrypted Private-Key: {envelope}")?;
        }
        Ok(out.write_all(&text)?)
    }
}

fn private_key(raw: Raw, ask: &mut Ask<'_>) -> Result<Key, NotRead> {
    let Some(envelope) = Envelope::of_block(&raw.block) else {
        return Ok(Key {
            envelope: None,
            secret: Some(Secret::new(raw.block.into_der())),
        });
    };
    let secret = match ask.passphrase("the key")? {
        Some(passphrase) => {
            let opened = envelope::open_block(&raw.block, &passphrase);
            Some(opened.map_err(|fault| ask.fault(fault))?)
        }
        None => None,
    };
    Ok(Key {
        envelope: Some(envelope),
        secret,
    })
}

fn encrypted_key(raw: Raw, ask: &mut Ask<'_>) -> Result<Key, NotRead> {
    let der = strict(raw.block.into_der());
    let envelope = Envelope::of_key(&der).map_err(|fault| ask.fault(fault))?;
    let secret = match ask.passphrase("the key")? {
        Some(passphrase) => {
            let opened = envelope::open(&der, &passphrase);
            Some(opened.map_err(|fault| ask.fault(fault))?)
        }
        None => None,
    };
    Ok(Key {
        envelope: Some(envelope),
        secret,
    })
}

/// Many files have the empty passphrase, so that is tried before a person is asked.
fn archive(der: &[u8], ask: &mut Ask<'_>) -> Result<pkcs12_info::Archive, NotRead> {
    const CHEAP: u64 = 200_000;
    let visible = pkcs12_info::read(der, None).map_err(|fault| ask.fault(fault))?;
    let cheap = visible
        .mac
        .as_ref()
        .is_some_and(|mac| mac.iterations <= CHEAP);
    if cheap && !ask.must_open {
        let empty = pkcs12_info::read(der, Some(&Secret::new(Vec::new())));
        if let Ok(archive) = empty
            && archive.mac.as_ref().is_some_and(|mac| mac.verified)
        {
            return Ok(archive);
        }
    }
    if visible.mac.is_none() && !visible.is_locked() {
        return Ok(visible);
    }
    match ask.passphrase("the bundle")? {
        Some(passphrase) => {
            pkcs12_info::read(der, Some(&passphrase)).map_err(|fault| ask.fault(fault))
        }
        None => Ok(visible),
    }
}

/// DER where it was BER; what is neither stays.
pub(super) fn strict(encoded: Vec<u8>) -> Vec<u8> {
    if der::only(&encoded, tag::SEQUENCE, "object").is_ok() {
        return encoded;
    }
    ber_to_der::to_der(&encoded).map_or(encoded, |(der, _)| der.to_vec())
}

/// A hash for fingerprints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fingerprint {
    /// SHA-256.
    Sha256,
    /// SHA-1, which old lists of fingerprints have.
    Sha1,
}

impl Fingerprint {
    /// The fingerprint with colons, as OpenSSL writes it. Nothing behind the object counts.
    pub fn of(self, der: &[u8]) -> String {
        hex::upper_colons(self.digest(der).as_ref())
    }

    pub(super) fn digest(self, der: &[u8]) -> digest::Digest {
        let end = crate::primitives::ber::header(der, 0, der.len())
            .and_then(|header| crate::primitives::ber::end_of(der, &header));
        let object = der.get(..end.unwrap_or(der.len())).unwrap_or(der);
        let algorithm = match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        };
        digest::digest(algorithm, object)
    }
}

/// OpenSSL's long name, or the dotted identifier.
pub(super) fn name_of(oid: &Oid) -> String {
    oid.long_name()
        .map_or_else(|| oid.to_string(), str::to_owned)
}
