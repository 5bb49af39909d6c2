//! Revocation lists (RFC 5280, 5): the entries of a new one, one after the other, and what has to be
//! known of an old one.

use super::name::Name;
use super::revocation::Reason;
use super::serial::Serial;
use crate::primitives::der::{self, DerError, Reader, tag};
use crate::primitives::oid::{Oid, known};
use crate::primitives::time::Timestamp;

/// One revoked certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its serial.
    pub serial: &'a Serial,
    /// When it was revoked.
    pub at: Timestamp,
    /// Why; `unspecified` is left out, as RFC 5280, 5.3.1 asks.
    pub reason: Option<Reason>,
    /// What to do with a certificate on hold.
    pub hold_instruction: Option<Oid>,
    /// Since when it should not have been trusted (RFC 5280, 5.3.2).
    pub invalidity: Option<Timestamp>,
}

/// revokedCertificates as it grows: a million entries are their DER and nothing else.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    der: Vec<u8>,
    count: u64,
    entry: Vec<u8>,
    extensions: Vec<u8>,
}

impl Entries {
    /// Adds one.
    pub fn push(&mut self, entry: &Entry<'_>) {
        let (parts, extensions) = (&mut self.entry, &mut self.extensions);
        parts.clear();
        extensions.clear();
        der::write_tlv(parts, tag::INTEGER, entry.serial.contents());
        entry.at.write_der(parts);
        // removeFromCRL belongs to delta CRLs alone: in this one readers would take it for "not revoked"
        let reason = entry
            .reason
            .filter(|reason| !matches!(reason, Reason::Unspecified | Reason::RemoveFromCrl));
        if let Some(reason) = reason {
            let code = [tag::ENUMERATED, 1, reason.code()];
            write_extension(extensions, &known::REASON_CODE, &code);
        }
        if let Some(instruction) = &entry.hold_instruction {
            write_extension(extensions, &HOLD_INSTRUCTION, &instruction.to_der());
        }
        if let Some(since) = entry.invalidity {
            let time = der::tlv(tag::GENERALIZED_TIME, since.generalized().as_bytes());
            write_extension(extensions, &known::INVALIDITY_DATE, &time);
        }
        if !extensions.is_empty() {
            der::write_tlv(parts, tag::SEQUENCE, extensions);
        }
        der::write_tlv(&mut self.der, tag::SEQUENCE, parts);
        self.count += 1;
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Them alone, without the SEQUENCE around them.
    pub(super) fn into_contents(self) -> Vec<u8> {
        self.der
    }
}

/// A hold instruction by the name that OpenSSL's index has for it, or its OID.
pub fn hold_instruction(word: &str) -> Option<Oid> {
    let same = |(name, _): &(&str, Oid)| name.eq_ignore_ascii_case(word);
    let named = HOLD_INSTRUCTIONS.into_iter().find(same);
    named.map(|(_, oid)| oid).or_else(|| word.parse().ok())
}

/// id-ce-instructionCode of RFC 3280, which OpenSSL still writes.
const HOLD_INSTRUCTION: Oid = Oid::known(&[0x55, 0x1d, 23]);
const HOLD_INSTRUCTIONS: [(&str, Oid); 3] = [
    (
        "holdInstructionNone",
        Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x38, 2, 1]),
    ),
    (
        "holdInstructionCallIssuer",
        Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x38, 2, 2]),
    ),
    (
        "holdInstructionReject",
        Oid::known(&[0x2a, 0x86, 0x48, 0xce, 0x38, 2, 3]),
    ),
];

fn write_extension(out: &mut Vec<u8>, oid: &Oid, value: &[u8]) {
    let (oid, value) = (oid.contents(), value);
    // none is as long as 128 bytes
    der::write_header(out, tag::SEQUENCE, oid.len() + value.len() + 4);
    der::write_tlv(out, tag::OID, oid);
    der::write_tlv(out, tag::OCTET_STRING, value);
}

/// What has to be known of a list that exists; its entries stay in its DER.
#[derive(Clone, Debug)]
pub struct Published<'a> {
    /// Whose it is.
    pub issuer: Name,
    /// When it was made.
    pub this_update: Timestamp,
    /// When the next one is due at the latest.
    pub next_update: Option<Timestamp>,
    /// Its number (RFC 5280, 5.2.3); EasyRSA's have none.
    pub number: Option<Serial>,
    /// The TBSCertList.
    pub to_be_signed: &'a [u8],
    /// AlgorithmIdentifier of the signature.
    pub algorithm: &'a [u8],
    /// The signature.
    pub signature: &'a [u8],
    entries: &'a [u8],
}

