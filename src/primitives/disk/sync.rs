//! Many files made durable at once. Journalling file systems write one commit for every fsync that
//! waits for it, so that sixteen side by side take hardly longer than one.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::{Action, Disk, DiskError, flags};

/// How many wait for the disk at the same time.
const SIDE_BY_SIDE: usize = 16;

impl Disk {
    /// Makes the contents of temporary files durable: each with the name that it is for.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn sync_files(&self, files: &[(PathBuf, PathBuf)]) -> Result<(), DiskError> {
        for (path, target) in files {
            self.step(Action::Sync, path, target, || Ok(()))?;
        }
        let one = |(path, _): &(PathBuf, PathBuf)| {
            let mut options = OpenOptions::new();
            options.read(true).custom_flags(flags());
            options.open(path)?.sync_all()
        };
        each(files, one).map_err(|((_, target), e)| DiskError::new(Action::Sync, target, e))
    }

    /// Makes the names in folders durable.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn sync_folders(&self, folders: &[PathBuf]) -> Result<(), DiskError> {
        for folder in folders {
            self.step(Action::SyncFolder, folder, folder, || Ok(()))?;
        }
        each(folders, |folder| sync_folder(folder))
            .map_err(|(folder, e)| DiskError::new(Action::SyncFolder, folder, e))
    }

    /// Makes the names in a folder durable.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn sync_folder(&self, path: &Path) -> Result<(), DiskError> {
        self.step(Action::SyncFolder, path, path, || sync_folder(path))
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    match File::open(path)?.sync_all() {
        // a file system that cannot sync folders keeps their order itself
        Err(e) if e.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

/// Syncs every item, on this thread and as many others as are to be had; the first fault ends it.
fn each<T: Sync>(
    items: &[T],
    sync: impl Fn(&T) -> io::Result<()> + Sync,
) -> Result<(), (&T, io::Error)> {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            sync(item).map_err(|e| (item, e))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..items.len().min(SIDE_BY_SIDE))
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, work).ok())
            .collect();
        let own = work();
        let all = others.into_iter().map(|other| match other.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        all.fold(own, Result::and)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_visited_once_and_a_fault_is_told_with_its_item() {
        let items: Vec<usize> = (0..100).collect();
        let seen = AtomicUsize::new(0);
        let all = each(&items, |n| {
            seen.fetch_add(n + 1, Ordering::Relaxed);
            Ok(())
        });
        assert!(all.is_ok());
        assert_eq!(seen.load(Ordering::Relaxed), 5050);
        let fails = each(&items, |n| match n {
            77 => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        });
        assert_eq!(
            fails.map_err(|(n, e)| (*n, e.kind())),
            Err((77, io::ErrorKind::StorageFull))
        );
    }

    #[test]
    fn a_missing_file_is_told_by_the_name_it_is_for() {
        let folder = tempfile::tempdir().unwrap();
        let (here, gone) = (folder.path().join("here"), folder.path().join("gone"));
        std::fs::write(&here, "x").unwrap();
        let disk = Disk::new();
        let pair = |path: &Path| (path.to_owned(), PathBuf::from("target"));
        disk.sync_files(&[pair(&here)]).unwrap();
        let said = disk.sync_files(&[pair(&here), pair(&gone)]).unwrap_err();
        assert_eq!(
            (said.path.to_str(), said.kind()),
            (Some("target"), io::ErrorKind::NotFound)
        );
    }
}
