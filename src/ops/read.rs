//! Files that people hand in: certificates, requests and keys, found by content.

use std::io::Read;
use std::path::Path;

use super::{Error, Passphrases};
use crate::keys::{self, PrivateKey};
use crate::primitives::der::tag;
use crate::primitives::secret::Secret;
use crate::primitives::{base64, disk, pem};
use crate::x509::certificate::Certificate;
use crate::x509::crl::Crl;
use crate::x509::request::VerifiedRequest;

/// A request, a certificate or a key is a few kilobytes; a chain some hundred.
pub(super) const MOST: u64 = 16 << 20;

/// The bytes of a file, or of `stdin` for `-`.
///
/// # Errors
/// When it cannot be read, or is absurdly large.
pub fn bytes(path: &Path, stdin: &mut dyn Read) -> Result<Vec<u8>, Error> {
    if path.as_os_str() != "-" {
        return Ok(disk::read_bounded(path, MOST)?);
    }
    let mut bytes = Vec::new();
    let read = stdin.take(MOST + 1).read_to_end(&mut bytes);
    match read {
        Ok(_) if bytes.len() as u64 <= MOST => Ok(bytes),
        Ok(_) => Err(Error::failed(
            "input-too-large",
            "standard input has more than 16 MiB",
            "give one file at a time",
        )),
        Err(error) => Err(Error::failed(
            "cannot-read",
            format!("cannot read standard input: {}", error.kind()),
            "give a file",
        )),
    }
}

/// One object of a file: what its PEM label says, if it has one, and its DER.
pub struct Object {
    /// The PEM label; `None` for DER and bare base64.
    pub label: Option<String>,
    /// The bytes.
    pub der: Vec<u8>,
}

impl Object {
    /// True if the label is one of these; DER without a label may be anything.
    fn may_be(&self, labels: &[&str]) -> bool {
        self.label
            .as_deref()
            .is_none_or(|label| labels.contains(&label))
    }
}

/// The one request in a file: PEM with anything around it, DER, or bare base64.
///
/// # Errors
/// When there is none or more than one, or it does not hold.
pub fn request(file: &[u8], what: &str) -> Result<VerifiedRequest, Error> {
    let fail = |said: String, hint: &str| Err(Error::failed("no-request", said, hint));
    let objects = objects(file, what)?;
    let labels = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];
    let requests: Vec<&Object> = objects.iter().filter(|o| o.may_be(&labels)).collect();
    match (requests.as_slice(), objects.as_slice()) {
        ([one], _) => VerifiedRequest::from_der(&one.der)
            .map_err(|fault| Error::Request(what.to_owned(), fault)),
        (
            [],
            [
                Object {
                    label: Some(label), ..
                },
                ..,
            ],
        ) => fail(
            format!(
                "{what} holds no certificate request, but {}",
                label.escape_debug()
            ),
            "a request begins with BEGIN CERTIFICATE REQUEST",
        ),
        ([], _) => fail(
            format!("{what} holds no certificate request"),
            "make one with `privca gen-csr`, or `openssl req -new`",
        ),
        (several, _) => fail(
            format!("{what} holds {} certificate requests", several.len()),
            "give each in a file of its own",
        ),
    }
}

/// Every certificate in a file, in order.
///
/// # Errors
/// When there is none, or one is malformed.
pub fn certificates(file: &[u8], path: &Path) -> Result<Vec<Certificate>, Error> {
    let labels = ["CERTIFICATE", "X509 CERTIFICATE"];
    let objects = objects(file, &path.display().to_string())?;
    let found: Vec<Certificate> = objects
        .iter()
        .filter(|o| o.may_be(&labels))
        .map(|o| Certificate::from_der(&o.der))
        .collect::<Result<_, _>>()
        .map_err(|fault| Error::Certificate(path.to_owned(), fault))?;
    if found.is_empty() {
        let said = format!("{} holds no certificate", path.display());
        return Err(Error::failed(
            "no-certificate",
            said,
            "a certificate begins with BEGIN CERTIFICATE",
        ));
    }
    Ok(found)
}

/// Every revocation list in a file, in order.
///
/// # Errors
/// When there is none, or one is malformed.
pub fn revocation_lists(file: &[u8], what: &str) -> Result<Vec<Crl>, Error> {
    let mut lists = Vec::new();
    for object in objects(file, what)? {
        if (object.label.as_deref()).is_some_and(|label| label != "X509 CRL") {
            continue;
        }
        let list = Crl::from_der(object.der).map_err(|fault| {
            let said = format!("cannot use the revocation list {what}: {fault}");
            Error::failed(
                "bad-crl",
                said,
                "`privca gen-crl` makes one; ask its CA for a new one otherwise",
            )
        })?;
        lists.push(list);
    }
    if lists.is_empty() {
        let said = format!("{what} holds no revocation list");
        let hint = "a revocation list begins with BEGIN X509 CRL";
        return Err(Error::failed("no-crl", said, hint));
    }
    Ok(lists)
}

/// Everything that a file holds: PEM blocks with any text around them, or one object in DER or in
/// base64 without armour.
pub fn objects(file: &[u8], what: &str) -> Result<Vec<Object>, Error> {
    if pem::looks_like_pem(file) {
        return pem::blocks(file)
            .map(|block| {
                let block = block.map_err(|fault| {
                    let hint = "ask its sender for the file again";
                    Error::failed("bad-pem", format!("{what}: {fault}"), hint)
                })?;
                Ok(Object {
                    label: Some(block.label.clone()),
                    der: block.into_der(),
                })
            })
            .collect();
    }
    let is_sequence = |der: &[u8]| der.first() == Some(&tag::SEQUENCE);
    let der = base64::bare(file).or_else(|| is_sequence(file).then(|| file.to_vec()));
    let object = der.filter(|der| is_sequence(der));
    let object = object.map(|der| Object { label: None, der });
    Ok(object.into_iter().collect())
}

/// Opens a key file, asking for its passphrase only if it is encrypted.
///
/// # Errors
/// When it cannot be read, or the passphrase is missing or wrong.
pub fn private_key(path: &Path, passphrases: &mut dyn Passphrases) -> Result<PrivateKey, Error> {
    let file = Secret::new(disk::read_bounded(path, MOST)?);
    let encrypted = keys::file::is_encrypted(file.expose()).map_err(Error::key(path))?;
    let passphrase = if encrypted {
        let asked = passphrases.of_key(path);
        Some(asked.map_err(|why| Error::NoPassphrase(path.to_owned(), why))?)
    } else {
        None
    };
    keys::file::read(file.expose(), passphrase.as_ref()).map_err(Error::key(path))
}
