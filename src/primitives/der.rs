//! The little ASN.1 that the rest needs: strict DER in, DER out.
//!
//! Reading refuses indefinite lengths, lengths that are not minimal, and tags above 30. What has to
//! be shown although it is not DER is read by the text room with its own, tolerant walker.

use std::fmt;

use super::oid::Oid;

/// Identifier octets of the universal types and the context tags that X.509 uses.
pub mod tag {
    #![allow(missing_docs, reason = "the names are ASN.1's own")]
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0a;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const TELETEX_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VISIBLE_STRING: u8 = 0x1a;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;

    /// What ASN.1 calls a character string's type; none for other tags.
    pub const fn string_name(tag: u8) -> Option<&'static str> {
        Some(match tag {
            UTF8_STRING => "UTF8String",
            NUMERIC_STRING => "NumericString",
            PRINTABLE_STRING => "PrintableString",
            TELETEX_STRING => "TeletexString",
            IA5_STRING => "IA5String",
            VISIBLE_STRING => "VisibleString",
            UNIVERSAL_STRING => "UniversalString",
            BMP_STRING => "BMPString",
            _ => return None,
        })
    }

    /// `[n]` with primitive content.
    pub const fn context(n: u8) -> u8 {
        0x80 | n
    }

    /// `[n]` with constructed content.
    pub const fn context_constructed(n: u8) -> u8 {
        0xa0 | n
    }
}

/// Why some bytes are not the DER that was expected; the offset counts from the start of the
/// reader's own input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DerError {
    /// Where in the input.
    pub offset: usize,
    /// What is wrong there.
    pub fault: &'static str,
}

impl fmt::Display for DerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.fault, self.offset)
    }
}

impl std::error::Error for DerError {}

/// One element: identifier octet, contents, and the whole of it as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// Identifier octet (class, constructed bit, number).
    pub tag: u8,
    /// Contents octets.
    pub value: &'a [u8],
    /// Identifier, length and contents octets.
    pub raw: &'a [u8],
}

impl<'a> Tlv<'a> {
    /// A reader over the contents.
    pub fn reader(&self) -> Reader<'a> {
        Reader::new(self.value)
    }
}

