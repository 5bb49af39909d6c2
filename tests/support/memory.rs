//! A folder in memory, where there is such a thing: a sweep syncs ten thousand times.

use std::path::Path;

pub(crate) fn memory() -> tempfile::TempDir {
    let shared = Path::new("/dev/shm");
    tempfile::tempdir_in(shared)
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}
