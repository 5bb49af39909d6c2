//! `index.txt`: OpenSSL's certificate database, a row a certificate.
//!
//! Written strictly, to the byte as OpenSSL 3 does (`db_try_init`, `TXT_DB_write`); read
//! tolerantly, line by line, since directories of ten years hold what old tools left. The file is
//! never in memory as a whole.

mod read;
mod revocation;

use std::fmt;

use crate::primitives::time::Timestamp;
use crate::x509::serial::Serial;

pub use read::{Entry, Odd, Oddity, Quirk, Record, Rows};
pub use revocation::{BadRevocation, Detail, Revocation};

/// What a row says of its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// `V`: issued and not revoked; it may be past its end all the same.
    Valid,
    /// `R`: revoked.
    Revoked,
    /// `E`: marked as past its end by `openssl ca -updatedb`.
    Expired,
}

impl Status {
    /// The letter in the row.
    pub fn letter(self) -> char {
        match self {
            Self::Valid => 'V',
            Self::Revoked => 'R',
            Self::Expired => 'E',
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its letter.
    pub status: Status,
    /// The certificate's end.
    pub not_after: Timestamp,
    /// When and why it was revoked: present exactly in rows with `R`.
    pub revocation: Option<Revocation>,
    /// The certificate's serial.
    pub serial: Serial,
    /// OpenSSL's file field, always `unknown` in rows of our own.
    pub file: String,
    /// The subject in OpenSSL 3's one-line form.
    pub subject: String,
}

impl Row {
    /// The row of a new certificate; `subject` is its name's `oneline()`. For one without attributes
    /// OpenSSL has the serial there, and `openssl ca -revoke` looks for it.
    pub fn issued(serial: Serial, not_after: Timestamp, subject: impl Into<String>) -> Self {
        let mut subject: String = subject.into();
        if subject.is_empty() {
            subject = serial.to_string();
        }
        Self {
            status: Status::Valid,
            not_after,
            revocation: None,
            serial,
            file: "unknown".to_owned(),
            subject,
        }
    }

    /// The row's text with its line feed.
    ///
    /// # Errors
    /// When OpenSSL could not read it back: one such row makes it refuse the whole index.
    pub fn to_line(&self) -> Result<String, BadRow> {
        let fault = |why| BadRow {
            serial: self.serial.to_string(),
            why,
        };
        let revocation = match (self.status, self.revocation.as_ref()) {
            (Status::Revoked, Some(revocation)) => revocation
                .to_field()
                .map_err(|e| fault(RowFault::Revocation(e)))?,
            (Status::Valid | Status::Expired, None) => String::new(),
            _ => return Err(fault(RowFault::StatusAndRevocation)),
        };
        if self.serial.is_negative() {
            return Err(fault(RowFault::NegativeSerial));
        }
        for field in [&self.file, &self.subject] {
            if !field.bytes().all(|b| (0x20..=0x7e).contains(&b)) {
                return Err(fault(RowFault::Character));
            }
        }
        // OpenSSL takes a backslash before a tab for an escaped tab
        if self.file.ends_with('\\') {
            return Err(fault(RowFault::Character));
        }
        Ok(format!(
            "{}\t{}\t{revocation}\t{}\t{}\t{}\n",
            self.status.letter(),
            self.not_after.asn1_text(),
            self.serial,
            self.file,
            self.subject
        ))
    }
}

/// A row that must not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// The serial in it.
    pub serial: String,
    /// What is wrong.
    pub why: RowFault,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// `R` without a revocation, or `V` or `E` with one.
    StatusAndRevocation,
    /// The revocation has no text form.
    Revocation(BadRevocation),
    /// OpenSSL reads no minus sign.
    NegativeSerial,
    /// A field has a character outside 0x20 to 0x7E, or a backslash at its end.
    Character,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the index row of serial {} cannot be written: ",
            self.serial
        )?;
        match self.why {
            RowFault::StatusAndRevocation => f.write_str("its status and its revocation disagree"),
            RowFault::Revocation(why) => why.fmt(f),
            RowFault::NegativeSerial => f.write_str("the serial is negative"),
            RowFault::Character => f.write_str("a field has characters that the index cannot hold"),
        }
    }
}

