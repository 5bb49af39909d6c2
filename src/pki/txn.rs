//! One change of the directory, whole or not at all: stage, record, do.
//!
//! Who changes something begins with an [`Intent`], which is durable before anything is signed;
//! stages everything; and commits. Dropping without a commit takes everything back. What a kill
//! leaves at each point, and what the next command makes of it, is in `docs/pki-directory.md`.

mod attributes;
mod commit;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::defaults;
use super::digest;
use super::error::PkiError;
use super::file_name::FileName;
use super::index::{Entry, Row, Rows};
use super::journal::{self, FileChange, IndexChange, IntentRecord, NewRow, ToSignRecord};
use super::layout::{Layout, PRIVATE, PUBLIC};
use super::session::Session;
use crate::primitives::disk::{self, Disk, DiskError, Fill, Overwrite, Temporary};
use crate::primitives::hex;
use crate::primitives::operator::Operator;
use crate::primitives::time::Timestamp;
use crate::x509::serial::Serial;

/// What a run is about to do, for whoever finds it half-done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Operator,
    /// What, in the words of the command line (`sign alice`); never a secret.
    pub what: String,
    /// What it is going to sign.
    pub to_sign: Vec<ToSign>,
}

/// One signature that is going to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToSign {
    /// The serial that it uses up; `None` for a list.
    pub serial: Option<Serial>,
    /// SHA-256 of the structure.
    pub sha256: [u8; 32],
}

impl ToSign {
    fn record(&self) -> ToSignRecord {
        ToSignRecord {
            serial: self.serial.as_ref().map(Serial::to_string),
            sha256: hex::lower(&self.sha256),
        }
    }
}

/// A change that is being put together.
#[derive(Debug)]
pub struct Txn<'s> {
    session: &'s mut Session,
    disk: Disk,
    layout: Layout,
    what: String,
    index: Option<IndexChange>,
    rows: Vec<NewRow>,
    files: Vec<FileChange>,
    /// What was written and is not durable yet: where it lies, and what for.
    unsynced: Vec<(PathBuf, PathBuf)>,
    /// Folders that new folders were made in.
    grown: BTreeSet<PathBuf>,
    audit: Vec<Map<String, Value>>,
    /// Folders that were made for the files.
    folders: Vec<PathBuf>,
    /// A commit record may be on disk.
    recorded: bool,
    /// Nothing is left to take back.
    ended: bool,
}

impl<'s> Txn<'s> {
    pub(super) fn begin(session: &'s mut Session, intent: Intent) -> Result<Self, PkiError> {
        let record = IntentRecord {
            format: journal::FORMAT,
            at: intent.at.to_string(),
            by: Some(intent.by),
            what: intent.what,
            to_sign: intent.to_sign.iter().map(ToSign::record).collect(),
            ..IntentRecord::default()
        };
        let (disk, layout) = (session.disk().clone(), session.layout().clone());
        if let Err(error) = journal::begin(&disk, &layout, &record) {
            // nothing is staged yet: without the journal everything is as before
            let _swept = journal::end(&disk, &layout);
            return Err(error);
        }
        Ok(Self {
            session,
            disk,
            layout,
            what: record.what,
            index: None,
            rows: Vec::new(),
            files: Vec::new(),
            unsynced: Vec::new(),
            grown: BTreeSet::new(),
            audit: Vec::new(),
            folders: Vec::new(),
            recorded: false,
            ended: false,
        })
    }

    /// Stages a file: it is written, but not under its name, and durable before the commit record.
    /// Files take their names in the order in which they were staged. With [`Overwrite::Yes`] a public
    /// file keeps the mode and owner of the one it replaces.
    ///
    /// # Errors
    /// When it exists and may not be replaced, does not lie in the directory, or the disk refuses.
    pub fn place(
        &mut self,
        path: &Path,
        bytes: &[u8],
        mode: u32,
        overwrite: Overwrite,
    ) -> Result<(), PkiError> {
        self.stage(path, mode, overwrite, &mut |disk, temporary| {
            disk.write(temporary, bytes)?;
            Ok(digest::of_bytes(bytes))
        })
    }

