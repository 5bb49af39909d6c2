//! The file system: the one module that changes files.
//!
//! Every system call that changes something passes a [`Gate`] first. Files are made nameless, or
//! under a temporary name, in the destination's folder, then fsync, link or rename, and fsync of the
//! folder; modes are set whatever the umask; a symbolic link at the destination is never followed. It
//! knows nothing of what lies in the files.

mod change;
mod error;
mod folders;
mod gate;
mod patient;
mod read;
mod sync;
mod unnamed;
mod whole;

use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::OFlags;

pub use change::Owner;
pub use error::{DiskError, in_words};
pub use gate::{Action, Gate, Open, Step};
pub use patient::{Patient, open_patiently};
pub use read::{
    exists, identity, length, open_bounded, open_folder, open_regular, read_bounded, read_line,
    read_range,
};
pub use whole::{Fill, Temporary, replaced};

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
    /// Below it, nothing is changed through a link.
    root: Option<PathBuf>,
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

impl Disk {
    /// The real one.
    pub fn new() -> Self {
        Self::with_gate(Arc::new(Open))
    }

    /// One with a gate, for tests.
    pub fn with_gate(gate: Arc<dyn Gate>) -> Self {
        Self { gate, root: None }
    }

    /// The same, but refusing every change below `root` that a link in the place of a folder would
    /// lead elsewhere. `root` itself may be one.
    #[must_use]
    pub fn within(&self, root: &Path) -> Self {
        Self {
            root: Some(root.to_owned()),
            ..self.clone()
        }
    }

    fn guard(&self, path: &Path) -> io::Result<()> {
        let Some(root) = &self.root else {
            return Ok(());
        };
        let inside = |folder: &&Path| folder.starts_with(root) && *folder != root;
        for folder in path.ancestors().skip(1).take_while(inside) {
            if fs::symlink_metadata(folder).is_ok_and(|there| there.is_symlink()) {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    format!("{} is a symbolic link", folder.display()),
                ));
            }
        }
        Ok(())
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

    /// Opens, or makes with mode 0600, the file that a lock is held on; true where it was not there.
    /// Its contents are for people.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn open_lock(&self, path: &Path) -> Result<(File, bool), DiskError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(flags());
        match options.open(path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let file = self.step(Action::CreateFile, path, path, || {
                    options.create(true).mode(PRIVATE).open(path)
                })?;
                self.mend_mode(&file, path, path)?;
                Ok((file, true))
            }
            other => other
                .map(|file| (file, false))
                .map_err(|e| DiskError::new(Action::CreateFile, path, e)),
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

    fn create(&self, path: &Path, target: &Path) -> Result<File, DiskError> {
        let file = self.step(Action::CreateFile, path, target, || {
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(PRIVATE)
                .custom_flags(flags())
                .open(path)
        })?;
        self.mend_mode(&file, path, target).inspect_err(|_| {
            let _gone = self.remove(path);
        })?;
        Ok(file)
    }

    /// A umask can have taken bits of 0600 away.
    fn mend_mode(&self, file: &File, path: &Path, target: &Path) -> Result<(), DiskError> {
        let whole = |made: fs::Metadata| made.mode() & 0o777 == PRIVATE;
        if file.metadata().is_ok_and(whole) {
            return Ok(());
        }
        self.step(Action::SetMode, path, target, || {
            file.set_permissions(Permissions::from_mode(PRIVATE))
        })
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
            .and_then(|()| self.guard(path))
            .and_then(|()| run())
            .map_err(|e| DiskError::new(action, target, e))
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
