//! Doing what a commit record says: by the run that wrote it, or by the one that found it.
//!
//! Everything here can be done twice. A change that is done already is recognised by what lies
//! there, and what another program put there meanwhile is kept.

use std::collections::BTreeSet;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use super::audit;
use super::digest;
use super::error::PkiError;
use super::index::{Entry, Rows};
use super::journal::{AuditChange, CommitRecord, FileChange, IndexChange, RowsChange};
use super::layout::{Layout, PRIVATE};
use crate::primitives::disk::{self, Disk, Owner};
use crate::x509::serial::Serial;

/// The first half: the index. After it every row is durable.
pub(super) fn index(disk: &Disk, layout: &Layout, record: &CommitRecord) -> Result<(), PkiError> {
    if let Some(change) = &record.index {
        replace_index(disk, layout, change)?;
    }
    match &record.rows {
        Some(change) => append_rows(disk, layout, change),
        None => Ok(()),
    }
}

/// The second half: the files and the log. Returns files that another program had put where ours
/// were to go; they are kept.
pub(super) fn rest(
    disk: &Disk,
    layout: &Layout,
    record: &CommitRecord,
) -> Result<Vec<PathBuf>, PkiError> {
    let mut kept = Vec::new();
    let mut folders = BTreeSet::new();
    for change in &record.files {
        file(disk, layout, change, &mut folders, &mut kept)?;
    }
    let folders: Vec<PathBuf> = folders.into_iter().collect();
    disk.sync_folders(&folders)?;
    if let Some(change) = &record.audit {
        append_audit(disk, layout, change)?;
    }
    Ok(kept)
}

/// Was the index changed by another program since the record was written, so that putting ours in
/// place would lose its rows?
pub(super) fn index_is_foreign(layout: &Layout, record: &CommitRecord) -> Result<bool, PkiError> {
    let Some(change) = &record.index else {
        return Ok(false);
    };
    if !disk::exists(&layout.absolute(&change.temporary))? {
        return Ok(false);
    }
    Ok(digest::of_file(&layout.index())?.as_deref() != Some(&change.old_sha256))
}

