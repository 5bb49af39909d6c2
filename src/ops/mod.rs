//! What privca does, one file for each command. Operations take plain requests and return plain
//! outcomes; they know no terminal and print nothing.

pub mod batch;
pub mod blocked_keys;
pub mod ca;
pub mod check;
pub mod crl;
pub mod crl_file;
pub mod error;
pub mod export;
mod export_forms;
pub mod export_material;
mod export_mobileconfig;
pub mod export_p12;
mod export_passphrase;
pub mod exposure;
mod foundation;
pub mod gen_crl;
pub mod gen_csr;
pub mod gen_key;
pub mod health;
pub mod import_crl;
pub mod import_csr;
pub mod import_p12;
pub mod init_ca;
pub mod inspect;
pub mod issuance;
pub mod issue;
pub mod lint;
pub mod list;
mod parallel;
pub mod passphrase_source;
pub mod policies;
pub mod quickstart;
pub mod read;
mod registry;
pub mod renew;
pub mod revoke;
pub mod set_pass;
pub mod sign;
pub mod status;
pub mod stems;
pub mod targets;
pub mod unrevoke;
pub mod verify;

use std::path::Path;
use std::time::Duration;

use ca::Ca;
pub use error::Error;
use passphrase_source::Source;
use serde_json::{Map, Value, json};

use crate::pki::{Holder, Intent, Overwrite, Pki, PkiError, Recovered, Session};
use crate::primitives::disk::{self, Disk};
use crate::primitives::operator::Operator;
use crate::primitives::random::Randomness;
use crate::primitives::secret::Secret;
use crate::primitives::time::{Clock, Timestamp};

/// What an operation needs from outside.
pub struct Context<'a> {
    /// The present.
    pub clock: &'a dyn Clock,
    /// Serials and salts.
    pub random: &'a dyn Randomness,
    /// The one way to change files.
    pub disk: &'a Disk,
    /// Who runs the command, for the audit log.
    pub operator: &'a Operator,
    /// How long to wait for another writer.
    pub wait: Duration,
    /// Who hears what a person should know on the way.
    pub notices: &'a dyn Notices,
}

impl Context<'_> {
    /// The present.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Opens a PKI directory, and warns of what is about to end there.
    ///
    /// # Errors
    /// When there is none.
    pub fn open(&self, directory: &Path) -> Result<Pki, Error> {
        self.settle(directory)?;
        self.open_untouched(directory)
    }

    /// The same for a command that must change nothing, whatever a killed run left.
    ///
    /// # Errors
    /// When there is none, or it waits to be finished.
    pub fn open_untouched(&self, directory: &Path) -> Result<Pki, Error> {
        let pki = Pki::open(directory, self.disk.clone())?;
        self.caution(&pki);
        let ca = Ca::load(&pki).ok();
        self.warn(health::warnings(&pki, ca.as_ref(), self.now()));
        Ok(pki)
    }

    /// The same for a command that needs the CA, which is read once.
    ///
    /// # Errors
    /// When there is no directory, or its CA cannot be read.
    pub fn open_with_ca(&self, directory: &Path) -> Result<(Pki, Ca), Error> {
        self.settle(directory)?;
        let pki = Pki::open(directory, self.disk.clone())?;
        self.caution(&pki);
        let ca = Ca::load(&pki)?;
        self.warn(health::warnings(&pki, Some(&ca), self.now()));
        Ok((pki, ca))
    }

    /// The same for a command that publishes a list: the old one's end is no news then.
    ///
    /// # Errors
    /// When there is no directory, or its CA cannot be read.
    pub fn open_for_crl(&self, directory: &Path) -> Result<(Pki, Ca), Error> {
        self.settle(directory)?;
        let pki = Pki::open(directory, self.disk.clone())?;
        self.caution(&pki);
        let ca = Ca::load(&pki)?;
        self.warn(health::ca_warning(&pki, &ca, self.now()));
        Ok((pki, ca))
    }

    fn warn(&self, warnings: impl IntoIterator<Item = String>) {
        for warning in warnings {
            self.notices.warn(&warning);
        }
    }

    /// Finishes a killed `init-ca` that was decided, and tells so.
    ///
    /// # Errors
    /// When another writer is at work, or the disk fails.
    pub fn settle(&self, directory: &Path) -> Result<(), Error> {
        let on_wait = &mut |holder: &Holder| self.say_waiting(holder);
        self.tell(&Pki::settle(directory, self.disk, self.wait, on_wait)?);
        Ok(())
    }

    /// Tells what was mended of runs that were stopped.
    pub fn tell(&self, recovered: &[Recovered]) {
        for recovered in recovered {
            self.notices.warn(&recovered.to_string());
        }
    }

    /// Warns of what others can use of a directory.
    pub fn caution(&self, pki: &Pki) {
        for exposure in exposure::of_directory(pki, self.operator.user.uid) {
            self.notices.caution(&exposure.warning());
        }
    }

    /// Becomes the one writer; tells what was mended of a run that was stopped.
    ///
    /// # Errors
    /// When another writer stays too long, or the disk fails.
    pub fn lock(&self, pki: &Pki) -> Result<Session, Error> {
        let session = pki.lock(self.wait, &mut |holder| self.say_waiting(holder))?;
        self.tell(session.recovered());
        Ok(session)
    }

    /// Tells whom a run waits for.
    pub fn say_waiting(&self, holder: &Holder) {
        self.notices.warn(&format!("waiting for {holder}"));
    }

    /// The intent of a change that signs nothing.
    pub fn intent(&self, what: impl Into<String>) -> Intent {
        Intent {
            at: self.now(),
            by: self.operator.clone(),
            what: what.into(),
            to_sign: Vec::new(),
        }
    }

    /// An object of the audit log: when, who, which command, what came of it, and to what
    /// (`docs/audit.md` has the members). No secret ever goes in.
    pub fn record(&self, command: &str, outcome: &str, fields: Value) -> Map<String, Value> {
        let mut record = Map::new();
        record.insert("time".to_owned(), self.now().to_string().into());
        record.insert("who".to_owned(), json!(self.operator));
        record.insert("command".to_owned(), command.into());
        record.insert("outcome".to_owned(), outcome.into());
        if let Value::Object(fields) = fields {
            record.extend(fields);
        }
        record
    }
}

