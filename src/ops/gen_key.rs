//! `gen-key`: a new private key in `private/NAME.key`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Context, Error, Passphrases, check_free};
use crate::keys::{self, KeyType, PrivateKey};
use crate::pki::{FileName, Overwrite};
use crate::primitives::disk;
use crate::primitives::random::Randomness;
use crate::primitives::secret::Secret;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// The stem of the file.
    pub name: FileName,
    /// Algorithm and size.
    pub key_type: KeyType,
    /// Whether an existing key may be replaced.
    pub overwrite: Overwrite,
}

/// What was made.
pub struct Made {
    /// The stem of the file.
    pub name: String,
    /// Where the key lies.
    pub path: PathBuf,
    /// Algorithm and size.
    pub key_type: KeyType,
    /// Whether a passphrase protects it.
    pub encrypted: bool,
}

/// Makes the key and keeps it.
///
/// # Errors
/// When a key of that name exists, there is no passphrase, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Made, Error> {
    let pki = context.open(request.pki)?;
    let path = pki.layout().key(&request.name);
    check_free(&path, request.overwrite)?;
    let new = new_key(context, &path, request.key_type, passphrases)?;

    let mut session = context.lock(&pki)?;
    let mut txn = session.begin(context.intent(format!("gen-key {}", request.name)))?;
    txn.place(&path, new.file.expose(), disk::PRIVATE, request.overwrite)?;
    txn.audit(context.record(
        "gen-key",
        "generated",
        json!({
            "name": request.name.to_string(),
            "key_type": request.key_type.to_string(),
            "encrypted": new.encrypted,
        }),
    ));
    txn.commit()?;
    Ok(Made {
        name: request.name.to_string(),
        path,
        key_type: request.key_type,
        encrypted: new.encrypted,
    })
}

/// A key that is in no file yet.
pub struct NewKey {
    /// The key.
    pub key: PrivateKey,
    /// What its file will hold.
    pub file: Secret,
    /// Whether a passphrase protects it.
    pub encrypted: bool,
}

/// Asks for the new key's passphrase first, then makes it.
///
/// # Errors
/// When there is no passphrase.
pub fn new_key(
    context: &Context<'_>,
    path: &Path,
    key_type: KeyType,
    passphrases: &mut dyn Passphrases,
) -> Result<NewKey, Error> {
    let asked = passphrases.for_new(path);
    let passphrase = asked.map_err(|why| Error::NoPassphrase(path.to_owned(), why))?;
    make(path, key_type, passphrase.as_ref(), context.random)
}

/// What the file of a key holds, under the passphrase that is asked for.
///
/// # Errors
/// When there is no passphrase.
pub(super) fn file_of(
    context: &Context<'_>,
    path: &Path,
    key: &PrivateKey,
    passphrases: &mut dyn Passphrases,
) -> Result<Secret, Error> {
    let asked = passphrases.for_new(path);
    let passphrase = asked.map_err(|why| Error::NoPassphrase(path.to_owned(), why))?;
    keys::file::write(key, passphrase.as_ref(), context.random).map_err(Error::key(path))
}

/// Makes a key for a file.
///
/// # Errors
/// When the source of randomness fails.
pub(super) fn make(
    path: &Path,
    key_type: KeyType,
    passphrase: Option<&Secret>,
    random: &dyn Randomness,
) -> Result<NewKey, Error> {
    let key = keys::generate::generate(key_type).map_err(Error::key(path))?;
    let file = keys::file::write(&key, passphrase, random).map_err(Error::key(path))?;
    Ok(NewKey {
        key,
        file,
        encrypted: passphrase.is_some(),
    })
}
