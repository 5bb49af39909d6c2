//! `gen-csr`: a certificate request in `reqs/NAME.req`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::gen_key::{self, NewKey};
use super::{Context, Error, Passphrases, check_free, exposure};
use crate::keys::{KeyType, PrivateKey};
use crate::pki::{FileName, Overwrite, Pki};
use crate::primitives::{disk, pem};
use crate::x509::extension::Extension;
use crate::x509::general_name::GeneralName;
use crate::x509::name::{Attribute, Name};
use crate::x509::{draft, lint, sign};

/// Where the request's key comes from.
pub enum KeySource {
    /// `private/NAME.key` if it exists, else a new one of this type.
    OwnOrNew(KeyType),
    /// A file elsewhere.
    File(PathBuf),
}

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// The stem of the files.
    pub name: FileName,
    /// Whose key signs it.
    pub key: KeySource,
    /// The subject; the name as CN where it is missing.
    pub subject: Option<Name>,
    /// The alternative names.
    pub names: Vec<GeneralName>,
    /// Whether an existing request may be replaced.
    pub overwrite: Overwrite,
}

/// What was made.
pub struct Made {
    /// The stem of the files.
    pub name: String,
    /// Where the request lies.
    pub path: PathBuf,
    /// Where a new key lies, if one was made.
    pub key_path: Option<PathBuf>,
    /// The subject.
    pub subject: Name,
    /// The alternative names.
    pub names: Vec<GeneralName>,
    /// The request in PEM.
    pub pem: String,
}

/// Makes the request, and a key where there is none.
///
/// # Errors
/// When a request of that name exists, the key cannot be opened, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Made, Error> {
    let pki = context.open(request.pki)?;
    let path = pki.layout().request(&request.name);
    check_free(&path, request.overwrite)?;
    let subject = match &request.subject {
        Some(subject) => subject.clone(),
        None => subject_of(&request.name)?,
    };
    let (key, new) = open_or_make(context, &pki, &request, passphrases)?;
    let der = signed_request(&subject, &request.names, &key)?;
    let pem = pem::encode("CERTIFICATE REQUEST", &der);

    let mut session = context.lock(&pki)?;
    let mut txn = session.begin(context.intent(format!("gen-csr {}", request.name)))?;
    let key_path = new.as_ref().map(|_| pki.layout().key(&request.name));
    if let (Some(path), Some(file)) = (&key_path, &new) {
        txn.place(path, file.expose(), disk::PRIVATE, Overwrite::No)?;
    }
    txn.place(&path, pem.as_bytes(), disk::PUBLIC, request.overwrite)?;
    txn.audit(context.record(
        "gen-csr",
        "requested",
        json!({
            "name": request.name.to_string(),
            "subject": subject.rfc4514(),
            "new_key": new.is_some(),
        }),
    ));
    txn.commit()?;
    Ok(Made {
        name: request.name.to_string(),
        path,
        key_path,
        subject,
        names: request.names,
        pem,
    })
}

/// The subject of a name that nobody gave one: the name as CN.
///
/// # Errors
/// When the name is longer than a CN may be.
pub fn subject_of(name: &FileName) -> Result<Name, Error> {
    let attribute = Attribute::new(crate::primitives::oid::known::COMMON_NAME, name.as_str());
    let attribute = attribute.map_err(|fault| {
        Error::Usage(format!(
            "the name cannot be the CN, since {fault}; give --subject or --cn"
        ))
    })?;
    Ok(Name::from_rdns(&[vec![attribute]]))
}

/// A request in DER.
///
/// # Errors
/// When it cannot be encoded or signed.
pub fn signed_request(
    subject: &Name,
    names: &[GeneralName],
    key: &PrivateKey,
) -> Result<Vec<u8>, Error> {
    let mut extensions = Vec::new();
    if !names.is_empty() {
        extensions.push(Extension::subject_alt_name(names, subject.is_empty()));
    }
    let linted = lint::lint(draft::request(subject, &extensions, key)?)?;
    Ok(sign::request(linted, key)?)
}

/// The key, and what its file will hold if it is new.
fn open_or_make(
    context: &Context<'_>,
    pki: &Pki,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<(PrivateKey, Option<crate::primitives::secret::Secret>), Error> {
    let own = pki.layout().key(&request.name);
    match &request.key {
        KeySource::File(path) => Ok((exposure::open_key(context, path, passphrases)?, None)),
        KeySource::OwnOrNew(_) if disk::exists(&own)? => {
            Ok((exposure::open_key(context, &own, passphrases)?, None))
        }
        KeySource::OwnOrNew(key_type) => {
            let NewKey { key, file, .. } = gen_key::new_key(context, &own, *key_type, passphrases)?;
            Ok((key, Some(file)))
        }
    }
}
