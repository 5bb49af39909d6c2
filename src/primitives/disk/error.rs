//! What the file system refused, and how that reads.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::gate::Action;

/// A step on the file system that did not happen.
#[derive(Debug)]
pub struct DiskError {
    /// What was to be done.
    pub action: Action,
    /// The file that it was for: the final name, never that of a temporary file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl DiskError {
    pub(super) fn new(action: Action, path: &Path, source: io::Error) -> Self {
        Self {
            action,
            path: path.to_owned(),
            source,
        }
    }

    /// The kind of the system's answer.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

impl DiskError {
    /// What the reader can do now, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self.source.kind() {
            _ if self.action == Action::Lock => {
                "its file system has no working flock: keep the PKI directory on a local disk, or on NFS with locks"
            }
            io::ErrorKind::ReadOnlyFilesystem => {
                "reading commands work there all the same; to change something, work on a writable copy"
            }
            io::ErrorKind::PermissionDenied => "run it as the owner of the file",
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "make room there, then run the command again"
            }
            _ => return None,
        })
    }
}

impl fmt::Display for DiskError {
    /// `cannot write pki/index.txt: no space left on device`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot {} {}: {}",
            self.action,
            self.path.display(),
            in_words(&self.source)
        )
    }
}

impl std::error::Error for DiskError {}

/// The system's message without `(os error 28)`, in lower case.
pub fn in_words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_one_plain_line() {
        let full = io::Error::from_raw_os_error(28);
        let error = DiskError::new(Action::Write, Path::new("pki/index.txt"), full);
        assert_eq!(
            error.to_string(),
            "cannot write pki/index.txt: no space left on device"
        );
    }
}
