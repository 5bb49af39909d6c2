//! What an export is made of: a certificate, those above it, and its key; from the PKI directory or
//! from files beside it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::ca::{Ca, chain_above};
use super::{Context, Error, Passphrases, exposure, read, targets};
use crate::keys::PrivateKey;
use crate::pki::index::Status;
use crate::pki::{FileName, Pki};
use crate::primitives::disk;
use crate::x509::certificate::Certificate;

/// Where certificate and key come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// `issued/NAME.crt` and `private/NAME.key`.
    Name(FileName),
    /// `ca.crt` and `private/ca.key`.
    Ca,
    /// Files outside of any PKI directory.
    Files {
        /// The certificate; what follows it counts as chain.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
        /// More certificates, in any order.
        chain: Option<PathBuf>,
    },
}

/// How much of the chain goes along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Chain {
    /// Nothing but the certificate.
    None,
    /// The intermediates, which a peer must be sent.
    #[default]
    Intermediates,
    /// The root too.
    WithRoot,
}

/// Where a key lies, whether or not there is a certificate for it.
pub struct Holder {
    /// What people call it.
    pub label: String,
    key: PathBuf,
    pki: Option<Pki>,
}

impl Holder {
    /// Finds the place; nothing is read yet.
    ///
    /// # Errors
    /// When there is no PKI directory.
    pub fn find(context: &Context<'_>, directory: &Path, source: &Source) -> Result<Self, Error> {
        Ok(match source {
            Source::Name(name) => {
                let pki = context.open(directory)?;
                Self {
                    label: name.to_string(),
                    key: pki.layout().key(name),
                    pki: Some(pki),
                }
            }
            Source::Ca => {
                let pki = context.open(directory)?;
                Self {
                    label: "ca".to_owned(),
                    key: pki.layout().ca_key(),
                    pki: Some(pki),
                }
            }
            Source::Files {
                certificate, key, ..
            } => {
                let stem = certificate.file_stem().unwrap_or_default();
                Self {
                    label: stem.to_string_lossy().into_owned(),
                    key: key.clone(),
                    pki: None,
                }
            }
        })
    }

    /// Opens the key.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open_key(
        &self,
        context: &Context<'_>,
        passphrases: &mut dyn Passphrases,
    ) -> Result<PrivateKey, Error> {
        open_key(context, &self.key, passphrases)
    }

    /// Writes into the audit log of the PKI directory, if there is one, that a key left it.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn audit(
        &self,
        context: &Context<'_>,
        command: &str,
        fields: serde_json::Value,
    ) -> Result<(), Error> {
        let Some(pki) = &self.pki else { return Ok(()) };
        let mut session = context.lock(pki)?;
        let mut txn = session.begin(context.intent(format!("{command} {}", self.label)))?;
        txn.audit(context.record(command, "exported", fields));
        Ok(txn.commit()?)
    }

    /// The PKI directory that this comes from.
    pub fn pki(&self) -> Option<&Pki> {
        self.pki.as_ref()
    }
}

/// A certificate and what belongs to it.
pub struct Material {
    /// Whose it is, and where the key lies.
    pub holder: Holder,
    /// The certificate.
    pub certificate: Certificate,
    above: Vec<Certificate>,
    origin: PathBuf,
}

impl Material {
    /// Reads the certificates. One that has expired or is revoked is refused unless `anyway`.
    ///
    /// # Errors
    /// When there is none, or nobody should use it any more.
    pub fn load(
        context: &Context<'_>,
        directory: &Path,
        source: &Source,
        anyway: bool,
    ) -> Result<Self, Error> {
        let mut holder = Holder::find(context, directory, source)?;
        let (origin, found, mut candidates) = match (source, holder.pki()) {
            (Source::Name(name), Some(pki)) => {
                let origin = targets::file_of(pki, name)?;
                let found = issued(&origin, name)?;
                (origin, found, Ca::load(pki)?.chain().cloned().collect())
            }
            (
                Source::Files {
                    certificate, chain, ..
                },
                _,
            ) => {
                let more = chain
                    .as_deref()
                    .map(certificates)
                    .transpose()?
                    .unwrap_or_default();
                (certificate.clone(), certificates(certificate)?, more)
            }
            (Source::Ca | Source::Name(_), pki) => {
                let pki = pki.ok_or_else(|| Error::Bug("a name without a directory".to_owned()))?;
                (
                    pki.layout().ca_certificate(),
                    Ca::load(pki)?.chain().cloned().collect(),
                    Vec::new(),
                )
            }
        };
        let mut found = found.into_iter();
        let certificate = found.next().ok_or_else(|| no_certificate(&origin))?;
        candidates.extend(found);
        let above = chain_above(&certificate, &candidates);
        if let (Source::Files { .. }, Some(name)) = (source, certificate.subject().common_name()) {
            holder.label = name;
        }
        let material = Self {
            holder,
            certificate,
            above,
            origin,
        };
        if !anyway {
            material.refuse_dead(context)?;
        }
        if material.above.is_empty() && !material.certificate.is_self_issued() {
            context.notices.warn(&format!(
                "the certificate that issued '{}' is not at hand: the chain is left out",
                material.holder.label
            ));
        }
        Ok(material)
    }

