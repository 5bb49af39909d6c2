//! What can go wrong with a PKI directory, one variant a fact. Paths are as the user gave them.

use std::fmt;
use std::path::PathBuf;

use super::index::BadRow;
use super::lock::Holder;
use crate::primitives::disk::DiskError;

/// Why something with a PKI directory did not work.
#[derive(Debug)]
pub enum PkiError {
    /// Someone else is changing the directory, and the time to wait ran out.
    Busy {
        /// The directory.
        root: PathBuf,
        /// Who.
        holder: Holder,
    },
    /// A file is there already and may not be replaced.
    AlreadyExists {
        /// The file.
        path: PathBuf,
    },
    /// `init-ca` was to make a CA where there is one.
    AlreadyPki {
        /// The directory.
        root: PathBuf,
        /// Whose.
        kind: Kind,
    },
    /// `init-ca` was to use a directory with other things in it.
    NotEmpty {
        /// The directory.
        root: PathBuf,
        /// One of them.
        found: String,
    },
    /// There is no such directory.
    NoDirectory {
        /// The directory.
        root: PathBuf,
    },
    /// It is a directory, but no CA was ever made in it.
    NotPki {
        /// The directory.
        root: PathBuf,
    },
    /// It is a CA's directory, but a file without which nothing works isn't there.
    Incomplete {
        /// The file.
        missing: PathBuf,
        /// Files beside it that may hold its contents (a killed OpenSSL leaves `.old` and `.new`).
        instead: Vec<String>,
    },
    /// A killed `init-ca` is decided and not finished.
    Interrupted {
        /// The directory.
        root: PathBuf,
    },
    /// The CA's request waits for its certificate.
    AwaitingCertificate {
        /// The directory.
        root: PathBuf,
        /// The request.
        request: PathBuf,
    },
    /// A file doesn't hold what it should.
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, where it has lines.
        line: Option<u64>,
        /// What is wrong.
        why: String,
    },
    /// A program that knows no locks changed a file while it was being replaced.
    ChangedMeanwhile {
        /// The file.
        path: PathBuf,
    },
    /// A path that is not inside the directory was to be changed with it.
    Outside {
        /// The path.
        path: PathBuf,
        /// The directory.
        root: PathBuf,
    },
    /// A row that OpenSSL could not read was to be written.
    Row(BadRow),
    /// The register of certified keys was never built in this (adopted) directory.
    NoKeyRegistry {
        /// The directory.
        root: PathBuf,
    },
    /// The change is decided and recorded, but the disk failed before all of it was done; the next
    /// command finishes it.
    Unfinished {
        /// What was being done.
        what: String,
        /// What failed.
        source: Box<Self>,
    },
    /// The file system refused.
    Disk(DiskError),
}

/// Whose directory it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Made by privca, or used by it.
    Privca,
    /// EasyRSA's, with a CA.
    EasyRsa,
    /// One that `openssl ca` works on.
    OpensslCa,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Privca => "a CA made or used by privca",
            Self::EasyRsa => "an EasyRSA CA",
            Self::OpensslCa => "a CA of openssl ca",
        })
    }
}

impl From<DiskError> for PkiError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl From<BadRow> for PkiError {
    fn from(error: BadRow) -> Self {
        Self::Row(error)
    }
}

