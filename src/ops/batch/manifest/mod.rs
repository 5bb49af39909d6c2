//! Manifests: what a batch is to issue, a row for each certificate, as CSV or as JSON-lines.
//!
//! [`parse`] is pure: bytes to typed rows, or every fault with line and member. What stands in a
//! `passout` is never repeated.

mod csv;
mod json;
mod row;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::super::passphrase_source::Source;
use crate::keys::KeyType;
use crate::keys::pkcs12::Strength;
use crate::pki::FileName;
use crate::primitives::time::{Span, Timestamp};
use crate::profile::ProfileName;
use crate::x509::general_name::GeneralName;
use crate::x509::name::Name;

/// The longest manifest in bytes.
pub const MOST_BYTES: usize = 16 << 20;
/// The most rows of one.
pub const MOST_ROWS: usize = 100_000;
/// How many faults are told.
const MOST_FAULTS: usize = 100;
/// How many characters of one.
const MOST_SAID: usize = 400;

/// How a manifest is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180 with a header; semicolons or tabs in the place of commas are seen by the header.
    Csv,
    /// One object a line.
    JsonLines,
}

impl Format {
    /// What a text looks like: JSON-lines begin with a brace.
    fn of(text: &str) -> Self {
        match text.trim_start().starts_with(['{', '[']) {
            true => Self::JsonLines,
            false => Self::Csv,
        }
    }
}

/// One row: what is asked for one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The line that it begins on, from 1.
    pub line: usize,
    /// The stem of the files.
    pub name: FileName,
    /// A request, relative to the manifest; without one a key is made.
    pub csr: Option<PathBuf>,
    /// The policy.
    pub profile: Option<ProfileName>,
    /// The subject, from `subject` or `cn`.
    pub subject: Option<Name>,
    /// The alternative names.
    pub names: Vec<GeneralName>,
    /// The length of life.
    pub validity: Option<Span>,
    /// The first second.
    pub not_before: Option<Timestamp>,
    /// The last second.
    pub not_after: Option<Timestamp>,
    /// Algorithm and size of the new key.
    pub key_type: Option<KeyType>,
    /// Whether a .p12 is made.
    pub p12: Option<P12>,
    /// What importers of the .p12 show.
    pub friendly_name: Option<String>,
    /// Where a copy of certificate and intermediates goes, relative to the manifest.
    pub out: Option<PathBuf>,
    /// Where the new key's passphrase comes from.
    pub passout: Option<Source>,
}

/// What a row says of a .p12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum P12 {
    /// None is made.
    No,
    /// One is made, as the command line says.
    Yes,
    /// One of this strength.
    Of(Strength),
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The column or member; empty for the row as a whole.
    pub member: String,
    /// What is wrong.
    pub fault: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.line)?;
        if !self.member.is_empty() {
            write!(f, "{}: ", self.member)?;
        }
        f.write_str(&self.fault)
    }
}

/// Every fault that was found, in the order of their lines; at least one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    faults: Vec<Fault>,
    /// How many more there are than are told.
    untold: usize,
}

impl Faults {
    /// Of one row.
    pub(super) fn add(&mut self, line: usize, member: &str, fault: impl Into<String>) {
        if self.faults.len() == MOST_FAULTS {
            self.untold += 1;
            return;
        }
        self.faults.push(Fault {
            line,
            member: shown(member),
            fault: on_one_line(&fault.into()),
        });
    }

    /// Nothing is wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// The faults that are told.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter()
    }

    /// One line for each fault, as compilers write them: `FILE:7: san: ...`.
    pub fn in_file(&self, file: &str) -> String {
        let file = on_one_line(file);
        let mut lines: Vec<String> = self
            .faults
            .iter()
            .map(|fault| format!("{file}:{fault}"))
            .collect();
        if self.untold > 0 {
            lines.push(format!("{file}: and {} faults more", self.untold));
        }
        lines.join("\n")
    }
}

/// Reads a manifest; without `format` it is told by its content.
///
/// # Errors
/// With everything that is wrong with it.
pub fn parse(bytes: &[u8], format: Option<Format>) -> Result<Vec<Row>, Faults> {
    let mut faults = Faults::default();
    let rows = match text(bytes) {
        Ok(text) => {
            let raw = match format.unwrap_or_else(|| Format::of(text)) {
                Format::Csv => csv::rows(text, &mut faults),
                Format::JsonLines => json::rows(text, &mut faults),
            };
            let rows = raw.iter().filter_map(|raw| row::typed(raw, &mut faults));
            rows.collect()
        }
        Err((line, fault)) => {
            faults.add(line, "", fault);
            Vec::new()
        }
    };
    check_twice(&rows, &mut faults);
    if rows.is_empty() && faults.is_empty() {
        faults.add(1, "", "there are no rows");
    }
    if faults.is_empty() {
        return Ok(rows);
    }
    faults.faults.sort_by_key(|fault| fault.line);
    Err(faults)
}

fn text(bytes: &[u8]) -> Result<&str, (usize, String)> {
    if bytes.len() > MOST_BYTES {
        return Err((1, format!("it has more than {} MiB", MOST_BYTES >> 20)));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|b| **b == b'\n').count() + 1;
            Err((line, "it is not UTF-8; save it as that".to_owned()))
        }
    }
}

/// No two rows may want the same files.
fn check_twice(rows: &[Row], faults: &mut Faults) {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    let mut outs: BTreeMap<&PathBuf, usize> = BTreeMap::new();
    for row in rows {
        if let Some(first) = names.get(row.name.as_str()) {
            let fault = format!(
                "\"{}\" stands in line {first} already",
                shown(row.name.as_str())
            );
            faults.add(row.line, "name", fault);
        } else {
            names.insert(row.name.as_str(), row.line);
        }
        let Some(out) = &row.out else { continue };
        if let Some(first) = outs.insert(out, row.line) {
            let fault = format!("line {first} writes the same file");
            faults.add(row.line, "out", fault);
        }
    }
}

/// A row before its values have types.
#[derive(Debug)]
struct Raw {
    line: usize,
    members: Vec<(String, Value)>,
}

/// A value as it was written.
#[derive(Debug)]
enum Value {
    Text(String),
    Bool(bool),
    List(Vec<String>),
    /// Of another kind, with its article.
    Other(&'static str),
}

/// A stranger's word in a message: on one line, not too long, and no secret that slipped there.
fn shown(text: &str) -> String {
    if text.contains("pass:") {
        return "(a passphrase source)".to_owned();
    }
    on_one_line(&text.chars().take(60).collect::<String>())
}

/// Without control characters, and no longer than a few lines.
fn on_one_line(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars().take(MOST_SAID) {
        match c.is_control() {
            true => line.extend(c.escape_debug()),
            false => line.push(c),
        }
    }
    line
}

#[cfg(test)]
mod tests;
