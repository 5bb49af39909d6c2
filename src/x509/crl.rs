//! A revocation list, read-only (RFC 5280, 5). Entries are walked where they lie: a list of a
//! million is one allocation, that of its bytes.

use std::fmt;
use std::ops::Range;

use super::extension::Extension;
use super::name::Name;
use super::serial::Serial;
use crate::primitives::der::{self, DerError, Reader, tag};
use crate::primitives::oid::{Oid, known};
use crate::primitives::time::Timestamp;

/// A parsed list, with the DER that it came from.
#[derive(Clone)]
pub struct Crl {
    der: Vec<u8>,
    to_be_signed: Range<usize>,
    signature_algorithm: Range<usize>,
    inner_algorithm: Range<usize>,
    signature: Range<usize>,
    entries: Range<usize>,
    version: u8,
    issuer: Name,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    extensions: Vec<Extension>,
    unusual_entry: Option<Oid>,
}

/// Why some bytes are no revocation list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACrl(DerError);

impl fmt::Display for NotACrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a revocation list: {}", self.0)
    }
}

impl std::error::Error for NotACrl {}

impl From<DerError> for NotACrl {
    fn from(fault: DerError) -> Self {
        Self(fault)
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crl({}, {} bytes)", self.issuer, self.der.len())
    }
}

/// One revoked certificate (RFC 5280, 5.1.2.6).
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The contents octets of its serial number.
    pub serial: &'a [u8],
    /// When it was revoked.
    pub revoked_at: Timestamp,
    /// crlEntryExtensions with their SEQUENCE, empty where there are none.
    extensions: &'a [u8],
}

impl Entry<'_> {
    /// The CRLReason code (RFC 5280, 5.3.1), where the entry gives one.
    pub fn reason_code(&self) -> Option<u8> {
        let extensions = Extension::read_all(self.extensions).ok()?;
        let reason = extensions.iter().find(|e| e.oid == known::REASON_CODE)?;
        match der::only(&reason.value, tag::ENUMERATED, "reason")
            .ok()?
            .value
        {
            [code] => Some(*code),
            _ => None,
        }
    }
}

