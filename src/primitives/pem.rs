//! PEM in and out (RFC 7468), as tolerant as OpenSSL: text around the blocks, CRLF, trailing
//! spaces, a missing last newline, and the headers of RFC 1421 that old encrypted keys carry.
//!
//! Every line is looked at once, so the time is linear in the input whatever it holds.

use std::fmt;
use std::io::{self, Write};

use base64ct::{Base64, Encoding};
use zeroize::{Zeroize, Zeroizing};

/// One block between `-----BEGIN` and `-----END`. Its bytes may be a private key: they are wiped
/// when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Block {
    /// What stands after `BEGIN`: `CERTIFICATE`, `RSA PRIVATE KEY`, ...
    pub label: String,
    /// The headers in front of the base64: `Proc-Type`, `DEK-Info`.
    pub headers: Vec<(String, String)>,
    /// The decoded contents.
    pub der: Vec<u8>,
    /// Where in the input the BEGIN line starts.
    pub offset: usize,
}

impl Block {
    /// Takes the contents out.
    pub fn into_der(mut self) -> Vec<u8> {
        std::mem::take(&mut self.der)
    }

    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.der.zeroize();
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({:?} at byte {})", self.label, self.offset)
    }
}

/// Why a block cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PemError {
    /// Where in the input.
    pub offset: usize,
    /// The block's label.
    pub label: String,
    /// What is wrong.
    pub fault: PemFault,
}

/// What is wrong with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PemFault {
    /// No END line before the end of the input or the next BEGIN line.
    Unterminated,
    /// The END line has another label.
    EndDiffers,
    /// A character that is not base64.
    NotBase64,
    /// The base64 text stops within a group of four, or is padded wrongly.
    CutOff,
}

impl PemError {
    /// What is wrong, without the place.
    pub fn said(&self) -> String {
        let fault = match self.fault {
            PemFault::Unterminated => "has no END line",
            PemFault::EndDiffers => "ends with the END line of another label",
            PemFault::NotBase64 => "holds a character that is not base64",
            PemFault::CutOff => "holds incomplete base64",
        };
        format!("PEM block {:?} {fault}", self.label)
    }
}

impl fmt::Display for PemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.said(), self.offset)
    }
}

impl std::error::Error for PemError {}

/// The blocks of `input` in their order. After a broken block it goes on with the next one.
pub fn blocks(input: &[u8]) -> Blocks<'_> {
    Blocks { input, at: 0 }
}

/// True if `input` has a BEGIN line: it is to be read as PEM, not as DER.
pub fn looks_like_pem(input: &[u8]) -> bool {
    let mut lines = Blocks { input, at: 0 };
    std::iter::from_fn(|| lines.line()).any(|line| line.begins().is_some())
}

/// One block, in lines of 64 characters.
pub fn encode(label: &str, der: &[u8]) -> String {
    let base64 = Zeroizing::new(Base64::encode_string(der));
    // The full length at once: a reallocation would leave a copy of a secret behind.
    let lines = base64.len().div_ceil(64);
    let mut text = String::with_capacity(base64.len() + lines + 2 * label.len() + 32);
    text.extend(["-----BEGIN ", label, "-----\n"]);
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at_checked(64).unwrap_or((rest, ""));
        text.extend([line, "\n"]);
        rest = after;
    }
    text.extend(["-----END ", label, "-----\n"]);
    text
}

/// The same, written piece by piece. Not for secrets: pieces are not wiped.
///
/// # Errors
/// When `out` fails.
pub fn write(label: &str, der: &[u8], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "-----BEGIN {label}-----")?;
    let mut base64 = vec![0; PIECE / 3 * 4];
    let mut lines = Vec::with_capacity(base64.len() / 64 * 65);
    for piece in der.chunks(PIECE) {
        let text = Base64::encode(piece, &mut base64).map_err(io::Error::other)?;
        lines.clear();
        for line in text.as_bytes().chunks(64) {
            lines.extend_from_slice(line);
            lines.push(b'\n');
        }
        out.write_all(&lines)?;
    }
    writeln!(out, "-----END {label}-----")
}

