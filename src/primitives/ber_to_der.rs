//! BER made DER: what NSS, Microsoft and old mail programs encode with open lengths and strings in
//! parts, for readers that are strict.

use zeroize::Zeroizing;

use super::ber::{self, BerError, Header, fault};
use super::der::{self, Reader, tag};

/// Deeper than any honest object.
const MAX_NESTING: usize = 64;
/// The object identifier `data` (RFC 5652, 4), whole.
const DATA: &[u8] = &[tag::OID, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];

/// Rewrites one element, and gives it with the length that it had: indefinite and overlong lengths
/// become minimal, strings in parts become whole. The order of SETs and the values of primitive
/// elements stay as they are, so that what a MAC or a signature covers inside of octet strings does.
/// Every copy that is made on the way is wiped: a .p12 file holds keys.
///
/// # Errors
/// When the input is not BER, or nested more than 64 levels deep.
pub fn to_der(input: &[u8]) -> Result<(Zeroizing<Vec<u8>>, usize), BerError> {
    element(input, 0, input.len(), 0)
}

type Element = Zeroizing<Vec<u8>>;

fn element(
    input: &[u8],
    at: usize,
    end: usize,
    depth: usize,
) -> Result<(Element, usize), BerError> {
    if depth > MAX_NESTING {
        return fault(at, "elements are nested too deeply");
    }
    let header = ber::header(input, at, end)?;
    let Some(number) = u8::try_from(header.tag).ok().filter(|tag| *tag < 31) else {
        return fault(at, "tag above 30");
    };
    let tag = header.class | u8::from(header.constructed) << 5 | number;
    if !header.constructed {
        let value = input.get(header.content..header.end).unwrap_or_default();
        return Ok((Zeroizing::new(der::tlv(tag, value)), header.end));
    }
    let (mut parts, end) = parts(input, &header, depth)?;
    if header.class == 0 && is_string(number) {
        return Ok((joined(number, &parts, at)?, end));
    }
    // EncryptedContentInfo (RFC 5652, 6.1): its [0] IMPLICIT OCTET STRING can be told only by what
    // stands in front of it.
    if let [kind, _, octets] = parts.as_mut_slice()
        && tag == tag::SEQUENCE
        && kind.as_slice() == DATA
        && octets.first() == Some(&tag::context_constructed(0))
    {
        *octets = implicit_octets(octets, at)?;
    }
    Ok((whole(tag, &parts), end))
}

/// The elements inside of one, and where that ends.
fn parts(input: &[u8], header: &Header, depth: usize) -> Result<(Vec<Element>, usize), BerError> {
    let mut parts = Vec::new();
    let mut at = header.content;
    loop {
        if header.indefinite && ber::at_end_of_contents(input, at, header.end) {
            return Ok((parts, at + 2));
        }
        if at >= header.end {
            if header.indefinite {
                return fault(at, "end-of-contents mark is missing");
            }
            return Ok((parts, at));
        }
        let (part, end) = element(input, at, header.end, depth + 1)?;
        parts.push(part);
        at = end;
    }
}

/// `[0]` around octet strings, which are DER already, as one `[0]` with their contents.
fn implicit_octets(pieces: &[u8], at: usize) -> Result<Element, BerError> {
    let header = ber::header(pieces, 0, pieces.len())?;
    let (parts, _) = parts(pieces, &header, 0)?;
    joined(tag::context(0), &parts, at)
}

/// The contents of a string's parts in one element. Each part is an OCTET STRING or of the string's
/// own type (X.690, 8.7.3 and 8.23).
fn joined(tag: u8, parts: &[Element], at: usize) -> Result<Element, BerError> {
    let mut contents = Zeroizing::new(Vec::with_capacity(length(parts)));
    for part in parts {
        let mut reader = Reader::new(part);
        match reader.any() {
            Ok(part) if part.tag == tag::OCTET_STRING || part.tag == tag => {
                contents.extend_from_slice(part.value);
            }
            _ => return fault(at, "a string's part is no string"),
        }
    }
    Ok(Zeroizing::new(der::tlv(tag, &contents)))
}

fn whole(tag: u8, parts: &[Element]) -> Element {
    let mut contents = Zeroizing::new(Vec::with_capacity(length(parts)));
    for part in parts {
        contents.extend_from_slice(part);
    }
    Zeroizing::new(der::tlv(tag, &contents))
}

/// How much room they need: growing would leave copies of a key behind.
fn length(parts: &[Element]) -> usize {
    parts.iter().map(|part| part.len()).sum()
}

/// OCTET STRING and the character strings; a BIT STRING in parts is left alone.
fn is_string(number: u8) -> bool {
    matches!(number, 4 | 12 | 18..=22 | 25..=30)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn der_of(input: &[u8]) -> Option<Vec<u8>> {
        let (der, end) = to_der(input).ok()?;
        (end == input.len()).then(|| der.to_vec())
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
    fn what_follows_is_left() {
        let ber = [
            0x30, 0x80, 0x24, 0x80, 4, 1, 7, 4, 0x81, 1, 8, 0, 0, 0, 0, 9,
        ];
        let (der, end) = to_der(&ber).unwrap();
        assert_eq!((&der[..], end), (&[0x30, 4, 4, 2, 7, 8][..], 15));
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
                prop_assert!(Reader::new(&once).any().is_ok());
            }
        }
    }
}
