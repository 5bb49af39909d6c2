//! The run itself: what was granted is issued, group after group.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::super::blocked_keys::BlockedKeys;
use super::super::ca::Ca;
use super::super::gen_csr::signed_request;
use super::super::gen_key::{self, NewKey};
use super::super::issuance::{self, Order};
use super::super::{Context, Error, read};
use super::bundle::{self, Bundle};
use super::manifest::Row;
use super::passphrases::Answers;
use super::plan::{Source, Verdict, Work};
use super::pool::{self, Outlet};
use super::{Made, RowOutcome, Watch};
use crate::keys::pkcs12::Strength;
use crate::keys::{self, KeyType, PrivateKey};
use crate::pki::{Overwrite, Pki, PkiError};
use crate::primitives::disk;
use crate::primitives::pem;
use crate::primitives::random::Randomness;
use crate::primitives::secret::Secret;
use crate::x509::certificate::Certificate;

/// How much may be lost by a kill, and how long others may have to wait: 64 cheap rows a commit.
const GROUP: usize = 64;
/// How many rows are made ahead of their turn.
const LOOKAHEAD: usize = 2 * GROUP;

/// A row whose turn comes, with its passphrase.
pub(super) struct Ready<'r> {
    work: Work<'r>,
    passphrase: Option<Secret>,
}

impl Ready<'_> {
    /// What a row takes of a group: RSA keys and encrypted ones take long to make again.
    fn cost(&self) -> usize {
        match &self.work.source {
            Source::Request(_) => 1,
            Source::New(KeyType::Rsa2048 | KeyType::Rsa3072 | KeyType::Rsa4096) => 8,
            Source::New(_) if self.passphrase.is_some() => 4,
            Source::New(_) => 1,
        }
    }
}

/// A new key and the request that it signs.
struct Fresh {
    key: NewKey,
    csr: Vec<u8>,
}

/// What was made for a row ahead of its turn: nothing for one that brings its request.
type Ahead = Result<Option<Fresh>, Error>;

pub(super) struct Run<'a, 'r> {
    context: &'a Context<'a>,
    pki: &'a Pki,
    ca: &'a Ca,
    blocked: &'a BlockedKeys,
    answers: Answers<'a>,
    rows: Vec<RowOutcome<'r>>,
    total: usize,
    watch: &'a mut Watch<'a>,
}

impl<'a, 'r> Run<'a, 'r> {
    pub(super) fn new(
        context: &'a Context<'a>,
        pki: &'a Pki,
        ca: &'a Ca,
        blocked: &'a BlockedKeys,
        answers: Answers<'a>,
        total: usize,
        watch: &'a mut Watch<'a>,
    ) -> Self {
        Self {
            context,
            pki,
            ca,
            blocked,
            answers,
            rows: Vec::new(),
            total,
            watch,
        }
    }

