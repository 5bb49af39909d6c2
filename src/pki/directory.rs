//! The read side: is it a PKI directory, and what lies in it. Reading takes no lock.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::PkiError;
use super::index::{Entry, Record, Row, Rows};
use super::journal;
use super::layout::Layout;
use super::lock::{Holder, Still};
use super::recover::Recovered;
use super::session::Session;
use crate::primitives::disk::{self, Disk};
use crate::primitives::secret::Secret;
use crate::x509::serial::Serial;

/// A PKI directory.
#[derive(Clone, Debug)]
pub struct Pki {
    layout: Layout,
    disk: Disk,
}

impl Pki {
    /// Opens a directory that has a CA, and changes nothing.
    ///
    /// # Errors
    /// When it isn't there, has no CA, waits for the CA's certificate, lacks its index, or
    /// [`Self::settle`] has something to do first.
    pub fn open(path: &Path, disk: Disk) -> Result<Self, PkiError> {
        let pki = Self::unchecked(path, disk)?;
        match pki.check() {
            Err(_) if pki.is_decided()? => Err(PkiError::Interrupted {
                root: pki.layout.root().to_owned(),
            }),
            other => other.map(|()| pki),
        }
    }

    /// Finishes an `init-ca` that was killed after its point of no return, since without its files
    /// there is nothing to open. What else a killed run left waits for the next writer.
    ///
    /// # Errors
    /// When another writer stays too long, or the disk refuses.
    pub fn settle(
        path: &Path,
        disk: &Disk,
        wait: Duration,
        on_wait: &mut dyn FnMut(&Holder),
    ) -> Result<Vec<Recovered>, PkiError> {
        match Self::open(path, disk.clone()) {
            Err(PkiError::Interrupted { .. }) => {
                let layout = Layout::found(path)?;
                let session = Session::open(layout, disk.clone(), wait, on_wait)?;
                Ok(session.recovered().to_vec())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Opens a directory whose CA has made its request and waits for its certificate.
    ///
    /// # Errors
    /// When it isn't there, has a certificate already, or has no request.
    pub fn open_awaiting(path: &Path, disk: Disk) -> Result<Self, PkiError> {
        match Self::open(path, disk.clone()) {
            Err(PkiError::AwaitingCertificate { .. }) => Self::unchecked(path, disk),
            Ok(pki) => Err(PkiError::AlreadyPki {
                root: pki.layout.root().to_owned(),
                kind: super::session::kind(&pki.layout)?,
            }),
            Err(error) => Err(error),
        }
    }

    /// Takes the lock, waiting up to `wait`, and mends what a killed run left. `on_wait` is called
    /// once, when there is someone to wait for.
    ///
    /// # Errors
    /// [`PkiError::Busy`] when the time runs out; else what the disk refuses.
    pub fn lock(
        &self,
        wait: Duration,
        on_wait: &mut dyn FnMut(&Holder),
    ) -> Result<Session, PkiError> {
        Session::open(self.layout.clone(), self.disk.clone(), wait, on_wait)
    }

    /// Keeps privca's writers out, waiting up to `wait` for the one at work, and changes nothing.
    /// `None` where no privca ever wrote, or the file system has no locks.
    ///
    /// # Errors
    /// [`PkiError::Busy`] when the time runs out.
    pub fn hold_still(
        &self,
        wait: Duration,
        on_wait: &mut dyn FnMut(&Holder),
    ) -> Result<Option<Still>, PkiError> {
        Still::take(&self.layout, wait, on_wait)
    }

    /// What to put in the index's place where an `openssl ca` was killed between two renames, with the
    /// lock held: `index.txt.new` is what it was about to be, if it has every row of `index.txt.old`;
    /// else `.old` is what it was. `None` where the index is there or nothing is beside it.
    ///
    /// # Errors
    /// When there is no directory, another writer stays too long, or the disk refuses.
    pub fn lost_index(
        path: &Path,
        disk: &Disk,
        wait: Duration,
        on_wait: &mut dyn FnMut(&Holder),
    ) -> Result<Option<(Session, PathBuf)>, PkiError> {
        let pki = Self::unchecked(path, disk.clone())?;
        let index = pki.layout.index();
        if pki.has(&index)? || !pki.has(&pki.layout.ca_certificate())? {
            return Ok(None);
        }
        let session = Session::open(pki.layout.clone(), disk.clone(), wait, on_wait)?;
        let (new, old) = (pki.layout.index_new(), pki.layout.index_old());
        let before = serials(&old)?;
        let chosen = match (serials(&new)?, before) {
            // a recovery has put it back
            _ if pki.has(&index)? => return Ok(None),
            (Some(new_rows), Some(old_rows)) if old_rows.is_subset(&new_rows) => new,
            (_, Some(_)) => old,
            (Some(_), None) => new,
            (None, None) => return Ok(None),
        };
        Ok(Some((session, chosen)))
    }

    /// The directory's paths.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The file system behind it.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// Reads a certificate, a request, a CRL or a profile of the directory.
    ///
    /// # Errors
    /// When it can't be read, or is longer than any of those should be.
    pub fn read_public(&self, path: &Path) -> Result<Vec<u8>, PkiError> {
        Ok(disk::read_bounded(path, MAX_PUBLIC)?)
    }

    /// Reads a key or a .p12 of the directory.
    ///
    /// # Errors
    /// When it can't be read, or is longer than any key.
    pub fn read_secret(&self, path: &Path) -> Result<Secret, PkiError> {
        Ok(Secret::new(disk::read_bounded(path, MAX_SECRET)?))
    }

    /// Is anything of that name there?
    ///
    /// # Errors
    /// When the system does not say.
    pub fn has(&self, path: &Path) -> Result<bool, PkiError> {
        Ok(disk::exists(path)?)
    }

    /// The index's lines, one after the other.
    ///
    /// # Errors
    /// When the index can't be opened.
    pub fn rows(&self) -> Result<Rows<BufReader<File>>, PkiError> {
        let path = self.layout.index();
        let file = disk::open_regular(&path)?;
        Ok(Rows::new(path, BufReader::with_capacity(1 << 16, file)))
    }

    /// What differs when the index was changed.
    ///
    /// # Errors
    /// When the index can't be opened.
    pub fn index_stamp(&self) -> Result<String, PkiError> {
        Ok(disk::identity(&self.layout.index())?)
    }

    /// The row of a serial. Reads the index up to it.
    ///
    /// # Errors
    /// When the index can't be read.
    pub fn find_serial(&self, serial: &Serial) -> Result<Option<Record>, PkiError> {
        let mut rows = self.rows()?;
        while let Some(entry) = rows.read()? {
            if let Entry::Row(record) = entry
                && record.row.serial == *serial
            {
                return Ok(Some(record.clone()));
            }
        }
        Ok(None)
    }

    /// The rows of these serials, in one reading of the index.
    ///
    /// # Errors
    /// When the index can't be read.
    pub fn find_serials<'a>(
        &self,
        serials: impl Iterator<Item = &'a Serial>,
    ) -> Result<HashMap<Serial, Row>, PkiError> {
        let wanted: HashSet<&Serial> = serials.collect();
        let mut found = HashMap::new();
        let mut rows = self.rows()?;
        while let Some(entry) = rows.read()? {
            if let Entry::Row(record) = entry
                && wanted.contains(&record.row.serial)
            {
                found.insert(record.row.serial.clone(), record.row.clone());
            }
        }
        Ok(found)
    }

    /// Does the register hold every key that was ever certified here? New directories have it from
    /// the start; an adopted one after [`Session::build_key_registry`], and until `openssl ca`, which
    /// EasyRSA runs, writes the index: the old one becomes `index.txt.old` then.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn has_key_registry(&self) -> Result<bool, PkiError> {
        let marker = self.layout.key_registry_complete();
        if !self.has(&marker)? {
            return Ok(false);
        }
        let seen = disk::read_bounded(&marker, MAX_ENTRY)?;
        Ok(seen == disk::identity(&self.layout.index_old())?.as_bytes())
    }

    /// The name that a key is certified for, by the SHA-256 of its SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`PkiError::NoKeyRegistry`] where the register was never built.
    pub fn key_owner(&self, spki_sha256: &[u8; 32]) -> Result<Option<String>, PkiError> {
        if !self.has_key_registry()? {
            return Err(PkiError::NoKeyRegistry {
                root: self.layout.root().to_owned(),
            });
        }
        Ok(self.registered(spki_sha256)?.into_iter().next())
    }

    /// The serial of the last certificate that privca issued for a key, if it did.
    ///
    /// # Errors
    /// When the register cannot be read.
    pub fn last_issued(&self, spki_sha256: &[u8; 32]) -> Result<Option<Serial>, PkiError> {
        let lines = self.registered(spki_sha256)?;
        Ok(lines.get(1).and_then(|serial| serial.parse().ok()))
    }

    fn registered(&self, spki_sha256: &[u8; 32]) -> Result<Vec<String>, PkiError> {
        let path = self.layout.key_owner(spki_sha256);
        if !self.has(&path)? {
            return Ok(Vec::new());
        }
        let bytes = disk::read_bounded(&path, MAX_ENTRY)?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.lines().map(str::to_owned).collect())
    }

