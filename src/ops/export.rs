//! `export`: a certificate and its key in the form that some program wants.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::export_forms as forms;
use super::export_material::{Chain, Holder, Material, Source};
use super::export_mobileconfig as mobileconfig;
use super::export_p12::Content;
use super::{Context, Error, Passphrases, check_out, read};
use crate::keys::pkcs12::{self, Strength};
use crate::keys::{self, PrivateKey};
use crate::pki::Overwrite;
use crate::primitives::secret::Secret;
use crate::primitives::{disk, pem};
use crate::x509::certificate::Certificate;

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The certificate and its chain, PEM.
    Pem,
    /// The certificate and its intermediates, PEM, as a server sends them.
    Fullchain,
    /// Key, certificate and chain, PEM.
    Bundle,
    /// The certificate alone, DER.
    Der,
    /// Certificate and chain as PKCS#7.
    P7b,
    /// The RSA key in its traditional form.
    Pkcs1,
    /// The EC key in its traditional form.
    Sec1,
    /// The key as PKCS#8.
    Pkcs8,
    /// The public key.
    Spki,
    /// OpenVPN's inline blocks.
    Inline,
    /// A Kubernetes TLS Secret.
    K8s,
    /// A PKCS#12 file of the CA certificates.
    Truststore,
    /// An Apple configuration profile.
    Mobileconfig,
}

impl Format {
    /// Whether a private key is in it.
    pub fn has_key(self) -> bool {
        matches!(
            self,
            Self::Bundle
                | Self::Pkcs1
                | Self::Sec1
                | Self::Pkcs8
                | Self::Inline
                | Self::K8s
                | Self::Mobileconfig
        )
    }

    /// Whether a passphrase can protect it.
    pub fn takes_passphrase(self) -> bool {
        matches!(
            self,
            Self::Bundle | Self::Pkcs8 | Self::Inline | Self::Truststore | Self::Mobileconfig
        )
    }

    /// Whether it is bytes instead of text.
    pub fn is_binary(self) -> bool {
        matches!(self, Self::Der | Self::Truststore)
    }

    /// Whether certificates other than its own can be in it.
    pub fn has_chain(self) -> bool {
        !matches!(
            self,
            Self::Der | Self::Pkcs1 | Self::Sec1 | Self::Pkcs8 | Self::Spki | Self::Truststore
        )
    }

    /// Whether it has nothing but the key, so that no certificate is needed.
    fn is_bare_key(self) -> bool {
        matches!(self, Self::Pkcs1 | Self::Sec1 | Self::Pkcs8)
    }
}

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// Certificate and key.
    pub source: Source,
    /// The form.
    pub format: Format,
    /// How much of the chain goes along.
    pub chain: Chain,
    /// OpenVPN's key for the control channel.
    pub tls_crypt: Option<PathBuf>,
    /// The file; `None` for the caller, who prints it.
    pub out: Option<PathBuf>,
    /// Whether an existing file may be replaced, and a dead certificate exported.
    pub overwrite: Overwrite,
}

/// What was made.
pub struct Exported {
    /// What people call it.
    pub name: String,
    /// Where it lies, unless the caller has it.
    pub path: Option<PathBuf>,
    /// The contents, where the caller is to have them.
    pub contents: Option<Secret>,
    /// Whether a key lies in it that nothing protects.
    pub bare_key: bool,
}

