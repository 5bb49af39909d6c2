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
        let to_be_signed = outer.expect(tag::SEQUENCE, "no TBSCertList")?;
        let signature_algorithm = outer.expect(tag::SEQUENCE, "no signature algorithm")?.raw;
        let signature = outer.bit_string("no signature")?;
        outer.finish()?;

        let mut fields = to_be_signed.reader();
        let version = match fields.optional(tag::INTEGER)?.map(|v| v.value) {
            None => 1,
            Some([1]) => 2,
            Some(_) => return Err(fault(&fields, "a version that does not exist").into()),
        };
        let inner_algorithm = fields.expect(tag::SEQUENCE, "no inner algorithm")?.raw;
        let issuer = Name::from_der(fields.expect(tag::SEQUENCE, "no issuer")?.raw)?;
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
    let serial = fields.expect(tag::INTEGER, "an entry has no serial number")?;
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
