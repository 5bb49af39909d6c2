//! Certificates and revocation lists to the byte, good ones and bad ones.

use std::rc::Rc;

use privca::keys::{KeyType, PrivateKey, generate};
use privca::primitives::der::{self, tag};
use privca::primitives::oid::Oid;
use privca::primitives::oid::known;
use privca::primitives::time::Timestamp;
use privca::x509::certificate::Certificate;
use privca::x509::crl::Crl;
use privca::x509::extension::Extension;
use privca::x509::key_usage::KeyUsage;
use privca::x509::name::Name;
use privca::x509::san_text;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha2::Digest;

/// 2026-06-01T00:00:00Z, the moment that most cases are about.
pub const NOW: i64 = 1_780_272_000;
pub const DAY: i64 = 86_400;

/// A key that signs, with the strength and digest that a case wants.
pub enum Key {
    Ring(Box<PrivateKey>),
    Rsa(Box<RsaPrivateKey>, bool),
}

impl Key {
    pub fn ec() -> Rc<Self> {
        Rc::new(Self::Ring(Box::new(
            generate::generate(KeyType::EcP256).unwrap(),
        )))
    }

    /// RSA of any size, with SHA-1 where that is wanted.
    pub fn rsa(bits: usize, sha1: bool) -> Rc<Self> {
        let mut random = rand_core::UnwrapErr(getrandom::SysRng);
        let key = RsaPrivateKey::new(&mut random, bits).unwrap();
        Rc::new(Self::Rsa(Box::new(key), sha1))
    }

    pub fn spki(&self) -> Vec<u8> {
        match self {
            Self::Ring(key) => key.public().spki().to_vec(),
            Self::Rsa(key, _) => {
                let n = key.n_bytes();
                let key = der::sequence(&[der::unsigned(&n), der::unsigned(&[1, 0, 1])]);
                let algorithm = der::sequence(&[known::RSA_ENCRYPTION.to_der(), vec![5, 0]]);
                der::sequence(&[algorithm, der::bit_string(&key)])
            }
        }
    }

    fn bits(&self) -> Vec<u8> {
        let spki = self.spki();
        let mut fields = der::Reader::new(&spki).sequence("spki").unwrap();
        fields.any().unwrap();
        fields.bit_string("key").unwrap().to_vec()
    }

    pub fn id(&self) -> Vec<u8> {
        sha1::Sha1::digest(self.bits()).to_vec()
    }

    pub fn algorithm(&self) -> Vec<u8> {
        match self {
            Self::Ring(key) => key.signature_algorithm().to_vec(),
            Self::Rsa(_, true) => der::sequence(&[known::SHA1_WITH_RSA.to_der(), vec![5, 0]]),
            Self::Rsa(_, false) => der::sequence(&[known::SHA256_WITH_RSA.to_der(), vec![5, 0]]),
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let pkcs1 = |prefix: &[u8]| Pkcs1v15Sign {
            hash_len: None,
            prefix: prefix.into(),
        };
        match self {
            Self::Ring(key) => key.sign(message).unwrap(),
            Self::Rsa(key, true) => key.sign(pkcs1(SHA1), &sha1::Sha1::digest(message)).unwrap(),
            Self::Rsa(key, false) => key
                .sign(pkcs1(SHA256), &sha2::Sha256::digest(message))
                .unwrap(),
        }
    }
}

/// DigestInfo's first bytes (RFC 8017, 9.2).
const SHA1: &[u8] = &[
    0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 0x14,
];
const SHA256: &[u8] = &[
    0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20,
];

/// A certificate to be.
#[derive(Clone)]
pub struct Draft {
    pub version: u8,
    pub serial: u8,
    pub subject: Name,
    pub issuer: Name,
    pub begins: i64,
    pub ends: i64,
    pub key: Rc<Key>,
    pub extensions: Vec<Extension>,
    /// Another algorithm inside than beside the signature.
    pub inner_algorithm: Option<Vec<u8>>,
    /// Spoils the signature.
    pub spoilt: bool,
}

pub fn name(text: &str) -> Name {
    if text == "/" {
        return Name::empty();
    }
    text.parse().unwrap()
}

impl Draft {
    pub fn ca(subject: &str, serial: u8, key: Rc<Key>) -> Self {
        let usage = KeyUsage::KEY_CERT_SIGN.with(KeyUsage::CRL_SIGN);
        let extensions = vec![
            Extension::basic_constraints(true, None),
            Extension::key_usage(usage),
            Extension::subject_key_identifier(&key.id()),
        ];
        Self::of(subject, serial, key, extensions)
    }

    pub fn leaf(subject: &str, serial: u8, key: Rc<Key>) -> Self {
        let purposes = [
            known::CLIENT_AUTH,
            known::SERVER_AUTH,
            known::EMAIL_PROTECTION,
            known::CODE_SIGNING,
            known::OCSP_SIGNING,
        ];
        let names =
            san_text::parse_list("dns:www.example.com,email:a@example.com,ip:10.0.0.1").unwrap();
        let extensions = vec![
            Extension::key_usage(KeyUsage::DIGITAL_SIGNATURE),
            Extension::extended_key_usage(&purposes, false),
            Extension::subject_alt_name(&names, false),
            Extension::subject_key_identifier(&key.id()),
        ];
        Self::of(subject, serial, key, extensions)
    }

