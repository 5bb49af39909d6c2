//! SHA-256 of bytes and of whole files, in hex: how the journal tells our files from foreign ones.

use std::io::{self, Read as _, Write};
use std::path::Path;

use ring::digest::{Context, SHA256, digest};

use super::error::PkiError;
use crate::primitives::disk::{self, Action, Disk, DiskError, Fill, Temporary};
use crate::primitives::hex;

pub(super) fn of_bytes(bytes: &[u8]) -> String {
    hex::lower(digest(&SHA256, bytes).as_ref())
}

/// Digests what passes through it.
struct Digesting<'a> {
    inner: &'a mut dyn Write,
    context: &'a mut Context,
}

impl Write for Digesting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.context
            .update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Fills a temporary file, and gives the digest of what went into it.
pub(super) fn of_filled(
    disk: &Disk,
    temporary: &mut Temporary,
    fill: &mut Fill<'_>,
) -> Result<String, DiskError> {
    let mut context = Context::new(&SHA256);
    disk.write_pieces(temporary, &mut |inner| {
        fill(&mut Digesting {
            inner,
            context: &mut context,
        })
    })?;
    Ok(hex::lower(context.finish().as_ref()))
}

/// `None` where there is no such file.
pub(super) fn of_file(path: &Path) -> Result<Option<String>, PkiError> {
    let mut file = match disk::open_regular(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    let mut context = Context::new(&SHA256);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(|source| DiskError {
            action: Action::Read,
            path: path.to_owned(),
            source,
        })?;
        if read == 0 {
            return Ok(Some(hex::lower(context.finish().as_ref())));
        }
        context.update(buffer.get(..read).unwrap_or_default());
    }
}