impl<'a> Published<'a> {
    /// Reads a CertificateList.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(input: &'a [u8]) -> Result<Self, DerError> {
        let mut outer = der::only(input, tag::SEQUENCE, "no CertificateList")?.reader();
        let whole = outer.require(tag::SEQUENCE, "no TBSCertList")?;
        let algorithm = outer.require(tag::SEQUENCE, "no signature algorithm")?.raw;
        let signature = outer.bit_string("no signature")?;
        outer.finish()?;
        let mut fields = whole.reader();
        fields.optional(tag::INTEGER)?;
        fields.require(tag::SEQUENCE, "no algorithm")?;
        let issuer = Name::from_der(fields.require(tag::SEQUENCE, "no issuer")?.raw)?;
        let this_update = time(&mut fields)?;
        let next_update = match fields.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(time(&mut fields)?),
            _ => None,
        };
        let entries = fields.optional(tag::SEQUENCE)?.map_or(&[][..], |e| e.value);
        let mut number = None;
        if let Some(extensions) = fields.optional(tag::context_constructed(0))? {
            number = read_number(extensions.value)?;
        }
        Ok(Self {
            issuer,
            this_update,
            next_update,
            number,
            to_be_signed: whole.raw,
            algorithm,
            signature,
            entries,
        })
    }

    /// Serial and reason code of each entry.
    pub fn entries(&self) -> impl Iterator<Item = Result<(Serial, u8), DerError>> + use<'a> {
        let mut entries = Reader::new(self.entries);
        std::iter::from_fn(move || (!entries.is_empty()).then(|| read_entry(&mut entries)))
    }
}

fn read_entry(entries: &mut Reader<'_>) -> Result<(Serial, u8), DerError> {
    let mut entry = entries.sequence("an entry is no SEQUENCE")?;
    let serial = entry.require(tag::INTEGER, "an entry has no serial")?.value;
    let serial = Serial::from_contents(serial);
    time(&mut entry)?;
    let mut reason = 0;
    if let Some(extensions) = entry.optional(tag::SEQUENCE)? {
        for extension in super::extension::Extension::read_all(extensions.raw)? {
            if extension.oid == known::REASON_CODE {
                let code = der::only(
                    &extension.value,
                    tag::ENUMERATED,
                    "a reason is no ENUMERATED",
                )?;
                reason = code.value.first().copied().unwrap_or(0);
            }
        }
    }
    Ok((serial, reason))
}

fn read_number(extensions: &[u8]) -> Result<Option<Serial>, DerError> {
    let extensions = super::extension::Extension::read_all(extensions)?;
    let number = extensions.iter().find(|e| e.oid == known::CRL_NUMBER);
    number
        .map(|e| {
            let number = der::only(&e.value, tag::INTEGER, "cRLNumber is no INTEGER")?;
            Ok(Serial::from_contents(number.value))
        })
        .transpose()
}

fn time(fields: &mut Reader<'_>) -> Result<Timestamp, DerError> {
    let offset = fields.offset();
    let field = fields.any()?;
    Timestamp::from_asn1(field.tag, field.value).ok_or(DerError {
        offset,
        fault: "not a time",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_encoded_as_openssl_does() {
        let serial = Serial::from_unsigned(&[0x80]);
        let at: Timestamp = "2026-11-21T00:32:06Z".parse().unwrap();
        let mut entries = Entries::default();
        let plain = Entry {
            serial: &serial,
            at,
            reason: None,
            hold_instruction: None,
            invalidity: None,
        };
        entries.push(&plain);
        entries.push(&Entry {
            reason: Some(Reason::Unspecified),
            ..plain.clone()
        });
        entries.push(&Entry {
            reason: Some(Reason::RemoveFromCrl),
            ..plain.clone()
        });
        let one = b"\x30\x13\x02\x02\x00\x80\x17\x0d261121003206Z";
        assert_eq!(entries.der, [one.as_slice(), one, one].concat());
        entries.push(&Entry {
            reason: Some(Reason::Superseded),
            ..plain
        });
        assert!(
            entries
                .der
                .ends_with(b"\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x04")
        );
        assert_eq!(entries.count(), 4);
    }

    #[test]
    fn hold_instructions_have_names() {
        let oid = hold_instruction("holdInstructionReject").unwrap();
        assert_eq!(oid.to_string(), "1.2.840.10040.2.3");
        assert_eq!(hold_instruction("1.2.840.10040.2.3"), Some(oid));
        assert_eq!(hold_instruction("whatever"), None);
    }
}
