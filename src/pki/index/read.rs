//! Reading an index line by line, and saying what is odd about a line instead of failing.

use std::fmt;
use std::io::{BufRead, Read as _};
use std::path::PathBuf;

use super::revocation::Revocation;
use super::{Row, Status};
use crate::primitives::disk::{Action, DiskError};
use crate::primitives::time::Timestamp;
use crate::x509::serial::Serial;

/// A line of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A row.
    Row(Record),
    /// Anything else.
    Odd(Odd),
}

/// A row as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its line, from 1.
    pub line: u64,
    /// The line's bytes, its end included.
    pub raw: Vec<u8>,
    /// What it says.
    pub row: Row,
    /// What is unusual about its text.
    pub quirks: Vec<Quirk>,
}

/// A line that is no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odd {
    /// Its line, from 1.
    pub line: u64,
    /// The line's bytes, its end included.
    pub raw: Vec<u8>,
    /// What it is instead.
    pub why: Oddity,
}

impl Odd {
    /// Does it say nothing of a certificate?
    pub fn is_harmless(&self) -> bool {
        matches!(self.why, Oddity::Blank | Oddity::Comment)
    }

    /// The line for people, without its end.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw).trim_end().to_owned()
    }
}

impl Entry {
    /// Its line, from 1.
    pub fn line(&self) -> u64 {
        match self {
            Self::Row(record) => record.line,
            Self::Odd(odd) => odd.line,
        }
    }

    /// The line's bytes, its end included.
    pub fn raw(&self) -> &[u8] {
        match self {
            Self::Row(record) => &record.raw,
            Self::Odd(odd) => &odd.raw,
        }
    }
}

/// What is unusual about a row that can be read nevertheless. The comments say what OpenSSL 3.0
/// makes of it (measured).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    /// The last line has no line feed: the row does not exist for OpenSSL.
    NoLineFeed,
    /// CR before LF: counted to the subject, so that a revocation's name does not match.
    CarriageReturn,
    /// Lower-case hex in the serial: not found by serial.
    LowerCaseSerial,
    /// An odd number of hex digits: `openssl ca` refuses the index.
    OddSerial,
    /// A leading byte of zero: no harm.
    PaddedSerial,
    /// A 15-character end before 2050 (OpenSSL 1.1): no harm.
    LongEnd,
    /// A 15-character revocation date: `openssl ca` refuses the index.
    LongRevocation,
    /// Something after a plain reason: ignored, but EasyRSA's `show-revoke` dies of it.
    ReasonArgument,
    /// `R` without a revocation date: `openssl ca` refuses the index.
    NoRevocation,
    /// `V` or `E` with a revocation date: `openssl ca` refuses the index.
    StrayRevocation,
}

/// What a line that is no row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// Nothing on it: `openssl ca` refuses the index.
    Blank,
    /// Begins with `#`: lost when OpenSSL writes next.
    Comment,
    /// Not six fields: `openssl ca` refuses the index.
    Fields(usize),
    /// A status other than V, R and E.
    Status,
    /// The end is no time.
    End,
    /// The revocation is none that OpenSSL knows.
    Revocation,
    /// The serial is not hex.
    Serial,
    /// Not UTF-8.
    NotText,
    /// Longer than any row.
    TooLong,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("the line is empty"),
            Self::Comment => f.write_str("the line is a comment"),
            Self::Fields(found) => write!(f, "6 fields expected, {found} found"),
            Self::Status => f.write_str("the status is none of V, R and E"),
            Self::End => f.write_str("the end of validity is not a time"),
            Self::Revocation => f.write_str("the revocation is not one that OpenSSL knows"),
            Self::Serial => f.write_str("the serial is not hex"),
            Self::NotText => f.write_str("the line is not text"),
            Self::TooLong => write!(f, "the line has more than {MAX_LINE} bytes"),
        }
    }
}

/// The lines of an index, one after the other.
#[derive(Debug)]
pub struct Rows<R> {
    reader: R,
    path: PathBuf,
    line: u64,
}

impl<R: BufRead> Rows<R> {
    /// Reads from `reader`; `path` is for errors.
    pub fn new(path: impl Into<PathBuf>, reader: R) -> Self {
        Self {
            reader,
            path: path.into(),
            line: 0,
        }
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Entry, DiskError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut raw = Vec::new();
        match self
            .reader
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut raw)
        {
            Ok(0) => return None,
            Ok(_) => {}
            Err(source) => {
                return Some(Err(DiskError {
                    action: Action::Read,
                    path: self.path.clone(),
                    source,
                }));
            }
        }
        self.line += 1;
        Some(Ok(match parse(&raw) {
            Ok((row, quirks)) => Entry::Row(Record {
                line: self.line,
                raw,
                row,
                quirks,
            }),
            Err(why) => Entry::Odd(Odd {
                line: self.line,
                raw,
                why,
            }),
        }))
    }
}

/// Far above the longest subject that fits a certificate; a longer line is read in pieces.
const MAX_LINE: u64 = 1 << 20;

