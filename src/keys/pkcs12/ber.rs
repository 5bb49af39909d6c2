//! BER to DER, as far as .p12 files need it: NSS (Firefox, Thunderbird) and Microsoft write them
//! with open lengths and octet strings in pieces.
//!
//! Lengths become definite and minimal, pieces are joined. Nothing is sorted and no value is
//! changed, so that what a MAC or a signature covers inside of octet strings stays as it was.

use zeroize::Zeroizing;

use crate::primitives::der::{self, tag};

/// Deeper than any PKCS #12 file nests.
const DEEPEST: usize = 32;
/// An identifier octet's bit for contents that are elements themselves.
const CONSTRUCTED: u8 = 0x20;
const CONSTRUCTED_OCTETS: u8 = tag::OCTET_STRING | CONSTRUCTED;
/// The object identifier `data` (RFC 5652, 4), whole.
const DATA: &[u8] = &[tag::OID, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];

/// One element and nothing behind it, in DER; `None` where it is not even BER.
pub(super) fn to_der(input: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut rest = input;
    let element = element(&mut rest, 0)?;
    rest.is_empty().then_some(element)
}

/// Takes one element off `rest`; gives it in DER.
fn element(rest: &mut &[u8], depth: usize) -> Option<Zeroizing<Vec<u8>>> {
    if depth > DEEPEST {
        return None;
    }
    let tag = byte(rest).filter(|tag| tag & 0x1f != 0x1f)?;
    let length = length(rest)?;
    if tag & CONSTRUCTED == 0 {
        let (contents, after) = rest.split_at_checked(length?)?;
        *rest = after;
        return Some(Zeroizing::new(der::tlv(tag, contents)));
    }
    let parts = match length {
        Some(length) => {
            let (mut contents, after) = rest.split_at_checked(length)?;
            *rest = after;
            let mut parts = Vec::new();
            while !contents.is_empty() {
                parts.push(element(&mut contents, depth + 1)?);
            }
            parts
        }
        None => {
            let mut parts = Vec::new();
            while !rest.starts_with(&[0, 0]) {
                parts.push(element(rest, depth + 1)?);
            }
            *rest = rest.get(2..)?;
            parts
        }
    };
    assemble(tag, parts)
}

fn assemble(tag: u8, mut parts: Vec<Zeroizing<Vec<u8>>>) -> Option<Zeroizing<Vec<u8>>> {
    if tag == CONSTRUCTED_OCTETS {
        return joined(tag::OCTET_STRING, &parts);
    }
    // EncryptedContentInfo (RFC 5652, 6.1): its [0] IMPLICIT OCTET STRING can be told only by what
    // stands in front of it.
    if let [kind, _, octets] = parts.as_mut_slice()
        && tag == tag::SEQUENCE
        && kind.as_slice() == DATA
        && octets.first() == Some(&tag::context_constructed(0))
    {
        *octets = implicit_octets(octets)?;
    }
    let mut contents = Zeroizing::new(Vec::with_capacity(parts.iter().map(|p| p.len()).sum()));
    parts
        .iter()
        .for_each(|part| contents.extend_from_slice(part));
    Some(Zeroizing::new(der::tlv(tag, &contents)))
}

/// `[0]` around octet strings, as one `[0]` with their contents.
fn implicit_octets(pieces: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut reader = der::only(pieces, tag::context_constructed(0), "")
        .ok()?
        .reader();
    let mut parts = Vec::new();
    while !reader.is_empty() {
        parts.push(Zeroizing::new(reader.any().ok()?.raw.to_vec()));
    }
    joined(tag::context(0), &parts)
}

/// The contents of octet strings, which are DER already, in one element.
fn joined(tag: u8, parts: &[Zeroizing<Vec<u8>>]) -> Option<Zeroizing<Vec<u8>>> {
    let mut contents = Zeroizing::new(Vec::with_capacity(parts.iter().map(|p| p.len()).sum()));
    for part in parts {
        contents.extend_from_slice(der::only(part, tag::OCTET_STRING, "").ok()?.value);
    }
    Some(Zeroizing::new(der::tlv(tag, &contents)))
}

fn byte(rest: &mut &[u8]) -> Option<u8> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    Some(*first)
}

/// A length; the inner `None` is an open one.
fn length(rest: &mut &[u8]) -> Option<Option<usize>> {
    match byte(rest)? {
        short @ 0..=0x7f => Some(Some(usize::from(short))),
        0x80 => Some(None),
        long @ 0x81..=0x88 => {
            let (digits, after) = rest.split_at_checked(usize::from(long & 0x7f))?;
            *rest = after;
            let number = digits.iter().fold(0u64, |n, d| n << 8 | u64::from(*d));
            usize::try_from(number).ok().map(Some)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn der_of(input: &[u8]) -> Option<Vec<u8>> {
        to_der(input).map(|der| der.to_vec())
    }

    #[test]
    fn der_stays_as_it_is() {
        let der = der::sequence(&[der::tlv(tag::OCTET_STRING, &[7; 300]), vec![tag::NULL, 0]]);
        assert_eq!(der_of(&der), Some(der));
    }

    #[test]
    fn open_and_long_lengths_become_short() {
        let open = [0x30, 0x80, 4, 0x81, 1, 9, 0x30, 0x80, 0, 0, 0, 0];
        assert_eq!(der_of(&open), Some(vec![0x30, 5, 4, 1, 9, 0x30, 0]));
        assert_eq!(
            der_of(&[4, 0x88, 0, 0, 0, 0, 0, 0, 0, 1, 9]),
            Some(vec![4, 1, 9])
        );
    }

    #[test]
    fn pieces_are_joined() {
        let pieces = [0x24, 0x80, 4, 1, 1, 0x24, 3, 4, 1, 2, 4, 0, 0, 0];
        assert_eq!(der_of(&pieces), Some(vec![4, 2, 1, 2]));
        let algorithm = [0x30, 0];
        let mut encrypted = [DATA, &algorithm, &[0xa0, 0x80, 4, 1, 1, 4, 1, 2, 0, 0]].concat();
        encrypted = [&[0x30, 0x80], &*encrypted, &[0, 0]].concat();
        let expected = der::sequence(&[DATA, &algorithm, &[0x80, 2, 1, 2]]);
        assert_eq!(der_of(&encrypted), Some(expected));
    }

    #[test]
    fn what_is_no_ber_is_refused() {
        for wrong in [
            &[][..],
            &[0x30],
            &[0x30, 0x80],
            &[0x30, 0x80, 0],
            &[4, 0x80, 0, 0],
            &[4, 5, 1],
            &[0x24, 3, 2, 1, 1],
            &[0x30, 0, 0],
            &[4, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x1f, 0x81, 0, 0],
            &[0x30, 0x80].repeat(10_000),
        ] {
            assert_eq!(der_of(wrong), None, "{wrong:02x?}");
        }
    }

    proptest! {
        #[test]
        fn what_comes_out_is_der(input in prop::collection::vec(
            prop_oneof![Just(0x30), Just(0x80), Just(0x24), Just(4), Just(0), Just(0xa0), any::<u8>()],
            0..40,
        )) {
            if let Some(once) = der_of(&input) {
                prop_assert_eq!(der_of(&once), Some(once.clone()));
                prop_assert!(der::Reader::new(&once).any().is_ok());
            }
        }
    }
}
