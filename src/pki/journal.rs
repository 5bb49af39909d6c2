//! `.privca/journal`: what a run is about to do, and what it has decided to do.
//!
//! Lines of `SHA-256 of the JSON, blank, JSON, LF`. The first (the intent) is durable before anything
//! is signed; the second (the commit record) is the point of no return: with it whole the run is
//! finished by whoever comes next, without it the run is undone. Undoing begins with a third line
//! that says so, so that it can be interrupted, too. The JSON is for
//! the same version of privca and the next ones, not for others.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::digest;
use super::error::PkiError;
use super::layout::Layout;
use crate::primitives::disk::{self, Disk};
use crate::primitives::operator::Operator;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct IntentRecord {
    pub(super) format: u32,
    pub(super) at: String,
    /// Missing in what a version wrote that didn't ask.
    #[serde(default)]
    pub(super) by: Option<Operator>,
    pub(super) what: String,
    #[serde(default)]
    pub(super) to_sign: Vec<ToSignRecord>,
    /// Format 1 had one signature at most, and its serial here.
    #[serde(default, skip_serializing)]
    pub(super) serial: Option<String>,
}

impl IntentRecord {
    /// The serials that the run uses up.
    pub(super) fn serials(&self) -> Vec<String> {
        let these = self.to_sign.iter().map(|one| &one.serial);
        these.chain([&self.serial]).flatten().cloned().collect()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ToSignRecord {
    pub(super) serial: Option<String>,
    pub(super) sha256: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CommitRecord {
    /// Not the run itself, but its undoing: what is in `audit` is all that is done.
    #[serde(default)]
    pub(super) undo: bool,
    pub(super) index: Option<IndexChange>,
    pub(super) rows: Option<RowsChange>,
    pub(super) files: Vec<FileChange>,
    pub(super) audit: Option<AuditChange>,
}

/// The index is replaced by a rewritten one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct IndexChange {
    pub(super) temporary: String,
    pub(super) old_sha256: String,
    pub(super) mode: u32,
    pub(super) length: u64,
    pub(super) ends_with_lf: bool,
}

/// Rows are appended to the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RowsChange {
    /// The index's length before.
    pub(super) offset: u64,
    /// The last line before has no line feed: one comes first.
    pub(super) line_feed: bool,
    pub(super) rows: Vec<NewRow>,
}

impl RowsChange {
    pub(super) fn text(&self) -> String {
        let start = if self.line_feed { "\n" } else { "" };
        let rows = self.rows.iter().map(|row| row.text.as_str());
        std::iter::once(start).chain(rows).collect()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NewRow {
    pub(super) serial: String,
    pub(super) text: String,
}

/// A file of the directory changes; in the order of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum FileChange {
    Place {
        temporary: String,
        to: String,
        mode: u32,
        owner: Option<(u32, u32)>,
        sha256: String,
        replace: bool,
    },
    Move {
        from: String,
        to: String,
        sha256: String,
    },
    Remove {
        path: String,
        sha256: String,
    },
    /// The rights of what is there change.
    Mode {
        path: String,
        mode: u32,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AuditChange {
    pub(super) offset: u64,
    pub(super) text: String,
}

/// What lies in a journal: lines that are not whole are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Journal {
    pub(super) intent: Option<IntentRecord>,
    pub(super) commit: Option<CommitRecord>,
}

pub(super) const FORMAT: u32 = 2;

pub(super) fn begin(disk: &Disk, layout: &Layout, intent: &IntentRecord) -> Result<(), PkiError> {
    disk.create_private(&layout.journal(), &line(layout, intent)?)?;
    Ok(disk.sync_folder(&layout.state())?)
}

pub(super) fn commit(disk: &Disk, layout: &Layout, record: &CommitRecord) -> Result<(), PkiError> {
    Ok(disk.append(&layout.journal(), &line(layout, record)?)?)
}

/// Decides that the run is undone, after whatever a kill left of its own commit record.
pub(super) fn undo(disk: &Disk, layout: &Layout, record: &CommitRecord) -> Result<(), PkiError> {
    let line = [b"\n", line(layout, record)?.as_slice()].concat();
    Ok(disk.append(&layout.journal(), &line)?)
}

pub(super) fn end(disk: &Disk, layout: &Layout) -> Result<(), PkiError> {
    disk.remove(&layout.journal())?;
    Ok(disk.sync_folder(&layout.state())?)
}

/// Takes a commit record back, durably, before what it speaks of is removed: a journal that came
/// back after a power failure must not be finished then.
pub(super) fn void(disk: &Disk, layout: &Layout) -> Result<(), PkiError> {
    let path = layout.journal();
    match disk.truncate(&path, 0) {
        // cut, only the sync failed
        Err(_) if disk::length(&path)? == Some(0) => Ok(()),
        other => Ok(other?),
    }
}

pub(super) fn read(layout: &Layout) -> Result<Option<Journal>, PkiError> {
    let path = layout.journal();
    if !disk::exists(&path)? {
        return Ok(None);
    }
    let bytes = disk::read_bounded(&path, MAX_JOURNAL)?;
    let mut lines = bytes.split_inclusive(|b| *b == b'\n');
    let intent: Option<IntentRecord> = lines.next().and_then(parse);
    // the last one counts: a run that is undone has one that says so after its own
    let commit = lines.rev().find_map(parse).filter(|_| intent.is_some());
    match &intent {
        Some(record) if record.format > FORMAT => Err(PkiError::Damaged {
            path,
            line: Some(1),
            why: format!(
                "written by a newer privca: format {}, and this one knows {FORMAT}",
                record.format
            ),
        }),
        _ => Ok(Some(Journal { intent, commit })),
    }
}

const MAX_JOURNAL: u64 = 1 << 28;

fn line(layout: &Layout, record: &impl Serialize) -> Result<Vec<u8>, PkiError> {
    let json = serde_json::to_string(record).map_err(|e| PkiError::Damaged {
        path: layout.journal(),
        line: None,
        why: e.to_string(),
    })?;
    Ok(format!("{} {json}\n", digest::of_bytes(json.as_bytes())).into_bytes())
}

fn parse<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    let line = line.strip_suffix(b"\n")?;
    let (sum, rest) = line.split_at_checked(64)?;
    let json = rest.strip_prefix(b" ")?;
    if digest::of_bytes(json).as_bytes() != sum {
        return None;
    }
    serde_json::from_slice(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_intent_of_the_first_format_still_tells_its_serial() {
        let json = r#"{"format":1,"at":"2026-11-21T12:00:00Z","what":"sign alice","serial":"0A","to_be_signed_sha256":"07"}"#;
        let line = format!("{} {json}\n", digest::of_bytes(json.as_bytes()));
        let intent: IntentRecord = parse(line.as_bytes()).unwrap();
        assert_eq!(
            (intent.format, intent.serials()),
            (1, vec!["0A".to_owned()])
        );
    }

    #[test]
    fn an_intent_tells_every_serial_and_a_list_has_none() {
        let sign = |serial: Option<&str>| ToSignRecord {
            serial: serial.map(str::to_owned),
            sha256: "07".to_owned(),
        };
        let intent = IntentRecord {
            format: FORMAT,
            to_sign: vec![sign(Some("0A")), sign(None), sign(Some("0B"))],
            ..IntentRecord::default()
        };
        let json = serde_json::to_string(&intent).unwrap();
        let read: IntentRecord = serde_json::from_str(&json).unwrap();
        assert_eq!(read.serials(), ["0A", "0B"]);
    }
}
