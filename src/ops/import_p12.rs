//! `import-p12`: a key and its certificate out of a .p12 file, into the PKI directory or a folder.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Context, Error, Passphrases, check_free, check_out, issuance};
use crate::keys::pkcs12::{self, Contents};
use crate::keys::{self, KeyError, PrivateKey};
use crate::pki::index::Status;
use crate::pki::{FileName, Overwrite, Pki, Row};
use crate::primitives::secret::Secret;
use crate::primitives::{disk, pem};
use crate::x509::certificate::Certificate;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// The .p12 file, for messages.
    pub file: &'a Path,
    /// Its bytes.
    pub bytes: Secret,
    /// The stem of the new files.
    pub name: FileName,
    /// Which key, where the file holds several.
    pub friendly_name: Option<String>,
    /// The folder for the new files instead of the PKI directory.
    pub folder: Option<PathBuf>,
    /// Whether files of that name may be replaced, and a dead certificate taken.
    pub overwrite: Overwrite,
}

/// What was taken in.
pub struct Imported {
    /// The stem of the files.
    pub name: String,
    /// The certificate.
    pub certificate: Certificate,
    /// Where the key lies.
    pub key_path: PathBuf,
    /// Where the certificate lies.
    pub certificate_path: PathBuf,
    /// Where the chain lies, if it was written.
    pub chain_path: Option<PathBuf>,
    /// Whether a passphrase protects the new key file.
    pub encrypted: bool,
}

/// Takes the file apart and keeps what is in it.
///
/// # Errors
/// When the passphrase is wrong, the certificate is another CA's, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Imported, Error> {
    match &request.folder {
        Some(folder) => into_folder(context, request, folder, passphrases),
        None => into_pki(context, request, passphrases),
    }
}

/// Key, certificate and the others of a bundle, which belong together.
struct Taken {
    key: PrivateKey,
    certificate: Certificate,
    others: Vec<Certificate>,
}

fn into_folder(
    context: &Context<'_>,
    request: &Request<'_>,
    folder: &Path,
    passphrases: &mut dyn Passphrases,
) -> Result<Imported, Error> {
    let at = |suffix: &str| folder.join(format!("{}{suffix}", request.name));
    let (key_path, certificate_path, chain_path) = (at(".key"), at(".crt"), at("-chain.crt"));
    for path in [&key_path, &certificate_path, &chain_path] {
        check_out(request.pki, path, request.overwrite)?;
    }
    let taken = take(request, passphrases)?;
    let (file, encrypted) = key_file(context, &taken.key, &key_path, passphrases)?;
    let write = |path: &Path, bytes: &[u8], mode| {
        context
            .disk
            .write_whole(path, bytes, mode, request.overwrite)
    };
    write(&key_path, file.expose(), disk::PRIVATE)?;
    write(
        &certificate_path,
        pem_of(&[&taken.certificate]).as_bytes(),
        disk::PUBLIC,
    )?;
    let others: Vec<&Certificate> = taken.others.iter().collect();
    let chain_path = (!others.is_empty()).then_some(chain_path);
    if let Some(path) = &chain_path {
        write(path, pem_of(&others).as_bytes(), disk::PUBLIC)?;
    }
    Ok(Imported {
        name: request.name.to_string(),
        certificate: taken.certificate,
        key_path,
        certificate_path,
        chain_path,
        encrypted,
    })
}

fn into_pki(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Imported, Error> {
    let (pki, ca) = context.open_with_ca(request.pki)?;
    let (key_path, certificate_path) = (
        pki.layout().key(&request.name),
        pki.layout().issued(&request.name),
    );
    for path in [&key_path, &certificate_path] {
        check_free(path, request.overwrite)?;
    }
    let Taken {
        key, certificate, ..
    } = take(request, passphrases)?;
    let of_this_ca = certificate.issuer().canonical() == ca.certificate().subject().canonical()
        && certificate.is_signed_by(ca.certificate());
    if !of_this_ca {
        let said = format!(
            "the certificate in {} was issued by another CA ({}), not by {}",
            request.file.display(),
            certificate.issuer(),
            ca.certificate().subject()
        );
        let hint = "a PKI directory holds what its own CA issued; --out-dir DIR writes the parts elsewhere";
        return Err(Error::failed("foreign-certificate", said, hint));
    }
    let row = pki
        .find_serial(certificate.serial())?
        .map(|record| record.row);
    if request.overwrite == Overwrite::No {
        refuse_dead(context, &certificate, row.as_ref())?;
    }
    let (file, encrypted) = key_file(context, &key, &key_path, passphrases)?;
    let pair = Pair {
        certificate: &certificate,
        key: &key,
        file: &file,
    };
    commit(context, &pki, request, &pair)?;
    Ok(Imported {
        name: request.name.to_string(),
        certificate,
        key_path,
        certificate_path,
        chain_path: None,
        encrypted,
    })
}

/// What is written in one commit.
struct Pair<'a> {
    certificate: &'a Certificate,
    key: &'a PrivateKey,
    file: &'a Secret,
}

