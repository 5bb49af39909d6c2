//! What stands in a PKCS#12 file (RFC 7292), for showing it: its MAC, its parts, their encryption
//! and their bags in the order of the file. Exporting and importing go by [`pkcs12`](super).
//!
//! Lengths, depth and the work of opening it are bounded before anything is done.

use ring::hmac;
use zeroize::Zeroizing;

use super::seal::{DATA, ENCRYPTED_DATA, Hash};
use crate::keys::envelope::{self, Envelope};
use crate::keys::{KeyError, file, pbes1};
use crate::primitives::ber_to_der;
use crate::primitives::der::{self, Reader, tag};
use crate::primitives::oid::Oid;
use crate::primitives::secret::Secret;

/// A PKCS#12 file.
#[derive(Debug)]
pub struct Archive {
    /// What protects it against changes.
    pub mac: Option<Mac>,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// The MacData.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mac {
    /// The hash of the HMAC.
    pub hash: Oid,
    /// Its length in bytes.
    pub length: usize,
    /// The length of the salt in bytes.
    pub salt_length: usize,
    /// The iterations of the key derivation.
    pub iterations: u64,
    /// True if it was checked with the passphrase, and holds.
    pub verified: bool,
}

/// One part of the authenticated safe.
#[derive(Debug)]
pub struct Part {
    /// How it is encrypted, if it is.
    pub encryption: Option<Envelope>,
    /// Its bags; `None` while it is locked, or of a kind that no passphrase opens.
    pub bags: Option<Vec<Bag>>,
}

/// One bag.
#[derive(Debug)]
pub struct Bag {
    /// What it holds.
    pub content: Content,
    /// What people call it.
    pub friendly_name: Option<String>,
    /// What pairs keys and certificates.
    pub local_key_id: Option<Vec<u8>>,
    /// The types of its other attributes.
    pub other_attributes: Vec<Oid>,
}

/// What a bag holds.
#[derive(Debug)]
pub enum Content {
    /// A certificate's DER.
    Certificate(Vec<u8>),
    /// A revocation list's DER.
    Crl(Vec<u8>),
    /// A key: how it is encrypted, if it is, and its PKCS#8 if it is open.
    Key(Option<Envelope>, Option<Secret>),
    /// Bags in a bag.
    Bags(Vec<Bag>),
    /// Something else: the bag's type.
    Other(Oid),
}

/// The most iterations that are taken on for all parts and keys of one file together.
const MOST_WORK: u64 = 20_000_000;
/// Bags in bags in bags.
const MAX_NESTING: usize = 4;

/// Reads a file as far as `passphrase` opens it; without one, what is visible to everybody.
///
/// # Errors
/// When it is none, or the passphrase is wrong.
pub fn read(input: &[u8], passphrase: Option<&Secret>) -> Result<Archive, KeyError> {
    // NSS writes open lengths, Windows strings in parts.
    let normal = ber_to_der::to_der(input)
        .map_err(|e| KeyError::malformed(format!("{} at byte {}", e.fault, e.offset)))?
        .0;
    let normal = Zeroizing::new(normal);
    let mut pfx = der::only(&normal, tag::SEQUENCE, "PFX is not a SEQUENCE")?.reader();
    let version = pfx.require(tag::INTEGER, "PFX has no version")?;
    if version.value != [3] {
        return Err(KeyError::malformed(
            "PKCS#12 file of another version than 3",
        ));
    }
    let safe = octets_of(pfx.sequence("PFX has no content")?)?;
    let mut work = 0;
    let mac = match pfx.optional(tag::SEQUENCE)? {
        Some(mac) => Some(self::mac(mac.reader(), &safe, passphrase, &mut work)?),
        None => None,
    };
    let mut opener = Opener { passphrase, work };
    let safe = ber_to_der::to_der(&safe)
        .map_err(|e| KeyError::malformed(format!("authenticated safe: {}", e.fault)))?;
    let mut contents = Reader::new(&safe.0).sequence("authenticated safe is not a SEQUENCE")?;
    let mut parts = Vec::new();
    while !contents.is_empty() {
        parts.push(opener.part(contents.sequence("a part is not a SEQUENCE")?)?);
    }
    Ok(Archive { mac, parts })
}

impl Archive {
    /// True if something in it takes a passphrase.
    pub fn is_locked(&self) -> bool {
        let locked = |part: &Part| match &part.bags {
            None => part.encryption.is_some(),
            Some(bags) => bags.iter().any(Bag::is_locked),
        };
        self.parts.iter().any(locked)
    }
}

impl Bag {
    fn is_locked(&self) -> bool {
        match &self.content {
            Content::Key(envelope, key) => envelope.is_some() && key.is_none(),
            Content::Bags(bags) => bags.iter().any(Self::is_locked),
            _ => false,
        }
    }
}