/// Refuses what can be foreseen before anything is written: a file in the way, a folder that is
/// missing.
///
/// # Errors
/// When one of these is so.
pub fn check_target(path: &Path, overwrite: Overwrite) -> Result<(), Error> {
    let folder = disk::folder_of(path);
    if !folder.is_dir() {
        let said = format!("there is no folder {}", folder.display());
        return Err(Error::failed(
            "no-folder",
            said,
            "make it first, or give another path",
        ));
    }
    check_free(path, overwrite)
}

/// The same for a copy that a person wants elsewhere. The PKI directory's own files have one way
/// into it, and that is not this: nothing is written there under a name that the caller chose.
///
/// # Errors
/// Also when the path lies in the PKI directory, by whatever name, or is no regular file.
pub fn check_out(pki: &Path, path: &Path, overwrite: Overwrite) -> Result<(), Error> {
    check_target(path, overwrite)?;
    let real = |path: &Path| path.canonicalize().ok();
    if let (Some(root), Some(folder)) = (real(pki), real(disk::folder_of(path)))
        && folder.starts_with(&root)
    {
        let said = format!(
            "{} lies in the PKI directory {}",
            path.display(),
            pki.display()
        );
        let hint = "nothing was written; give a path outside of it";
        return Err(Error::failed("out-in-the-pki", said, hint));
    }
    match path.symlink_metadata() {
        Ok(there) if !there.is_file() => {
            let said = format!("{} is there and is no regular file", path.display());
            Err(Error::failed(
                "no-regular-file",
                said,
                "nothing was written; - is standard output",
            ))
        }
        _ => Ok(()),
    }
}

/// The same for a file of the PKI directory: a folder that an adopted one lacks is made.
///
/// # Errors
/// When the file is there and may not be replaced.
pub fn check_free(path: &Path, overwrite: Overwrite) -> Result<(), Error> {
    if overwrite == Overwrite::No && disk::exists(path)? {
        return Err(PkiError::AlreadyExists {
            path: path.to_owned(),
        }
        .into());
    }
    Ok(())
}

/// Hears what a person should know while an operation runs.
pub trait Notices: Sync {
    /// A line for standard error.
    fn warn(&self, text: &str);

    /// Likewise, of something that lets others at a secret, or in. However often it is said in a run, it
    /// is heard once.
    fn caution(&self, text: &str);
}

/// Answers for passphrases, when an operation finds that it needs one.
pub trait Passphrases {
    /// The passphrase of an encrypted key.
    ///
    /// # Errors
    /// When there is none to be had.
    fn of_key(&mut self, file: &Path) -> Result<Secret, PassphraseError>;

    /// The passphrase for a key that will be written; `None` to write it unencrypted.
    ///
    /// # Errors
    /// When there is none to be had.
    fn for_new(&mut self, file: &Path) -> Result<Option<Secret>, PassphraseError>;
}

/// Answers for passphrases whose source stands in a manifest, too.
pub trait SourcedPassphrases: Passphrases {
    /// The passphrase that a source names.
    ///
    /// # Errors
    /// When it has none.
    fn of_source(&mut self, source: &Source) -> Result<Secret, PassphraseError>;
}

/// Why there is no passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassphraseError {
    /// What is missing.
    pub said: String,
    /// What to do.
    pub hint: String,
}
