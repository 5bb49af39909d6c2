//! Files replaced whole: a temporary file in the destination's folder, which is then renamed.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::change::Owner;
use super::{Action, Disk, DiskError, Overwrite, PRIVATE, PUBLIC, TEMPORARY, folder_of};

/// Writes a file's contents piece by piece, so that they are never in memory as a whole.
pub type Fill<'a> = dyn FnMut(&mut dyn Write) -> io::Result<()> + 'a;

/// A temporary file that waits to be put in place. Dropping it leaves it: who made it removes it.
#[derive(Debug)]
pub struct Temporary {
    file: File,
    path: PathBuf,
    target: PathBuf,
}

impl Temporary {
    /// Where it lies meanwhile.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Disk {
    /// Begins a temporary file for `target`, in its folder, with mode 0600 from the first byte.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn temporary(&self, target: &Path) -> Result<Temporary, DiskError> {
        loop {
            let path = temporary_beside(target);
            match self.create(&path, target) {
                // a dead run's, whose process had our number
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
                Ok(file) => {
                    return Ok(Temporary {
                        file,
                        path,
                        target: target.to_owned(),
                    });
                }
            }
        }
    }

    /// Writes more into a temporary file.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn write(&self, temporary: &mut Temporary, bytes: &[u8]) -> Result<(), DiskError> {
        self.write_bytes(
            Action::Write,
            &mut temporary.file,
            (&temporary.path, &temporary.target),
            bytes,
        )
    }

    /// Writes more into a temporary file, piece by piece. Not for secrets: pieces are buffered.
    ///
    /// # Errors
    /// When the system refuses, or `fill` fails.
    pub fn write_pieces(
        &self,
        temporary: &mut Temporary,
        fill: &mut Fill<'_>,
    ) -> Result<(), DiskError> {
        let target = temporary.target.clone();
        let sink = Sink {
            disk: self,
            temporary,
            failed: None,
        };
        let mut writer = BufWriter::with_capacity(PIECE, sink);
        let filled = fill(&mut writer).and_then(|()| writer.flush());
        // taken apart, since dropping it would write again
        let (sink, _rest) = writer.into_parts();
        match (sink.failed, filled) {
            (Some(error), _) => Err(error),
            (None, Err(e)) => Err(DiskError::new(Action::Write, &target, e)),
            (None, Ok(())) => Ok(()),
        }
    }

    /// Makes a temporary file's contents durable.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn finish(&self, temporary: &Temporary) -> Result<(), DiskError> {
        self.step(Action::Sync, &temporary.path, &temporary.target, || {
            temporary.file.sync_all()
        })
    }

    /// Writes a file whole: a reader sees the old one or the new one, and a failure leaves the old.
    ///
    /// # Errors
    /// `AlreadyExists` when there is one and it may not be replaced; `InvalidInput` when what is
    /// there is no regular file; else when the system refuses.
    pub fn write_whole(
        &self,
        path: &Path,
        bytes: &[u8],
        mode: u32,
        overwrite: Overwrite,
    ) -> Result<(), DiskError> {
        let (mode, owner) = replaced(path, mode, overwrite)?;
        match self.unnamed(path)? {
            Some(mut file) => {
                self.fill(&mut file, path, bytes, mode, owner)?;
                match overwrite {
                    Overwrite::Yes => self.name_over(&file, path)?,
                    Overwrite::No => self.name_new(&file, path)?,
                }
            }
            None => self.write_named(path, bytes, (mode, owner), overwrite)?,
        }
        self.sync_folder(folder_of(path)).inspect_err(|_| {
            if overwrite == Overwrite::No {
                // a copy that may not last is none
                let _gone = self.remove(path);
            }
        })
    }

    /// By a temporary file, which a kill leaves behind.
    fn write_named(
        &self,
        path: &Path,
        bytes: &[u8],
        (mode, owner): (u32, Option<Owner>),
        overwrite: Overwrite,
    ) -> Result<(), DiskError> {
        let mut temporary = self.temporary(path)?;
        let written = self.write(&mut temporary, bytes).and_then(|()| {
            if let Some(owner) = owner {
                self.set_owner(&temporary.path, path, owner)?;
            }
            if mode != PRIVATE {
                self.set_mode(&temporary.path, path, mode)?;
            }
            self.finish(&temporary)?;
            match overwrite {
                Overwrite::Yes => self.rename(&temporary.path, path),
                Overwrite::No => self.rename_new(&temporary.path, path),
            }
        });
        written.inspect_err(|_| {
            // the first error is the one to tell; a temporary file that stays is swept later
            let _swept = self.remove(&temporary.path);
        })
    }
}

struct Sink<'a> {
    disk: &'a Disk,
    temporary: &'a mut Temporary,
    failed: Option<DiskError>,
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.write(self.temporary, bytes).map_err(|error| {
            // an interruption is none that a caller may repeat: half of it may be written
            self.failed = Some(error);
            io::Error::other("not written")
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How much of a file is written at once.
const PIECE: usize = 1 << 20;

/// May a file be put at `path`, and with which mode and owner? A public file that is replaced keeps
/// what its operator gave it (a web server's group, say); a private one gets what it should have.
///
/// # Errors
/// `AlreadyExists` and `InvalidInput` as [`Disk::write_whole`] has them.
pub fn replaced(
    path: &Path,
    mode: u32,
    overwrite: Overwrite,
) -> Result<(u32, Option<Owner>), DiskError> {
    let failed = |kind, why: &str| {
        Err(DiskError::new(
            Action::CreateFile,
            path,
            io::Error::new(kind, why),
        ))
    };
    match fs::symlink_metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok((mode, None)),
        Err(e) => Err(DiskError::new(Action::CreateFile, path, e)),
        Ok(_) if overwrite == Overwrite::No => {
            failed(io::ErrorKind::AlreadyExists, "a file of that name is there")
        }
        Ok(old) if !old.is_file() => failed(
            io::ErrorKind::InvalidInput,
            "what is there is not a regular file",
        ),
        Ok(old) if mode == PUBLIC => Ok((old.mode() & 0o777, Some(Owner::of(&old)))),
        Ok(_) => Ok((mode, None)),
    }
}

pub(super) fn temporary_beside(target: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = OsString::from(format!("{TEMPORARY}{}-{number}", std::process::id()));
    folder_of(target).join(name)
}
