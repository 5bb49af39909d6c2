//! Folders: made and removed.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::change::absent_ok;
use super::{Action, Disk, DiskError, FOLDER};

impl Disk {
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

    /// Removes an empty folder; one that isn't there is no error.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn remove_folder(&self, path: &Path) -> Result<(), DiskError> {
        self.step(Action::RemoveFolder, path, path, || {
            absent_ok(fs::remove_dir(path))
        })
    }
}
