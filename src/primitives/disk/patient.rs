//! Reading what a person names, a FIFO included, without waiting for ever.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::fs::OFlags;

/// How often a silent FIFO is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// A file, or a FIFO that is read as its writer writes, until the patience with it is used up.
#[derive(Debug)]
pub struct Patient {
    file: File,
    fifo: bool,
    heard: bool,
    patience: Duration,
}

/// Opens a file that a person named. A FIFO is opened without waiting for a writer, who may never
/// come; reading it ends with `TimedOut` when it says nothing for as long as `patience`.
///
/// # Errors
/// When the system refuses, or it is a folder.
pub fn open_patiently(path: &Path, patience: Duration) -> io::Result<Patient> {
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    Ok(Patient {
        file,
        fifo: kind.is_fifo(),
        heard: false,
        patience,
    })
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.file.read(buffer) {
                // no writer yet, or one that thinks
                Ok(0) if self.fifo && !self.heard => {}
                Err(error) if self.fifo && error.kind() == io::ErrorKind::WouldBlock => {}
                said => {
                    self.heard = true;
                    return said;
                }
            }
            if self.patience.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            thread::sleep(GLANCE);
            self.patience = self.patience.saturating_sub(GLANCE);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifo_without_a_writer_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fifo");
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR).unwrap();
        let mut patient = open_patiently(&path, Duration::from_millis(20)).unwrap();
        let ended = patient.read(&mut [0; 8]).map_err(|e| e.kind());
        assert_eq!(ended, Err(io::ErrorKind::TimedOut));
    }
}
