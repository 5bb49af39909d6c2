//! Reading an index line by line, and saying what is odd about a line instead of failing.

use std::borrow::Cow;
use std::fmt;
use std::io::BufRead;
use std::path::PathBuf;

use super::revocation::Revocation;
use super::{Row, Status};
use crate::primitives::disk::{self, DiskError};
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
///
/// [`Rows::read`] lends each line and uses its memory again for the next one; as an iterator it
/// gives every line away.
#[derive(Debug)]
pub struct Rows<R> {
    reader: R,
    path: PathBuf,
    entry: Entry,
}

impl<R: BufRead> Rows<R> {
    /// Reads from `reader`; `path` is for errors.
    pub fn new(path: impl Into<PathBuf>, reader: R) -> Self {
        Self {
            reader,
            path: path.into(),
            entry: Entry::Row(Record::blank(0, Vec::new())),
        }
    }

    /// The next line; `None` after the last one.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn read(&mut self) -> Result<Option<&Entry>, DiskError> {
        let mut record = match &mut self.entry {
            Entry::Row(record) => std::mem::replace(record, Record::blank(0, Vec::new())),
            Entry::Odd(odd) => Record::blank(odd.line, std::mem::take(&mut odd.raw)),
        };
        record.raw.clear();
        if !disk::read_line(&mut self.reader, MAX_LINE, &self.path, &mut record.raw)? {
            return Ok(None);
        }
        record.line += 1;
        record.quirks.clear();
        self.entry = match parse(&record.raw, &mut record.row, &mut record.quirks) {
            Ok(()) => Entry::Row(record),
            Err(why) => Entry::Odd(Odd {
                line: record.line,
                raw: record.raw,
                why,
            }),
        };
        Ok(Some(&self.entry))
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Entry, DiskError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().map(|entry| entry.cloned()).transpose()
    }
}

impl Record {
    /// To be filled.
    fn blank(line: u64, raw: Vec<u8>) -> Self {
        Self {
            line,
            raw,
            row: Row {
                status: Status::Valid,
                not_after: Timestamp::EPOCH,
                revocation: None,
                serial: Serial::from_contents(&[]),
                file: String::new(),
                subject: String::new(),
            },
            quirks: Vec::new(),
        }
    }
}

/// Far above the longest subject that fits a certificate; a longer line is read in pieces.
const MAX_LINE: u64 = 1 << 20;

fn parse(raw: &[u8], row: &mut Row, quirks: &mut Vec<Quirk>) -> Result<(), Oddity> {
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
    let mut fields = Fields::of(line);
    let mut next = || fields.next().unwrap_or_default();
    let [status, end, revocation, serial, file, subject] = [(); 6].map(|()| next());
    let found = Fields::of(line).count();
    if found != 6 {
        return Err(Oddity::Fields(found));
    }
    row.status = match status.raw {
        "V" => Status::Valid,
        "R" => Status::Revoked,
        "E" => Status::Expired,
        _ => return Err(Oddity::Status),
    };
    row.not_after = Timestamp::from_asn1_text(end.raw).ok_or(Oddity::End)?;
    if end.raw.len() != row.not_after.asn1_length() {
        quirks.push(Quirk::LongEnd);
    }
    row.revocation = read_revocation(row.status, &revocation.text(), quirks)?;
    row.serial = read_serial(serial.raw, quirks)?;
    file.write_to(&mut row.file);
    subject.write_to(&mut row.subject);
    Ok(())
}

/// A field as it stands in the line.
#[derive(Clone, Copy, Default)]
struct Field<'a> {
    raw: &'a str,
    /// A tab after a backslash belongs to it (`TXT_DB_read`).
    escaped: bool,
}

impl Field<'_> {
    fn text(&self) -> Cow<'_, str> {
        match self.escaped {
            true => Cow::Owned(self.raw.replace("\\\t", "\t")),
            false => Cow::Borrowed(self.raw),
        }
    }

    fn write_to(&self, place: &mut String) {
        place.clear();
        place.push_str(&self.text());
    }
}

/// Splits at tabs.
struct Fields<'a> {
    rest: Option<&'a str>,
}

impl<'a> Fields<'a> {
    fn of(line: &'a str) -> Self {
        Self { rest: Some(line) }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let rest = self.rest.take()?;
        let mut escaped = false;
        let mut from = 0;
        while let Some(tab) = rest.get(from..).and_then(|part| part.find('\t')) {
            let at = from + tab;
            let (raw, after) = (rest.get(..at)?, rest.get(at + 1..)?);
            if !raw.ends_with('\\') {
                self.rest = Some(after);
                return Some(Field { raw, escaped });
            }
            escaped = true;
            from = at + 1;
        }
        Some(Field { raw: rest, escaped })
    }
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
    if field.bytes().any(|b| b.is_ascii_lowercase()) {
        quirks.push(Quirk::LowerCaseSerial);
    }
    // zero is written as one byte
    let digits = 2 * serial.unsigned().len().max(1);
    if !field.len().is_multiple_of(2) {
        quirks.push(Quirk::OddSerial);
    } else if field.len() != digits {
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
