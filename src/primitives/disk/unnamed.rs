//! Files that get a name only once they are whole (O_TMPFILE): a killed run leaves nothing of them.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, OFlags, linkat};
use rustix::io::Errno;

use super::change::Owner;
use super::whole::temporary_beside;
use super::{Action, Disk, DiskError, PRIVATE, TEMPORARY, folder_of};
use crate::primitives::process;

/// Open files under names that `linkat` can follow.
const OPEN_FILES: &str = "/proc/self/fd";

impl Disk {
    /// A file in the folder of `target` that has no name yet, with mode 0600; `None` where the
    /// system has no such files (network file systems, no `/proc`).
    pub(super) fn unnamed(&self, target: &Path) -> Result<Option<File>, DiskError> {
        if !Path::new(OPEN_FILES).exists() {
            return Ok(None);
        }
        let opened = self.step(Action::CreateFile, target, target, || {
            let made = OpenOptions::new()
                .write(true)
                .mode(PRIVATE)
                .custom_flags(OFlags::TMPFILE.bits().cast_signed())
                .open(folder_of(target));
            match made {
                Ok(file) => Ok(Some(file)),
                Err(e) => match Errno::from_io_error(&e) {
                    Some(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => Ok(None),
                    _ => Err(e),
                },
            }
        })?;
        if let Some(file) = &opened {
            self.mend_mode(file, target, target)?;
        }
        Ok(opened)
    }

    /// Fills a nameless file and makes it durable.
    pub(super) fn fill(
        &self,
        file: &mut File,
        target: &Path,
        bytes: &[u8],
        mode: u32,
        owner: Option<Owner>,
    ) -> Result<(), DiskError> {
        self.write_bytes(Action::Write, file, (target, target), bytes)?;
        if let Some(Owner { user, group }) = owner {
            self.step(Action::SetOwner, target, target, || {
                match fchown(&*file, Some(user), Some(group)) {
                    Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Ok(()),
                    other => other,
                }
            })?;
        }
        if mode != PRIVATE {
            self.step(Action::SetMode, target, target, || {
                file.set_permissions(Permissions::from_mode(mode))
            })?;
        }
        self.step(Action::Sync, target, target, || file.sync_all())
    }

    /// Gives a nameless file its name, where nothing has it.
    pub(super) fn name_new(&self, file: &File, path: &Path) -> Result<(), DiskError> {
        self.step(Action::Link, path, path, || link(file, path))
    }

    /// Gives a nameless file the name of another one, whose place it takes. The system does that in
    /// two steps; what a kill between them left of an earlier run goes first.
    pub(super) fn name_over(&self, file: &File, path: &Path) -> Result<(), DiskError> {
        for dead in left_by_the_dead(folder_of(path)) {
            self.remove(&dead)?;
        }
        let between = temporary_beside(path);
        self.step(Action::Link, &between, path, || link(file, &between))?;
        self.rename(&between, path).inspect_err(|_| {
            // the first error is the one to tell
            let _swept = self.remove(&between);
        })
    }
}

fn link(file: &File, path: &Path) -> io::Result<()> {
    let open = format!("{OPEN_FILES}/{}", file.as_raw_fd());
    Ok(linkat(CWD, open, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

/// Temporary files whose process is no more.
fn left_by_the_dead(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_dead = |name: &str| {
        let pid = name
            .strip_prefix(TEMPORARY)
            .and_then(|rest| rest.split_once('-'))
            .and_then(|(pid, _)| pid.parse().ok());
        pid.is_some_and(|pid| !process::is_alive(pid))
    };
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(is_dead))
        .map(|entry| entry.path())
        .collect()
}
