//! The index's lines: what OpenSSL would refuse, and serials that stand there twice.

use std::collections::BTreeMap;

use super::{Finding, Findings, Mend};
use crate::ops::{Error, targets};
use crate::pki::Pki;
use crate::pki::index::{Entry, Oddity, Quirk, Row};
use crate::primitives::disk;
use crate::x509::serial::Serial;

/// The rows by serial, and the certificates that the log says were issued, with the hash of each.
pub(super) struct Table {
    pub(super) rows: BTreeMap<Serial, Row>,
    pub(super) ours: BTreeMap<Serial, Option<String>>,
}

impl Table {
    pub(super) fn read(pki: &Pki, findings: &mut Findings) -> Result<Self, Error> {
        let path = pki.layout().index();
        let mut rows = BTreeMap::new();
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
            if rows.insert(serial.clone(), row).is_some() {
                let said = format!("line {}: serial {serial} stands there twice", record.line);
                findings.push(Finding::problem("serial-twice", &path, said).hint(
                    "openssl ca refuses such an index; take out the row that is wrong, never an R row",
                ));
            }
        }
        let mut ours = BTreeMap::new();
        targets::each_issued(pki, &mut |issued| {
            ours.insert(issued.serial, issued.sha256);
        })?;
        for serial in ours.keys().filter(|serial| !rows.contains_key(serial)) {
            let said =
                format!("the row of serial {serial} is gone, and the log says that it was issued");
            findings.push(
                Finding::problem("row-missing", &path, said)
                    .hint("privca revoke --serial brings it back as revoked, if its certificate is still there"),
            );
        }
        attributes(pki, findings)?;
        Ok(Self { rows, ours })
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