    fn unchecked(path: &Path, disk: Disk) -> Result<Self, PkiError> {
        if !path.is_dir() {
            return Err(PkiError::NoDirectory {
                root: path.to_owned(),
            });
        }
        Ok(Self {
            layout: Layout::found(path)?,
            disk,
        })
    }

    fn check(&self) -> Result<(), PkiError> {
        let layout = &self.layout;
        let certificate = self.has(&layout.ca_certificate())?;
        let index = self.has(&layout.index())?;
        match (certificate, index) {
            (true, true) => Ok(()),
            (true, false) => Err(incomplete(layout.index())?),
            (false, _) if self.has(&layout.ca_request())? && self.has(&layout.ca_key())? => {
                Err(PkiError::AwaitingCertificate {
                    root: layout.root().to_owned(),
                    request: layout.ca_request(),
                })
            }
            (false, true) => Err(incomplete(layout.ca_certificate())?),
            (false, false) => Err(PkiError::NotPki {
                root: layout.root().to_owned(),
            }),
        }
    }

    /// Is there a run whose commit record is whole?
    fn is_decided(&self) -> Result<bool, PkiError> {
        Ok(journal::read(&self.layout)?.is_some_and(|journal| journal.commit.is_some()))
    }
}

/// Certificates, requests, CRLs of a hundred thousand rows, profiles.
const MAX_PUBLIC: u64 = 64 << 20;
/// Keys and bundles.
const MAX_SECRET: u64 = 1 << 20;
const MAX_ENTRY: u64 = 1 << 10;

/// The serials of an index; `None` where there is none, or a line that is no row.
fn serials(path: &Path) -> Result<Option<BTreeSet<Serial>>, PkiError> {
    if !disk::exists(path)? {
        return Ok(None);
    }
    let mut found = BTreeSet::new();
    for entry in Rows::new(path, BufReader::new(disk::open_regular(path)?)) {
        match entry? {
            Entry::Row(record) => drop(found.insert(record.row.serial)),
            Entry::Odd(odd) if odd.is_harmless() => {}
            Entry::Odd(_) => return Ok(None),
        }
    }
    Ok(Some(found))
}

fn incomplete(missing: PathBuf) -> Result<PkiError, PkiError> {
    let mut instead = Vec::new();
    for suffix in ["old", "new"] {
        let mut beside = missing.clone().into_os_string();
        beside.push(format!(".{suffix}"));
        let beside = PathBuf::from(beside);
        if disk::exists(&beside)? {
            instead.push(beside.display().to_string());
        }
    }
    Ok(PkiError::Incomplete { missing, instead })
}
