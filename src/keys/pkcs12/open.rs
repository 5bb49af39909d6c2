//! A .p12 file with its encryption taken off: for what `p12-keystore` cannot take off itself.
//!
//! That is BER (NSS, Microsoft), RC2-128 and 2-key 3DES, passphrases with characters outside the
//! Basic Multilingual Plane, no passphrase at all as Windows means it, and bags within bags. What
//! comes out is DER without encryption and MAC, which `p12-keystore` then takes apart.

use ring::hmac;
use zeroize::Zeroizing;

use super::bags::{CERT_BAG, KEY_BAG, SAFE_CONTENTS_BAG, SHROUDED_KEY_BAG};
use super::seal::{self, DATA, ENCRYPTED_DATA, Hash};
use crate::keys::KeyError;
use crate::keys::pbes1::{self, Scheme};
use crate::keys::pbes2;
use crate::keys::public::name_of;
use crate::primitives::ber_to_der;
use crate::primitives::der::{self, Reader, tag};
use crate::primitives::secret::Secret;

/// The same bags without encryption and MAC. The MAC, if there is one, has been checked.
pub(super) fn open(file: &[u8], passphrase: &Secret) -> Result<Secret, KeyError> {
    let file = strict(file).ok_or_else(|| KeyError::malformed("not a PKCS#12 file"))?;
    let opened = Opener {
        passphrase,
        bmp: pbes1::bmp(passphrase),
    }
    .pfx(&file);
    match opened {
        // "no passphrase" is no bytes for some writers, and a terminator for others
        Err(KeyError::WrongPassphrase) if passphrase.is_empty() => Opener {
            passphrase,
            bmp: Zeroizing::default(),
        }
        .pfx(&file),
        opened => opened,
    }
}

struct Opener<'a> {
    passphrase: &'a Secret,
    bmp: Zeroizing<Vec<u8>>,
}

impl Opener<'_> {
    fn pfx(&self, file: &[u8]) -> Result<Secret, KeyError> {
        let mut fields = der::only(file, tag::SEQUENCE, "not a PKCS#12 file")?.reader();
        let version = fields.require(tag::INTEGER, "PKCS#12 file without version")?;
        if version.value != [3] {
            return Err(KeyError::malformed("PKCS#12 file of unknown version"));
        }
        let mut content = fields.sequence("PKCS#12 file without content")?;
        if content.oid("PKCS#12 content without type")? != DATA {
            return Err(unsupported("signature instead of a MAC"));
        }
        let octets = explicit(&mut content)?.require(tag::OCTET_STRING, "content is no octets")?;
        if let Some(mac) = fields.optional(tag::SEQUENCE)? {
            self.check(&mut mac.reader(), octets.value)?;
        }
        let safes = strict(octets.value);
        let safes = safes.ok_or_else(|| KeyError::malformed("PKCS#12 file without safes"))?;
        let mut reader = der::only(&safes, tag::SEQUENCE, "PKCS#12 file without safes")?.reader();
        let mut bags = Zeroizing::new(Vec::new());
        while !reader.is_empty() {
            self.safe(reader.sequence("safe is not a SEQUENCE")?, &mut bags)?;
        }
        let safe = seal::data(&Zeroizing::new(der::tlv(tag::SEQUENCE, &bags)));
        let content = seal::data(&der::sequence(&[Zeroizing::new(safe)]));
        Ok(Secret::new(der::sequence(&[
            vec![tag::INTEGER, 1, 3],
            content,
        ])))
    }

    fn check(&self, mac: &mut Reader<'_>, content: &[u8]) -> Result<(), KeyError> {
        let mut info = mac.sequence("MAC without digest")?;
        let oid = info
            .sequence("MAC without algorithm")?
            .oid("MAC without algorithm")?;
        let expected = info.require(tag::OCTET_STRING, "MAC without value")?.value;
        let salt = mac.require(tag::OCTET_STRING, "MAC without salt")?.value;
        // RFC 7292, 4: one where nothing is said
        let iterations = if mac.is_empty() {
            1
        } else {
            pbes2::iterations(mac)?.get()
        };
        let hash =
            Hash::of(&oid).ok_or_else(|| unsupported(format!("MAC by {}", name_of(&oid))))?;
        hmac::verify(&hash.key(&self.bmp, salt, iterations), content, expected)
            .map_err(|_| KeyError::WrongPassphrase)
    }

    fn safe(&self, mut safe: Reader<'_>, bags: &mut Zeroizing<Vec<u8>>) -> Result<(), KeyError> {
        let kind = safe.oid("safe without type")?;
        let mut value = explicit(&mut safe)?;
        let contents = if kind == DATA {
            let octets = value.require(tag::OCTET_STRING, "safe without octets")?;
            Secret::new(octets.value.to_vec())
        } else if kind == ENCRYPTED_DATA {
            let mut data = value.sequence("encrypted safe is not a SEQUENCE")?;
            data.require(tag::INTEGER, "encrypted safe without version")?;
            let mut info = data.sequence("encrypted safe without content")?;
            info.oid("encrypted safe without type")?;
            let algorithm = info.sequence("encrypted safe without algorithm")?;
            let octets = info.require(tag::context(0), "encrypted safe without octets")?;
            self.decrypt(algorithm, octets.value)?
        } else {
            return Err(unsupported(
                "safe for a certificate's key instead of a passphrase",
            ));
        };
        // with a wrong passphrase and no MAC, noise may be padded right
        let contents = strict(contents.expose()).ok_or(KeyError::WrongPassphrase)?;
        self.bags(&contents, bags, 0)
    }

    fn bags(
        &self,
        contents: &[u8],
        out: &mut Zeroizing<Vec<u8>>,
        depth: usize,
    ) -> Result<(), KeyError> {
        let mut reader = der::only(contents, tag::SEQUENCE, "safe without bags")?.reader();
        while !reader.is_empty() {
            let bag = reader.require(tag::SEQUENCE, "bag is not a SEQUENCE")?;
            let mut fields = bag.reader();
            let kind = fields.oid("bag without type")?;
            let mut value = explicit(&mut fields)?;
            if kind == SHROUDED_KEY_BAG {
                let mut key = value.sequence("encrypted key is not a SEQUENCE")?;
                let algorithm = key.sequence("encrypted key has no algorithm")?;
                let data = key.require(tag::OCTET_STRING, "encrypted key has no octets")?;
                let key = self.decrypt(algorithm, data.value)?;
                append(out, key_bag(&key, fields.rest())?.expose());
            } else if kind == KEY_BAG {
                let key = Secret::new(value.any()?.raw.to_vec());
                append(out, key_bag(&key, fields.rest())?.expose());
            } else if kind == SAFE_CONTENTS_BAG && depth < MOST_NESTED {
                self.bags(value.any()?.raw, out, depth + 1)?;
            } else if kind == CERT_BAG {
                append(out, bag.raw);
            }
            // CRLs and other secrets are nothing that privca takes from a bundle
        }
        Ok(())
    }

    fn decrypt(&self, mut algorithm: Reader<'_>, data: &[u8]) -> Result<Secret, KeyError> {
        let scheme = algorithm.oid("encryption has no object identifier")?;
        if scheme == pbes2::PBES2 {
            return pbes2::decrypt(&mut algorithm, data, self.passphrase);
        }
        match Scheme::of(&scheme) {
            Some(old) => old.decrypt_bmp(&mut algorithm, data, self.passphrase, &self.bmp),
            None => Err(unsupported(format!("encryption by {}", name_of(&scheme)))),
        }
    }
}