/// Is a certificate's staged file gone before its row was written? Then the run cannot be finished,
/// and undoing it loses nothing.
pub(super) fn is_gutted(layout: &Layout, record: &CommitRecord) -> Result<bool, PkiError> {
    let untouched = match &record.rows {
        Some(rows) => disk::length(&layout.index())? == Some(rows.offset),
        None => false,
    };
    if !untouched || record.index.is_some() {
        return Ok(false);
    }
    for change in &record.files {
        if let FileChange::Place { temporary, .. } = change
            && !disk::exists(&layout.absolute(temporary))?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn replace_index(disk: &Disk, layout: &Layout, change: &IndexChange) -> Result<(), PkiError> {
    let temporary = layout.absolute(&change.temporary);
    if disk::exists(&temporary)? {
        disk.set_mode(&temporary, &layout.index(), change.mode)?;
        disk.rename(&temporary, &layout.index())?;
    }
    Ok(disk.sync_folder(layout.root())?)
}

fn append_rows(disk: &Disk, layout: &Layout, change: &RowsChange) -> Result<(), PkiError> {
    let path = layout.index();
    match append_at(disk, &path, change.offset, change.text().as_bytes())? {
        Appended::Done => Ok(()),
        Appended::Foreign => {
            // another program wrote the index anew: each row that it doesn't have goes to its end
            for row in &change.rows {
                let serial = row.serial.parse().ok();
                if !has_serial(&path, serial.as_ref())? {
                    let start = if ends_with_line_feed(&path)? {
                        ""
                    } else {
                        "\n"
                    };
                    disk.append(&path, format!("{start}{}", row.text).as_bytes())?;
                }
            }
            Ok(())
        }
    }
}

fn append_audit(disk: &Disk, layout: &Layout, change: &AuditChange) -> Result<(), PkiError> {
    let mut path = layout.audit();
    let length = disk::length(&path)?;
    if length.unwrap_or(0) == 0 {
        match audit::holder_of(layout, change.offset, &change.text)? {
            // it was moved aside between the decision and now
            Some(aside) => path = aside,
            None if length.is_some() => {
                return Ok(disk.append(&path, change.text.as_bytes())?);
            }
            None => {
                disk.create_private(&path, change.text.as_bytes())?;
                return Ok(disk.sync_folder(layout.root())?);
            }
        }
    }
    match append_at(disk, &path, change.offset, change.text.as_bytes())? {
        Appended::Done => Ok(()),
        Appended::Foreign => Err(PkiError::Damaged {
            path,
            line: None,
            why: format!(
                "it was changed by hand: {} bytes expected before the next line",
                change.offset
            ),
        }),
    }
}

enum Appended {
    Done,
    Foreign,
}

/// Makes `text` lie at `offset` of a file where it does not yet, or not wholly.
fn append_at(disk: &Disk, path: &Path, offset: u64, text: &[u8]) -> Result<Appended, PkiError> {
    let length = disk::length(path)?.ok_or_else(|| PkiError::Incomplete {
        missing: path.to_owned(),
        instead: Vec::new(),
    })?;
    if length < offset {
        return Ok(Appended::Foreign);
    }
    let wanted = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let there = disk::read_range(path, offset, wanted)?;
    match text.strip_prefix(there.as_slice()) {
        Some(missing) => {
            disk.append(path, missing)?;
            Ok(Appended::Done)
        }
        None => Ok(Appended::Foreign),
    }
}

fn file(
    disk: &Disk,
    layout: &Layout,
    change: &FileChange,
    folders: &mut BTreeSet<PathBuf>,
    kept: &mut Vec<PathBuf>,
) -> Result<(), PkiError> {
    match change {
        FileChange::Place {
            temporary,
            to,
            mode,
            owner,
            sha256,
            replace,
        } => {
            let (temporary, to) = (layout.absolute(temporary), layout.absolute(to));
            folders.insert(disk::folder_of(&to).to_owned());
            if !disk::exists(&temporary)? {
                return Ok(());
            }
            if let Some((user, group)) = *owner {
                disk.set_owner(&temporary, &to, Owner { user, group })?;
            }
            if *mode != PRIVATE {
                disk.set_mode(&temporary, &to, *mode)?;
            }
            if *replace {
                return Ok(disk.rename(&temporary, &to)?);
            }
            rename_new(disk, &temporary, &to, sha256, kept, true)
        }
        FileChange::Move { from, to, sha256 } => {
            let (from, to) = (layout.absolute(from), layout.absolute(to));
            for path in [&from, &to] {
                folders.insert(disk::folder_of(path).to_owned());
            }
            if digest::of_file(&from)?.as_ref() != Some(sha256) {
                return Ok(());
            }
            rename_new(disk, &from, &to, sha256, kept, false)
        }
        FileChange::Remove { path, sha256 } => {
            let path = layout.absolute(path);
            folders.insert(disk::folder_of(&path).to_owned());
            if digest::of_file(&path)?.as_ref() == Some(sha256) {
                disk.remove(&path)?;
            }
            Ok(())
        }
        FileChange::Mode { path, mode } => {
            let path = layout.absolute(path);
            folders.insert(disk::folder_of(&path).to_owned());
            if disk::exists(&path)? {
                disk.set_mode(&path, &path, *mode)?;
            }
            Ok(())
        }
    }
}

/// Where something else lies at `to`, that is kept; `from` then goes only if it is ours to drop,
/// or the same.
fn rename_new(
    disk: &Disk,
    from: &Path,
    to: &Path,
    sha256: &str,
    kept: &mut Vec<PathBuf>,
    ours: bool,
) -> Result<(), PkiError> {
    match disk.rename_new(from, to) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            let same = digest::of_file(to)?.as_deref() == Some(sha256);
            if !same {
                kept.push(to.to_owned());
            }
            if same || ours {
                disk.remove(from)?;
            }
            Ok(())
        }
        Err(e) => Err(e.into()),
    }
}

pub(super) fn ends_with_line_feed(path: &Path) -> Result<bool, PkiError> {
    let length = disk::length(path)?.unwrap_or(0);
    let last = disk::read_range(path, length.saturating_sub(1), 1)?;
    Ok(last.first().is_none_or(|b| *b == b'\n'))
}

fn has_serial(path: &Path, serial: Option<&Serial>) -> Result<bool, PkiError> {
    let reader = BufReader::new(disk::open_regular(path)?);
    let mut rows = Rows::new(path, reader);
    while let Some(entry) = rows.read()? {
        if matches!(entry, Entry::Row(record) if Some(&record.row.serial) == serial) {
            return Ok(true);
        }
    }
    Ok(false)
}
