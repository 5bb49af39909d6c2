//! The gate before every system call that changes a file, so that tests can stop a run anywhere.

use std::fmt;
use std::io;
use std::path::Path;

/// A kind of step on the file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is the system call of its name")]
pub enum Action {
    CreateFolder,
    CreateFile,
    Write,
    Append,
    Truncate,
    Sync,
    SyncFolder,
    SetMode,
    SetOwner,
    Rename,
    Link,
    Remove,
    RemoveFolder,
    /// Never passes the gate, only stands in errors.
    Lock,
    /// Likewise.
    Read,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CreateFolder => "create the folder",
            Self::CreateFile => "create",
            Self::Write => "write",
            Self::Append => "append to",
            Self::Truncate => "shorten",
            Self::Sync | Self::SyncFolder => "sync",
            Self::SetMode => "set the mode of",
            Self::SetOwner => "set the owner of",
            Self::Rename | Self::Link => "put in place",
            Self::Remove | Self::RemoveFolder => "remove",
            Self::Lock => "lock",
            Self::Read => "read",
        })
    }
}

/// One step that is about to happen.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// Its kind.
    pub action: Action,
    /// The path that the system call gets (of a rename, the new name).
    pub path: &'a Path,
    /// How many bytes it writes, where it writes.
    pub length: usize,
}

/// Asked before every step that changes something on disk.
pub trait Gate: Send + Sync {
    /// Lets the step through, or fails it.
    ///
    /// # Errors
    /// When the step shall not happen; the error is what the caller of the step gets.
    fn pass(&self, step: &Step<'_>) -> io::Result<()>;

    /// How many bytes of a write that did not pass reach the file nevertheless.
    fn torn(&self, step: &Step<'_>) -> usize {
        let _ = step;
        0
    }
}

/// The gate of the shipped program: everything passes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Open;

impl Gate for Open {
    fn pass(&self, _step: &Step<'_>) -> io::Result<()> {
        Ok(())
    }
}