/// Reads elements one after the other.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    input: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `input`.
    pub fn new(input: &'a [u8]) -> Self {
        Self { input, offset: 0 }
    }

    /// True at the end of the input.
    pub fn is_empty(&self) -> bool {
        self.offset >= self.input.len()
    }

    /// The identifier octet of the next element, if there is one.
    pub fn peek(&self) -> Option<u8> {
        self.input.get(self.offset).copied()
    }

    /// How many bytes have been read.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.input.get(self.offset..).unwrap_or_default()
    }

    /// The next element, whatever its tag.
    ///
    /// # Errors
    /// When the input ends early or is not DER.
    pub fn any(&mut self) -> Result<Tlv<'a>, DerError> {
        let rest = self.rest();
        let (&tag, after) = rest
            .split_first()
            .ok_or_else(|| self.fault("nothing left to read"))?;
        if tag & 0x1f == 0x1f {
            return Err(self.fault("tag above 30"));
        }
        let (&first, after) = after
            .split_first()
            .ok_or_else(|| self.fault("length is missing"))?;
        let (length, header) = match first {
            0..=0x7f => (usize::from(first), 2),
            0x81..=0x84 => {
                let count = usize::from(first & 0x7f);
                let digits = after
                    .get(..count)
                    .ok_or_else(|| self.fault("length is cut off"))?;
                let length = digits.iter().fold(0usize, |n, d| n << 8 | usize::from(*d));
                if digits.first() == Some(&0) || length < 0x80 {
                    return Err(self.fault("length is not minimal"));
                }
                (length, 2 + count)
            }
            0x80 => return Err(self.fault("indefinite length")),
            _ => return Err(self.fault("length of more than four bytes")),
        };
        let raw = header.checked_add(length).and_then(|end| rest.get(..end));
        let raw = raw.ok_or_else(|| self.fault("contents are cut off"))?;
        self.offset += raw.len();
        Ok(Tlv {
            tag,
            value: raw.get(header..).unwrap_or_default(),
            raw,
        })
    }

    /// The next element, which must have this tag.
    ///
    /// # Errors
    /// When it has another, or is not DER.
    pub fn require(&mut self, tag: u8, what: &'static str) -> Result<Tlv<'a>, DerError> {
        if self.peek() != Some(tag) {
            return Err(self.fault(what));
        }
        self.any()
    }

    /// The next element if it has this tag.
    ///
    /// # Errors
    /// When it has this tag and is not DER.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Tlv<'a>>, DerError> {
        if self.peek() == Some(tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    /// A reader over the contents of the next element, a SEQUENCE.
    ///
    /// # Errors
    /// When it is something else.
    pub fn sequence(&mut self, what: &'static str) -> Result<Self, DerError> {
        Ok(self.require(tag::SEQUENCE, what)?.reader())
    }

    /// An OBJECT IDENTIFIER.
    ///
    /// # Errors
    /// When the next element is something else.
    pub fn oid(&mut self, what: &'static str) -> Result<Oid, DerError> {
        let at = self.offset;
        let contents = self.require(tag::OID, what)?.value;
        Oid::from_contents(contents).ok_or(DerError {
            offset: at,
            fault: "malformed object identifier",
        })
    }

    /// A BIT STRING of whole octets.
    ///
    /// # Errors
    /// When the next element is something else.
    pub fn bit_string(&mut self, what: &'static str) -> Result<&'a [u8], DerError> {
        let at = self.offset;
        match self.require(tag::BIT_STRING, what)?.value {
            [0, bits @ ..] => Ok(bits),
            _ => Err(DerError {
                offset: at,
                fault: "BIT STRING with unused bits",
            }),
        }
    }

    /// A BOOLEAN, strictly 0x00 or 0xff; `false` (the DEFAULT everywhere in X.509) if the next
    /// element is something else.
    ///
    /// # Errors
    /// When it is a BOOLEAN of another value.
    pub fn boolean_default_false(&mut self) -> Result<bool, DerError> {
        let at = self.offset;
        match self.optional(tag::BOOLEAN)?.map(|b| b.value) {
            None | Some([0x00]) => Ok(false),
            Some([0xff]) => Ok(true),
            Some(_) => Err(DerError {
                offset: at,
                fault: "BOOLEAN is neither 00 nor FF",
            }),
        }
    }

    /// Asserts that everything has been read.
    ///
    /// # Errors
    /// When something is left.
    pub fn finish(&self) -> Result<(), DerError> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.fault("trailing data"))
        }
    }

    fn fault(&self, fault: &'static str) -> DerError {
        DerError {
            offset: self.offset,
            fault,
        }
    }
}

/// Parses `input` as one element with this tag and nothing behind it.
///
/// # Errors
/// When it is not that.
pub fn only<'a>(input: &'a [u8], tag: u8, what: &'static str) -> Result<Tlv<'a>, DerError> {
    let mut reader = Reader::new(input);
    let tlv = reader.require(tag, what)?;
    reader.finish()?;
    Ok(tlv)
}

/// One element: identifier octet, minimal definite length, contents.
pub fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(contents.len() + 6);
    write_tlv(&mut out, tag, contents);
    out
}

/// The same, behind what is in `out`.
pub fn write_tlv(out: &mut Vec<u8>, tag: u8, contents: &[u8]) {
    write_header(out, tag, contents.len());
    out.extend_from_slice(contents);
}

/// Identifier octet and length of an element whose contents come next.
pub fn write_header(out: &mut Vec<u8>, tag: u8, length: usize) {
    out.push(tag);
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        out.push(short);
    } else {
        let digits = length.to_be_bytes();
        let digits = without_leading_zeros(&digits);
        out.push(0x80 | digits.len() as u8);
        out.extend_from_slice(digits);
    }
}

/// A constructed element of the given parts.
pub fn constructed<P: AsRef<[u8]>>(tag: u8, parts: &[P]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.as_ref().len()).sum();
    let mut out = Vec::with_capacity(length + 6);
    write_header(&mut out, tag, length);
    for part in parts {
        out.extend_from_slice(part.as_ref());
    }
    out
}

/// A SEQUENCE of `front`, `contents` and `back`, in the memory of `contents`: for what is large.
pub fn wrapped(mut contents: Vec<u8>, front: &[u8], back: &[u8]) -> Vec<u8> {
    contents.extend_from_slice(back);
    let mut head = Vec::with_capacity(front.len() + 6);
    write_header(&mut head, tag::SEQUENCE, front.len() + contents.len());
    head.extend_from_slice(front);
    contents.splice(..0, head);
    contents
}

