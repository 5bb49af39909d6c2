//! What the small files of a new directory hold.

/// A new `index.txt`: no rows.
pub const INDEX: &[u8] = b"";

/// `index.txt.attr`, never empty: without the line `openssl ocsp` assumes that subjects are unique,
/// and a renewed certificate makes it refuse the index.
pub const INDEX_ATTRIBUTES: &[u8] = b"unique_subject = no\n";

/// `serial`, for `openssl ca` and EasyRSA; privca draws its own.
pub const SERIAL: &[u8] = b"01\n";

/// `openssl-easyrsa.cnf`.
pub const EASYRSA_CONFIG: &[u8] = include_bytes!("openssl-easyrsa.cnf");

/// A counter's file, such as `crlnumber` with the number of the next CRL: upper-case hex, an even
/// number of digits, LF.
pub fn counter(next: u64) -> String {
    let digits = format!("{next:X}");
    if digits.len().is_multiple_of(2) {
        format!("{digits}\n")
    } else {
        format!("0{digits}\n")
    }
}

/// Reads a counter's file; `None` where its first line is no number that fits.
pub fn read_counter(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = text.lines().next()?.trim();
    let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u64::from_str_radix(digits, 16).ok().filter(|_| hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_have_an_even_number_of_digits() {
        for (number, text) in [(0, "00\n"), (1, "01\n"), (255, "FF\n"), (256, "0100\n")] {
            assert_eq!(counter(number), text);
            assert_eq!(read_counter(text.as_bytes()), Some(number));
        }
        assert_eq!(read_counter(b""), None);
        assert_eq!(read_counter(b"x\n"), None);
        assert_eq!(read_counter(b"+1\n"), None);
    }
}