impl std::error::Error for BadRow {}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::x509::revocation::Reason;
    use proptest::prelude::*;

    pub(in crate::pki) fn serial(text: &str) -> Serial {
        text.parse().unwrap()
    }

    fn time(text: &str) -> Timestamp {
        Timestamp::from_asn1_text(text).unwrap()
    }

    #[test]
    fn writes_what_openssl_writes() {
        let mut row = Row::issued(
            serial("0DF826FC6C9D1D2209A398BDD56A4F34"),
            time("290223003052Z"),
            "/CN=client1",
        );
        assert_eq!(
            row.to_line().unwrap(),
            "V\t290223003052Z\t\t0DF826FC6C9D1D2209A398BDD56A4F34\tunknown\t/CN=client1\n"
        );
        row.status = Status::Revoked;
        assert_eq!(
            row.to_line().unwrap_err().why,
            RowFault::StatusAndRevocation
        );
        row.revocation = Some(Revocation {
            at: time("261121003206Z"),
            detail: Detail::Reason(Reason::Superseded),
        });
        assert_eq!(
            row.to_line().unwrap(),
            "R\t290223003052Z\t261121003206Z,superseded\t0DF826FC6C9D1D2209A398BDD56A4F34\tunknown\t/CN=client1\n"
        );
        row.not_after = time("20510713003712Z");
        assert!(row.to_line().unwrap().starts_with("R\t20510713003712Z\t"));
    }

    #[test]
    fn what_openssl_cannot_read_is_not_written() {
        let row = |subject: &str| Row::issued(serial("01"), time("290223003052Z"), subject);
        for subject in ["/CN=a\tb", "/CN=a\nb", "/CN=ü"] {
            assert_eq!(row(subject).to_line().unwrap_err().why, RowFault::Character);
        }
        let negative = Row {
            serial: Serial::from_contents(&[0x80]),
            ..row("/CN=x")
        };
        assert_eq!(
            negative.to_line().unwrap_err().why,
            RowFault::NegativeSerial
        );
    }

    fn any_row() -> impl Strategy<Value = Row> {
        let detail = prop_oneof![
            Just(Detail::None),
            (0usize..8).prop_map(|i| Detail::Reason(Reason::ALL[i])),
            Just(Detail::Hold("holdInstructionReject".to_owned())),
            (0i64..4_000_000_000).prop_map(|s| Detail::KeyTime(Timestamp::from_unix(s).unwrap())),
            (0i64..4_000_000_000).prop_map(|s| Detail::CaKeyTime(Timestamp::from_unix(s).unwrap())),
        ];
        let revocation =
            proptest::option::of((0i64..2_500_000_000, detail).prop_map(|(s, detail)| {
                Revocation {
                    at: Timestamp::from_unix(s).unwrap(),
                    detail,
                }
            }));
        (
            revocation,
            any::<bool>(),
            0i64..200_000_000_000,
            proptest::collection::vec(any::<u8>(), 0..20),
            "[ -~]{0,60}",
        )
            .prop_map(|(revocation, expired, end, number, subject)| Row {
                status: match (&revocation, expired) {
                    (Some(_), _) => Status::Revoked,
                    (None, true) => Status::Expired,
                    (None, false) => Status::Valid,
                },
                not_after: Timestamp::from_unix(end).unwrap(),
                revocation,
                serial: Serial::from_unsigned(&number),
                file: "unknown".to_owned(),
                subject,
            })
    }

    proptest! {
        #[test]
        fn rows_read_back(rows in proptest::collection::vec(any_row(), 0..6)) {
            let text: String = rows.iter().map(|r| r.to_line().unwrap()).collect();
            let read: Vec<Row> = Rows::new("index.txt", text.as_bytes())
                .map(|entry| match entry.unwrap() {
                    Entry::Row(record) => {
                        assert_eq!(record.quirks, vec![]);
                        record.row
                    }
                    Entry::Odd(odd) => panic!("{odd:?}"),
                })
                .collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut copy: Vec<u8> = Vec::new();
            for entry in Rows::new("index.txt", &bytes[..]) {
                copy.extend(entry.unwrap().raw());
            }
            prop_assert_eq!(copy, bytes);
        }

        #[test]
        fn no_line_panics(line in "[VRE\t]{0,4}[0-9]{0,15}Z?\t{0,3}[0-9A-Fa-f,Za-z]{0,30}[\t\\\\ -~]{0,30}\n?") {
            for entry in Rows::new("index.txt", line.as_bytes()) {
                let _entry = entry.unwrap();
            }
        }
    }
}