    pub(super) fn into_rows(self) -> Vec<RowOutcome<'r>> {
        self.rows
    }

    fn tell(&mut self, outcome: RowOutcome<'r>) {
        (self.watch)(&outcome, self.rows.len() + 1, self.total);
        self.rows.push(outcome);
    }

    /// Tells of the rows that nothing is to be done for. Gives those that are to be issued, and those
    /// that have their certificate and may lack a file.
    #[allow(clippy::type_complexity, reason = "two lists of what verdicts hold")]
    pub(super) fn sort(
        &mut self,
        rows: &'r [Row],
        verdicts: Vec<Verdict<'r>>,
    ) -> (Vec<Work<'r>>, Vec<(Work<'r>, Box<Certificate>)>) {
        let (mut granted, mut lacking) = (Vec::new(), Vec::new());
        for (row, verdict) in rows.iter().zip(verdicts) {
            match verdict {
                Verdict::No(error) => self.tell(RowOutcome::of(row, Made::Nothing, Some(error))),
                Verdict::Granted(work, _) => granted.push(work),
                Verdict::Already(work, certificate) if work.p12.is_some() || work.out.is_some() => {
                    lacking.push((work, certificate));
                }
                Verdict::Already(_, certificate) => {
                    self.tell(RowOutcome::of(row, Made::Already(certificate), None));
                }
            }
        }
        (granted, lacking)
    }

    pub(super) fn open_ca_key(&mut self) -> Result<PrivateKey, Error> {
        self.ca.open_key(self.pki, self.answers.asked)
    }

    /// Finds the passphrase of every new key, before anything is written.
    ///
    /// # Errors
    /// When the one for all rows is not to be had.
    pub(super) fn with_passphrases(
        &mut self,
        granted: Vec<Work<'r>>,
    ) -> Result<Vec<Ready<'r>>, Error> {
        let mut ready = Vec::new();
        for work in granted {
            if matches!(work.source, Source::Request(_)) {
                ready.push(Ready {
                    work,
                    passphrase: None,
                });
                continue;
            }
            match self.answers.of(self.context, work.row) {
                Ok(passphrase) => ready.push(Ready { work, passphrase }),
                Err(error) if work.row.passout.is_none() => return Err(error),
                Err(error) => self.tell(RowOutcome::of(work.row, Made::Nothing, Some(error))),
            }
        }
        Ok(ready)
    }

    /// Makes the files that rows with a certificate still lack.
    ///
    /// # Errors
    /// When the disk fails.
    pub(super) fn complete(
        &mut self,
        lacking: Vec<(Work<'r>, Box<Certificate>)>,
    ) -> Result<(), Error> {
        let mut lacking = lacking.into_iter();
        loop {
            let part: Vec<_> = lacking.by_ref().take(GROUP).collect();
            if part.is_empty() {
                return Ok(());
            }
            let mut done = Vec::new();
            for (work, certificate) in part {
                let opened = self.key_for_bundle(&work);
                let (key, error) = match opened {
                    Ok(key) => (key, None),
                    Err(error) => (None, Some(error)),
                };
                done.push(Done {
                    out: work.out,
                    p12: work.p12.zip(key),
                    outcome: RowOutcome::of(work.row, Made::Already(certificate), error),
                });
            }
            self.deliver(done)?;
        }
    }

    /// The key of a row whose .p12 is missing, and its passphrase.
    fn key_for_bundle(&mut self, work: &Work<'_>) -> Result<Option<Opened>, Error> {
        let layout = self.pki.layout();
        if work.p12.is_none() || disk::exists(&layout.p12(&work.row.name))? {
            return Ok(None);
        }
        let path = layout.key(&work.row.name);
        let file = self.pki.read_secret(&path)?;
        let encrypted = keys::file::is_encrypted(file.expose()).map_err(Error::key(&path))?;
        let passphrase = self.answers.of(self.context, work.row)?;
        let opener = passphrase.as_ref().filter(|_| encrypted);
        let key = keys::file::read(file.expose(), opener).map_err(Error::key(&path))?;
        Ok(Some((key, passphrase)))
    }

    /// Issues, group after group.
    ///
    /// # Errors
    /// When the directory or the disk fails; what is told of is done.
    pub(super) fn issue(&mut self, ready: &[Ready<'r>], key: &PrivateKey) -> Result<(), Error> {
        let (random, pki) = (self.context.random, self.pki);
        let work = |ready: &Ready<'r>| make(ready, pki, random);
        pool::run(ready, LOOKAHEAD, &work, |outlet| {
            for range in groups(ready) {
                self.group(ready, range, outlet, key)?;
            }
            Ok(())
        })
    }

    fn group(
        &mut self,
        ready: &[Ready<'r>],
        range: Range<usize>,
        outlet: &mut Outlet<'_, Ready<'r>, Ahead>,
        key: &PrivateKey,
    ) -> Result<(), Error> {
        let made = outlet.take(range.clone());
        let rows = ready.get(range).unwrap_or_default();
        let mut sound = Vec::new();
        for (row, ahead) in rows.iter().zip(made) {
            match ahead {
                Ok(fresh) => sound.push((row, fresh)),
                Err(error) => {
                    self.tell(RowOutcome::of(row.work.row, Made::Nothing, Some(error)));
                }
            }
        }
        self.keep_passphrases(&sound)?;
        let orders: Option<Vec<Order<'_>>> = sound
            .iter()
            .map(|(row, fresh)| order(&row.work, fresh.as_ref(), self.blocked))
            .collect();
        let orders = orders.ok_or_else(|| Error::Bug("a row without its key".to_owned()))?;
        let what = format!("batch of {} certificates", orders.len());
        // given back at once: making keys and .p12 files is not for the others to wait for
        let mut session = self.context.lock(self.pki)?;
        let orders: Vec<&Order<'_>> = orders.iter().collect();
        let signer = (self.ca, key);
        let issued =
            issuance::issue_group(self.context, self.pki, &mut session, signer, &orders, &what);
        drop(session);
        let issued = issued?;
        let mut done = Vec::new();
        for ((row, fresh), issued) in sound.into_iter().zip(issued) {
            let (made, error) = match issued {
                Ok(issued) => (Made::Issued(Box::new(issued)), None),
                Err(error) => (Made::Nothing, Some(error)),
            };
            let key = fresh.map(|fresh| (fresh.key.key, row.passphrase.clone()));
            done.push(Done {
                out: row.work.out.clone(),
                p12: row.work.p12.zip(key),
                outcome: RowOutcome::of(row.work.row, made, error),
            });
        }
        self.deliver(done)
    }

    /// The list has a passphrase before any key is written that it opens.
    fn keep_passphrases(&mut self, rows: &[(&Ready<'r>, Option<Fresh>)]) -> Result<(), Error> {
        let Some(list) = &mut self.answers.list else {
            return Ok(());
        };
        let drawn = rows
            .iter()
            .filter(|(row, fresh)| fresh.is_some() && row.work.row.passout.is_none())
            .filter_map(|(row, _)| Some((&row.work.row.name, row.passphrase.as_ref()?)));
        list.keep(self.context, drawn)
    }

    /// Copies and .p12 files of rows with a certificate, then the rows are told of.
    fn deliver(&mut self, mut done: Vec<Done<'r>>) -> Result<(), Error> {
        for done in &mut done {
            let (Some(out), Some(pem)) = (&done.out, done.pem(self.ca)) else {
                continue;
            };
            match copy(self.context, out, &pem) {
                Ok(true) => done.outcome.out = Some(out.clone()),
                Ok(false) => {}
                Err(error) => done.outcome.error = Some(error),
            }
        }
        let bundles: Vec<Bundle<'_>> = done.iter().filter_map(Done::bundle).collect();
        let places: Vec<usize> = done
            .iter()
            .enumerate()
            .filter_map(|(at, done)| done.bundle().map(|_| at))
            .collect();
        let made = bundle::make(self.context, self.pki, self.ca, bundles);
        let stopped = match made {
            Ok(made) => {
                for (at, made) in places.into_iter().zip(made) {
                    let Some(done) = done.get_mut(at) else {
                        continue;
                    };
                    match made {
                        Ok(path) => done.outcome.p12 = Some(path),
                        Err(error) => done.outcome.error = Some(error),
                    }
                }
                None
            }
            Err(error) => Some(error),
        };
        for done in done {
            self.tell(done.outcome);
        }
        stopped.map_or(Ok(()), Err)
    }
}

/// A row with its certificate, or without where it failed.
struct Done<'r> {
    outcome: RowOutcome<'r>,
    /// Where a copy goes.
    out: Option<PathBuf>,
    /// What a .p12 that is to be made needs.
    p12: Option<(Strength, Opened)>,
}

/// A key, and the passphrase of the files that it is in.
type Opened = (PrivateKey, Option<Secret>);

impl Done<'_> {
    fn certificate(&self) -> Option<&Certificate> {
        match &self.outcome.made {
            Made::Issued(issued) => Some(&issued.certificate),
            Made::Already(certificate) => Some(certificate),
            Made::Granted(_) | Made::Nothing => None,
        }
    }

    /// What a client or server sends.
    fn pem(&self, ca: &Ca) -> Option<String> {
        let own = pem::encode("CERTIFICATE", self.certificate()?.der());
        let above = ca
            .intermediates()
            .map(|c| pem::encode("CERTIFICATE", c.der()));
        Some(std::iter::once(own).chain(above).collect())
    }

    fn bundle(&self) -> Option<Bundle<'_>> {
        let (strength, (key, passphrase)) = self.p12.as_ref()?;
        let row = self.outcome.row;
        Some(Bundle {
            name: &row.name,
            key,
            certificate: self.certificate()?,
            friendly_name: row.friendly_name.as_deref().unwrap_or(row.name.as_str()),
            passphrase: passphrase.as_ref(),
            strength: *strength,
        })
    }
}

/// Writes a copy where there is none yet; true if it did.
fn copy(context: &Context<'_>, out: &Path, pem: &str) -> Result<bool, Error> {
    match disk::read_bounded(out, read::MOST) {
        Ok(there) if there == pem.as_bytes() => return Ok(false),
        Ok(_) => {
            return Err(PkiError::AlreadyExists {
                path: out.to_owned(),
            }
            .into());
        }
        Err(fault) if fault.kind() == ErrorKind::NotFound => {}
        Err(fault) => return Err(fault.into()),
    }
    let pem = pem.as_bytes();
    context
        .disk
        .write_whole(out, pem, disk::PUBLIC, Overwrite::No)?;
    Ok(true)
}

/// Which rows go together: as many as a commit is worth.
fn groups(ready: &[Ready<'_>]) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let (mut start, mut cost) = (0, 0);
    for (at, row) in ready.iter().enumerate() {
        cost += row.cost();
        if cost >= GROUP {
            groups.push(start..at + 1);
            (start, cost) = (at + 1, 0);
        }
    }
    if start < ready.len() {
        groups.push(start..ready.len());
    }
    groups
}

/// What takes long, and needs neither lock nor CA key.
fn make(ready: &Ready<'_>, pki: &Pki, random: &dyn Randomness) -> Ahead {
    let Source::New(key_type) = &ready.work.source else {
        return Ok(None);
    };
    let path = pki.layout().key(&ready.work.row.name);
    let key = gen_key::make(&path, *key_type, ready.passphrase.as_ref(), random)?;
    let wish = &ready.work.wish;
    let csr = signed_request(&wish.subject, &wish.names, &key.key)?;
    Ok(Some(Fresh { key, csr }))
}

fn order<'o>(
    work: &'o Work<'_>,
    fresh: Option<&'o Fresh>,
    blocked: &'o BlockedKeys,
) -> Option<Order<'o>> {
    let (public_key, request) = match (&work.source, fresh) {
        (Source::Request(evidence), _) => (evidence.request.public_key(), evidence.request.der()),
        (Source::New(_), Some(fresh)) => (fresh.key.key.public(), fresh.csr.as_slice()),
        (Source::New(_), None) => return None,
    };
    Some(Order {
        command: "batch",
        name: &work.row.name,
        profile: &work.profile,
        blocked,
        wish: work.wish.clone(),
        public_key,
        request: Some(request),
        key_file: fresh.map(|fresh| &fresh.key.file),
        overwrite: Overwrite::No,
        renews: None,
    })
}
