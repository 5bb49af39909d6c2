//! Finishing or undoing what a killed run left, under the lock, before anything else is done.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::apply;
use super::audit::Tail;
use super::error::PkiError;
use super::journal::{self, AuditChange, CommitRecord, IntentRecord, Journal};
use super::layout::Layout;
use crate::primitives::disk::{self, Action, Disk, DiskError, TEMPORARY};

/// One thing that was mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// A run that had passed its point of no return was finished.
    Finished {
        /// What it was.
        what: String,
        /// The serials of its certificates.
        serials: Vec<String>,
        /// Files that another program had put where its own were to go; they were kept.
        kept: Vec<PathBuf>,
    },
    /// A run that had not was undone.
    Undone {
        /// What it was; nothing where it died before it had said so.
        what: Option<String>,
        /// The serials that are burnt by it.
        serials: Vec<String>,
    },
    /// Temporary files of a dead run were removed.
    Swept {
        /// How many.
        files: usize,
    },
    /// EasyRSA's lock file was there, but its process is not.
    StaleLock {
        /// The process that it named.
        pid: u32,
    },
}

impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finished {
                what,
                serials,
                kept,
            } => {
                write!(f, "finished what an interrupted run had begun: {what}")?;
                match serials.as_slice() {
                    [] => {}
                    [serial] => write!(f, " (serial {serial})")?,
                    several => write!(f, " ({} certificates)", several.len())?,
                }
                for path in kept {
                    write!(f, "; kept {} as another program wrote it", path.display())?;
                }
                Ok(())
            }
            Self::Undone { what, serials } => {
                f.write_str("undid what an interrupted run had begun")?;
                if let Some(what) = what {
                    write!(f, ": {what}")?;
                }
                match serials.as_slice() {
                    [] => {}
                    [serial] => write!(f, " (serial {serial} stays unused)")?,
                    several => write!(
                        f,
                        " ({} serials stay unused; audit.jsonl has them)",
                        several.len()
                    )?,
                }
                Ok(())
            }
            Self::Swept { files: 1 } => {
                f.write_str("removed a temporary file of an interrupted run")
            }
            Self::Swept { files } => {
                write!(f, "removed {files} temporary files of an interrupted run")
            }
            Self::StaleLock { pid } => {
                write!(f, "removed the lock of process {pid}, which is gone")
            }
        }
    }
}

/// Mends; `stale` is the PID of a dead lock, which says that a run did not end by itself.
pub(super) fn recover(
    disk: &Disk,
    layout: &Layout,
    stale: Option<u32>,
) -> Result<Vec<Recovered>, PkiError> {
    let mut done = Vec::new();
    let journal = journal::read(layout)?;
    let interrupted = journal.is_some() || stale.is_some();
    if let Some(journal) = journal {
        done.push(settle(disk, layout, journal)?);
    }
    let files = sweep(disk, layout, interrupted)?;
    match (files, done.is_empty()) {
        // part of what was just told
        (_, false) | (0, true) => {}
        (files, true) => done.push(Recovered::Swept { files }),
    }
    if let Some(pid) = stale.filter(|_| done.is_empty()) {
        done.push(Recovered::StaleLock { pid });
    }
    Ok(done)
}

fn settle(disk: &Disk, layout: &Layout, journal: Journal) -> Result<Recovered, PkiError> {
    let Some(intent) = journal.intent else {
        // killed before it had said what it would do: it has done nothing
        journal::end(disk, layout)?;
        return Ok(Recovered::Undone {
            what: None,
            serials: Vec::new(),
        });
    };
    match journal.commit {
        Some(undo) if undo.undo => undone(disk, layout, intent, &undo),
        Some(commit)
            if !apply::index_is_foreign(layout, &commit)?
                && !apply::is_gutted(layout, &commit)? =>
        {
            apply::index(disk, layout, &commit)?;
            let kept = apply::rest(disk, layout, &commit)?;
            journal::end(disk, layout)?;
            Ok(Recovered::Finished {
                serials: intent.serials(),
                what: intent.what,
                kept,
            })
        }
        _ => {
            let undo = CommitRecord {
                undo: true,
                audit: abandoned(layout, &intent)?,
                ..CommitRecord::default()
            };
            journal::undo(disk, layout, &undo)?;
            undone(disk, layout, intent, &undo)
        }
    }
}

/// Nothing of the run is under a name yet: its temporary files go, and the log says so.
fn undone(
    disk: &Disk,
    layout: &Layout,
    intent: IntentRecord,
    undo: &CommitRecord,
) -> Result<Recovered, PkiError> {
    sweep(disk, layout, true)?;
    apply::rest(disk, layout, undo)?;
    journal::end(disk, layout)?;
    Ok(Recovered::Undone {
        serials: intent.serials(),
        what: Some(intent.what),
    })
}

/// The log's lines for serials that were drawn and never used; a CA that was never made has no log.
fn abandoned(layout: &Layout, intent: &IntentRecord) -> Result<Option<AuditChange>, PkiError> {
    let serials = intent.serials();
    if serials.is_empty() || !disk::exists(&layout.index())? {
        return Ok(None);
    }
    let entry = |serial: &String| -> Map<String, Value> {
        [
            ("time", json!(intent.at)),
            ("who", json!(intent.by)),
            ("command", json!(intent.what)),
            ("serial", json!(serial)),
            ("outcome", json!("abandoned")),
        ]
        .into_iter()
        .map(|(member, value)| (member.to_owned(), value))
        .collect()
    };
    let entries: Vec<Map<String, Value>> = serials.iter().map(entry).collect();
    let tail = Tail::read(layout)?;
    Ok(Some(AuditChange {
        offset: tail.offset,
        text: tail.lines(&entries),
    }))
}

/// Removes temporary files of dead runs. Our own folder is always looked at, it is small; the
/// others, which may hold a hundred thousand certificates, only after an interrupted run.
fn sweep(disk: &Disk, layout: &Layout, everywhere: bool) -> Result<usize, PkiError> {
    let mut folders = vec![layout.state()];
    if everywhere {
        folders.push(layout.root().to_owned());
        folders.extend(layout.folders());
        folders.extend(subfolders(&layout.key_registry())?);
    }
    folders.sort();
    folders.dedup();
    let mut count = 0;
    // what lies behind a link is not ours
    folders.retain(|folder| folder == layout.root() || !folder.is_symlink());
    for folder in folders {
        for path in entries(&folder)? {
            let name = path.file_name().unwrap_or_default().as_encoded_bytes();
            if name.starts_with(TEMPORARY.as_bytes()) {
                disk.remove(&path)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, PkiError> {
    Ok(entries(folder)?
        .into_iter()
        .filter(|path| path.is_dir() && !path.is_symlink())
        .collect())
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, PkiError> {
    let failed = |source| DiskError {
        action: Action::Read,
        path: folder.to_owned(),
        source,
    };
    match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(failed(e).into()),
        Ok(entries) => entries
            .map(|entry| Ok(entry.map_err(failed)?.path()))
            .collect(),
    }
}