    /// The same for a public file that is written piece by piece.
    ///
    /// # Errors
    /// As [`Self::place`], and when `fill` fails.
    pub fn fill(
        &mut self,
        path: &Path,
        overwrite: Overwrite,
        fill: &mut Fill<'_>,
    ) -> Result<(), PkiError> {
        self.stage(path, PUBLIC, overwrite, &mut |disk, temporary| {
            digest::of_filled(disk, temporary, fill)
        })
    }

    /// `write` gives the digest of what it wrote.
    fn stage(
        &mut self,
        path: &Path,
        mode: u32,
        overwrite: Overwrite,
        write: &mut dyn FnMut(&Disk, &mut Temporary) -> Result<String, DiskError>,
    ) -> Result<(), PkiError> {
        let to = self.relative(path)?;
        let taken =
            |change: &FileChange| matches!(change, FileChange::Place { to: t, .. } if *t == to);
        let leaves = |change: &FileChange| match change {
            FileChange::Move { from, .. } => *from == to,
            FileChange::Remove { path, .. } => *path == to,
            FileChange::Place { .. } | FileChange::Mode { .. } => false,
        };
        let vacated = self.files.iter().any(leaves);
        if self.files.iter().any(taken)
            || (overwrite == Overwrite::No && !vacated && disk::exists(path)?)
        {
            return Err(PkiError::AlreadyExists {
                path: path.to_owned(),
            });
        }
        // a name that is vacated by this very change is free when its turn comes
        let (mode, owner) = if vacated {
            (mode, None)
        } else {
            disk::replaced(path, mode, overwrite)?
        };
        self.make_folder_of(path)?;
        let mut temporary = self.disk.temporary(path)?;
        self.files.push(FileChange::Place {
            temporary: self.relative(temporary.path())?,
            to,
            mode,
            owner: owner.map(|o| (o.user, o.group)),
            sha256: String::new(),
            replace: overwrite == Overwrite::Yes,
        });
        self.unsynced
            .push((temporary.path().to_owned(), path.to_owned()));
        let written = write(&self.disk, &mut temporary)?;
        if let Some(FileChange::Place { sha256, .. }) = self.files.last_mut() {
            *sha256 = written;
        }
        Ok(())
    }

    /// Appends a row to the index. An `index.txt.attr` that is missing or empty gets its line, as
    /// from `openssl ca`: EasyRSA up to 3.2.1 refuses a directory without that file.
    ///
    /// # Errors
    /// When OpenSSL could not read the row, or the disk refuses.
    pub fn append_row(&mut self, row: &Row) -> Result<(), PkiError> {
        let attributes = self.layout.index_attributes();
        if self.rows.is_empty() && disk::length(&attributes)?.is_none_or(|length| length == 0) {
            self.place(
                &attributes,
                defaults::INDEX_ATTRIBUTES,
                PUBLIC,
                Overwrite::Yes,
            )?;
        }
        self.rows.push(NewRow {
            serial: row.serial.to_string(),
            text: row.to_line()?,
        });
        Ok(())
    }

    /// Stages a rewritten index: `change` sees every line and returns the row that takes its place,
    /// or `None` to keep the line byte for byte. The whole index is never in memory. Rows of
    /// [`Self::append_row`] come after it.
    ///
    /// # Errors
    /// When `change` fails, a row cannot be written, or the disk refuses.
    pub fn rewrite_index(
        &mut self,
        change: &mut dyn FnMut(&Entry) -> Result<Option<Row>, PkiError>,
    ) -> Result<(), PkiError> {
        let path = self.layout.index();
        let (mode, _) = disk::replaced(&path, PUBLIC, Overwrite::Yes)?;
        let old_sha256 = self.index_digest()?;
        let mut temporary = self.disk.temporary(&path)?;
        self.index = Some(IndexChange {
            temporary: self.relative(temporary.path())?,
            old_sha256: old_sha256.clone(),
            mode,
            length: 0,
            ends_with_lf: true,
        });
        let reader = std::io::BufReader::new(disk::open_regular(&path)?);
        let mut length = 0_u64;
        let mut buffer = Vec::with_capacity(BUFFER);
        let mut rows = Rows::new(&path, reader);
        while let Some(entry) = rows.read()? {
            match change(entry)? {
                Some(row) => buffer.extend_from_slice(row.to_line()?.as_bytes()),
                None => buffer.extend_from_slice(entry.raw()),
            }
            if buffer.last() != Some(&b'\n') {
                buffer.push(b'\n');
            }
            if buffer.len() >= BUFFER {
                length += self.flush(&mut temporary, &mut buffer)?;
            }
        }
        length += self.flush(&mut temporary, &mut buffer)?;
        self.disk.finish(&temporary)?;
        // read twice: a program that knows no locks must not lose a row by us
        if self.index_digest()? != old_sha256 {
            return Err(PkiError::ChangedMeanwhile { path });
        }
        if let Some(staged) = &mut self.index {
            staged.length = length;
        }
        Ok(())
    }