/// What whole lines hold.
const PIECE: usize = 48 << 10;

/// Iterates over the blocks of a text.
#[derive(Clone, Debug)]
pub struct Blocks<'a> {
    input: &'a [u8],
    at: usize,
}

/// One line, without the white space at its end.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a [u8],
    offset: usize,
}

impl<'a> Line<'a> {
    fn begins(&self) -> Option<&'a str> {
        // A byte order mark is no reason to miss the first block.
        let text = self.text.strip_prefix(b"\xef\xbb\xbf");
        label(text.unwrap_or(self.text), b"-----BEGIN ")
    }

    fn ends(&self) -> Option<&'a str> {
        label(self.text, b"-----END ")
    }
}

/// True for a BEGIN line, whatever its label; white space at the end of `line` counts.
pub fn begins(line: &[u8]) -> bool {
    let text = line.trim_ascii_end();
    Line { text, offset: 0 }.begins().is_some()
}

/// True for an END line, likewise.
pub fn ends(line: &[u8]) -> bool {
    let text = line.trim_ascii_end();
    Line { text, offset: 0 }.ends().is_some()
}

fn label<'a>(line: &'a [u8], prefix: &[u8]) -> Option<&'a str> {
    let label = line.strip_prefix(prefix)?.strip_suffix(b"-----")?;
    std::str::from_utf8(label).ok()
}

impl<'a> Blocks<'a> {
    fn line(&mut self) -> Option<Line<'a>> {
        let offset = self.at;
        let rest = self.input.get(offset..).filter(|rest| !rest.is_empty())?;
        let end = rest.iter().position(|b| matches!(b, b'\n'));
        let text = rest.get(..end.unwrap_or(rest.len()))?;
        self.at += end.map_or(text.len(), |end| end + 1);
        Some(Line {
            text: text.trim_ascii_end(),
            offset,
        })
    }

    fn block(&mut self, label: &str, begin: usize) -> Result<Block, PemError> {
        let fault = |offset, fault| PemError {
            offset,
            label: label.to_owned(),
            fault,
        };
        let mut headers: Vec<(String, String)> = Vec::new();
        let mut in_headers = true;
        let body = self.at;
        let mut base64 = body;
        loop {
            let before = self.at;
            let Some(line) = self.line() else {
                return Err(fault(begin, PemFault::Unterminated));
            };
            if line.begins().is_some() {
                self.at = before;
                return Err(fault(begin, PemFault::Unterminated));
            }
            if let Some(end) = line.ends() {
                if end != label {
                    return Err(fault(line.offset, PemFault::EndDiffers));
                }
                let text = self.input.get(base64..line.offset).unwrap_or_default();
                let whole = self.input.get(begin..self.at).unwrap_or_default();
                let der = match read_public(label, &headers, whole) {
                    Some(der) => der,
                    None => decode(text).map_err(|(at, f)| fault(base64 + at, f))?,
                };
                return Ok(Block {
                    label: label.to_owned(),
                    headers,
                    der,
                    offset: begin,
                });
            }
            if in_headers {
                in_headers = header(line.text, &mut headers);
                if in_headers || line.text.is_empty() {
                    base64 = self.at;
                }
            }
        }
    }
}

impl Iterator for Blocks<'_> {
    type Item = Result<Block, PemError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = self.line()?;
            if let Some(label) = line.begins() {
                return Some(self.block(label, line.offset));
            }
        }
    }
}

