//! Reasons for a revocation (RFC 5280, 5.3.1), as OpenSSL's database knows them.

use std::fmt;
use std::str::FromStr;

/// Why a certificate was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are RFC 5280's own")]
pub enum Reason {
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    RemoveFromCrl,
}

impl Reason {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 8] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::RemoveFromCrl,
    ];

    /// The CRLReason code.
    pub fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::RemoveFromCrl => 8,
        }
    }

    /// The word in `index.txt`, in OpenSSL's spelling (`CACompromise`).
    pub fn word(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "CACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::CertificateHold => "certificateHold",
            Self::RemoveFromCrl => "removeFromCRL",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The word names no reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownReason;

impl fmt::Display for UnknownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // that one is no reason to revoke, and told of where it is given
        let reasons = Reason::ALL.iter().filter(|r| **r != Reason::RemoveFromCrl);
        let words: Vec<&str> = reasons.map(|r| r.word()).collect();
        write!(f, "no such reason; those are {}", words.join(", "))
    }
}

impl std::error::Error for UnknownReason {}

impl FromStr for Reason {
    type Err = UnknownReason;

    /// Any letter case, as OpenSSL reads it.
    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        let same = |reason: &Self| reason.word().eq_ignore_ascii_case(text);
        Self::ALL.into_iter().find(same).ok_or(UnknownReason)
    }
}