/// A SEQUENCE of the given parts.
pub fn sequence<P: AsRef<[u8]>>(parts: &[P]) -> Vec<u8> {
    constructed(tag::SEQUENCE, parts)
}

/// A SET OF: the parts in DER's order (X.690, 11.6).
pub fn set_of(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    constructed(tag::SET, &parts)
}

/// An INTEGER from an unsigned big-endian number; leading zeros are dropped.
pub fn unsigned(number: &[u8]) -> Vec<u8> {
    let mut contents = without_leading_zeros(number).to_vec();
    if contents.first().is_none_or(|b| b & 0x80 != 0) {
        contents.insert(0, 0);
    }
    tlv(tag::INTEGER, &contents)
}

/// BOOLEAN TRUE (FALSE is always a default and left out).
pub fn boolean_true() -> Vec<u8> {
    tlv(tag::BOOLEAN, &[0xff])
}

/// A BIT STRING of whole octets.
pub fn bit_string(octets: &[u8]) -> Vec<u8> {
    let mut contents = vec![0];
    contents.extend_from_slice(octets);
    tlv(tag::BIT_STRING, &contents)
}

/// A BIT STRING of named bits: bit 0 is the highest of the first octet; trailing zeros are cut, as
/// DER wants (X.690, 11.2.2).
pub fn named_bits(bits: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let mut octets: Vec<u8> = Vec::new();
    for bit in bits {
        let index = usize::from(bit / 8);
        if octets.len() <= index {
            octets.resize(index + 1, 0);
        }
        if let Some(octet) = octets.get_mut(index) {
            *octet |= 0x80 >> (bit % 8);
        }
    }
    let unused = octets.last().map_or(0, |last| last.trailing_zeros() as u8);
    octets.insert(0, unused);
    tlv(tag::BIT_STRING, &octets)
}

fn without_leading_zeros(mut number: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = number {
        number = rest;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lengths_are_minimal_and_read_back() {
        for length in [0usize, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let encoded = tlv(tag::OCTET_STRING, &vec![7; length]);
            let read = only(&encoded, tag::OCTET_STRING, "octets");
            assert_eq!(read.map(|t| t.value.len()), Ok(length));
        }
    }

    #[test]
    fn wrapping_is_a_sequence_of_the_parts() {
        for length in [0usize, 1, 200, 70_000] {
            let (front, contents, back) = (vec![1; 3], vec![7; length], vec![2; 5]);
            let expected = sequence(&[&front, &contents, &back]);
            assert_eq!(wrapped(contents.clone(), &front, &back), expected);
        }
    }

    #[test]
    fn what_is_not_der_is_refused() {
        for (input, fault) in [
            (&[0x30, 0x80, 0, 0][..], "indefinite length"),
            (&[0x04, 0x81, 0x01, 0], "length is not minimal"),
            (&[0x04, 0x82, 0x00, 0x80], "length is not minimal"),
            (&[0x04, 0x05, 0], "contents are cut off"),
            (
                &[0x04, 0x84, 0xff, 0xff, 0xff, 0xff],
                "contents are cut off",
            ),
            (&[0x04, 0x88, 0, 0, 0, 0], "length of more than four bytes"),
            (&[0x1f, 0x81, 0x01, 0], "tag above 30"),
            (&[0x04], "length is missing"),
        ] {
            assert_eq!(Reader::new(input).any().map_err(|e| e.fault), Err(fault));
        }
    }

    #[test]
    fn integers_stay_positive_and_named_bits_are_cut() {
        assert_eq!(unsigned(&[0, 0]), [2, 1, 0]);
        assert_eq!(unsigned(&[0, 0x80]), [2, 2, 0, 0x80]);
        // digitalSignature and keyCertSign, cRLSign as OpenSSL encodes them
        assert_eq!(named_bits([0]), [3, 2, 7, 0x80]);
        assert_eq!(named_bits([5, 6]), [3, 2, 1, 0x06]);
        assert_eq!(named_bits([8]), [3, 3, 7, 0, 0x80]);
    }
}