    fn of(subject: &str, serial: u8, key: Rc<Key>, extensions: Vec<Extension>) -> Self {
        Self {
            version: 3,
            serial,
            subject: name(subject),
            issuer: Name::empty(),
            begins: NOW - 100 * DAY,
            ends: NOW + 100 * DAY,
            key,
            extensions,
            inner_algorithm: None,
            spoilt: false,
        }
    }

    pub fn without(&mut self, oid: &Oid) {
        self.extensions.retain(|e| e.oid != *oid);
    }

    /// Puts an extension in place of the one of its type.
    pub fn set(&mut self, extension: Extension) {
        self.without(&extension.oid.clone());
        self.extensions.push(extension);
    }

    pub fn names(&mut self, list: &str) {
        let names = san_text::parse_list(list).unwrap();
        self.set(Extension::subject_alt_name(&names, false));
    }

    pub fn purposes(&mut self, purposes: &[Oid]) {
        self.set(Extension::extended_key_usage(purposes, false));
    }

    pub fn usage(&mut self, words: &[&str]) {
        let usage = words.iter().fold(KeyUsage::default(), |all, word| {
            all.with(KeyUsage::by_word(word).unwrap())
        });
        self.set(Extension::key_usage(usage));
    }

    pub fn critical(&mut self, oid: &Oid, critical: bool) {
        let found = self.extensions.iter_mut().find(|e| e.oid == *oid);
        found.unwrap().critical = critical;
    }

    pub fn sign(&self, issuer: &Key) -> Certificate {
        let algorithm = issuer.algorithm();
        let inner = self.inner_algorithm.clone();
        let time = |at: i64| Timestamp::from_unix(at).unwrap().to_der();
        let mut fields = vec![
            der::unsigned(&[self.serial]),
            inner.unwrap_or_else(|| algorithm.clone()),
            self.issuer.der().to_vec(),
            der::sequence(&[time(self.begins), time(self.ends)]),
            self.subject.der().to_vec(),
            self.key.spki(),
        ];
        if self.version == 3 {
            fields.insert(0, vec![0xa0, 3, 2, 1, 2]);
        }
        if !self.extensions.is_empty() {
            let all: Vec<Vec<u8>> = self.extensions.iter().map(Extension::to_der).collect();
            fields.push(der::tlv(tag::context_constructed(3), &der::sequence(&all)));
        }
        Certificate::from_der(&signed(&fields, &algorithm, issuer, self.spoilt)).unwrap()
    }
}

fn signed(fields: &[Vec<u8>], algorithm: &[u8], issuer: &Key, spoilt: bool) -> Vec<u8> {
    let to_be_signed = der::sequence(fields);
    let signature = if spoilt {
        issuer.sign(b"something else")
    } else {
        issuer.sign(&to_be_signed)
    };
    der::sequence(&[
        to_be_signed,
        algorithm.to_vec(),
        der::bit_string(&signature),
    ])
}

/// A revocation list to be.
#[derive(Clone)]
pub struct CrlDraft {
    pub version: u8,
    pub this_update: i64,
    pub next_update: Option<i64>,
    /// Serial number and entry extensions.
    pub revoked: Vec<(u8, Vec<Extension>)>,
    pub key_id: Option<Vec<u8>>,
    pub extensions: Vec<Extension>,
    pub spoilt: bool,
    /// False to leave the list out.
    pub there: bool,
}

impl CrlDraft {
    pub fn of(issuer: &Key) -> Self {
        Self {
            version: 2,
            this_update: NOW - DAY,
            next_update: Some(NOW + DAY),
            revoked: Vec::new(),
            key_id: Some(issuer.id()),
            extensions: Vec::new(),
            spoilt: false,
            there: true,
        }
    }

    pub fn sign(&self, issuer_name: &Name, issuer: &Key) -> Crl {
        let time = |at: i64| Timestamp::from_unix(at).unwrap().to_der();
        let list = |all: &[Extension]| {
            der::sequence(&all.iter().map(Extension::to_der).collect::<Vec<_>>())
        };
        let mut fields = vec![
            issuer.algorithm(),
            issuer_name.der().to_vec(),
            time(self.this_update),
        ];
        fields.extend(self.next_update.map(time));
        let entry = |(serial, extensions): &(u8, Vec<Extension>)| {
            let mut parts = vec![der::unsigned(&[*serial]), time(NOW - 2 * DAY)];
            if !extensions.is_empty() {
                parts.push(list(extensions));
            }
            der::sequence(&parts)
        };
        if !self.revoked.is_empty() {
            let entries: Vec<Vec<u8>> = self.revoked.iter().map(entry).collect();
            fields.push(der::sequence(&entries));
        }
        if self.version == 2 {
            fields.insert(0, der::unsigned(&[1]));
            let mut all = self.extensions.clone();
            all.extend(
                self.key_id
                    .as_deref()
                    .map(Extension::authority_key_identifier),
            );
            all.push(extension(&known::CRL_NUMBER, false, &der::unsigned(&[1])));
            fields.push(der::tlv(tag::context_constructed(0), &list(&all)));
        }
        Crl::from_der(signed(&fields, &issuer.algorithm(), issuer, self.spoilt)).unwrap()
    }
}

pub fn extension(oid: &Oid, critical: bool, value: &[u8]) -> Extension {
    Extension {
        oid: oid.clone(),
        critical,
        value: value.to_vec(),
    }
}

pub fn reason(code: u8) -> Extension {
    let value = der::tlv(tag::ENUMERATED, &[code]);
    extension(&known::REASON_CODE, false, &value)
}
