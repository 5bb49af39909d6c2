//! The algorithm that privca signs with, by key: SHA-256, and SHA-384 for P-384.

use super::private::{ECDSA_WITH_SHA256, ECDSA_WITH_SHA384, ED25519, SHA256_WITH_RSA};
use super::{KeyError, KeyKind, PublicKey};

impl PublicKey {
    /// The AlgorithmIdentifier of the signatures that this key's private half makes.
    ///
    /// # Errors
    /// When privca cannot sign with such a key.
    pub fn signature_algorithm(&self) -> Result<&'static [u8], KeyError> {
        match self.kind() {
            KeyKind::Rsa { .. } => Ok(SHA256_WITH_RSA),
            KeyKind::EcP256 => Ok(ECDSA_WITH_SHA256),
            KeyKind::EcP384 => Ok(ECDSA_WITH_SHA384),
            KeyKind::Ed25519 => Ok(ED25519),
            other => Err(KeyError::unsupported(
                format!("{other} key"),
                "privca signs with RSA, EC P-256, EC P-384 and Ed25519 keys",
            )),
        }
    }
}
