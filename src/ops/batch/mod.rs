//! `batch`: a certificate for every row of a manifest.
//!
//! 1. every row is decided on, and what can be foreseen is refused, before anything is written
//! 2. keys are made on every core, ahead of their turn and outside the lock (`pool`)
//! 3. a group of rows goes through the cycle (`issuance::issue_group`) with one commit, under the lock;
//!    between groups it is given back
//! 4. copies and .p12 files of that group follow
//!
//! A run that was stopped is gone on with by the same manifest: what a row asks for is compared with
//! what the directory has (`plan`), so that nothing is issued twice.

mod bundle;
pub mod manifest;
mod passphrases;
mod plan;
mod pool;
mod run;
mod survey;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::blocked_keys::BlockedKeys;
use super::ca::Ca;
use super::issuance::Issued;
use super::{Context, Error, SourcedPassphrases, policies};
use crate::keys::KeyType;
use crate::keys::pkcs12::Strength;
use crate::pki::Pki;
use crate::primitives::time::Span;
use crate::profile::{Grant, Profile, ProfileName};
use crate::x509::certificate::Certificate;
use manifest::{Faults, Row};
use passphrases::{Answers, List};
use plan::{Judge, Verdict};
use run::Run;
use survey::Survey;

/// The profiles of a manifest.
type Profiles = HashMap<ProfileName, Arc<Profile>>;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// The manifest's rows.
    pub rows: &'a [Row],
    /// What to call the manifest.
    pub file: &'a str,
    /// What its paths are relative to.
    pub folder: &'a Path,
    /// What holds where a row says nothing.
    pub defaults: Defaults,
    /// Draw a passphrase for every new key, and list them in this file.
    pub list: Option<PathBuf>,
    /// Issue anew for names whose certificates are all revoked.
    pub reissue: bool,
}

/// What holds where a row says nothing.
pub struct Defaults {
    /// The policy.
    pub profile: ProfileName,
    /// Algorithm and size of new keys.
    pub key_type: KeyType,
    /// The length of life; the profile's own without it.
    pub validity: Option<Span>,
    /// Refuse what would be cut to the CA's life.
    pub strict: bool,
    /// Make .p12 files.
    pub p12: bool,
    /// How they are encrypted.
    pub strength: Strength,
}

/// What came of one row.
pub struct RowOutcome<'r> {
    /// The row.
    pub row: &'r Row,
    /// What it has now.
    pub made: Made,
    /// The .p12 file that was made.
    pub p12: Option<PathBuf>,
    /// The copy of the certificate that was written.
    pub out: Option<PathBuf>,
    /// Why something is missing.
    pub error: Option<Error>,
}

/// A row's certificate.
pub enum Made {
    /// It was issued.
    Issued(Box<Issued>),
    /// It was there already.
    Already(Box<Certificate>),
    /// It would be issued.
    Granted(Box<Grant>),
    /// There is none.
    Nothing,
}

/// What came of a manifest.
pub struct Outcome<'r> {
    /// Each row that was reached, in the manifest's order.
    pub rows: Vec<RowOutcome<'r>>,
    /// What ended the run early; the rows that are not told of were not reached.
    pub stopped: Option<Error>,
}

/// Hears of each row as it is done, and how many are done of how many.
pub type Watch<'w> = dyn FnMut(&RowOutcome<'_>, usize, usize) + 'w;

/// Issues what the directory does not have yet. A row that fails does not stop the others; a
/// directory or disk that fails does.
///
/// # Errors
/// When nothing was begun: no directory, no such profile, no passphrase of the CA's key.
pub fn run<'r>(
    context: &Context<'_>,
    request: &Request<'r>,
    passphrases: &mut dyn SourcedPassphrases,
    watch: &mut Watch<'_>,
) -> Result<Outcome<'r>, Error> {
    let pki = context.open(request.pki)?;
    let ca = Ca::load(&pki)?;
    let list = request.list.as_deref();
    let list = list
        .map(|path| List::read(context, request.pki, path))
        .transpose()?;
    let blocked = BlockedKeys::read(&pki)?;
    let verdicts = judge(context, &pki, &ca, &blocked, request)?;
    let answers = Answers {
        list,
        asked: passphrases,
        folder: request.folder,
        label: format!("the new keys of {}", request.file),
        common: None,
    };
    let total = request.rows.len();
    let mut run = Run::new(context, &pki, &ca, &blocked, answers, total, watch);
    let (granted, lacking) = run.sort(request.rows, verdicts);
    let key = match granted.is_empty() {
        true => None,
        false => Some(run.open_ca_key()?),
    };
    let ready = run.with_passphrases(granted)?;
    let mut stopped = run.complete(lacking).err();
    if let (None, Some(key)) = (&stopped, key) {
        stopped = run.issue(&ready, &key).err();
    }
    let mut rows = run.into_rows();
    rows.sort_by_key(|outcome| outcome.row.line);
    Ok(Outcome { rows, stopped })
}

/// Decides on every row, and changes nothing.
///
/// # Errors
/// As [`run`].
pub fn preview<'r>(context: &Context<'_>, request: &Request<'r>) -> Result<Outcome<'r>, Error> {
    let pki = context.open(request.pki)?;
    let ca = Ca::load(&pki)?;
    let verdicts = judge(context, &pki, &ca, &BlockedKeys::read(&pki)?, request)?;
    let rows = request.rows.iter().zip(verdicts).map(|(row, verdict)| {
        let (made, error) = match verdict {
            Verdict::Already(_, certificate) => (Made::Already(certificate), None),
            Verdict::Granted(_, grant) => (Made::Granted(grant), None),
            Verdict::No(error) => (Made::Nothing, Some(error)),
        };
        RowOutcome::of(row, made, error)
    });
    Ok(Outcome {
        rows: rows.collect(),
        stopped: None,
    })
}

/// The error of a manifest with faults.
pub fn bad_manifest(file: &str, faults: &Faults) -> Error {
    let hint = "nothing was written; `privca batch --help` has the columns";
    Error::failed("bad-manifest", faults.in_file(file), hint)
}

fn judge<'r>(
    context: &Context<'_>,
    pki: &Pki,
    ca: &Ca,
    blocked: &BlockedKeys,
    request: &Request<'r>,
) -> Result<Vec<Verdict<'r>>, Error> {
    let profiles = profiles(pki, request)?;
    let survey = Survey::of(context, pki, &plan::names(request.rows))?;
    let judge = Judge {
        context,
        pki,
        ca,
        request,
        profiles: &profiles,
        blocked,
        survey: &survey,
    };
    Ok(judge.judge())
}

/// Every profile that the manifest speaks of.
fn profiles(pki: &Pki, request: &Request<'_>) -> Result<Profiles, Error> {
    let mut found = Profiles::new();
    let mut faults = Faults::default();
    for row in request.rows {
        let name = row.profile.as_ref().unwrap_or(&request.defaults.profile);
        if found.contains_key(name) {
            continue;
        }
        match policies::load(Some(pki), name) {
            Ok(policy) => drop(found.insert(name.clone(), Arc::new(policy.profile))),
            Err(error) if row.profile.is_none() => return Err(error),
            Err(error) => faults.add(row.line, "profile", error.to_string()),
        }
    }
    match faults.is_empty() {
        true => Ok(found),
        false => Err(bad_manifest(request.file, &faults)),
    }
}

impl<'r> RowOutcome<'r> {
    fn of(row: &'r Row, made: Made, error: Option<Error>) -> Self {
        Self {
            row,
            made,
            p12: None,
            out: None,
            error,
        }
    }
}