    /// Renames a file of the directory, where nothing has the new name.
    ///
    /// # Errors
    /// When there is no such file, the new name is taken, or one is outside the directory.
    pub fn move_file(&mut self, from: &Path, to: &Path) -> Result<(), PkiError> {
        let sha256 = self.digest_of(from)?;
        if disk::exists(to)? {
            return Err(PkiError::AlreadyExists {
                path: to.to_owned(),
            });
        }
        let change = FileChange::Move {
            from: self.relative(from)?,
            to: self.relative(to)?,
            sha256,
        };
        self.make_folder_of(to)?;
        self.files.push(change);
        Ok(())
    }

    /// Removes a file of the directory.
    ///
    /// # Errors
    /// When there is no such file, or it is outside the directory.
    pub fn remove(&mut self, path: &Path) -> Result<(), PkiError> {
        let change = FileChange::Remove {
            path: self.relative(path)?,
            sha256: self.digest_of(path)?,
        };
        self.files.push(change);
        Ok(())
    }

    /// Changes the mode of a file or folder of the directory.
    ///
    /// # Errors
    /// When it is outside the directory.
    pub fn set_mode(&mut self, path: &Path, mode: u32) -> Result<(), PkiError> {
        let path = self.relative(path)?;
        self.files.push(FileChange::Mode { path, mode });
        Ok(())
    }

    /// Notes that a key is certified for a name, in the register that `unique_key` asks.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn register_key(
        &mut self,
        spki_sha256: &[u8; 32],
        name: &FileName,
    ) -> Result<(), PkiError> {
        self.register(spki_sha256, &format!("{name}\n"))
    }

    /// The same for a certificate that this change issues: its serial goes in, too, so that `check`
    /// finds out where the log has lost its line.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn register_issued(
        &mut self,
        spki_sha256: &[u8; 32],
        name: &FileName,
        serial: &Serial,
    ) -> Result<(), PkiError> {
        self.register(spki_sha256, &format!("{name}\n{serial}\n"))
    }

    fn register(&mut self, spki_sha256: &[u8; 32], text: &str) -> Result<(), PkiError> {
        let path = self.layout.key_owner(spki_sha256);
        self.place(&path, text.as_bytes(), PRIVATE, Overwrite::Yes)
    }

    /// Adds an object to the audit log; `prev` is put in here.
    pub fn audit(&mut self, entry: Map<String, Value>) {
        self.audit.push(entry);
    }

    fn make_folder_of(&mut self, path: &Path) -> Result<(), PkiError> {
        for made in self.disk.create_folders(disk::folder_of(path))? {
            self.grown.insert(disk::folder_of(&made).to_owned());
            self.folders.push(made);
        }
        Ok(())
    }

    fn flush(&self, temporary: &mut Temporary, buffer: &mut Vec<u8>) -> Result<u64, PkiError> {
        if !buffer.is_empty() {
            self.disk.write(temporary, buffer)?;
        }
        let written = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        buffer.clear();
        Ok(written)
    }

    fn index_digest(&self) -> Result<String, PkiError> {
        self.digest_of(&self.layout.index())
    }

    fn digest_of(&self, path: &Path) -> Result<String, PkiError> {
        digest::of_file(path)?.ok_or_else(|| PkiError::Incomplete {
            missing: path.to_owned(),
            instead: Vec::new(),
        })
    }

    fn relative(&self, path: &Path) -> Result<String, PkiError> {
        self.layout.relative(path).ok_or_else(|| PkiError::Outside {
            path: path.to_owned(),
            root: self.layout.root().to_owned(),
        })
    }
}

impl Drop for Txn<'_> {
    fn drop(&mut self) {
        if !self.ended {
            // what stays is undone by the next command
            let _undone = self.undo();
        }
    }
}

const BUFFER: usize = 1 << 16;
