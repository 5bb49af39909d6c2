//! Changes of what is there: appended to, cut, renamed, removed; mode and owner.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::{CWD, RenameFlags};
use rustix::io::Errno;

use super::{Action, Disk, DiskError, flags};

/// Who owns a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The user's number.
    pub user: u32,
    /// The group's number.
    pub group: u32,
}

impl Owner {
    pub(super) fn of(metadata: &fs::Metadata) -> Self {
        Self {
            user: metadata.uid(),
            group: metadata.gid(),
        }
    }
}

impl Disk {
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
        self.step(Action::Rename, to, to, || {
            self.guard(from)?;
            fs::rename(from, to)
        })
    }

    /// Renames where nothing of the new name is there.
    ///
    /// # Errors
    /// `AlreadyExists` when there is; else when the system refuses.
    pub fn rename_new(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        let renamed = self.step(Action::Rename, to, to, || {
            self.guard(from)?;
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

    fn open_to_change(&self, path: &Path, action: Action) -> Result<File, DiskError> {
        let failed = |e| DiskError::new(action, path, e);
        self.guard(path).map_err(failed)?;
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
}

pub(super) fn absent_ok(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
