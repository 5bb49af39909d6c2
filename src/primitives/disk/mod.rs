//! The file system: the one module that changes files.
//!
//! Every system call that changes something passes a [`Gate`] first. Files are made by a temporary
//! file in the destination's folder, fsync, rename and fsync of the folder; modes are set whatever
//! the umask; a symbolic link at the destination is never followed. It knows nothing of what lies
//! in the files.

mod error;
mod gate;
mod patient;
mod read;

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{CWD, OFlags, RenameFlags};
use rustix::io::Errno;

pub use error::DiskError;
pub use gate::{Action, Gate, Open, Step};
pub use patient::{Patient, open_patiently};
pub use read::{exists, length, open_bounded, open_regular, read_bounded, read_range};

/// Mode of folders.
pub const FOLDER: u32 = 0o700;
/// Mode of keys and of everything else that is nobody else's business.
pub const PRIVATE: u32 = 0o600;
/// Mode of certificates, requests and revocation lists.
pub const PUBLIC: u32 = 0o644;
/// What the name of every temporary file begins with.
pub const TEMPORARY: &str = ".privca-";

/// May a file that is there be replaced?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// It is an error when there is one.
    No,
    /// It is replaced whole; a public file keeps its mode and owner.
    Yes,
}

/// The file system, behind a gate.
#[derive(Clone)]
pub struct Disk {
    gate: Arc<dyn Gate>,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

/// A temporary file that waits to be put in place. Dropping it leaves it: who made it removes it.
#[derive(Debug)]
pub struct Temporary {
    file: File,
    path: PathBuf,
    target: PathBuf,
}

impl Temporary {
    /// Where it lies meanwhile.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Disk {
    /// The real one.
    pub fn new() -> Self {
        Self::with_gate(Arc::new(Open))
    }

    /// One with a gate, for tests.
    pub fn with_gate(gate: Arc<dyn Gate>) -> Self {
        Self { gate }
    }

    /// Makes one folder, with mode 0700.
    ///
    /// # Errors
    /// When the system refuses, also where something of that name is there.
    pub fn create_folder(&self, path: &Path) -> Result<(), DiskError> {
        self.step(Action::CreateFolder, path, path, || {
            DirBuilder::new().mode(FOLDER).create(path)
        })?;
        // a umask can only have taken bits away; without them nothing below can be made
        let made = fs::symlink_metadata(path)
            .map_err(|e| DiskError::new(Action::CreateFolder, path, e))?;
        if made.mode() & 0o777 == FOLDER {
            return Ok(());
        }
        self.step(Action::SetMode, path, path, || {
            fs::set_permissions(path, Permissions::from_mode(FOLDER))
        })
    }

    /// Makes a folder and the ones above it, as `mkdir -p` does, and returns those that it made,
    /// outermost first.
    ///
    /// # Errors
    /// When the system refuses, or something that is no folder is in the way.
    pub fn create_folders(&self, path: &Path) -> Result<Vec<PathBuf>, DiskError> {
        let missing: Vec<&Path> = path
            .ancestors()
            .take_while(|p| !p.as_os_str().is_empty() && !p.is_dir())
            .collect();
        let mut made = Vec::new();
        for folder in missing.into_iter().rev() {
            self.create_folder(folder)?;
            made.push(folder.to_owned());
        }
        Ok(made)
    }

    /// Begins a temporary file for `target`, in its folder, with mode 0600 from the first byte.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn temporary(&self, target: &Path) -> Result<Temporary, DiskError> {
        loop {
            let path = temporary_beside(target);
            match self.create(&path, target) {
                // a dead run's, whose process had our number
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
                Ok(file) => {
                    return Ok(Temporary {
                        file,
                        path,
                        target: target.to_owned(),
                    });
                }
            }
        }
    }

