//! Reading: bounded, regular files only, never blocking.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;

use super::DiskError;
use super::gate::Action;

/// Opens a regular file for reading. A symbolic link is followed (adopted directories have
/// `ca.key` as one); a FIFO, a socket or a device is an error, at once.
///
/// # Errors
/// When the system refuses, or it is no regular file.
pub fn open_regular(path: &Path) -> Result<File, DiskError> {
    let failed = |e| DiskError::new(Action::Read, path, e);
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .map_err(failed)?;
    if file.metadata().map_err(failed)?.is_file() {
        Ok(file)
    } else {
        Err(failed(invalid("it is not a regular file".to_owned())))
    }
}

/// Opens a folder, and nothing else.
///
/// # Errors
/// When the system refuses.
pub fn open_folder(path: &Path) -> Result<File, DiskError> {
    OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::DIRECTORY.bits().cast_signed())
        .open(path)
        .map_err(|e| DiskError::new(Action::Read, path, e))
}

/// Opens a regular file of at most `limit` bytes.
///
/// # Errors
/// As [`open_regular`], and when the file is longer.
pub fn open_bounded(path: &Path, limit: u64) -> Result<File, DiskError> {
    let failed = |e| DiskError::new(Action::Read, path, e);
    let file = open_regular(path)?;
    let length = file.metadata().map_err(failed)?.len();
    if length > limit {
        return Err(failed(invalid(format!(
            "it has {length} bytes, and at most {limit} make sense"
        ))));
    }
    Ok(file)
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// As [`open_bounded`].
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, DiskError> {
    let mut file = open_bounded(path, limit)?;
    let failed = |e| DiskError::new(Action::Read, path, e);
    let length = file.metadata().map_err(failed)?.len();
    // one allocation: growing would leave copies of a key behind
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0).saturating_add(1));
    let read = file
        .by_ref()
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes);
    let read = read.map_err(failed)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > limit {
        return Err(failed(invalid(format!(
            "it grew to more than {limit} bytes while it was read"
        ))));
    }
    Ok(bytes)
}

/// At most `length` bytes of a regular file from an offset on.
///
/// # Errors
/// When the system refuses, or it is no regular file.
pub fn read_range(path: &Path, offset: u64, length: u64) -> Result<Vec<u8>, DiskError> {
    let failed = |e| DiskError::new(Action::Read, path, e);
    let mut file = open_regular(path)?;
    file.seek(SeekFrom::Start(offset)).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Reads a line with its line feed, or the `most` bytes that it begins with, behind what is in
/// `line`; false at the end of the file. The path is for the error.
///
/// # Errors
/// When the system refuses.
pub fn read_line(
    reader: &mut impl BufRead,
    most: u64,
    path: &Path,
    line: &mut Vec<u8>,
) -> Result<bool, DiskError> {
    let read = reader.by_ref().take(most).read_until(b'\n', line);
    let read = read.map_err(|e| DiskError::new(Action::Read, path, e))?;
    Ok(read > 0)
}

/// A regular file's length; `None` when nothing of that name is there.
///
/// # Errors
/// When the system refuses, or it is no regular file.
pub fn length(path: &Path) -> Result<Option<u64>, DiskError> {
    let failed = |e| DiskError::new(Action::Read, path, e);
    match open_regular(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
        Ok(file) => Ok(Some(file.metadata().map_err(failed)?.len())),
    }
}

/// Which file stands under a name, and since when: text that another file, or the same one written
/// or renamed again, does not have. Empty when nothing of that name is there.
///
/// # Errors
/// When the system does not say.
pub fn identity(path: &Path) -> Result<String, DiskError> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(format!(
            "{} {}.{:09}\n",
            found.ino(),
            found.ctime(),
            found.ctime_nsec()
        )),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(e) => Err(DiskError::new(Action::Read, path, e)),
    }
}

/// Is anything of that name there, a dangling link included?
///
/// # Errors
/// When the system does not say.
pub fn exists(path: &Path) -> Result<bool, DiskError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(DiskError::new(Action::Read, path, e)),
    }
}

fn invalid(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}
