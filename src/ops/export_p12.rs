//! `export-p12`: key, certificate and chain in `private/NAME.p12`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::ca::Ca;
use super::{Context, Error, Passphrases, check_target, read};
use crate::keys::PrivateKey;
use crate::keys::pkcs12::{self, Bundle, Strength};
use crate::pki::{FileName, Overwrite, Pki, Session};
use crate::primitives::disk;
use crate::primitives::secret::Secret;
use crate::x509::certificate::Certificate;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// The stem of the files.
    pub name: FileName,
    /// How the file is encrypted.
    pub strength: Strength,
    /// The name that importers show; NAME where it is missing.
    pub friendly_name: Option<String>,
    /// Whether the intermediates go in.
    pub chain: bool,
    /// Where the file goes; `private/NAME.p12` where it is missing.
    pub out: Option<PathBuf>,
    /// Whether an existing file may be replaced.
    pub overwrite: Overwrite,
}

/// What was written.
pub struct Exported {
    /// The stem of the files.
    pub name: String,
    /// Where the file lies.
    pub path: PathBuf,
    /// How many certificates it holds.
    pub certificates: usize,
}

/// Bundles the key and its certificate.
///
/// # Errors
/// When either is missing, they do not belong together, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Exported, Error> {
    let pki = context.open(request.pki)?;
    let path = request
        .out
        .clone()
        .unwrap_or_else(|| pki.layout().p12(&request.name));
    check_target(&path, request.overwrite)?;
    let issued = pki.layout().issued(&request.name);
    let certificate = first_certificate(&issued)?;
    let key = read::private_key(&pki.layout().key(&request.name), passphrases)?;
    if key.public().bits() != certificate.public_key().bits() {
        let said = format!(
            "the key of '{}' does not belong to {}",
            request.name,
            issued.display()
        );
        return Err(Error::failed(
            "key-mismatch",
            said,
            "sign a request made from this key",
        ));
    }
    let asked = passphrases.for_new(&path);
    let passphrase = asked.map_err(|why| Error::NoPassphrase(path.clone(), why))?;
    let passphrase = passphrase.unwrap_or_else(|| Secret::new(Vec::new()));
    let file = bundle(&pki, request, &key, &certificate, &passphrase)?;
    if request.out.is_some() {
        context
            .disk
            .write_whole(&path, file.1.expose(), disk::PRIVATE, request.overwrite)?;
    } else {
        let mut session = context.lock(&pki)?;
        place(context, &mut session, request, &path, &file.1)?;
    }
    Ok(Exported {
        name: request.name.to_string(),
        path,
        certificates: file.0,
    })
}

/// Puts a bundle into the directory.
///
/// # Errors
/// When a file is in the way, or the disk fails.
pub fn place(
    context: &Context<'_>,
    session: &mut Session,
    request: &Request<'_>,
    path: &Path,
    file: &Secret,
) -> Result<(), Error> {
    let mut txn = session.begin(context.intent(format!("export-p12 {}", request.name)))?;
    txn.place(path, file.expose(), disk::PRIVATE, request.overwrite)?;
    txn.audit(context.record("export-p12", json!({ "name": request.name.to_string() })));
    Ok(txn.commit()?)
}

/// The number of certificates, and the file's bytes.
///
/// # Errors
/// When the CA cannot be read or the bundle not be made.
pub fn bundle(
    pki: &Pki,
    request: &Request<'_>,
    key: &PrivateKey,
    certificate: &Certificate,
    passphrase: &Secret,
) -> Result<(usize, Secret), Error> {
    let chain: Vec<Vec<u8>> = match request.chain {
        true => Ca::load(pki)?
            .intermediates()
            .map(|c| c.der().to_vec())
            .collect(),
        false => Vec::new(),
    };
    let bundle = Bundle {
        key,
        certificate: certificate.der(),
        chain: &chain,
        friendly_name: request
            .friendly_name
            .as_deref()
            .unwrap_or(request.name.as_str()),
    };
    let file = pkcs12::write(&bundle, passphrase, request.strength);
    let file = file.map_err(Error::key(&pki.layout().p12(&request.name)))?;
    Ok((1 + chain.len(), file))
}

fn first_certificate(path: &Path) -> Result<Certificate, Error> {
    let found = read::certificates(&disk::read_bounded(path, 1 << 20)?, path)?;
    found.into_iter().next().ok_or_else(|| {
        Error::failed(
            "no-certificate",
            format!("{} holds no certificate", path.display()),
            "sign its request first",
        )
    })
}
