//! Hexadecimal text: plain, and with colons as OpenSSL prints fingerprints.

/// `bytes` as hex digits in lower case, no separator.
pub fn lower(bytes: &[u8]) -> String {
    join(bytes, "", LOWER)
}

/// `bytes` as hex digits in upper case, no separator: the form of OpenSSL's index.
pub fn upper(bytes: &[u8]) -> String {
    join(bytes, "", UPPER)
}

/// `bytes` as colon-separated pairs in upper case: the form of OpenSSL's fingerprints.
pub fn upper_colons(bytes: &[u8]) -> String {
    join(bytes, ":", UPPER)
}

/// `bytes` as colon-separated pairs in lower case: the form of OpenSSL's `-text`.
pub fn lower_colons(bytes: &[u8]) -> String {
    join(bytes, ":", LOWER)
}

/// Reads hex digits of either case; `:` between them is skipped. `None` for anything else,
/// and for an odd number of digits.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text
        .bytes()
        .filter(|b| *b != b':')
        .map(nibble)
        .collect::<Option<Vec<u8>>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// Reads `N` bytes from exactly twice as many hex digits of either case, and nothing between them.
pub fn array<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    let mut bytes = [0; N];
    if pairs.len() != N {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

const LOWER: &[u8; 16] = b"0123456789abcdef";
const UPPER: &[u8; 16] = b"0123456789ABCDEF";

fn join(bytes: &[u8], separator: &str, alphabet: &[u8; 16]) -> String {
    let mut text = String::with_capacity(bytes.len() * (2 + separator.len()));
    for (i, byte) in bytes.iter().enumerate() {
        if i > 0 {
            text.push_str(separator);
        }
        for nibble in [byte >> 4, byte & 0x0f] {
            text.extend(
                alphabet
                    .get(usize::from(nibble))
                    .map(|digit| char::from(*digit)),
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let bytes: Vec<u8> = (0..=255).collect();
        for text in [
            lower(&bytes),
            upper(&bytes),
            upper_colons(&bytes),
            lower_colons(&bytes),
        ] {
            assert_eq!(decode(&text).as_deref(), Some(&bytes[..]));
        }
        assert_eq!(upper_colons(&[0xab, 0x01]), "AB:01");
        assert_eq!(array(b"aB01"), Some([0xab, 0x01]));
    }

    #[test]
    fn refuses_odd_and_foreign() {
        assert_eq!(decode("abc"), None);
        assert_eq!(decode("0x12"), None);
        assert_eq!(decode("ä"), None);
        for wrong in ["ab", "ab012", "ab0123", "ab:1", "ab0g"] {
            assert_eq!(array::<2>(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
