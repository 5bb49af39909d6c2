//! The register of certified keys in a directory that was adopted, or in which another program has
//! signed since: built from what the certificates say, before the next certificate under a profile
//! with `unique_key`.

use std::path::Path;

use super::{Error, stems};
use crate::pki::{FileName, Pki, Session};

/// Reads every certificate that the directory still has, and registers its key.
///
/// # Errors
/// When the disk fails.
pub(super) fn build(pki: &Pki, session: &mut Session) -> Result<(), Error> {
    let layout = pki.layout();
    // issued/ first: its stems are the names that people use
    let folders = [
        (layout.issued_folder(), true),
        (layout.by_serial_folder(), false),
    ];
    let mut keys = folders
        .iter()
        .flat_map(|(folder, by_stem)| certified(folder, *by_stem));
    Ok(session.build_key_registry(&mut keys)?)
}

/// The key of every certificate in a folder, and the name that it is certified for: the file's stem
/// or the CN. What cannot be read is no key that could be certified again.
fn certified(folder: &Path, by_stem: bool) -> Vec<([u8; 32], FileName)> {
    let mut keys = Vec::new();
    stems::each_certificate(folder, &mut |stem, certificate| {
        let name = match by_stem {
            true => None,
            false => certificate.subject().common_name(),
        };
        if let Ok(name) = name.as_deref().unwrap_or(stem).parse() {
            keys.push((certificate.public_key().sha256(), name));
        }
    });
    keys
}
