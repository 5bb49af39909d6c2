//! Key usage and extended key usage (RFC 5280, 4.2.1.3 and 4.2.1.12), with their names.

use std::fmt;

use crate::primitives::der::{self, tag};
use crate::primitives::oid::{Oid, known};

/// A set of key usage bits.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct KeyUsage(u16);

/// RFC 5280's names in the order of their bits.
const WORDS: [&str; 9] = [
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];

impl KeyUsage {
    /// Verifies signatures other than those on certificates and CRLs.
    pub const DIGITAL_SIGNATURE: Self = Self(1);
    /// Encrypts keys: RSA key transport.
    pub const KEY_ENCIPHERMENT: Self = Self(1 << 2);
    /// Agrees on keys: ECDH.
    pub const KEY_AGREEMENT: Self = Self(1 << 4);
    /// Signs certificates.
    pub const KEY_CERT_SIGN: Self = Self(1 << 5);
    /// Signs CRLs.
    pub const CRL_SIGN: Self = Self(1 << 6);

    /// Both sets together.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// True if every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// True for no bit at all.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The bit that RFC 5280 (or X.509, which renamed one: `contentCommitment`) calls so.
    pub fn by_word(word: &str) -> Option<Self> {
        let word = if word == "contentCommitment" {
            "nonRepudiation"
        } else {
            word
        };
        let bit = WORDS.iter().position(|w| *w == word)?;
        Some(Self(1 << bit))
    }

    /// The words that [`KeyUsage::by_word`] knows, in RFC 5280's order.
    pub const fn all_words() -> [&'static str; 9] {
        WORDS
    }

    /// The names of the bits that are set, in RFC 5280's order.
    pub fn words(self) -> Vec<&'static str> {
        let set = |(bit, word): (usize, &'static str)| (self.0 & 1 << bit != 0).then_some(word);
        WORDS.into_iter().enumerate().filter_map(set).collect()
    }

    /// The extension's value.
    pub fn to_der(self) -> Vec<u8> {
        der::named_bits((0..9u8).filter(|bit| self.0 & 1 << bit != 0))
    }

    /// Reads the extension's value; bits beyond RFC 5280's are ignored.
    pub fn from_der(value: &[u8]) -> Option<Self> {
        let bits = der::only(value, tag::BIT_STRING, "key usage").ok()?;
        let (_, octets) = bits.value.split_first()?;
        let set = |bit: &u8| {
            octets
                .get(usize::from(bit / 8))
                .is_some_and(|octet| octet & 0x80 >> (bit % 8) != 0)
        };
        Some(Self(
            (0..9u8).filter(set).fold(0, |all, bit| all | 1 << bit),
        ))
    }
}

impl fmt::Debug for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyUsage({})", self.words().join(" "))
    }
}

/// The words that profiles use for extended key usages.
static PURPOSES: [(&str, Oid); 8] = [
    ("serverAuth", known::SERVER_AUTH),
    ("clientAuth", known::CLIENT_AUTH),
    ("codeSigning", known::CODE_SIGNING),
    ("emailProtection", known::EMAIL_PROTECTION),
    ("timeStamping", known::TIME_STAMPING),
    ("OCSPSigning", known::OCSP_SIGNING),
    (
        "msSmartcardLogin",
        Oid::known(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 2]),
    ),
    ("anyExtendedKeyUsage", known::ANY_EXTENDED_KEY_USAGE),
];

/// The purpose that a word (`clientAuth`) or a dotted OID means.
pub fn purpose_by_word(word: &str) -> Option<Oid> {
    let named = PURPOSES
        .iter()
        .find(|(name, _)| *name == word)
        .map(|(_, oid)| oid.clone());
    named.or_else(|| word.parse().ok())
}

/// The words that [`purpose_by_word`] knows.
pub fn purpose_words() -> impl Iterator<Item = &'static str> {
    PURPOSES.iter().map(|(name, _)| *name)
}

/// The word for a purpose, else its dotted OID.
pub fn purpose_word(oid: &Oid) -> String {
    let named = PURPOSES.iter().find(|(_, known)| known == oid);
    named.map_or_else(|| oid.to_string(), |(name, _)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_reads_back() {
        for word in WORDS {
            let usage = KeyUsage::by_word(word).unwrap();
            assert_eq!(KeyUsage::from_der(&usage.to_der()), Some(usage));
            assert_eq!(usage.words(), [word]);
        }
        // what OpenSSL writes for keyCertSign, cRLSign
        let both = KeyUsage::KEY_CERT_SIGN.with(KeyUsage::CRL_SIGN);
        assert_eq!(both.to_der(), [3, 2, 1, 6]);
    }
}
