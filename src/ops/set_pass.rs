//! `set-pass`: a key's passphrase changed, set or removed.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::export_material::open_key;
use super::{Context, Error, Passphrases};
use crate::keys;
use crate::pki::{FileName, Overwrite, PkiError};
use crate::primitives::disk;
use crate::primitives::secret::Secret;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// The stem of the key; `None` for the CA's own.
    pub name: Option<FileName>,
}

/// What was changed.
pub struct Changed {
    /// What people call it.
    pub name: String,
    /// Where the key lies.
    pub path: PathBuf,
    /// Whether a passphrase protected it.
    pub was_encrypted: bool,
    /// Whether one does now.
    pub encrypted: bool,
}

/// Encrypts the key anew. The file is replaced whole: it opens with the old passphrase or with the
/// new one at any time.
///
/// # Errors
/// When there is no such key, a passphrase is missing or wrong, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Changed, Error> {
    let pki = context.open(request.pki)?;
    let (name, path) = match &request.name {
        Some(name) => (name.to_string(), pki.layout().key(name)),
        None => ("ca".to_owned(), pki.layout().ca_key()),
    };
    let mut asked = Noting {
        inner: passphrases,
        asked: false,
    };
    let held = pki.read_secret(&path).ok();
    let key = open_key(context, &path, &mut asked)?;
    let was_encrypted = asked.asked;
    let new = passphrases.for_new(&path);
    let new = new.map_err(|why| Error::NoPassphrase(path.clone(), why))?;
    let file = keys::file::write(&key, new.as_ref(), context.random).map_err(Error::key(&path))?;
    let again = keys::file::read(file.expose(), new.as_ref()).map_err(Error::key(&path))?;
    if again.public() != key.public() {
        return Err(Error::Bug(format!(
            "{} would not be read back",
            path.display()
        )));
    }

    let encrypted = new.is_some();
    let mut session = context.lock(&pki)?;
    // another writer may have put a new key in its place, or laid it aside with a revocation
    let same = |a: &Secret, b: &Secret| a.expose() == b.expose();
    let now = pki.read_secret(&path).ok();
    if !held.zip(now).is_some_and(|(held, now)| same(&held, &now)) {
        return Err(PkiError::ChangedMeanwhile { path }.into());
    }
    let mut txn = session.begin(context.intent(format!("set-pass {name}")))?;
    txn.place(&path, file.expose(), disk::PRIVATE, Overwrite::Yes)?;
    txn.audit(context.record(
        "set-pass",
        "changed",
        json!({ "name": name, "encrypted": encrypted }),
    ));
    txn.commit()?;
    Ok(Changed {
        name,
        path,
        was_encrypted,
        encrypted,
    })
}

/// Notes whether the key had a passphrase.
struct Noting<'a> {
    inner: &'a mut dyn Passphrases,
    asked: bool,
}

impl Passphrases for Noting<'_> {
    fn of_key(&mut self, file: &Path) -> Result<Secret, super::PassphraseError> {
        self.asked = true;
        self.inner.of_key(file)
    }

    fn for_new(&mut self, file: &Path) -> Result<Option<Secret>, super::PassphraseError> {
        self.inner.for_new(file)
    }
}
