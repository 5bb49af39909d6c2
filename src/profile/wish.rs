//! What is asked of a CA, in one form whether a CSR or a command line asks, and the facts about
//! the issuer that the decision needs.

use std::fmt;

use crate::primitives::oid::Oid;
use crate::primitives::time::{Span, Timestamp};
use crate::x509::extension::Extension;
use crate::x509::general_name::GeneralName;
use crate::x509::name::Name;
use crate::x509::name_constraints::NameConstraints;

/// A certificate that someone asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The subject, byte for byte.
    pub subject: Name,
    /// The alternative names.
    pub names: Vec<GeneralName>,
    /// Every other extension that the request asks for.
    pub requested: Vec<Extension>,
    /// The key to certify.
    pub key: KeyFacts,
    /// How long, if the operator says so.
    pub validity: Option<Span>,
    /// From when, if the operator says so.
    pub not_before: Option<Timestamp>,
    /// Until when, if the operator says so.
    pub not_after: Option<Timestamp>,
    /// Whether what would be cut to the issuer's limits is refused instead.
    pub strict: bool,
    /// What was issued before.
    pub existing: Existing,
}

impl Wish {
    /// A wish for the profile's own dates, with no extensions, of a name and key never seen before.
    pub fn new(subject: Name, names: Vec<GeneralName>, key: KeyFacts) -> Self {
        Self {
            subject,
            names,
            requested: Vec::new(),
            key,
            validity: None,
            not_before: None,
            not_after: None,
            strict: false,
            existing: Existing::default(),
        }
    }
}

/// What the decision needs to know of a public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// Its family and size.
    pub kind: KeyFamily,
    /// Why nobody should certify it, each as a clause such as `public exponent is 3`; none for a
    /// sound key.
    pub weaknesses: Vec<String>,
}

/// The kinds of key that profiles speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyFamily {
    /// ECDSA on P-256.
    EcP256,
    /// ECDSA on P-384.
    EcP384,
    /// Ed25519.
    Ed25519,
    /// RSA.
    Rsa {
        /// The modulus's size in bits, exactly.
        bits: usize,
    },
    /// A kind that no profile can name.
    Other {
        /// How people call it.
        name: String,
    },
}

impl fmt::Display for KeyFamily {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EcP256 => f.write_str("ec-p256"),
            Self::EcP384 => f.write_str("ec-p384"),
            Self::Ed25519 => f.write_str("ed25519"),
            Self::Rsa { bits } => write!(f, "rsa of {bits} bits"),
            Self::Other { name } => write!(f, "{}", name.escape_debug()),
        }
    }
}

/// What the PKI directory knows, as far as `unique_name` and `unique_key` ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Existing {
    /// The certificate of the same name that is still valid: its serial and end, for the message.
    pub valid_certificate_of_name: Option<String>,
    /// The other name that this key is certified for.
    pub key_certified_for: Option<String>,
}

/// What the decision needs to know of the CA certificate.
#[derive(Clone, Debug)]
pub struct IssuerFacts {
    /// Its subject.
    pub subject: Name,
    /// Its start.
    pub not_before: Timestamp,
    /// Its end.
    pub not_after: Timestamp,
    /// basicConstraints says CA:TRUE.
    pub is_ca: bool,
    /// It has no keyUsage, or keyCertSign is in it.
    pub may_sign_certificates: bool,
    /// How many CAs may stand below it: its own pathLenConstraint, and what those of the CAs above
    /// leave of theirs.
    pub path_len: Option<u32>,
    /// The name constraints of it and of every CA above.
    pub name_constraints: Vec<NameConstraints>,
    /// The extended key usages of it and of every CA above, of those that have any.
    pub purposes: Vec<Vec<Oid>>,
}
