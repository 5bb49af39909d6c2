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
        let whole = |made: fs::Metadata| made.mode() & 0o777 == FOLDER;
        if fs::symlink_metadata(path).is_ok_and(whole) {
            return Ok(());
        }
        let mended = self.step(Action::SetMode, path, path, || {
            fs::set_permissions(path, Permissions::from_mode(FOLDER))
        });
        mended.inspect_err(|_| {
            let _gone = self.remove_folder(path);
        })
    }

    /// Makes a folder and the ones above it, as `mkdir -p` does, and returns those that it made,
    /// outermost first. All or none.
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
            if let Err(error) = self.create_folder(folder) {
                self.remove_folders(&made);
                return Err(error);
            }
            made.push(folder.to_owned());
        }
        Ok(made)
    }

    /// Takes folders away again, the last one first; one that got something in it meanwhile stays.
    pub fn remove_folders(&self, made: &[PathBuf]) {
        for folder in made.iter().rev() {
            let _gone = self.remove_folder(folder);
        }
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
