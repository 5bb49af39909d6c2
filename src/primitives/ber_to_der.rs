//! BER made DER: what NSS and old mail programs encode with open lengths, for readers that are
//! strict.

use super::ber::{self, BerError, fault};
use super::der;

/// Deeper than any honest object.
const MAX_NESTING: usize = 64;

/// Rewrites one element, and gives it with the length that it had: indefinite and overlong lengths
/// become minimal, strings in parts become whole. The order of SETs and the values of primitive
/// elements stay as they are.
///
/// # Errors
/// When the input is not BER, or nested more than 64 levels deep.
pub fn to_der(input: &[u8]) -> Result<(Vec<u8>, usize), BerError> {
    let mut out = Vec::with_capacity(input.len());
    let end = element(input, 0, input.len(), 0, &mut out)?;
    Ok((out, end))
}

fn element(
    input: &[u8],
    at: usize,
    end: usize,
    depth: usize,
    out: &mut Vec<u8>,
) -> Result<usize, BerError> {
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
        out.extend(der::tlv(tag, value));
        return Ok(header.end);
    }
    if header.class == 0 && is_string(number) {
        let (joined, end) = ber::joined(input, &header)?;
        out.extend(der::tlv(tag & !0x20, &joined));
        return Ok(end);
    }
    let mut inside = Vec::new();
    let mut at = header.content;
    loop {
        if header.indefinite && ber::at_end_of_contents(input, at, header.end) {
            at += 2;
            break;
        }
        if at >= header.end {
            if header.indefinite {
                return fault(at, "end-of-contents mark is missing");
            }
            break;
        }
        at = element(input, at, header.end, depth + 1, &mut inside)?;
    }
    out.extend(der::tlv(tag, &inside));
    Ok(at)
}

/// OCTET STRING and the character strings; a BIT STRING in parts is left alone.
fn is_string(number: u8) -> bool {
    matches!(number, 4 | 12 | 18..=22 | 25..=30)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn open_lengths_and_strings_in_parts() {
        let ber = [
            0x30, 0x80, 0x24, 0x80, 4, 1, 7, 4, 0x81, 1, 8, 0, 0, 0, 0, 9,
        ];
        assert_eq!(to_der(&ber), Ok((vec![0x30, 4, 4, 2, 7, 8], 15)));
        let deep = [0x30, 0x80].repeat(10_000);
        assert!(to_der(&deep).is_err());
    }

    proptest! {
        #[test]
        fn der_stays_as_it_is(value: Vec<u8>) {
            let der = der::sequence(&[der::tlv(4, &value), der::tlv(2, &[1])]);
            prop_assert_eq!(to_der(&der), Ok((der.clone(), der.len())));
        }

        #[test]
        fn nothing_panics(input: Vec<u8>) {
            drop(to_der(&input));
        }
    }
}
