//! A writer's time in the directory: from taking the lock to giving it back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::{Kind, PkiError};
use super::file_name::FileName;
use super::layout::{Layout, PRIVATE};
use super::lock::{Holder, Lock};
use super::recover::{self, Recovered};
use super::txn::{Intent, Txn};
use crate::primitives::disk::{self, Action, Disk, DiskError, Overwrite, TEMPORARY};

/// The right to change a directory, after what was half-done in it was mended.
#[derive(Debug)]
pub struct Session {
    lock: Lock,
    disk: Disk,
    layout: Layout,
    recovered: Vec<Recovered>,
    /// Folders that were made for it, to be taken away again if nothing comes of it.
    made: Vec<PathBuf>,
}

impl Session {
    pub(super) fn open(
        layout: Layout,
        disk: Disk,
        wait: Duration,
        on_wait: &mut dyn FnMut(&Holder),
    ) -> Result<Self, PkiError> {
        Self::enter(layout, disk, Vec::new(), (wait, on_wait))
    }

    /// Takes the lock and mends; what was `made` before goes again if that fails.
    fn enter(
        layout: Layout,
        disk: Disk,
        mut made: Vec<PathBuf>,
        (wait, on_wait): (Duration, &mut dyn FnMut(&Holder)),
    ) -> Result<Self, PkiError> {
        let disk = disk.within(layout.root());
        let taken = make_state(&disk, &layout, &mut made)
            .and_then(|()| Lock::take(&disk, &layout, wait, on_wait));
        let lock = taken.inspect_err(|_| disk.remove_folders(&made))?;
        let stale = lock.stale;
        let mut session = Self {
            lock,
            disk,
            layout,
            recovered: Vec::new(),
            made,
        };
        session.recovered = recover::recover(&session.disk, &session.layout, stale)?;
        Ok(session)
    }

    /// Makes the directory of a new CA with its folders, and takes its lock. The caller places the
    /// files (`defaults` has their contents); dropping the session before a commit takes the
    /// folders away again.
    ///
    /// An EasyRSA directory without a CA (`init-pki`) and our own half-made one are gone on with.
    ///
    /// # Errors
    /// When there is a CA already, something else lies there, or the disk refuses.
    pub fn create(
        path: &Path,
        disk: Disk,
        wait: Duration,
        on_wait: &mut dyn FnMut(&Holder),
    ) -> Result<Self, PkiError> {
        let layout = Layout::new(path);
        check_free(path)?;
        let made = disk.create_folders(layout.root())?;
        let mut session = Self::enter(layout, disk, made, (wait, on_wait))?;
        // a recovery may have finished one, and another process may have been quicker
        check_free(path)?;
        for folder in session.layout.folders() {
            if !disk::exists(&folder)? {
                session.disk.create_folder(&folder)?;
                session.made.push(folder);
            }
        }
        let marker = session.layout.key_registry_complete();
        if !disk::exists(&marker)? {
            session
                .disk
                .write_whole(&marker, b"", PRIVATE, Overwrite::Yes)?;
        }
        for folder in &session.made {
            session.disk.sync_folder(disk::folder_of(folder))?;
        }
        Ok(session)
    }

    /// Refuses what [`Session::create`] would refuse, before anything is made.
    ///
    /// # Errors
    /// As `create`.
    pub fn check_new(path: &Path) -> Result<(), PkiError> {
        check_free(path)
    }

    /// The directory's paths.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The file system, for files outside the directory.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// What was mended when the lock was taken.
    pub fn recovered(&self) -> &[Recovered] {
        &self.recovered
    }