    /// Writes more into a temporary file.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&self, temporary: &mut Temporary, bytes: &[u8]) -> Result<(), DiskError> {
        self.write_bytes(
            Action::Write,
            &mut temporary.file,
            (&temporary.path, &temporary.target),
            bytes,
        )
    }

    /// Makes a temporary file's contents durable.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(&self, temporary: &Temporary) -> Result<(), DiskError> {
        self.step(Action::Sync, &temporary.path, &temporary.target, || {
            temporary.file.sync_all()
        })
    }

    /// A new file with mode 0600 under its final name: only for files that nobody reads before
    /// they say themselves that they are whole (the journal).
    ///
    /// # Errors
    /// When the system refuses, also where something of that name is there.
    pub fn create_private(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let mut file = self.create(path, path)?;
        self.write_bytes(Action::Write, &mut file, (path, path), bytes)?;
        self.step(Action::Sync, path, path, || file.sync_all())
    }

    /// Opens, or makes with mode 0600, the file that a lock is held on. Its contents are for people.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn open_lock(&self, path: &Path) -> Result<File, DiskError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(flags());
        match options.open(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let file = self.step(Action::CreateFile, path, path, || {
                    options.create(true).mode(PRIVATE).open(path)
                })?;
                self.mend_mode(&file, path, path)?;
                Ok(file)
            }
            other => other.map_err(|e| DiskError::new(Action::CreateFile, path, e)),
        }
    }

    /// Replaces the contents of an open lock file.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn note_holder(&self, file: &File, path: &Path, text: &str) -> Result<(), DiskError> {
        self.step(Action::Write, path, path, || {
            use std::os::unix::fs::FileExt as _;
            file.set_len(0)?;
            file.write_all_at(text.as_bytes(), 0)
        })
    }

    /// Appends to a file that is there and makes that durable.
    ///
    /// # Errors
    /// When the system refuses, or it is no regular file.
    pub fn append(&self, path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
        let mut file = self.open_to_change(path, Action::Append)?;
        self.write_bytes(Action::Append, &mut file, (path, path), bytes)?;
        self.step(Action::Sync, path, path, || file.sync_all())
    }

    /// Cuts a file to a length and makes that durable.
    ///
    /// # Errors
    /// When the system refuses, or it is no regular file.
    pub fn truncate(&self, path: &Path, length: u64) -> Result<(), DiskError> {
        let file = self.open_to_change(path, Action::Truncate)?;
        self.step(Action::Truncate, path, path, || file.set_len(length))?;
        self.step(Action::Sync, path, path, || file.sync_all())
    }

    /// Sets a file's mode, for a file whose final name is `target`.
    ///
    /// # Errors
    /// When the system refuses, or it is a symbolic link.
    pub fn set_mode(&self, path: &Path, target: &Path, mode: u32) -> Result<(), DiskError> {
        self.step(Action::SetMode, path, target, || {
            let file = OpenOptions::new()
                .read(true)
                .custom_flags(flags())
                .open(path)?;
            file.set_permissions(Permissions::from_mode(mode))
        })
    }

    /// Gives a file to an owner and a group; where the system doesn't permit that, it stays ours.
    ///
    /// # Errors
    /// When the system fails otherwise.
    pub fn set_owner(&self, path: &Path, target: &Path, owner: Owner) -> Result<(), DiskError> {
        let now =
            fs::symlink_metadata(path).map_err(|e| DiskError::new(Action::SetOwner, target, e))?;
        if Owner::of(&now) == owner {
            return Ok(());
        }
        self.step(
            Action::SetOwner,
            path,
            target,
            || match std::os::unix::fs::lchown(path, Some(owner.user), Some(owner.group)) {
                Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Ok(()),
                other => other,
            },
        )
    }

    /// Renames, replacing what is there; durable after [`Self::sync_folder`].
    ///
    /// # Errors
    /// When the system refuses.
    pub fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        self.step(Action::Rename, to, to, || fs::rename(from, to))
    }

    /// Renames where nothing of the new name is there.
    ///
    /// # Errors
    /// `AlreadyExists` when there is; else when the system refuses.
    pub fn rename_new(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        let renamed = self.step(Action::Rename, to, to, || {
            Ok(rustix::fs::renameat_with(
                CWD,
                from,
                CWD,
                to,
                RenameFlags::NOREPLACE,
            ))
        })?;
        match renamed {
            Ok(()) => Ok(()),
            // old kernels and some network file systems have no such rename
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
                self.step(Action::Link, to, to, || fs::hard_link(from, to))?;
                self.step(Action::Remove, from, to, || fs::remove_file(from))
            }
            Err(e) => Err(DiskError::new(Action::Rename, to, e.into())),
        }
    }

    /// Removes a file; one that isn't there is no error.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn remove(&self, path: &Path) -> Result<(), DiskError> {
        self.step(Action::Remove, path, path, || {
            absent_ok(fs::remove_file(path))
        })
    }

    /// Removes an empty folder; one that isn't there is no error.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn remove_folder(&self, path: &Path) -> Result<(), DiskError> {
        self.step(Action::RemoveFolder, path, path, || {
            absent_ok(fs::remove_dir(path))
        })
    }

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn sync_folder(&self, path: &Path) -> Result<(), DiskError> {
        self.step(Action::SyncFolder, path, path, || {
            match File::open(path)?.sync_all() {
                // a file system that cannot sync folders keeps their order itself
                Err(e) if e.kind() == io::ErrorKind::InvalidInput => Ok(()),
                other => other,
            }
        })
    }

    /// Writes a file whole: a reader sees the old one or the new one, and a failure leaves the old.
    ///
    /// # Errors
    /// `AlreadyExists` when there is one and it may not be replaced; `InvalidInput` when what is
    /// there is no regular file; else when the system refuses.
    pub fn write_whole(
        &self,
        path: &Path,
        bytes: &[u8],
        mode: u32,
        overwrite: Overwrite,
    ) -> Result<(), DiskError> {
        let (mode, owner) = replaced(path, mode, overwrite)?;
        let mut temporary = self.temporary(path)?;
        let written = self.write(&mut temporary, bytes).and_then(|()| {
            if let Some(owner) = owner {
                self.set_owner(&temporary.path, path, owner)?;
            }
            if mode != PRIVATE {
                self.set_mode(&temporary.path, path, mode)?;
            }
            self.finish(&temporary)?;
            match overwrite {
                Overwrite::Yes => self.rename(&temporary.path, path),
                Overwrite::No => self.rename_new(&temporary.path, path),
            }
        });
        if let Err(error) = written {
            // the first error is the one to tell; a temporary file that stays is swept later
            let _swept = self.remove(&temporary.path);
            return Err(error);
        }
        self.sync_folder(folder_of(path))
    }

    fn create(&self, path: &Path, target: &Path) -> Result<File, DiskError> {
        let file = self.step(Action::CreateFile, path, target, || {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(PRIVATE)
                .custom_flags(flags())
                .open(path)
        })?;
        self.mend_mode(&file, path, target)?;
        Ok(file)
    }

    /// A umask can have taken bits of 0600 away.
    fn mend_mode(&self, file: &File, path: &Path, target: &Path) -> Result<(), DiskError> {
        let made = file
            .metadata()
            .map_err(|e| DiskError::new(Action::CreateFile, target, e))?;
        if made.mode() & 0o777 == PRIVATE {
            return Ok(());
        }
        self.step(Action::SetMode, path, target, || {
            file.set_permissions(Permissions::from_mode(PRIVATE))
        })
    }

    fn open_to_change(&self, path: &Path, action: Action) -> Result<File, DiskError> {
        let failed = |e| DiskError::new(action, path, e);
        let file = OpenOptions::new()
            .append(true)
            .custom_flags(flags())
            .open(path)
            .map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(failed(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            )));
        }
        Ok(file)
    }

    fn write_bytes(
        &self,
        action: Action,
        file: &mut File,
        (path, target): (&Path, &Path),
        bytes: &[u8],
    ) -> Result<(), DiskError> {
        let step = Step {
            action,
            path,
            length: bytes.len(),
        };
        let written = match self.gate.pass(&step) {
            Ok(()) => file.write_all(bytes),
            Err(stopped) => {
                let torn = bytes.get(..self.gate.torn(&step)).unwrap_or(bytes);
                file.write_all(torn).and(Err(stopped))
            }
        };
        written.map_err(|e| DiskError::new(action, target, e))
    }

    fn step<T>(
        &self,
        action: Action,
        path: &Path,
        target: &Path,
        run: impl FnOnce() -> io::Result<T>,
    ) -> Result<T, DiskError> {
        let step = Step {
            action,
            path,
            length: 0,
        };
        self.gate
            .pass(&step)
            .and_then(|()| run())
            .map_err(|e| DiskError::new(action, target, e))
    }
}

