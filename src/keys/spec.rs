//! The kinds of key that privca makes, as they are spelled on the command line and in profiles.

use std::fmt;
use std::str::FromStr;

/// A kind of key to generate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// ECDSA on P-256 (`ec-p256`): the default, what every TLS library takes.
    #[default]
    EcP256,
    /// ECDSA on P-384 (`ec-p384`).
    EcP384,
    /// Ed25519 (`ed25519`, RFC 8410); browsers and Windows do not take it.
    Ed25519,
    /// RSA with a modulus of 2048 bits (`rsa-2048`).
    Rsa2048,
    /// RSA with a modulus of 3072 bits (`rsa-3072`).
    Rsa3072,
    /// RSA with a modulus of 4096 bits (`rsa-4096`).
    Rsa4096,
}

impl KeyType {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 6] = [
        Self::EcP256,
        Self::EcP384,
        Self::Ed25519,
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
    ];

    /// Its spelling.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EcP256 => "ec-p256",
            Self::EcP384 => "ec-p384",
            Self::Ed25519 => "ed25519",
            Self::Rsa2048 => "rsa-2048",
            Self::Rsa3072 => "rsa-3072",
            Self::Rsa4096 => "rsa-4096",
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text names no kind of key that privca makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownKeyType;

impl fmt::Display for UnknownKeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = KeyType::ALL.map(KeyType::name);
        write!(f, "not a key type; known are {}", names.join(", "))
    }
}

impl std::error::Error for UnknownKeyType {}

impl FromStr for KeyType {
    type Err = UnknownKeyType;

    fn from_str(text: &str) -> Result<Self, UnknownKeyType> {
        let named = Self::ALL.into_iter().find(|t| t.name() == text);
        named.ok_or(UnknownKeyType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_and_others_are_told_the_names() {
        for key_type in KeyType::ALL {
            assert_eq!(key_type.to_string().parse(), Ok(key_type));
        }
        let error = "rsa-1024".parse::<KeyType>().unwrap_err();
        assert!(error.to_string().ends_with("rsa-2048, rsa-3072, rsa-4096"));
        assert_eq!(KeyType::default().name(), "ec-p256");
    }
}