/// Takes a header line, or the continuation of one (RFC 1421, 4.4); false at the first line that
/// is neither.
fn header(line: &[u8], headers: &mut Vec<(String, String)>) -> bool {
    let Ok(text) = std::str::from_utf8(line) else {
        return false;
    };
    if let (true, Some((_, value))) = (text.starts_with([' ', '\t']), headers.last_mut()) {
        value.push_str(text.trim_start());
        return true;
    }
    let Some((name, value)) = text.split_once(':') else {
        return false;
    };
    headers.push((name.trim().to_owned(), value.trim().to_owned()));
    true
}

/// Reads a block of public data by `rustls-pemfile`; `None` where it is not one, or where that
/// crate is stricter than OpenSSL.
///
/// The crate is archived (RUSTSEC-2025-0134): it is a thin wrapper around `rustls-pki-types` now,
/// kept at the user's wish, and this is the only place that uses it. It knows neither headers nor
/// offsets nor unusual labels and does not wipe what it decodes, so private keys go by [`decode`].
fn read_public(label: &str, headers: &[(String, String)], block: &[u8]) -> Option<Vec<u8>> {
    use rustls_pemfile::Item;
    let known = ["CERTIFICATE", "X509 CRL", "CERTIFICATE REQUEST"];
    if !headers.is_empty() || !known.contains(&label) {
        return None;
    }
    match rustls_pemfile::read_one_from_slice(block).ok()?? {
        (Item::X509Certificate(der), _) => Some(der.to_vec()),
        (Item::Crl(der), _) => Some(der.to_vec()),
        (Item::Csr(der), _) => Some(der.to_vec()),
        _ => None,
    }
}

