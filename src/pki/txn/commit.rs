//! The second half of a change: decided, done, or taken back.

use std::path::PathBuf;

use super::Txn;
use crate::pki::apply;
use crate::pki::audit::Tail;
use crate::pki::error::PkiError;
use crate::pki::journal::{self, AuditChange, CommitRecord, FileChange, RowsChange};
use crate::primitives::disk;

impl Txn<'_> {
    /// Does it all: the row first, then the files, then the log.
    ///
    /// # Errors
    /// Any error but [`PkiError::Unfinished`] means that everything is as it was before.
    /// [`PkiError::AlreadyExists`] after the fact means that a program that knows no locks took a
    /// name at the last moment: its file is kept, and everything else is done.
    pub fn commit(mut self) -> Result<(), PkiError> {
        self.admit_equal_subjects()?;
        self.disk.sync_files(&self.unsynced)?;
        let grown: Vec<PathBuf> = self.grown.iter().cloned().collect();
        self.disk.sync_folders(&grown)?;
        let record = self.record()?;
        self.recorded = true;
        journal::commit(&self.disk, &self.layout, &record)?;
        if let Err(error) = apply::index(&self.disk, &self.layout, &record) {
            if self.take_back(&record).is_ok() {
                return Err(error);
            }
            return self.again(&record, error);
        }
        // from here on the row is on disk: the only way is forward
        self.session.committed();
        match self.finish(&record) {
            Ok(()) => Ok(()),
            Err(error @ PkiError::AlreadyExists { .. }) => Err(error),
            Err(error) => self.again(&record, error),
        }
    }

    fn finish(&mut self, record: &CommitRecord) -> Result<(), PkiError> {
        self.ended = true;
        let kept = apply::rest(&self.disk, &self.layout, record)?;
        journal::end(&self.disk, &self.layout)?;
        match kept.into_iter().next() {
            None => Ok(()),
            Some(path) => Err(PkiError::AlreadyExists { path }),
        }
    }

    /// Tries once more: what failed once (a full disk that was emptied, say) may do now; else the
    /// journal stays for the next command.
    fn again(&mut self, record: &CommitRecord, first: PkiError) -> Result<(), PkiError> {
        self.ended = true;
        self.session.committed();
        let done = apply::index(&self.disk, &self.layout, record);
        match done.and_then(|()| self.finish(record)) {
            Ok(()) => Ok(()),
            Err(error @ PkiError::AlreadyExists { .. }) => Err(error),
            Err(_) => Err(PkiError::Unfinished {
                what: self.what.clone(),
                source: Box::new(first),
            }),
        }
    }

    /// Takes the index back to what it was, where that is still possible.
    fn take_back(&mut self, record: &CommitRecord) -> Result<(), PkiError> {
        let replaced = match &record.index {
            Some(change) => !disk::exists(&self.layout.absolute(&change.temporary))?,
            None => false,
        };
        let unfinished = |path| Err(PkiError::ChangedMeanwhile { path });
        if replaced {
            return unfinished(self.layout.index());
        }
        if let Some(change) = record.rows.as_ref().filter(|_| record.index.is_none()) {
            let path = self.layout.index();
            let text = change.text();
            let longest = u64::try_from(text.len()).unwrap_or(u64::MAX);
            let there = disk::read_range(&path, change.offset, longest.saturating_add(1))?;
            if !text.as_bytes().starts_with(&there) {
                return unfinished(path);
            }
            if !there.is_empty() {
                self.disk.truncate(&path, change.offset)?;
            }
        }
        self.undo()
    }

    /// Forgets the run; temporary files go only when no journal speaks of them any more.
    pub(super) fn undo(&mut self) -> Result<(), PkiError> {
        if self.recorded {
            journal::void(&self.disk, &self.layout)?;
        }
        self.ended = true;
        // no commit record is left that could speak of them, even if this fails
        let ended = journal::end(&self.disk, &self.layout);
        self.sweep();
        ended
    }

    fn record(&mut self) -> Result<CommitRecord, PkiError> {
        let rows = if self.rows.is_empty() {
            None
        } else {
            let path = self.layout.index();
            let (offset, line_feed) = match &self.index {
                Some(staged) => (staged.length, !staged.ends_with_lf),
                None => (
                    disk::length(&path)?.ok_or_else(|| PkiError::Incomplete {
                        missing: path.clone(),
                        instead: Vec::new(),
                    })?,
                    !apply::ends_with_line_feed(&path)?,
                ),
            };
            Some(RowsChange {
                offset,
                line_feed,
                rows: std::mem::take(&mut self.rows),
            })
        };
        let audit = if self.audit.is_empty() {
            None
        } else {
            let tail = Tail::read(&self.layout)?;
            Some(AuditChange {
                offset: tail.offset,
                text: tail.lines(&self.audit),
            })
        };
        Ok(CommitRecord {
            undo: false,
            index: self.index.clone(),
            rows,
            files: self.files.clone(),
            audit,
        })
    }

    /// Removes what was staged, and the folders for it. One that stays is swept by the next command.
    fn sweep(&self) {
        let staged = self.files.iter().filter_map(|change| match change {
            FileChange::Place { temporary, .. } => Some(temporary),
            _ => None,
        });
        let index = self.index.as_ref().map(|change| &change.temporary);
        for temporary in staged.chain(index) {
            let _swept = self.disk.remove(&self.layout.absolute(temporary));
        }
        self.disk.remove_folders(&self.folders);
    }
}
