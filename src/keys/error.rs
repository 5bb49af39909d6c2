//! What can go wrong with keys: the passphrase, the form, the kind, the machine.

use std::fmt;

use crate::primitives::der::DerError;
use crate::primitives::pem::PemError;
use crate::primitives::random::NoRandomness;

/// Why a key, or a bundle with one, cannot be read, made, used or written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// It is encrypted and no passphrase was given.
    PassphraseNeeded,
    /// A key was to be encrypted under no text at all.
    EmptyPassphrase,
    /// Decrypting gave no key. Wrong passphrase and damaged file can't be told apart.
    WrongPassphrase,
    /// There is no private key in it.
    NotAKey,
    /// There is no public key in it.
    NotAPublicKey,
    /// It is a key, or an encryption, that privca cannot use.
    Unsupported {
        /// Its kind, as `EC P-521 key`.
        what: String,
        /// What the reader can do about it.
        remedy: &'static str,
    },
    /// It claims to be a key and is broken.
    Malformed {
        /// Where and how.
        what: String,
    },
    /// Opening it would take more time or memory than any honest file asks for.
    TooCostly {
        /// Which number.
        what: &'static str,
        /// What the file asks for.
        asked: u64,
        /// What privca grants.
        limit: u64,
    },
    /// Key and certificate do not belong together.
    Mismatch,
    /// The operating system gave no random bytes.
    NoRandomness,
    /// A new signature did not verify, and was thrown away: a fault of the machine.
    FaultySignature,
    /// The cryptographic library refused something that cannot fail.
    Internal {
        /// What was being done.
        what: &'static str,
    },
}

impl KeyError {
    pub(super) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed { what: what.into() }
    }

    pub(super) fn unsupported(what: impl Into<String>, remedy: &'static str) -> Self {
        let what = what.into();
        Self::Unsupported { what, remedy }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PassphraseNeeded => f.write_str("it is encrypted, and no passphrase was given"),
            Self::EmptyPassphrase => f.write_str("an empty passphrase protects nothing"),
            Self::WrongPassphrase => f.write_str("wrong passphrase, or the file is damaged"),
            Self::NotAKey => f.write_str("no private key in it"),
            Self::NotAPublicKey => f.write_str("no public key in it"),
            Self::Unsupported { what, remedy } => write!(f, "{what} is not supported; {remedy}"),
            Self::Malformed { what } => write!(f, "malformed: {what}"),
            Self::TooCostly { what, asked, limit } => {
                write!(f, "{what} of {asked} refused; at most {limit} is taken on")
            }
            Self::Mismatch => f.write_str("the key does not belong to the certificate"),
            Self::NoRandomness => NoRandomness.fmt(f),
            Self::FaultySignature => {
                f.write_str("the new signature does not verify; it was thrown away")
            }
            Self::Internal { what } => write!(f, "the cryptographic library refused {what}"),
        }
    }
}

impl std::error::Error for KeyError {}

impl From<DerError> for KeyError {
    fn from(error: DerError) -> Self {
        Self::malformed(error.to_string())
    }
}

impl From<PemError> for KeyError {
    fn from(error: PemError) -> Self {
        Self::malformed(error.to_string())
    }
}

impl From<NoRandomness> for KeyError {
    fn from(_: NoRandomness) -> Self {
        Self::NoRandomness
    }
}