/// Makes it.
///
/// # Errors
/// When certificate or key is missing, they do not belong together, the key has no such form, or
/// the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Exported, Error> {
    if let Some(path) = &request.out {
        check_out(request.pki, path, request.overwrite)?;
    }
    let mut asked = Passwords {
        request,
        passphrases,
        encrypted: false,
    };
    let (holder, contents) = if request.format.is_bare_key() {
        let holder = Holder::find(context, request.pki, &request.source)?;
        let key = holder.open_key(context, asked.passphrases)?;
        let contents = key_alone(context, &mut asked, &key, &holder.label)?;
        (holder, contents)
    } else {
        let anyway = request.overwrite == Overwrite::Yes;
        let material = Material::load(context, request.pki, &request.source, anyway)?;
        let maker = Maker {
            context,
            request,
            material: &material,
        };
        let contents = if request.format.has_key() {
            let key = material.open_key(context, asked.passphrases)?;
            maker.with_key(&key, &mut asked)?
        } else {
            maker.public(&mut asked)?
        };
        (material.holder, contents)
    };
    let bare_key = request.format.has_key() && !asked.encrypted;
    let mode = if request.format.has_key() {
        disk::PRIVATE
    } else {
        disk::PUBLIC
    };
    // the log knows of a key before it leaves the directory
    if request.format.has_key() {
        let to = request.out.as_ref().map(|path| path.display().to_string());
        let fields = json!({ "name": holder.label, "format": request.format.to_string(), "to": to, "encrypted": !bare_key });
        holder.audit(context, "export", fields)?;
    }
    if let Some(path) = &request.out {
        context
            .disk
            .write_whole(path, contents.expose(), mode, request.overwrite)?;
    }
    let (name, path) = (holder.label, request.out.clone());
    Ok(Exported {
        name,
        contents: path.is_none().then_some(contents),
        path,
        bare_key,
    })
}

/// Asks for the passphrase of what is written, and notes whether there is one.
struct Passwords<'a> {
    request: &'a Request<'a>,
    passphrases: &'a mut dyn Passphrases,
    encrypted: bool,
}

impl Passwords<'_> {
    fn new_one(&mut self, label: &str) -> Result<Option<Secret>, Error> {
        let what = format!("the {} of '{label}'", self.request.format);
        let shown = self.request.out.clone().unwrap_or_else(|| what.into());
        let new = self.passphrases.for_new(&shown);
        let new = new.map_err(|why| Error::NoPassphrase(shown, why))?;
        self.encrypted = new.is_some();
        Ok(new)
    }
}

/// The forms that hold nothing else, so that no certificate is needed.
fn key_alone(
    context: &Context<'_>,
    asked: &mut Passwords<'_>,
    key: &PrivateKey,
    label: &str,
) -> Result<Secret, Error> {
    let (kind, traditional) = match asked.request.format {
        Format::Pkcs1 => ("RSA PRIVATE KEY", key.pkcs1()),
        Format::Sec1 => ("EC PRIVATE KEY", key.sec1()),
        _ => return pkcs8(context, asked, key, label),
    };
    let traditional = traditional.map(|der| pem::encode(kind, der.expose()).into());
    traditional.ok_or_else(|| {
        let said = format!(
            "the key of '{label}' is {}: it has no {kind}",
            key.public().kind()
        );
        Error::failed("no-such-form", said, "`--format pkcs8` takes every key")
    })
}

fn pkcs8(
    context: &Context<'_>,
    asked: &mut Passwords<'_>,
    key: &PrivateKey,
    label: &str,
) -> Result<Secret, Error> {
    let passphrase = asked.new_one(label)?;
    let file = keys::file::write(key, passphrase.as_ref(), context.random);
    file.map_err(Error::key(Path::new(label)))
}

/// The forms that hold certificates.
struct Maker<'a> {
    context: &'a Context<'a>,
    request: &'a Request<'a>,
    material: &'a Material,
}