    /// Begins a change. The intent is on disk when this returns: sign only after it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn begin(&mut self, intent: Intent) -> Result<Txn<'_>, PkiError> {
        Txn::begin(self, intent)
    }

    /// Builds the register of certified keys where it is not complete (an adopted directory, or one
    /// in which another program has signed since), from what the certificates say: of several names
    /// for a key the first stays, and one that is registered already. Can be done again after an
    /// interruption; ends by marking the register complete.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn build_key_registry(
        &mut self,
        keys: &mut dyn Iterator<Item = ([u8; 32], FileName)>,
    ) -> Result<(), PkiError> {
        let seen = disk::identity(&self.layout.index_old())?;
        for (sum, name) in keys {
            let path = self.layout.key_owner(&sum);
            if disk::exists(&path)? {
                continue;
            }
            self.disk.create_folders(disk::folder_of(&path))?;
            let text = format!("{name}\n");
            self.disk
                .write_whole(&path, text.as_bytes(), PRIVATE, Overwrite::Yes)?;
        }
        self.disk.create_folders(&self.layout.key_registry())?;
        let marker = self.layout.key_registry_complete();
        Ok(self
            .disk
            .write_whole(&marker, seen.as_bytes(), PRIVATE, Overwrite::Yes)?)
    }

    pub(super) fn committed(&mut self) {
        self.made.clear();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.made.is_empty() {
            return;
        }
        // all under the lock; a folder that got something in it meanwhile stays
        self.lock.leave_easyrsa();
        if self.made.contains(&self.layout.key_registry()) {
            let _marker = self.disk.remove(&self.layout.key_registry_complete());
        }
        if self.made.contains(&self.layout.state()) {
            let _lock = self.disk.remove(&self.layout.lock());
        }
        self.made.sort();
        self.disk.remove_folders(&self.made);
    }
}

fn make_state(disk: &Disk, layout: &Layout, made: &mut Vec<PathBuf>) -> Result<(), PkiError> {
    let state = layout.state();
    if disk::exists(&state)? {
        return Ok(());
    }
    match disk.create_folder(&state) {
        Ok(()) => made.push(state),
        // another privca was quicker
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
        Err(e) => return Err(e.into()),
    }
    Ok(())
}

/// May a CA be made here?
fn check_free(root: &Path) -> Result<(), PkiError> {
    let layout = Layout::found(root)?;
    if !disk::exists(root)? {
        return Ok(());
    }
    let has = |path: PathBuf| disk::exists(&path);
    // a run that was killed after its point of no return is finished first
    if has(layout.journal())? {
        return Ok(());
    }
    if has(layout.ca_certificate())? || has(layout.index())? {
        return Err(PkiError::AlreadyPki {
            root: root.to_owned(),
            kind: kind(&layout)?,
        });
    }
    if has(layout.ca_request())? && has(layout.ca_key())? {
        return Err(PkiError::AwaitingCertificate {
            root: root.to_owned(),
            request: layout.ca_request(),
        });
    }
    let failed = |source| DiskError {
        action: Action::Read,
        path: root.to_owned(),
        source,
    };
    for entry in fs::read_dir(root).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let name = name.to_string_lossy();
        let known = HARMLESS.contains(&name.as_ref())
            || name.starts_with("vars")
            || name.starts_with(TEMPORARY);
        if !known {
            return Err(PkiError::NotEmpty {
                root: root.to_owned(),
                found: name.into_owned(),
            });
        }
    }
    Ok(())
}

pub(super) fn kind(layout: &Layout) -> Result<Kind, PkiError> {
    if disk::exists(&layout.audit())? || disk::exists(&layout.key_registry_complete())? {
        return Ok(Kind::Privca);
    }
    let easyrsa = disk::exists(&layout.easyrsa_config())?
        || !layout.has_openssl_names()
            && (disk::exists(&layout.by_serial_folder())?
                || disk::exists(&layout.issued_folder())?);
    Ok(if easyrsa {
        Kind::EasyRsa
    } else {
        Kind::OpensslCa
    })
}

/// What EasyRSA's `init-pki` makes, and what we make ourselves, before there is a CA.
const HARMLESS: [&str; 14] = [
    ".privca",
    ".rnd",
    "certs_by_serial",
    "inline",
    "issued",
    "lock.file",
    "lost+found",
    "openssl-easyrsa.cnf",
    "private",
    "profiles",
    "reqs",
    "revoked",
    "safessl-easyrsa.cnf",
    "x509-types",
];
