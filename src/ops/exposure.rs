//! Keys and folders that others than their operator can use, by their modes and owners.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::read;
use super::{Context, Error, Passphrases};
use crate::keys::PrivateKey;
use crate::pki::Pki;
use crate::primitives::{disk, shell};

/// Something that others can use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The file or folder.
    pub path: PathBuf,
    /// Who can do what, by which mode or owner.
    pub said: String,
    /// The mode that it should have, where that is what is wrong.
    pub mode: Option<u32>,
}

impl Exposure {
    /// The line for a person.
    pub fn warning(&self) -> String {
        let advice = self.command();
        let advice = advice.as_deref().unwrap_or("make it your own, or root's");
        format!("{} {}; {advice}", self.path.display(), self.said)
    }

    /// What mends it.
    pub fn command(&self) -> Option<String> {
        let mode = self.mode?;
        let path = self.path.display().to_string();
        Some(format!("chmod {mode:o} {}", shell::quoted(&path)))
    }
}

/// The directory, its `private/` and the CA's key, as they are to the user `operator`. What is not
/// there, or does not say, is no exposure.
pub fn of_directory(pki: &Pki, operator: u32) -> Vec<Exposure> {
    let layout = pki.layout();
    let Ok(root) = fs::metadata(layout.root()) else {
        return Vec::new();
    };
    let folders = [layout.root().to_owned(), layout.root().join("private")];
    let known = [operator, 0, root.uid()];
    // root at work in the directory of a user of its own is the usual case
    let of_root = match operator {
        0 => known,
        _ => [operator, 0, 0],
    };
    let folders = folders.iter().zip([of_root, known]);
    folders
        .filter_map(|(path, known)| of_folder(path, &known))
        .chain(of_key(&layout.ca_key(), &known))
        .collect()
}

/// A folder that others can write in, so that they can replace what lies there.
fn of_folder(path: &Path, known: &[u32]) -> Option<Exposure> {
    let folder = fs::metadata(path).ok()?;
    let mode = folder.mode() & 0o7777;
    if mode & 0o002 != 0 {
        return Some(Exposure {
            path: path.to_owned(),
            said: format!(
                "has mode {mode:04o}: every user of this machine can replace what lies in it"
            ),
            mode: Some(mode & 0o0775),
        });
    }
    foreign(path, &folder, known)
}

/// A key that others than `known` can read.
fn of_key(path: &Path, known: &[u32]) -> Option<Exposure> {
    of_secret(path, known, "use the key")
}

/// A list of passphrases that others can read, or fill with passphrases of their choice.
pub fn of_passphrases(path: &Path, operator: u32) -> Option<Exposure> {
    of_secret(path, &owners(path, operator), "use the passphrases")
}

/// Who may own a file outside of the directory: the operator, root, and whose folder it is in.
fn owners(path: &Path, operator: u32) -> [u32; 3] {
    let folder = fs::metadata(disk::folder_of(path)).map_or(0, |folder| folder.uid());
    [operator, 0, folder]
}

fn of_secret(path: &Path, known: &[u32], can: &str) -> Option<Exposure> {
    // an adopted directory may have a link here: what counts is the file itself
    let secret = fs::metadata(path).ok()?;
    let mode = secret.mode() & 0o7777;
    if mode & 0o077 != 0 {
        let who = if mode & 0o007 != 0 {
            "every user of this machine"
        } else {
            "its group"
        };
        return Some(Exposure {
            path: path.to_owned(),
            said: format!("has mode {mode:04o}: {who} can {can}"),
            mode: Some(disk::PRIVATE),
        });
    }
    foreign(path, &secret, known)
}

fn foreign(path: &Path, found: &Metadata, known: &[u32]) -> Option<Exposure> {
    (!known.contains(&found.uid())).then(|| Exposure {
        path: path.to_owned(),
        said: format!(
            "belongs to user {}, who can change and read it",
            found.uid()
        ),
        mode: None,
    })
}

/// Opens a key that is not the CA's, and warns of what is wrong with its file.
///
/// # Errors
/// As [`read::private_key`].
pub fn open_key(
    context: &Context<'_>,
    path: &Path,
    passphrases: &mut dyn Passphrases,
) -> Result<PrivateKey, Error> {
    if let Some(exposure) = of_key(path, &owners(path, context.operator.user.uid)) {
        context.notices.caution(&exposure.warning());
    }
    read::private_key(path, passphrases)
}
