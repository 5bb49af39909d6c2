//! Serial numbers of certificates (RFC 5280, 4.1.2.2).

use std::fmt;
use std::str::FromStr;

use crate::primitives::random::{self, NoRandomness, Randomness};
use crate::primitives::{der, hex};

/// A serial number as its INTEGER contents octets: adopted directories hold counters, 20-byte
/// values and odd ones, so any contents are kept as they are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(Vec<u8>);

impl Serial {
    /// Draws 128 random bits: positive, never zero, and always of the same length in hex.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn draw(source: &dyn Randomness) -> Result<Self, NoRandomness> {
        loop {
            let bytes = random::bytes::<16>(source)?;
            // 32 hex digits in every row; EasyRSA's tools reject a first byte 00
            if bytes.first() != Some(&0) {
                return Ok(Self::from_unsigned(&bytes));
            }
        }
    }

    /// From an unsigned big-endian number.
    pub fn from_unsigned(number: &[u8]) -> Self {
        let element = der::unsigned(number);
        let contents = der::Reader::new(&element).any().map(|t| t.value.to_vec());
        Self(contents.unwrap_or_else(|_| vec![0]))
    }

    /// From INTEGER contents octets.
    pub fn from_contents(contents: &[u8]) -> Self {
        Self(contents.to_vec())
    }

    /// INTEGER contents octets.
    pub fn contents(&self) -> &[u8] {
        &self.0
    }

    /// The magnitude without a sign octet, empty for zero.
    pub fn unsigned(&self) -> &[u8] {
        match self.0.as_slice() {
            [0, rest @ ..] => rest,
            all => all,
        }
    }

    /// True where the sign bit is set, which RFC 5280 forbids.
    pub fn is_negative(&self) -> bool {
        self.0.first().is_some_and(|b| b & 0x80 != 0)
    }
}

impl fmt::Display for Serial {
    /// Upper-case hex, an even number of digits: the form of `index.txt` and of the file names in
    /// `certs_by_serial/` (a serial of zero is `00`, a negative one has a minus sign).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_negative() {
            // two's complement: invert and add one
            let mut magnitude: Vec<u8> = self.0.iter().map(|b| !b).collect();
            for byte in magnitude.iter_mut().rev() {
                let (sum, carry) = byte.overflowing_add(1);
                *byte = sum;
                if !carry {
                    break;
                }
            }
            return write!(f, "-{}", hex::upper(&magnitude));
        }
        match self.unsigned() {
            [] => f.write_str("00"),
            digits => f.write_str(&hex::upper(digits)),
        }
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The text is no serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadSerial;

impl fmt::Display for BadSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a serial number in hex (0x and colons are accepted), such as 4F1C09D2E87B")
    }
}

impl std::error::Error for BadSerial {}

impl FromStr for Serial {
    type Err = BadSerial;

    /// Hex in either case, with `0x` or colons if the writer likes.
    fn from_str(text: &str) -> Result<Self, BadSerial> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let plain = digits.bytes().filter(|b| *b != b':');
        let count = plain.clone().count();
        if count == 0 || count > 2 * MOST {
            return Err(BadSerial);
        }
        // room for the sign octet
        let mut contents = Vec::with_capacity(count / 2 + 2);
        contents.push(0);
        let mut high = (!count.is_multiple_of(2)).then_some(0);
        for digit in plain {
            let digit = char::from(digit).to_digit(16).ok_or(BadSerial)?;
            let digit = u8::try_from(digit).map_err(|_| BadSerial)?;
            high = match high {
                None => Some(digit),
                Some(high) => {
                    contents.push(high << 4 | digit);
                    None
                }
            };
        }
        // minimal, as DER has it
        let superfluous = contents
            .iter()
            .zip(contents.iter().skip(1))
            .take_while(|(first, second)| **first == 0 && **second < 0x80)
            .count();
        contents.drain(..superfluous);
        Ok(Self(contents))
    }
}

/// Far above the 20 octets of RFC 5280.
const MOST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_forms() {
        for (text, shown) in [
            ("0", "00"),
            ("1", "01"),
            ("0x0a", "0A"),
            ("80:ff", "80FF"),
            ("00ff", "FF"),
        ] {
            assert_eq!(
                text.parse::<Serial>().map(|s| s.to_string()),
                Ok(shown.to_owned())
            );
        }
        for text in ["", "0x", "-1", "xyz", "1 2"] {
            assert_eq!(text.parse::<Serial>(), Err(BadSerial), "{text}");
        }
        assert_eq!(Serial::from_contents(&[0xff]).to_string(), "-01");
        assert_eq!(Serial::from_unsigned(&[0x80]).contents(), [0, 0x80]);
    }
}