/// Who owns a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user's number.
    pub user: u32,
    /// The group's number.
    pub group: u32,
}

impl Owner {
    fn of(metadata: &fs::Metadata) -> Self {
        Self {
            user: metadata.uid(),
            group: metadata.gid(),
        }
    }
}

/// May a file be put at `path`, and with which mode and owner? A public file that is replaced keeps
/// what its operator gave it (a web server's group, say); a private one gets what it should have.
///
/// # Errors
/// `AlreadyExists` and `InvalidInput` as [`Disk::write_whole`] has them.
pub fn replaced(
    path: &Path,
    mode: u32,
    overwrite: Overwrite,
) -> Result<(u32, Option<Owner>), DiskError> {
    let failed = |kind, why: &str| {
        Err(DiskError::new(
            Action::CreateFile,
            path,
            io::Error::new(kind, why),
        ))
    };
    match fs::symlink_metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok((mode, None)),
        Err(e) => Err(DiskError::new(Action::CreateFile, path, e)),
        Ok(_) if overwrite == Overwrite::No => {
            failed(io::ErrorKind::AlreadyExists, "a file of that name is there")
        }
        Ok(old) if !old.is_file() => failed(
            io::ErrorKind::InvalidInput,
            "what is there is not a regular file",
        ),
        Ok(old) if mode == PUBLIC => Ok((old.mode() & 0o777, Some(Owner::of(&old)))),
        Ok(_) => Ok((mode, None)),
    }
}

/// The folder that a file lies in.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Never through a link, never waiting for a FIFO's other end.
fn flags() -> i32 {
    (OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY)
        .bits()
        .cast_signed()
}

fn absent_ok(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn temporary_beside(target: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = OsString::from(format!("{TEMPORARY}{}-{number}", std::process::id()));
    folder_of(target).join(name)
}