/// A bag of a key without encryption, with only the fields that `p12-keystore` reads in one.
fn key_bag(key: &Secret, attributes: &[u8]) -> Result<Secret, KeyError> {
    // noise that happens to be padded right is still no key
    let fields = || -> Result<[&[u8]; 2], der::DerError> {
        let mut fields = der::only(key.expose(), tag::SEQUENCE, "key")?.reader();
        fields.require(tag::INTEGER, "key")?;
        let algorithm = fields.require(tag::SEQUENCE, "key")?.raw;
        Ok([algorithm, fields.require(tag::OCTET_STRING, "key")?.raw])
    };
    let [algorithm, octets] = fields().map_err(|_| KeyError::WrongPassphrase)?;
    let key = crate::keys::forms::wiped_sequence(&[&[tag::INTEGER, 1, 0], algorithm, octets]);
    let value = Zeroizing::new(der::tlv(tag::context_constructed(0), key.expose()));
    Ok(crate::keys::forms::wiped_sequence(&[
        &KEY_BAG.to_der(),
        &value,
        attributes,
    ]))
}

fn append(out: &mut Zeroizing<Vec<u8>>, bag: &[u8]) {
    // moved by hand: growing in place would leave copies of a key behind
    let mut grown = Zeroizing::new(Vec::with_capacity(out.len() + bag.len()));
    grown.extend_from_slice(out);
    grown.extend_from_slice(bag);
    *out = grown;
}

/// One element and nothing behind it, in DER.
fn strict(input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (der, end) = ber_to_der::to_der(input).ok()?;
    (end == input.len()).then_some(der)
}

/// A reader over the contents of the next element, `[0]`.
fn explicit<'a>(fields: &mut Reader<'a>) -> Result<Reader<'a>, KeyError> {
    Ok(fields
        .require(tag::context_constructed(0), "content is missing")?
        .reader())
}

fn unsupported(what: impl std::fmt::Display) -> KeyError {
    KeyError::unsupported(format!("a .p12 file with {what}"), super::WRITE_ANEW)
}

/// Nobody nests bags in bags more than once.
const MOST_NESTED: usize = 4;