impl Maker<'_> {
    fn public(&self, asked: &mut Passwords<'_>) -> Result<Secret, Error> {
        let certificate = &self.material.certificate;
        Ok(match self.request.format {
            Format::Der => Secret::new(certificate.der().to_vec()),
            Format::P7b => {
                pem::encode("PKCS7", &forms::certificates_only(&self.certificates())).into()
            }
            Format::Spki => pem::encode("PUBLIC KEY", certificate.public_key().spki()).into(),
            Format::Truststore => self.truststore(asked)?,
            _ => forms::pem(&self.certificates()).into(),
        })
    }

    fn with_key(&self, key: &PrivateKey, asked: &mut Passwords<'_>) -> Result<Secret, Error> {
        let certificates = forms::pem(&self.certificates());
        let authorities = forms::pem(&self.authorities());
        match self.request.format {
            Format::Mobileconfig => self.mobileconfig(key, asked),
            Format::K8s => {
                let file = keys::file::write(key, None, self.context.random).map_err(self.key())?;
                let name = forms::k8s_name(self.label())?;
                Ok(forms::k8s_secret(&name, &certificates, &file, &authorities))
            }
            Format::Inline => {
                let tls_crypt = self
                    .request
                    .tls_crypt
                    .as_deref()
                    .map(static_key)
                    .transpose()?;
                let file = pkcs8(self.context, asked, key, self.label())?;
                Ok(forms::openvpn_inline(
                    &authorities,
                    &certificates,
                    &file,
                    tls_crypt.as_ref(),
                ))
            }
            _ => {
                let file = pkcs8(self.context, asked, key, self.label())?;
                Ok(forms::joined(&[file.expose(), certificates.as_bytes()]))
            }
        }
    }

    fn label(&self) -> &str {
        &self.material.holder.label
    }

    /// For faults that come of this key.
    fn key(&self) -> impl FnOnce(keys::KeyError) -> Error {
        Error::key(Path::new(self.label()))
    }

    /// The certificate and as much of its chain as is wanted.
    fn certificates(&self) -> Vec<&[u8]> {
        let chain = self.material.chain(self.request.chain);
        std::iter::once(&self.material.certificate)
            .chain(chain)
            .map(Certificate::der)
            .collect()
    }

    fn authorities(&self) -> Vec<&[u8]> {
        self.material
            .authorities()
            .into_iter()
            .map(Certificate::der)
            .collect()
    }

    fn truststore(&self, asked: &mut Passwords<'_>) -> Result<Secret, Error> {
        let authorities = self.material.authorities();
        if authorities.is_empty() {
            let said = format!("no CA certificate of '{}' is at hand", self.label());
            return Err(Error::failed(
                "no-chain",
                said,
                "restore ca-chain.crt from a backup",
            ));
        }
        let passphrase = asked
            .new_one(self.label())?
            .unwrap_or_else(|| Secret::new(Vec::new()));
        let named = forms::aliases(&authorities);
        pkcs12::write_truststore(&named, &passphrase, Strength::Modern, self.context.random)
            .map_err(self.key())
    }

    fn mobileconfig(&self, key: &PrivateKey, asked: &mut Passwords<'_>) -> Result<Secret, Error> {
        let passphrase = asked
            .new_one(self.label())?
            .unwrap_or_else(|| Secret::new(Vec::new()));
        let content = Content {
            key,
            certificate: &self.material.certificate,
            chain: &self.material.chain(self.request.chain),
            friendly_name: self.label(),
        };
        let p12 = content
            .seal(self.context, &passphrase, Strength::Legacy)
            .map_err(self.key())?;
        let authorities = self.material.authorities();
        Ok(mobileconfig::write(
            self.label(),
            &self.material.certificate,
            &p12,
            &authorities,
        ))
    }
}

fn static_key(path: &Path) -> Result<Secret, Error> {
    let file = Secret::new(disk::read_bounded(path, read::MOST)?);
    forms::openvpn_static_key(&file).ok_or_else(|| {
        let said = format!("{} holds no OpenVPN static key", path.display());
        Error::failed(
            "no-static-key",
            said,
            "`openvpn --genkey tls-crypt FILE` makes one",
        )
    })
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pem => "pem",
            Self::Fullchain => "fullchain",
            Self::Bundle => "bundle",
            Self::Der => "der",
            Self::P7b => "p7b",
            Self::Pkcs1 => "pkcs1",
            Self::Sec1 => "sec1",
            Self::Pkcs8 => "pkcs8",
            Self::Spki => "spki",
            Self::Inline => "inline",
            Self::K8s => "k8s",
            Self::Truststore => "truststore",
            Self::Mobileconfig => "mobileconfig",
        })
    }
}