impl Crl {
    /// Reads one list, each entry of it; nothing may follow.
    ///
    /// # Errors
    /// When it is malformed anywhere.
    pub fn from_der(der: Vec<u8>) -> Result<Self, NotACrl> {
        let at = |part: &[u8]| range(&der, part);
        let mut outer = der::only(&der, tag::SEQUENCE, "no SEQUENCE")?.reader();
        let to_be_signed = outer.require(tag::SEQUENCE, "no TBSCertList")?;
        let signature_algorithm = outer.require(tag::SEQUENCE, "no signature algorithm")?.raw;
        let signature = outer.bit_string("no signature")?;
        outer.finish()?;

        let mut fields = to_be_signed.reader();
        let version = match fields.optional(tag::INTEGER)?.map(|v| v.value) {
            None => 1,
            Some([1]) => 2,
            Some(_) => return Err(fault(&fields, "a version that does not exist").into()),
        };
        let inner_algorithm = fields.require(tag::SEQUENCE, "no inner algorithm")?.raw;
        let issuer = Name::from_der(fields.require(tag::SEQUENCE, "no issuer")?.raw)?;
        let this_update = time(&mut fields)?;
        let next_update = match fields.peek() {
            Some(tag::UTC_TIME | tag::GENERALIZED_TIME) => Some(time(&mut fields)?),
            _ => None,
        };
        let entries = fields.optional(tag::SEQUENCE)?.map_or(&[][..], |e| e.value);
        let extensions = match fields.optional(tag::context_constructed(0))? {
            Some(wrapped) => Extension::read_all(wrapped.value)?,
            None => Vec::new(),
        };
        fields.finish()?;
        let unusual_entry = check_entries(entries)?;
        if version == 1 && !extensions.is_empty() {
            return Err(fault(&fields, "extensions in a version 1 list").into());
        }
        Ok(Self {
            to_be_signed: at(to_be_signed.raw),
            signature_algorithm: at(signature_algorithm),
            inner_algorithm: at(inner_algorithm),
            signature: at(signature),
            entries: at(entries),
            version,
            issuer,
            this_update,
            next_update,
            extensions,
            unusual_entry,
            der,
        })
    }

    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.der.get(range.clone()).unwrap_or_default()
    }

    /// The whole list.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The TBSCertList, which the signature covers.
    pub fn to_be_signed(&self) -> &[u8] {
        self.part(&self.to_be_signed)
    }

    /// The AlgorithmIdentifier beside the signature.
    pub fn signature_algorithm(&self) -> &[u8] {
        self.part(&self.signature_algorithm)
    }

    /// The AlgorithmIdentifier that the signature covers; RFC 5280, 5.1.2.2 wants it the same.
    pub fn inner_algorithm(&self) -> &[u8] {
        self.part(&self.inner_algorithm)
    }

    /// The signature's octets.
    pub fn signature(&self) -> &[u8] {
        self.part(&self.signature)
    }

    /// 1 or 2.
    pub fn version(&self) -> u8 {
        self.version
    }

    /// Who issued it.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it was issued.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next one will be issued at the latest.
    pub fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// The list's own extensions.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The value of one of its extensions.
    pub fn extension(&self, oid: &Oid) -> Option<&[u8]> {
        super::extension::find(&self.extensions, oid).map(|e| e.value.as_slice())
    }

    /// True for a list of every revoked certificate of its issuer: no delta CRL, and no issuing
    /// distribution point that leaves some out.
    pub fn is_whole(&self) -> bool {
        let partial = [
            known::DELTA_CRL_INDICATOR,
            known::ISSUING_DISTRIBUTION_POINT,
        ];
        partial.iter().all(|oid| self.extension(oid).is_none())
    }

    /// An extension of some entry that changes what entries mean: a critical one, or the
    /// certificateIssuer of indirect lists (RFC 5280, 5.3.3).
    pub fn unusual_entry_extension(&self) -> Option<&Oid> {
        self.unusual_entry.as_ref()
    }

    /// The entries in order.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut reader = Reader::new(self.part(&self.entries));
        // all of them were read once in `from_der`
        std::iter::from_fn(move || entry(&mut reader).ok())
    }

    /// The first entry for this serial number.
    pub fn find(&self, serial: &Serial) -> Option<Entry<'_>> {
        self.entries().find(|e| e.serial == serial.contents())
    }
}

/// Where `part`, a slice of `whole`, lies in it.
fn range(whole: &[u8], part: &[u8]) -> Range<usize> {
    if part.is_empty() {
        return 0..0;
    }
    let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    start..start + part.len()
}

fn fault(at: &Reader<'_>, fault: &'static str) -> DerError {
    DerError {
        offset: at.offset(),
        fault,
    }
}

fn time(fields: &mut Reader<'_>) -> Result<Timestamp, DerError> {
    let before = fields.clone();
    let element = fields.any()?;
    Timestamp::from_asn1(element.tag, element.value).ok_or(fault(&before, "no valid time"))
}

fn entry<'a>(reader: &mut Reader<'a>) -> Result<Entry<'a>, DerError> {
    let mut fields = reader.sequence("an entry is no SEQUENCE")?;
    let serial = fields.require(tag::INTEGER, "an entry has no serial number")?;
    if matches!(
        serial.value,
        [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..]
    ) {
        return Err(fault(&fields, "a serial number is not minimal"));
    }
    let revoked_at = time(&mut fields)?;
    let extensions = fields.optional(tag::SEQUENCE)?.map_or(&[][..], |e| e.raw);
    fields.finish()?;
    Ok(Entry {
        serial: serial.value,
        revoked_at,
        extensions,
    })
}

