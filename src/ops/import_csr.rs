//! `import-csr`: checks a request and lays it into `reqs/`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::blocked_keys::BlockedKeys;
use super::{Context, Error, check_free, read};
use crate::keys::quality;
use crate::pki::{FileName, Overwrite};
use crate::primitives::{disk, pem};
use crate::x509::extension;
use crate::x509::general_name::GeneralName;
use crate::x509::name::Name;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// The stem of the file.
    pub name: FileName,
    /// The request's bytes.
    pub file: &'a [u8],
    /// Where they came from.
    pub what: &'a str,
    /// Whether an existing request may be replaced.
    pub overwrite: Overwrite,
}

/// What was imported.
pub struct Imported {
    /// The stem of the file.
    pub name: String,
    /// Where the request lies.
    pub path: PathBuf,
    /// The subject that it asks for.
    pub subject: Name,
    /// The alternative names that it asks for.
    pub names: Vec<GeneralName>,
    /// Its key, in words.
    pub key: String,
    /// What will make every profile refuse it.
    pub weaknesses: Vec<String>,
}

/// Checks the request's own signature and keeps it.
///
/// # Errors
/// When it does not hold, or a request of that name exists.
pub fn run(context: &Context<'_>, request: &Request<'_>) -> Result<Imported, Error> {
    let pki = context.open(request.pki)?;
    let csr = read::request(request.file, request.what)?;
    let path = pki.layout().request(&request.name);
    check_free(&path, request.overwrite)?;

    let found = quality::check(csr.public_key());
    let mut weaknesses: Vec<String> = found.iter().map(ToString::to_string).collect();
    weaknesses.extend(BlockedKeys::read(&pki)?.find(csr.public_key()));

    let mut session = context.lock(&pki)?;
    let mut txn = session.begin(context.intent(format!("import-csr {}", request.name)))?;
    let file = pem::encode("CERTIFICATE REQUEST", csr.der());
    txn.place(&path, file.as_bytes(), disk::PUBLIC, request.overwrite)?;
    txn.audit(context.record(
        "import-csr",
        "imported",
        json!({
            "name": request.name.to_string(),
            "subject": csr.subject().rfc4514(),
        }),
    ));
    txn.commit()?;
    Ok(Imported {
        name: request.name.to_string(),
        path,
        subject: csr.subject().clone(),
        names: extension::read_subject_alt_names(csr.extensions()).unwrap_or_default(),
        key: csr.public_key().kind().to_string(),
        weaknesses,
    })
}