/// Decodes base64 with white space anywhere in it; an error has its offset in `text`.
fn decode(text: &[u8]) -> Result<Vec<u8>, (usize, PemFault)> {
    let foreign = |b: &u8| !b.is_ascii_alphanumeric() && !b"+/=".contains(b);
    let bad = |b: &u8| foreign(b) && !b.is_ascii_whitespace();
    if let Some(at) = text.iter().position(bad) {
        return Err((at, PemFault::NotBase64));
    }
    let mut packed = Zeroizing::new(Vec::with_capacity(text.len()));
    packed.extend(text.iter().filter(|b| !b.is_ascii_whitespace()));
    let mut der = Zeroizing::new(vec![0; packed.len() / 4 * 3 + 3]);
    // base64ct decodes without looking up secrets in tables.
    let length = Base64::decode(&*packed, &mut der)
        .map_err(|_| (text.len(), PemFault::CutOff))?
        .len();
    der.truncate(length);
    Ok(std::mem::take(&mut *der))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<Result<Block, PemError>> {
        blocks(text.as_bytes()).collect()
    }

    fn ders(text: &str) -> Vec<Vec<u8>> {
        let all: Result<Vec<Block>, PemError> = blocks(text.as_bytes()).collect();
        all.unwrap().into_iter().map(Block::into_der).collect()
    }

    #[test]
    fn text_around_crlf_spaces_and_no_last_newline() {
        let text = "Certificate:\r\n  Data: -----BEGIN\r\n-----BEGIN A B-----  \r\nAQID \r\n BAU=\r\n-----END A B-----\t\r\nnoise\n-----BEGIN CERTIFICATE-----\nAQ==\n-----END CERTIFICATE-----";
        let found = read(text);
        let offsets: Vec<usize> = found.iter().map(|b| b.as_ref().unwrap().offset).collect();
        assert_eq!(ders(text), [vec![1, 2, 3, 4, 5], vec![1]]);
        assert_eq!(offsets, [34, 97]);
        assert!(looks_like_pem(text.as_bytes()));
        assert!(!looks_like_pem(b"0\x82-----BEGIN"));
    }

    #[test]
    fn piece_by_piece_is_the_same() {
        for length in [
            0,
            1,
            47,
            48,
            49,
            PIECE - 1,
            PIECE,
            PIECE + 1,
            2 * PIECE + 50,
        ] {
            let der: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let mut written = Vec::new();
            write("X509 CRL", &der, &mut written).unwrap();
            assert_eq!(written, encode("X509 CRL", &der).into_bytes(), "{length}");
        }
    }

    #[test]
    fn headers_are_kept_and_folded() {
        let text = "-----BEGIN K-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-CBC,\n 0011\n\nAQID\n-----END K-----\n";
        let block = read(text).remove(0).unwrap();
        assert_eq!(block.header("Proc-Type"), Some("4,ENCRYPTED"));
        assert_eq!(block.header("DEK-Info"), Some("DES-CBC,0011"));
        assert_eq!(block.der, [1, 2, 3]);
    }

    #[test]
    fn a_byte_order_mark_does_not_hide_the_first_block() {
        let text = "\u{feff}-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";
        assert_eq!(ders(text), [vec![1, 2, 3]]);
    }

    #[test]
    fn faults_are_placed_and_do_not_hide_what_follows() {
        let good = "-----BEGIN B-----\nAQID\n-----END B-----\n";
        for (text, offset, fault) in [
            ("-----BEGIN A-----\nAQID\n", 0, PemFault::Unterminated),
            (
                "-----BEGIN A-----\nAQI*\n-----END A-----\n",
                21,
                PemFault::NotBase64,
            ),
            (
                "-----BEGIN A-----\nAQI\n-----END A-----\n",
                22,
                PemFault::CutOff,
            ),
            (
                "-----BEGIN A-----\nAQ==AQ==\n-----END A-----\n",
                27,
                PemFault::CutOff,
            ),
            (
                "-----BEGIN A-----\nAQID\n-----END C-----\n",
                23,
                PemFault::EndDiffers,
            ),
        ] {
            let found = read(&format!("{text}{good}"));
            let error = found[0].as_ref().unwrap_err();
            assert_eq!((error.offset, error.fault), (offset, fault), "{text}");
            assert_eq!(found[1].as_ref().unwrap().der, [1, 2, 3], "{text}");
            assert_eq!(found.len(), 2, "{text}");
        }
        assert_eq!(
            read("-----BEGIN A-----\nA")
                .remove(0)
                .unwrap_err()
                .to_string(),
            "PEM block \"A\" has no END line at byte 0"
        );
    }

    #[test]
    fn what_rustls_pemfile_refuses_is_still_read() {
        let text = "-----BEGIN CERTIFICATE-----\nA Q\tID\n\nBAU=\n-----END CERTIFICATE-----\n";
        assert_eq!(ders(text), [vec![1, 2, 3, 4, 5]]);
    }

    #[test]
    fn a_bomb_takes_linear_time() {
        let begins = "-----BEGIN A-----\n".repeat(300_000);
        assert_eq!(blocks(begins.as_bytes()).count(), 300_000);
        let headers = format!("-----BEGIN A-----\n{}", "a:b\n".repeat(300_000));
        assert_eq!(blocks(headers.as_bytes()).count(), 1);
        let small = "-----BEGIN CERTIFICATE-----\nAQ==\n-----END CERTIFICATE-----\n".repeat(50_000);
        assert_eq!(
            blocks(small.as_bytes()).filter(Result::is_ok).count(),
            50_000
        );
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(der: Vec<u8>, before in "[a-z\n]{0,40}") {
            for label in ["CERTIFICATE", "EC PRIVATE KEY"] {
                let text = format!("{before}\n{}", encode(label, &der));
                prop_assert!(text.lines().skip(1).all(|l| l.len() <= 64));
                let block = read(&text).remove(0).unwrap();
                prop_assert_eq!(&block.label, label);
                prop_assert_eq!(&block.der, &der);
            }
        }

        #[test]
        fn nothing_panics(text in "(-----(BEGIN|END) (CERTIFICATE|A)-----|[A-Za-z0-9=:*é \n\r-]{0,9}|\n){0,30}") {
            blocks(text.as_bytes()).for_each(drop);
        }
    }
}