fn parse(raw: &[u8]) -> Result<(Row, Vec<Quirk>), Oddity> {
    let mut quirks = Vec::new();
    let text = std::str::from_utf8(raw).map_err(|_| Oddity::NotText)?;
    let line = match text.strip_suffix('\n') {
        Some(line) => line,
        None if u64::try_from(raw.len()).unwrap_or(u64::MAX) >= MAX_LINE => {
            return Err(Oddity::TooLong);
        }
        None => {
            quirks.push(Quirk::NoLineFeed);
            text
        }
    };
    if line.starts_with('#') {
        return Err(Oddity::Comment);
    }
    let line = line.strip_suffix('\r').map_or(line, |line| {
        quirks.push(Quirk::CarriageReturn);
        line
    });
    if line.trim().is_empty() {
        return Err(Oddity::Blank);
    }
    let fields = fields(line);
    let [status, end, revocation, serial, file, subject] = fields.as_slice() else {
        return Err(Oddity::Fields(fields.len()));
    };
    let status = match status.as_str() {
        "V" => Status::Valid,
        "R" => Status::Revoked,
        "E" => Status::Expired,
        _ => return Err(Oddity::Status),
    };
    let not_after = Timestamp::from_asn1_text(end).ok_or(Oddity::End)?;
    if not_after.asn1_text() != *end {
        quirks.push(Quirk::LongEnd);
    }
    let revocation = read_revocation(status, revocation, &mut quirks)?;
    let serial = read_serial(serial, &mut quirks)?;
    let row = Row {
        status,
        not_after,
        revocation,
        serial,
        file: file.clone(),
        subject: subject.clone(),
    };
    Ok((row, quirks))
}

/// Splits at tabs; a tab after a backslash belongs to the field (`TXT_DB_read`).
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    for piece in line.split_inclusive('\t') {
        let (text, ended) = piece
            .strip_suffix('\t')
            .map_or((piece, false), |text| (text, true));
        let Some(last) = fields.last_mut() else {
            break;
        };
        match text.strip_suffix('\\').filter(|_| ended) {
            Some(escaped) => {
                last.push_str(escaped);
                last.push('\t');
            }
            None => {
                last.push_str(text);
                if ended {
                    fields.push(String::new());
                }
            }
        }
    }
    fields
}

fn read_revocation(
    status: Status,
    field: &str,
    quirks: &mut Vec<Quirk>,
) -> Result<Option<Revocation>, Oddity> {
    match (status, field.is_empty()) {
        (Status::Revoked, true) => {
            quirks.push(Quirk::NoRevocation);
            return Ok(None);
        }
        (_, true) => return Ok(None),
        (Status::Revoked, false) => {}
        (_, false) => quirks.push(Quirk::StrayRevocation),
    }
    let (revocation, refused, ignored) = Revocation::from_field(field).ok_or(Oddity::Revocation)?;
    if refused {
        quirks.push(Quirk::LongRevocation);
    }
    if ignored {
        quirks.push(Quirk::ReasonArgument);
    }
    Ok(Some(revocation))
}

fn read_serial(field: &str, quirks: &mut Vec<Quirk>) -> Result<Serial, Oddity> {
    if field.is_empty() || !field.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(Oddity::Serial);
    }
    let serial: Serial = field.parse().map_err(|_| Oddity::Serial)?;
    let upper = field.to_ascii_uppercase();
    if upper != field {
        quirks.push(Quirk::LowerCaseSerial);
    }
    if !field.len().is_multiple_of(2) {
        quirks.push(Quirk::OddSerial);
    } else if upper != serial.to_string() {
        quirks.push(Quirk::PaddedSerial);
    }
    Ok(serial)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<Entry> {
        Rows::new("index.txt", text).map(Result::unwrap).collect()
    }

    #[test]
    fn keeps_what_old_tools_left() {
        let text = "# comment\n\
            V\t290223003052Z\t\t0dF8\tunknown\t/CN=lower\n\
            \n\
            V\t290223003052Z\t\t01\tunknown\n\
            E\t20210101000000Z\t\t00FF\t\t/CN=past\r\n\
            X\t290223003052Z\t\t01\tunknown\t/CN=x\n\
            V\t290223003052Z\t261121003206Z\t123\tunknown\t/CN=a\\\tb\n\
            R\t290223003052Z\t\t02\tunknown\t/CN=y";
        let seen: Vec<String> = read(text.as_bytes())
            .iter()
            .map(|entry| match entry {
                Entry::Row(record) => format!(
                    "{} {} {} {:?}",
                    record.line, record.row.serial, record.row.subject, record.quirks
                ),
                Entry::Odd(odd) => format!("{} {}", odd.line, odd.why),
            })
            .collect();
        assert_eq!(
            seen,
            [
                "1 the line is a comment",
                "2 0DF8 /CN=lower [LowerCaseSerial]",
                "3 the line is empty",
                "4 6 fields expected, 5 found",
                "5 FF /CN=past [CarriageReturn, LongEnd, PaddedSerial]",
                "6 the status is none of V, R and E",
                "7 0123 /CN=a\tb [StrayRevocation, OddSerial]",
                "8 02 /CN=y [NoLineFeed, NoRevocation]",
            ]
        );
    }

    #[test]
    fn a_line_without_end_is_read_in_pieces() {
        let long = vec![b'x'; 3 << 19];
        let lines = read(&long);
        assert_eq!(lines.len(), 2);
        assert!(matches!(&lines[0], Entry::Odd(odd) if odd.why == Oddity::TooLong));
    }
}