fn commit(
    context: &Context<'_>,
    pki: &Pki,
    request: &Request<'_>,
    pair: &Pair<'_>,
) -> Result<(), Error> {
    let (layout, certificate) = (pki.layout(), pair.certificate);
    let text = issuance::certificate_file(certificate)?;
    let mut session = context.lock(pki)?;
    let known = pki.find_serial(certificate.serial())?.is_some();
    let mut txn = session.begin(context.intent(format!("import-p12 {}", request.name)))?;
    txn.place(
        &layout.key(&request.name),
        pair.file.expose(),
        disk::PRIVATE,
        request.overwrite,
    )?;
    txn.place(
        &layout.issued(&request.name),
        text.as_bytes(),
        disk::PUBLIC,
        request.overwrite,
    )?;
    if !known {
        // this CA signed it, and its revocation list must be able to name it
        context
            .notices
            .warn("the index did not know this certificate: it does now");
        let by_serial = layout.by_serial(certificate.serial());
        txn.place(&by_serial, text.as_bytes(), disk::PUBLIC, Overwrite::Yes)?;
        let (serial, subject) = (
            certificate.serial().clone(),
            certificate.subject().oneline(),
        );
        txn.append_row(&Row::issued(serial, certificate.not_after(), subject))?;
        txn.register_key(&pair.key.public().sha256(), &request.name)?;
    }
    txn.audit(context.record(
        "import-p12",
        "imported",
        json!({
            "name": request.name.to_string(),
            "serial": certificate.serial().to_string(),
            "subject": certificate.subject().rfc4514(),
            "sha256": certificate.sha256(),
            "row_added": !known,
        }),
    ));
    Ok(txn.commit()?)
}

fn refuse_dead(
    context: &Context<'_>,
    certificate: &Certificate,
    row: Option<&Row>,
) -> Result<(), Error> {
    let dead = if certificate.not_after() < context.now() {
        format!("expired at {}", certificate.not_after())
    } else if row.is_some_and(|row| row.status == Status::Revoked) {
        "is revoked".to_owned()
    } else {
        return Ok(());
    };
    let said = format!(
        "the certificate in it (serial {}) {dead}",
        certificate.serial()
    );
    Err(Error::failed(
        "certificate-dead",
        said,
        "nothing was written; --force takes it all the same",
    ))
}

/// Opens the bundle: without a passphrase if it has none, else with the one that is asked for.
fn take(request: &Request<'_>, passphrases: &mut dyn Passphrases) -> Result<Taken, Error> {
    let (file, bytes) = (request.file, request.bytes.expose());
    let name = request.friendly_name.as_deref();
    let mut passphrase = Secret::new(Vec::new());
    let contents = match pkcs12::read_named(bytes, &passphrase, name) {
        Err(KeyError::WrongPassphrase) => {
            let asked = passphrases.of_key(file);
            passphrase = asked.map_err(|why| Error::NoPassphrase(file.to_owned(), why))?;
            pkcs12::read_named(bytes, &passphrase, name)
        }
        read => read,
    };
    let contents = contents.map_err(Error::key(file))?;
    if (name.is_none() && contents.keys > 1) || (contents.key.is_none() && contents.keys > 0) {
        let names = pkcs12::names(bytes, &passphrase).map_err(Error::key(file))?;
        let listed: Vec<String> = names
            .iter()
            .map(|n| format!("\"{}\"", n.escape_debug()))
            .collect();
        let said = format!(
            "{} holds {} keys: {}",
            file.display(),
            names.len(),
            listed.join(", ")
        );
        return Err(Error::failed(
            "several-keys",
            said,
            "name one of them with --friendly-name",
        ));
    }
    parts(contents, file)
}

fn parts(contents: Contents, file: &Path) -> Result<Taken, Error> {
    let missing = |what: &str| {
        let said = format!("{} holds no {what}", file.display());
        Error::failed(
            "incomplete-p12",
            said,
            "a bundle to import has a key and its certificate; `privca inspect` shows what this one has",
        )
    };
    let key = contents.key.ok_or_else(|| missing("private key"))?;
    let all: Vec<Certificate> = contents
        .certificates
        .iter()
        .map(|der| Certificate::from_der(der))
        .collect::<Result<_, _>>()
        .map_err(|fault| Error::Certificate(file.to_owned(), fault))?;
    let mut all = all.into_iter();
    let own = all
        .next()
        .filter(|c| c.public_key().bits() == key.public().bits());
    let certificate = own.ok_or_else(|| missing("certificate of its key"))?;
    Ok(Taken {
        key,
        certificate,
        others: all.collect(),
    })
}

fn key_file(
    context: &Context<'_>,
    key: &PrivateKey,
    path: &Path,
    passphrases: &mut dyn Passphrases,
) -> Result<(Secret, bool), Error> {
    let new = passphrases.for_new(path);
    let new = new.map_err(|why| Error::NoPassphrase(path.to_owned(), why))?;
    let file = keys::file::write(key, new.as_ref(), context.random).map_err(Error::key(path))?;
    Ok((file, new.is_some()))
}

fn pem_of(certificates: &[&Certificate]) -> String {
    certificates
        .iter()
        .map(|c| pem::encode("CERTIFICATE", c.der()))
        .collect()
}
