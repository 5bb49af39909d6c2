//! The index's lines: what OpenSSL would refuse, and serials that stand there twice.

use std::collections::HashMap;

use super::{Finding, Findings, Mend};
use crate::ops::Error;
use crate::pki::Pki;
use crate::pki::index::{Entry, Oddity, Quirk, Row};
use crate::primitives::disk;
use crate::x509::serial::Serial;

/// What the log and the index say, by serial: of a million certificates each is looked up once.
#[derive(Default)]
pub(super) struct Table {
    known: HashMap<Serial, Known>,
    rows: usize,
}

#[derive(Default)]
struct Known {
    /// The line of the index and what it says.
    row: Option<Box<(u64, Row)>>,
    issued: Option<Issued>,
}

/// What the log says of a certificate that privca issued: its SHA-256, where it has one.
pub(super) type Issued = Option<[u8; 32]>;

impl Table {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// The row of a serial.
    pub(super) fn row(&self, serial: &Serial) -> Option<&Row> {
        let row = self.known.get(serial)?.row.as_ref()?;
        Some(&row.1)
    }

    /// Each row, in no order, with its line and whether the log says that privca issued it.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u64, &Row, bool)> {
        let rows = self.known.values();
        rows.filter_map(|known| {
            let (line, row) = known.row.as_deref()?;
            Some((*line, row, known.issued.is_some()))
        })
    }

    /// What the log says of an issuance.
    pub(super) fn issued(&self, serial: &Serial) -> Option<Issued> {
        self.known.get(serial)?.issued
    }

    /// Notes what the log says.
    pub(super) fn note(&mut self, serial: Serial, issued: Issued) {
        self.known.entry(serial).or_default().issued = Some(issued);
    }

    /// Reads the index, once the log is read.
    pub(super) fn read(&mut self, pki: &Pki, findings: &mut Findings) -> Result<(), Error> {
        let path = pki.layout().index();
        let mut lines = pki.rows()?;
        while let Some(line) = lines.read()? {
            let record = match line {
                Entry::Row(record) => record,
                Entry::Odd(odd) if odd.why == Oddity::Comment => continue,
                Entry::Odd(odd) => {
                    let said = format!("line {}: {}", odd.line, odd.why);
                    findings.push(Finding::problem("index-line", &path, said).hint(
                        "openssl ca refuses such an index; compare with index.txt.old or a backup",
                    ));
                    continue;
                }
            };
            for quirk in &record.quirks {
                findings.extend(judge(*quirk, record.line, &path));
            }
            let serial = &record.row.serial;
            let row = Row {
                file: String::new(),
                ..record.row.clone()
            };
            let known = self.known.entry(serial.clone()).or_default();
            if known.row.replace(Box::new((record.line, row))).is_none() {
                self.rows += 1;
            } else {
                let said = format!("line {}: serial {serial} stands there twice", record.line);
                findings.push(Finding::problem("serial-twice", &path, said).hint(
                    "openssl ca refuses such an index; take out the row that is wrong, never an R row",
                ));
            }
        }
        let without = self.known.iter().filter(|(_, known)| known.row.is_none());
        let mut without: Vec<&Serial> = without.map(|(serial, _)| serial).collect();
        without.sort_unstable();
        for serial in without {
            findings.many("row-missing", true, || {
                let said = format!(
                    "the row of serial {serial} is gone, and the log says that it was issued"
                );
                Finding::problem("row-missing", &path, said)
                    .hint("privca revoke --serial brings it back as revoked, if its certificate is still there")
            });
        }
        attributes(pki, findings)
    }
}

fn judge(quirk: Quirk, line: u64, path: &std::path::Path) -> Option<Finding> {
    let problem = |said: &str| {
        Some(Finding::problem(
            "index-line",
            path,
            format!("line {line}: {said}"),
        ))
    };
    match quirk {
        Quirk::NoLineFeed => Some(
            Finding::problem(
                "no-line-feed",
                path,
                format!("line {line} has no line feed: for OpenSSL it does not exist"),
            )
            .hint("`privca check --repair` adds it")
            .mend(Mend::LineFeed),
        ),
        Quirk::LowerCaseSerial => problem("lower-case serial: openssl ca does not find it"),
        Quirk::OddSerial => {
            problem("odd number of hex digits in the serial: openssl ca refuses the index")
        }
        Quirk::LongRevocation => {
            problem("revocation date of 15 characters: openssl ca refuses the index")
        }
        Quirk::NoRevocation => problem("revoked without a date: openssl ca refuses the index"),
        Quirk::StrayRevocation => {
            problem("a revocation date on a row that is not revoked: openssl ca refuses the index")
        }
        Quirk::CarriageReturn | Quirk::PaddedSerial | Quirk::LongEnd | Quirk::ReasonArgument => {
            None
        }
    }
}

/// Without `unique_subject = no` a renewed certificate stops `openssl ocsp`.
fn attributes(pki: &Pki, findings: &mut Findings) -> Result<(), Error> {
    let path = pki.layout().index_attributes();
    let text = match disk::exists(&path)? {
        true => disk::read_bounded(&path, 1 << 16)?,
        false => Vec::new(),
    };
    let text = String::from_utf8_lossy(&text).replace(' ', "");
    if !text.lines().any(|line| line == "unique_subject=no") {
        let said = "does not say unique_subject = no: `openssl ocsp` refuses two certificates of one subject";
        findings.push(
            Finding::remark("index-attributes", &path, said)
                .hint("`privca check --repair` writes it")
                .mend(Mend::Attributes),
        );
    }
    Ok(())
}
