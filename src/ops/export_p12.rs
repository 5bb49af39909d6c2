//! `export-p12`: key, certificate and chain in one encrypted file.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::export_material::{Chain, Material, Source};
use super::{Context, Error, Passphrases, check_out, check_target, export_passphrase};
use crate::keys::pkcs12::{self, Bundle, Strength};
use crate::keys::{KeyKind, PrivateKey};
use crate::pki::{FileName, Overwrite, Session};
use crate::primitives::disk;
use crate::primitives::secret::Secret;
use crate::x509::certificate::Certificate;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory; not looked at where the source is files.
    pub pki: &'a Path,
    /// Certificate and key.
    pub source: Source,
    /// How the file is encrypted.
    pub strength: Strength,
    /// The name that importers show; the certificate's own where it is missing.
    pub friendly_name: Option<String>,
    /// How much of the chain goes in.
    pub chain: Chain,
    /// Where the file goes.
    pub out: Out,
    /// Whether privca draws the passphrase.
    pub generate: bool,
    /// Whether an existing file may be replaced, and a dead certificate exported.
    pub overwrite: Overwrite,
}

/// Where an export goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Out {
    /// `private/NAME.p12`.
    Pki,
    /// A file.
    File(PathBuf),
    /// The caller, who prints it.
    Caller,
}

/// What was made.
pub struct Exported {
    /// What people call it.
    pub name: String,
    /// Where the file lies, unless the caller has it.
    pub path: Option<PathBuf>,
    /// The file, where the caller is to have it.
    pub file: Option<Secret>,
    /// How many certificates it holds.
    pub certificates: usize,
    /// What importers show.
    pub friendly_name: String,
    /// The passphrase that was drawn. It is nowhere else.
    pub passphrase: Option<Secret>,
}

/// Bundles a key and its certificate.
///
/// # Errors
/// When either is missing, they do not belong together, the certificate is dead, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Exported, Error> {
    let anyway = request.overwrite == Overwrite::Yes;
    let material = Material::load(context, request.pki, &request.source, anyway)?;
    let path = destination(request, &material)?;
    match (&path, &request.out) {
        (Some(path), Out::File(_)) => check_out(request.pki, path, request.overwrite)?,
        (Some(path), _) => check_target(path, request.overwrite)?,
        (None, _) => {}
    }
    let key = material.open_key(context, passphrases)?;
    if request.strength == Strength::Legacy && *key.public().kind() == KeyKind::Ed25519 {
        context
            .notices
            .warn("Apple's importer takes RSA and EC keys alone, and this is an Ed25519 key");
    }
    let shown = path
        .clone()
        .unwrap_or_else(|| format!("the .p12 file of '{}'", material.holder.label).into());
    let passphrase = if request.generate {
        export_passphrase::draw(context.random)?
    } else {
        let asked = passphrases.for_new(&shown);
        asked
            .map_err(|why| Error::NoPassphrase(shown.clone(), why))?
            .unwrap_or_else(|| Secret::new(Vec::new()))
    };
    let friendly_name = request
        .friendly_name
        .clone()
        .unwrap_or_else(|| material.holder.label.clone());
    let chain = material.chain(request.chain);
    let content = Content {
        key: &key,
        certificate: &material.certificate,
        chain: &chain,
        friendly_name: &friendly_name,
    };
    let file = content
        .seal(context, &passphrase, request.strength)
        .map_err(Error::key(&shown))?;
    deliver(context, request, &material, path.as_deref(), &file)?;
    Ok(Exported {
        certificates: 1 + chain.len(),
        name: material.holder.label.clone(),
        file: path.is_none().then_some(file),
        path,
        friendly_name,
        passphrase: request.generate.then_some(passphrase),
    })
}

/// What goes into a file.
pub struct Content<'a> {
    /// The key.
    pub key: &'a PrivateKey,
    /// Its certificate.
    pub certificate: &'a Certificate,
    /// The certificates above it.
    pub chain: &'a [&'a Certificate],
    /// What importers show.
    pub friendly_name: &'a str,
}

impl Content<'_> {
    /// The file's bytes, read back and compared.
    ///
    /// # Errors
    /// When key and certificate do not belong together.
    pub fn seal(
        &self,
        context: &Context<'_>,
        passphrase: &Secret,
        strength: Strength,
    ) -> Result<Secret, crate::keys::KeyError> {
        let chain: Vec<Vec<u8>> = self.chain.iter().map(|c| c.der().to_vec()).collect();
        let bundle = Bundle {
            key: self.key,
            certificate: self.certificate.der(),
            chain: &chain,
            friendly_name: self.friendly_name,
        };
        pkcs12::write(&bundle, passphrase, strength, context.random)
    }
}

/// Puts a bundle into the PKI directory.
///
/// # Errors
/// When a file is in the way, or the disk fails.
pub fn place(
    context: &Context<'_>,
    session: &mut Session,
    name: &FileName,
    (path, file): (&Path, &Secret),
    overwrite: Overwrite,
) -> Result<(), Error> {
    let mut txn = session.begin(context.intent(format!("export-p12 {name}")))?;
    txn.place(path, file.expose(), disk::PRIVATE, overwrite)?;
    txn.audit(context.record(
        "export-p12",
        "exported",
        json!({ "name": name.to_string() }),
    ));
    Ok(txn.commit()?)
}

fn destination(request: &Request<'_>, material: &Material) -> Result<Option<PathBuf>, Error> {
    match (&request.out, &request.source, material.holder.pki()) {
        (Out::Caller, ..) => Ok(None),
        (Out::File(path), ..) => Ok(Some(path.clone())),
        (Out::Pki, Source::Name(name), Some(pki)) => Ok(Some(pki.layout().p12(name))),
        (Out::Pki, ..) => Err(Error::Usage(
            "--cert and --key need --out FILE, or --out - for standard output".to_owned(),
        )),
    }
}

fn deliver(
    context: &Context<'_>,
    request: &Request<'_>,
    material: &Material,
    path: Option<&Path>,
    file: &Secret,
) -> Result<(), Error> {
    if let (Out::Pki, Source::Name(name), Some(pki), Some(path)) =
        (&request.out, &request.source, material.holder.pki(), path)
    {
        let mut session = context.lock(pki)?;
        return place(context, &mut session, name, (path, file), request.overwrite);
    }
    let to = path.map(|path| path.display().to_string());
    // the log knows of a key before it leaves the directory
    material.holder.audit(
        context,
        "export-p12",
        json!({ "name": material.holder.label, "to": to }),
    )?;
    if let Some(path) = path {
        context
            .disk
            .write_whole(path, file.expose(), disk::PRIVATE, request.overwrite)?;
    }
    Ok(())
}