/// The octets of a ContentInfo of type data (RFC 2315, 7).
fn octets_of(mut content: Reader<'_>) -> Result<Vec<u8>, KeyError> {
    if content.oid("content has no type")? != DATA {
        return Err(KeyError::unsupported(
            "a .p12 file that is signed, not protected by a passphrase,",
            "ask its sender for another",
        ));
    }
    let explicit = content.require(tag::context_constructed(0), "content is missing")?;
    let octets = explicit
        .reader()
        .require(tag::OCTET_STRING, "content is no OCTET STRING")?;
    Ok(octets.value.to_vec())
}

fn mac(
    mut fields: Reader<'_>,
    safe: &[u8],
    passphrase: Option<&Secret>,
    work: &mut u64,
) -> Result<Mac, KeyError> {
    let mut info = fields.sequence("MAC has no DigestInfo")?;
    let hash = info
        .sequence("MAC has no algorithm")?
        .oid("MAC has no algorithm")?;
    let value = info.require(tag::OCTET_STRING, "MAC is missing")?.value;
    let salt = fields.require(tag::OCTET_STRING, "MAC has no salt")?.value;
    let iterations = match fields.is_empty() {
        true => 1,
        false => envelope::number(&mut fields)?,
    };
    let mut mac = Mac {
        hash,
        length: value.len(),
        salt_length: salt.len(),
        iterations,
        verified: false,
    };
    let Some(passphrase) = passphrase else {
        return Ok(mac);
    };
    *work = iterations;
    granted(iterations)?;
    let rounds = u32::try_from(iterations).unwrap_or(u32::MAX);
    let bmp = pbes1::bmp(passphrase);
    // some programs take an empty passphrase for no bytes at all
    let texts: &[&[u8]] = if passphrase.is_empty() {
        &[&bmp, &[]]
    } else {
        &[&bmp]
    };
    for text in texts {
        let Some(hash) = Hash::of(&mac.hash) else {
            return Ok(mac);
        };
        let key = hash.key(text, salt, rounds);
        if hmac::verify(&key, safe, value).is_ok() {
            mac.verified = true;
            return Ok(mac);
        }
    }
    Err(KeyError::WrongPassphrase)
}

fn granted(work: u64) -> Result<(), KeyError> {
    if work > MOST_WORK {
        return Err(KeyError::TooCostly {
            what: "a number of iterations",
            asked: work,
            limit: MOST_WORK,
        });
    }
    Ok(())
}

/// Opens parts and keys, and counts the work.
struct Opener<'a> {
    passphrase: Option<&'a Secret>,
    work: u64,
}