/// Reads every entry once; the first extension that changes what entries mean.
fn check_entries(entries: &[u8]) -> Result<Option<Oid>, DerError> {
    let mut reader = Reader::new(entries);
    let mut unusual = None;
    while !reader.is_empty() {
        let entry = entry(&mut reader)?;
        if entry.extensions.is_empty() {
            continue;
        }
        let extensions = Extension::read_all(entry.extensions)?;
        let found = extensions
            .into_iter()
            .find(|e| e.critical || e.oid == CERTIFICATE_ISSUER);
        unusual = unusual.or(found.map(|e| e.oid));
    }
    Ok(unusual)
}

const CERTIFICATE_ISSUER: Oid = Oid::known(&[0x55, 0x1d, 29]);

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[Vec<u8>], extensions: &[Extension]) -> Vec<u8> {
        let algorithm = der::sequence(&[known::ED25519.to_der()]);
        let name: Name = "/CN=x".parse().unwrap();
        let time = Timestamp::EPOCH.to_der();
        let mut fields = vec![
            der::unsigned(&[1]),
            algorithm.clone(),
            name.der().to_vec(),
            time.clone(),
            time,
        ];
        if !entries.is_empty() {
            fields.push(der::sequence(entries));
        }
        if !extensions.is_empty() {
            let all: Vec<Vec<u8>> = extensions.iter().map(Extension::to_der).collect();
            let all = der::sequence(&all);
            fields.push(der::tlv(tag::context_constructed(0), &all));
        }
        der::sequence(&[der::sequence(&fields), algorithm, der::bit_string(&[1])])
    }

    fn entry(serial: u32, extensions: &[Extension]) -> Vec<u8> {
        let mut parts = vec![
            der::unsigned(&serial.to_be_bytes()),
            Timestamp::EPOCH.to_der(),
        ];
        if !extensions.is_empty() {
            let all: Vec<Vec<u8>> = extensions.iter().map(Extension::to_der).collect();
            parts.push(der::sequence(&all));
        }
        der::sequence(&parts)
    }

    fn extension(oid: Oid, critical: bool, value: &[u8]) -> Extension {
        Extension {
            oid,
            critical,
            value: value.to_vec(),
        }
    }

    #[test]
    fn entries_are_found_among_many() {
        let hold = extension(known::REASON_CODE, false, &[tag::ENUMERATED, 1, 6]);
        let mut entries: Vec<Vec<u8>> = (1..=50_000).map(|n| entry(n, &[])).collect();
        entries.push(entry(70_000, &[hold]));
        let list = Crl::from_der(list(&entries, &[])).unwrap();
        assert_eq!(list.entries().count(), 50_001);
        let find = |n: u32| list.find(&Serial::from_unsigned(&n.to_be_bytes()));
        assert_eq!(find(50_000).map(|e| e.reason_code()), Some(None));
        assert_eq!(find(70_000).map(|e| e.reason_code()), Some(Some(6)));
        assert!(find(60_000).is_none());
        assert_eq!(list.unusual_entry_extension(), None);
    }

    #[test]
    fn what_changes_the_meaning_of_entries_is_seen() {
        let unknown: Oid = "1.2.3.4".parse().unwrap();
        for unusual in [
            extension(unknown, true, &[5, 0]),
            extension(known::REASON_CODE, true, &[tag::ENUMERATED, 1, 1]),
            extension(CERTIFICATE_ISSUER, false, &[0x30, 0]),
        ] {
            let oid = unusual.oid.clone();
            let entries = [entry(1, &[]), entry(2, &[unusual])];
            let list = Crl::from_der(list(&entries, &[])).unwrap();
            assert_eq!(list.unusual_entry_extension(), Some(&oid));
        }
    }

    #[test]
    fn garbage_is_refused() {
        let whole = list(&[entry(1, &[])], &[]);
        assert!(Crl::from_der(whole.clone()).is_ok());
        for length in 0..whole.len() {
            assert!(Crl::from_der(whole[..length].to_vec()).is_err(), "{length}");
        }
        let no_serial = der::sequence(&[Timestamp::EPOCH.to_der()]);
        assert!(Crl::from_der(list(&[no_serial], &[])).is_err());
    }
}
