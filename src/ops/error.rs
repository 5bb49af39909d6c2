//! Why an operation ended without its outcome: one variant for each kind of fault, with whose fault
//! it is.

use std::fmt;
use std::path::{Path, PathBuf};

use super::PassphraseError;
use crate::keys::KeyError;
use crate::pki::PkiError;
use crate::primitives::disk::DiskError;
use crate::primitives::random::NoRandomness;
use crate::profile::Refusals;
use crate::x509::certificate::NotACertificate;
use crate::x509::draft::DraftError;
use crate::x509::lint::Finding;
use crate::x509::request::RequestError;
use crate::x509::sign::SignError;

/// Why an operation ended without its outcome.
#[derive(Debug)]
pub enum Error {
    /// What was asked for makes no sense together.
    Usage(String),
    /// A profile refuses, with every reason.
    Refused {
        /// What was to be signed.
        what: String,
        /// The profile's name.
        profile: String,
        /// Every reason.
        refusals: Refusals,
    },
    /// No passphrase was to be had for this key.
    NoPassphrase(PathBuf, PassphraseError),
    /// A key file cannot be used; a wrong passphrase is one way.
    Key(PathBuf, KeyError),
    /// A request file cannot be used.
    Request(String, RequestError),
    /// A certificate file cannot be used.
    Certificate(PathBuf, NotACertificate),
    /// A profile file is wrong: a line for each fault, with file and line number.
    Profile(String),
    /// No profile of this name; those that exist.
    NoProfile(String, Vec<String>),
    /// The PKI directory.
    Pki(PkiError),
    /// A file outside of it.
    Disk(DiskError),
    /// Something else that the person can mend: what, and what to do.
    Failed {
        /// Stable kebab-case name.
        code: &'static str,
        /// What and which file.
        said: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// Text that a file cannot hold or show.
    Inspect(String),
    /// A fault of privca itself.
    Bug(String),
}

impl Error {
    /// A fault that the person can mend.
    pub fn failed(code: &'static str, said: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Failed {
            code,
            said: said.into(),
            hint: Some(hint.into()),
        }
    }

    /// A closure for `map_err` that names the key file.
    pub fn key(path: &Path) -> impl FnOnce(KeyError) -> Self {
        let path = path.to_owned();
        move |fault| Self::Key(path, fault)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(said) | Self::Inspect(said) | Self::Bug(said) => f.write_str(said),
            Self::Refused {
                what,
                profile,
                refusals,
            } => {
                let count = refusals.iter().count();
                let reasons = if count == 1 { "reason" } else { "reasons" };
                write!(
                    f,
                    "{what} not signed: profile '{profile}' refuses it ({count} {reasons})"
                )
            }
            Self::NoPassphrase(path, why) => {
                write!(f, "no passphrase for {}: {}", path.display(), why.said)
            }
            Self::Key(path, fault) => write!(f, "cannot use the key {}: {fault}", path.display()),
            Self::Request(what, fault) => write!(f, "cannot use the request {what}: {fault}"),
            Self::Certificate(path, fault) => {
                write!(f, "cannot use the certificate {}: {fault}", path.display())
            }
            Self::Profile(faults) => f.write_str(faults),
            Self::NoProfile(name, _) => write!(f, "there is no profile '{}'", name.escape_debug()),
            Self::Pki(fault) => fault.fmt(f),
            Self::Disk(fault) => fault.fmt(f),
            Self::Failed { said, .. } => f.write_str(said),
        }
    }
}

impl std::error::Error for Error {}

impl From<PkiError> for Error {
    fn from(fault: PkiError) -> Self {
        Self::Pki(fault)
    }
}

impl From<DiskError> for Error {
    fn from(fault: DiskError) -> Self {
        Self::Disk(fault)
    }
}

impl From<NoRandomness> for Error {
    fn from(fault: NoRandomness) -> Self {
        Self::Failed {
            code: "no-randomness",
            said: fault.to_string(),
            hint: None,
        }
    }
}

impl From<DraftError> for Error {
    fn from(fault: DraftError) -> Self {
        match fault {
            DraftError::Refused(_) => Self::Failed {
                code: "cannot-encode",
                said: fault.to_string(),
                hint: None,
            },
            DraftError::Layout(_) => Self::Bug(fault.to_string()),
        }
    }
}

impl From<SignError> for Error {
    fn from(fault: SignError) -> Self {
        Self::Bug(fault.to_string())
    }
}

impl From<Vec<Finding>> for Error {
    fn from(findings: Vec<Finding>) -> Self {
        let all: Vec<String> = findings.iter().map(ToString::to_string).collect();
        Self::Bug(format!(
            "what was to be signed breaks a rule: {}",
            all.join("; ")
        ))
    }
}