    fn refuse_dead(&self, context: &Context<'_>) -> Result<(), Error> {
        let (certificate, label) = (&self.certificate, &self.holder.label);
        if certificate.not_after() < context.now() {
            let said = format!(
                "the certificate of '{label}' expired at {}",
                certificate.not_after()
            );
            let hint = format!("`privca renew {label}` makes a new one; --force exports this one");
            return Err(Error::failed("certificate-expired", said, hint));
        }
        let record = match &self.holder.pki {
            Some(pki) => pki.find_serial(certificate.serial())?,
            None => None,
        };
        if record.is_some_and(|record| record.row.status == Status::Revoked) {
            let said = format!("the certificate of '{label}' is revoked");
            let hint = format!("`privca issue {label}` makes a new one; --force exports this one");
            return Err(Error::failed("certificate-revoked", said, hint));
        }
        Ok(())
    }

    /// The certificates above this one that go along.
    pub fn chain(&self, wanted: Chain) -> Vec<&Certificate> {
        let wanted = |c: &&Certificate| match wanted {
            Chain::None => false,
            Chain::Intermediates => !c.is_self_issued(),
            Chain::WithRoot => true,
        };
        self.above.iter().filter(wanted).collect()
    }

    /// The CA certificates that a peer trusts, the nearest first: of a CA, itself too.
    pub fn authorities(&self) -> Vec<&Certificate> {
        let is_ca = self.certificate.basic_constraints().is_ok_and(|(ca, _)| ca);
        is_ca
            .then_some(&self.certificate)
            .into_iter()
            .chain(&self.above)
            .collect()
    }

    /// Opens the key.
    ///
    /// # Errors
    /// When it cannot be opened, or belongs to another certificate.
    pub fn open_key(
        &self,
        context: &Context<'_>,
        passphrases: &mut dyn Passphrases,
    ) -> Result<PrivateKey, Error> {
        let key = self.holder.open_key(context, passphrases)?;
        if key.public().bits() == self.certificate.public_key().bits() {
            return Ok(key);
        }
        let said = format!(
            "the key {} does not belong to the certificate {}",
            self.holder.key.display(),
            self.origin.display()
        );
        Err(Error::failed(
            "key-mismatch",
            said,
            "nothing was written; `privca inspect` shows the key identifiers of both",
        ))
    }
}

/// Opens a key file, and says how to make one where there is none.
///
/// # Errors
/// When it cannot be opened.
pub fn open_key(
    context: &Context<'_>,
    path: &Path,
    passphrases: &mut dyn Passphrases,
) -> Result<PrivateKey, Error> {
    match exposure::open_key(context, path, passphrases) {
        Err(Error::Disk(fault)) if fault.kind() == ErrorKind::NotFound => {
            let said = format!("there is no key {}", path.display());
            let hint =
                "a certificate signed from a request alone has its key where the request was made";
            Err(Error::failed("no-key", said, hint))
        }
        read => read,
    }
}

fn issued(path: &Path, name: &FileName) -> Result<Vec<Certificate>, Error> {
    match disk::read_bounded(path, MOST) {
        Ok(file) => read::certificates(&file, path),
        Err(fault) if fault.kind() == ErrorKind::NotFound => {
            let said = format!("there is no certificate {}", path.display());
            let hint = format!(
                "`privca issue {name}` or `privca sign {name}` makes it; `privca list` shows what there is"
            );
            Err(Error::failed("no-certificate", said, hint))
        }
        Err(fault) => Err(fault.into()),
    }
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, Error> {
    read::certificates(&disk::read_bounded(path, MOST)?, path)
}

fn no_certificate(path: &Path) -> Error {
    Error::failed(
        "no-certificate",
        format!("{} holds no certificate", path.display()),
        "sign its request first",
    )
}

/// Certificates and their chains are some kilobytes.
const MOST: u64 = 16 << 20;