impl fmt::Display for PkiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy { root, holder } => {
                write!(f, "{} is being changed by {holder}", root.display())
            }
            Self::AlreadyExists { path } => write!(f, "{} exists already", path.display()),
            Self::AlreadyPki { root, kind } => write!(f, "{} holds {kind} already", root.display()),
            Self::NotEmpty { root, found } => write!(
                f,
                "{} is no PKI directory and is not empty: it has {found:?}",
                root.display()
            ),
            Self::NoDirectory { root } => write!(f, "there is no directory {}", root.display()),
            Self::NotPki { root } => write!(
                f,
                "{} is not a PKI directory: it has neither ca.crt nor index.txt",
                root.display()
            ),
            Self::Incomplete { missing, instead } => {
                write!(f, "{} is missing", missing.display())?;
                if !instead.is_empty() {
                    write!(f, ", but {} is there", instead.join(" and "))?;
                }
                Ok(())
            }
            Self::Interrupted { root } => write!(
                f,
                "an interrupted init-ca in {} is not finished",
                root.display()
            ),
            Self::AwaitingCertificate { root, request } => write!(
                f,
                "the CA in {} has no certificate yet: its request is {}",
                root.display(),
                request.display()
            ),
            Self::Damaged { path, line, why } => {
                write!(f, "{}", path.display())?;
                if let Some(line) = line {
                    write!(f, " line {line}")?;
                }
                write!(f, ": {why}")
            }
            Self::ChangedMeanwhile { path } => write!(
                f,
                "{} was changed by another program while it was being replaced",
                path.display()
            ),
            Self::Outside { path, root } => write!(
                f,
                "{} does not lie in the PKI directory {}",
                path.display(),
                root.display()
            ),
            Self::Row(error) => error.fmt(f),
            Self::NoKeyRegistry { root } => write!(
                f,
                "{} has no register of the keys that were certified",
                root.display()
            ),
            Self::Unfinished { what, source } => {
                write!(f, "{what}: recorded, but not finished: {source}")
            }
            Self::Disk(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PkiError {}

impl PkiError {
    /// The error's stable name for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "pki-busy",
            Self::AlreadyExists { .. } => "already-exists",
            Self::AlreadyPki { .. } => "already-a-pki",
            Self::NotEmpty { .. } => "not-empty",
            Self::NoDirectory { .. } => "no-directory",
            Self::NotPki { .. } => "not-a-pki",
            Self::Incomplete { .. } => "pki-incomplete",
            Self::Interrupted { .. } => "interrupted",
            Self::AwaitingCertificate { .. } => "awaiting-certificate",
            Self::Damaged { .. } => "pki-damaged",
            Self::ChangedMeanwhile { .. } => "changed-meanwhile",
            Self::Outside { .. } => "outside-the-pki",
            Self::Row(_) => "bad-row",
            Self::NoKeyRegistry { .. } => "no-key-register",
            Self::Unfinished { .. } => "unfinished",
            Self::Disk(_) => "disk",
        }
    }

    /// What the reader can do now, where there is something.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Busy { root, holder } => match holder.pid {
                Some(_) => "wait for it, or give more time with --wait 30s".to_owned(),
                None => format!(
                    "if no other program is at work there, remove {}",
                    root.join("lock.file").display()
                ),
            },
            Self::AlreadyExists { .. } => {
                "nothing was changed; --force replaces it where that is allowed".to_owned()
            }
            Self::AlreadyPki { .. } => {
                "nothing was changed; give another directory with --pki".to_owned()
            }
            Self::NotEmpty { .. } => {
                "nothing was changed; give an empty or a new directory with --pki".to_owned()
            }
            Self::NoDirectory { .. } | Self::NotPki { .. } => {
                "`privca init-ca` makes one; --pki DIR or PRIVCA_PKI names another".to_owned()
            }
            Self::Incomplete { instead, .. } if !instead.is_empty() => {
                "nothing was changed; a killed `openssl ca` leaves this: rename the newest of them \
                 back, or run `privca check --repair`"
                    .to_owned()
            }
            Self::Incomplete { .. } => "nothing was changed; restore it from a backup".to_owned(),
            Self::Interrupted { .. } => {
                "every command but `privca check` finishes it; so does `privca check --repair`"
                    .to_owned()
            }
            Self::AwaitingCertificate { .. } => {
                "have the request signed, then run `privca init-ca --certificate FILE`".to_owned()
            }
            Self::Damaged { .. } => {
                "nothing was changed; `privca check` lists every problem in the directory"
                    .to_owned()
            }
            Self::ChangedMeanwhile { .. } => {
                "nothing was changed; run the command again".to_owned()
            }
            Self::Unfinished { .. } => {
                "the next privca command in this directory finishes it".to_owned()
            }
            Self::Disk(error) => return error.hint().map(str::to_owned),
            Self::Outside { .. } | Self::Row(_) | Self::NoKeyRegistry { .. } => return None,
        })
    }
}