impl Opener<'_> {
    fn part(&mut self, mut content: Reader<'_>) -> Result<Part, KeyError> {
        let kind = content.oid("content has no type")?;
        let explicit = content.require(tag::context_constructed(0), "content is missing")?;
        if kind == DATA {
            let octets = explicit
                .reader()
                .require(tag::OCTET_STRING, "content is no OCTET STRING")?;
            return Ok(Part {
                encryption: None,
                bags: Some(self.bags(octets.value, 0)?),
            });
        }
        if kind != ENCRYPTED_DATA {
            return Ok(Part {
                encryption: Some(Envelope::Other(kind)),
                bags: None,
            });
        }
        let mut data = explicit
            .reader()
            .sequence("EncryptedData is not a SEQUENCE")?;
        data.require(tag::INTEGER, "EncryptedData has no version")?;
        let mut info = data.sequence("EncryptedData has no content")?;
        info.oid("encrypted content has no type")?;
        let algorithm = info.sequence("encrypted content has no algorithm")?;
        let octets = implicit_octets(&info.any()?)?;
        let encryption = Envelope::read(algorithm.clone())?;
        let bags = match self.decrypt(&encryption, algorithm, &octets)? {
            Some(opened) => Some(self.bags(opened.expose(), 0)?),
            None => None,
        };
        Ok(Part {
            encryption: Some(encryption),
            bags,
        })
    }

    fn decrypt(
        &mut self,
        envelope: &Envelope,
        mut algorithm: Reader<'_>,
        data: &[u8],
    ) -> Result<Option<Secret>, KeyError> {
        let Some(passphrase) = self.passphrase else {
            return Ok(None);
        };
        self.work = self.work.saturating_add(envelope.work());
        granted(self.work)?;
        let opened = file::decrypt_by(&mut algorithm, data, passphrase)?;
        match opened.expose().first() {
            Some(&tag::SEQUENCE) => Ok(Some(opened)),
            _ => Err(KeyError::WrongPassphrase),
        }
    }

    fn bags(&mut self, contents: &[u8], depth: usize) -> Result<Vec<Bag>, KeyError> {
        if depth > MAX_NESTING {
            return Err(KeyError::malformed("bags are nested too deeply"));
        }
        let contents = ber_to_der::to_der(contents)
            .map_err(|e| KeyError::malformed(format!("bags: {}", e.fault)))?;
        let contents = Zeroizing::new(contents.0);
        let mut list = Reader::new(&contents).sequence("bags are not a SEQUENCE")?;
        let mut bags = Vec::new();
        while !list.is_empty() {
            bags.push(self.bag(list.sequence("a bag is not a SEQUENCE")?, depth)?);
        }
        Ok(bags)
    }

    fn bag(&mut self, mut fields: Reader<'_>, depth: usize) -> Result<Bag, KeyError> {
        let kind = fields.oid("a bag has no type")?;
        let value = fields.require(tag::context_constructed(0), "a bag is empty")?;
        let content = match kind.contents().split_last() {
            Some((1, BAGS)) => Content::Key(None, Some(Secret::new(value.value.to_vec()))),
            Some((2, BAGS)) => self.shrouded(value.value)?,
            Some((3, BAGS)) => {
                certificate(value.value)?.map_or(Content::Other(kind), Content::Certificate)
            }
            Some((4, BAGS)) => certificate(value.value)?.map_or(Content::Other(kind), Content::Crl),
            Some((6, BAGS)) => Content::Bags(self.bags(value.value, depth + 1)?),
            _ => Content::Other(kind),
        };
        let mut bag = Bag {
            content,
            friendly_name: None,
            local_key_id: None,
            other_attributes: Vec::new(),
        };
        if let Some(set) = fields.optional(tag::SET)? {
            bag.attributes(set.reader())?;
        }
        Ok(bag)
    }

    fn shrouded(&mut self, key: &[u8]) -> Result<Content, KeyError> {
        let mut fields = Reader::new(key).sequence("encrypted key is not a SEQUENCE")?;
        let algorithm = fields.sequence("encrypted key has no algorithm")?;
        let data = fields.require(tag::OCTET_STRING, "encrypted key has no octets")?;
        let envelope = Envelope::read(algorithm.clone())?;
        let key = self.decrypt(&envelope, algorithm, data.value)?;
        Ok(Content::Key(Some(envelope), key))
    }
}

impl Bag {
    fn attributes(&mut self, mut set: Reader<'_>) -> Result<(), KeyError> {
        while !set.is_empty() {
            let mut attribute = set.sequence("an attribute is no SEQUENCE")?;
            let kind = attribute.oid("an attribute has no type")?;
            let mut values = attribute
                .require(tag::SET, "an attribute has no values")?
                .reader();
            let value = match values.is_empty() {
                true => None,
                false => Some(values.any()?),
            };
            match value {
                Some(text) if kind == FRIENDLY_NAME && text.tag == tag::BMP_STRING => {
                    let (units, _) = text.value.as_chunks::<2>();
                    let units: Vec<u16> = units.iter().map(|u| u16::from_be_bytes(*u)).collect();
                    self.friendly_name = Some(String::from_utf16_lossy(&units));
                }
                Some(id) if kind == LOCAL_KEY_ID && id.tag == tag::OCTET_STRING => {
                    self.local_key_id = Some(id.value.to_vec());
                }
                _ => self.other_attributes.push(kind),
            }
        }
        Ok(())
    }
}

/// A CertBag or CRLBag: its type and the DER in an OCTET STRING; `None` for an SDSI certificate.
fn certificate(bag: &[u8]) -> Result<Option<Vec<u8>>, KeyError> {
    let mut fields = Reader::new(bag).sequence("a bag's value is no SEQUENCE")?;
    fields.oid("a bag's value has no type")?;
    let value = fields.require(tag::context_constructed(0), "a bag's value is missing")?;
    Ok(value
        .reader()
        .optional(tag::OCTET_STRING)?
        .map(|octets| octets.value.to_vec()))
}

/// An implicitly tagged OCTET STRING, in one piece or, where it was BER, in parts.
fn implicit_octets(element: &der::Tlv<'_>) -> Result<Vec<u8>, KeyError> {
    if element.tag == tag::context(0) {
        return Ok(element.value.to_vec());
    }
    let mut parts = element.reader();
    let mut octets = Vec::new();
    while !parts.is_empty() {
        octets.extend_from_slice(parts.require(tag::OCTET_STRING, "encrypted octets")?.value);
    }
    Ok(octets)
}

const FRIENDLY_NAME: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 20]);
const LOCAL_KEY_ID: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 21]);
/// The arcs in front of a bag's number.
const BAGS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1];
