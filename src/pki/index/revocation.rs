//! The revocation field of a row: when, and why (OpenSSL's `unpack_revinfo`).

use std::fmt;

use crate::primitives::time::Timestamp;
use crate::x509::revocation::Reason;

/// When and why a certificate was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// When.
    pub at: Timestamp,
    /// Why, in the forms that OpenSSL has for it.
    pub detail: Detail,
}

/// What stands after the date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing.
    None,
    /// One of the reasons.
    Reason(Reason),
    /// `certificateHold` with a hold instruction: its name or OID.
    Hold(String),
    /// `keyCompromise`, and since when the key is known or feared to be someone else's.
    KeyTime(Timestamp),
    /// `CACompromise`, likewise.
    CaKeyTime(Timestamp),
}

impl Revocation {
    /// The reason, where there is one.
    pub fn reason(&self) -> Option<Reason> {
        match self.detail {
            Detail::None => None,
            Detail::Reason(reason) => Some(reason),
            Detail::Hold(_) => Some(Reason::CertificateHold),
            Detail::KeyTime(_) => Some(Reason::KeyCompromise),
            Detail::CaKeyTime(_) => Some(Reason::CaCompromise),
        }
    }

    /// The invalidity date (RFC 5280, 5.3.2), where there is one.
    pub fn invalidity(&self) -> Option<Timestamp> {
        match self.detail {
            Detail::KeyTime(at) | Detail::CaKeyTime(at) => Some(at),
            Detail::None | Detail::Reason(_) | Detail::Hold(_) => None,
        }
    }

    /// The field's text.
    ///
    /// # Errors
    /// When OpenSSL could not read it.
    pub fn to_field(&self) -> Result<String, BadRevocation> {
        let at = self.at.asn1_text();
        if at.len() != SHORT {
            return Err(BadRevocation::Year);
        }
        Ok(match &self.detail {
            Detail::None => at,
            Detail::Reason(reason) => format!("{at},{reason}"),
            Detail::Hold(instruction) => {
                let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'-';
                if instruction.is_empty() || !instruction.bytes().all(plain) {
                    return Err(BadRevocation::Instruction);
                }
                format!("{at},{HOLD},{instruction}")
            }
            Detail::KeyTime(since) => format!("{at},{KEY_TIME},{}", since.generalized()),
            Detail::CaKeyTime(since) => format!("{at},{CA_KEY_TIME},{}", since.generalized()),
        })
    }

    /// Reads a field; the flags say that OpenSSL itself would refuse it (first) or ignores a part
    /// of it (second).
    pub(super) fn from_field(field: &str) -> Option<(Self, bool, bool)> {
        let mut parts = field.splitn(3, ',');
        let at = parts.next()?;
        let (word, argument) = (parts.next(), parts.next());
        let refused = at.len() != SHORT;
        let time = |text: Option<&str>| Timestamp::from_asn1_text(text?);
        let same = |word: &str, known: &str| word.eq_ignore_ascii_case(known);
        let detail = match word {
            None => Detail::None,
            Some(word) if same(word, HOLD) => Detail::Hold(argument?.to_owned()),
            Some(word) if same(word, KEY_TIME) => Detail::KeyTime(time(argument)?),
            Some(word) if same(word, CA_KEY_TIME) => Detail::CaKeyTime(time(argument)?),
            Some(word) => Detail::Reason(word.parse().ok()?),
        };
        let ignored = matches!(detail, Detail::Reason(_)) && argument.is_some();
        let at = Timestamp::from_asn1_text(at)?;
        Some((Self { at, detail }, refused, ignored))
    }
}

/// A revocation that the index has no text for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRevocation {
    /// The index has UTCTime for revocations: 1950 to 2049.
    Year,
    /// A hold instruction is a name or an OID.
    Instruction,
}

impl fmt::Display for BadRevocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Year => "the revocation is not between the years 1950 and 2049",
            Self::Instruction => "the hold instruction is neither a name nor an OID",
        })
    }
}

impl std::error::Error for BadRevocation {}

/// Characters of a UTCTime.
const SHORT: usize = 13;
const HOLD: &str = "holdInstruction";
const KEY_TIME: &str = "keyTime";
const CA_KEY_TIME: &str = "CAkeyTime";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_openssl_reads() {
        for (field, reason) in [
            ("261121003716Z", None),
            ("261121003206Z,superseded", Some(Reason::Superseded)),
            ("261121003206Z,SUPERSEDED", Some(Reason::Superseded)),
            ("261121003206Z,CACompromise", Some(Reason::CaCompromise)),
            (
                "261121003717Z,holdInstruction,holdInstructionReject",
                Some(Reason::CertificateHold),
            ),
            (
                "261121003717Z,keyTime,20260101000000Z",
                Some(Reason::KeyCompromise),
            ),
            (
                "261121003717Z,CAkeyTime,20260101000000Z",
                Some(Reason::CaCompromise),
            ),
        ] {
            let (revocation, refused, ignored) = Revocation::from_field(field).unwrap();
            assert_eq!(
                (revocation.reason(), refused, ignored),
                (reason, false, false)
            );
            if !field.contains("SUPERSEDED") {
                assert_eq!(revocation.to_field().as_deref(), Ok(field));
            }
        }
        for field in [
            "",
            "261121003717Z,",
            "261121003717Z,keyTime",
            "x,superseded",
            "261121003717Z,privilegeWithdrawn",
            "261121003717Z,holdInstruction",
        ] {
            assert_eq!(Revocation::from_field(field), None, "{field}");
        }
    }

    #[test]
    fn what_openssl_minds_is_flagged() {
        let long = Revocation::from_field("20261121003716Z,superseded").unwrap();
        assert_eq!((long.1, long.2), (true, false));
        let more = Revocation::from_field("261121003716Z,superseded,20260101000000Z").unwrap();
        assert_eq!((more.1, more.2), (false, true));
    }
}
