//! `revoke`: rows, files and the revocation list in one commit.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::ca::Ca;
use super::crl::{self, Changes, Drafted, Made, Terms};
use super::crl_file;
use super::targets::{self, Target, Wanted};
use super::{Context, Error, Passphrases};
use crate::keys::PrivateKey;
use crate::pki::index::{Detail, Entry, Revocation, Row, Status};
use crate::pki::{Pki, PkiError, Session, Txn};
use crate::primitives::disk;
use crate::primitives::time::Timestamp;
use crate::x509::certificate::Certificate;
use crate::x509::revocation::Reason;
use crate::x509::revocation_list::Published;
use crate::x509::serial::Serial;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// Which certificates.
    pub wanted: Vec<Wanted>,
    /// Why.
    pub reason: Reason,
    /// Since when the key is known or feared to be someone else's.
    pub invalidity: Option<Timestamp>,
    /// How the list is made.
    pub terms: Terms,
}

/// What became of one certificate.
pub struct Revoked {
    /// The stem of its files.
    pub name: Option<String>,
    /// Its row as it stands now.
    pub row: Row,
    /// It was revoked before.
    pub already: bool,
    /// Where its files lie now.
    pub moved: Vec<PathBuf>,
    /// Other certificates of the name that are still valid.
    pub others: Vec<Serial>,
}

/// What was done.
pub struct Outcome {
    /// Each certificate.
    pub certificates: Vec<Revoked>,
    /// The new list; `None` where nothing had to be changed.
    pub crl: Option<Made>,
    /// `crl.pem`.
    pub path: PathBuf,
}

/// Revokes all of them, or none.
///
/// # Errors
/// When one was never issued here, a reason and a date do not go together, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Outcome, Error> {
    let new = Revocation {
        at: context.now(),
        detail: detail(request, context.now())?,
    };
    let (pki, ca) = context.open_for_crl(request.pki)?;
    ca.authority(&pki)?;
    let path = pki.layout().crl();
    let found = targets::resolve(&pki, &ca, &request.wanted)?;
    if is_settled(&pki, &found, &new)? {
        let certificates = found
            .into_iter()
            .map(|t| revoked(t, new.at, None, Vec::new()))
            .collect();
        return Ok(Outcome {
            certificates,
            crl: None,
            path,
        });
    }
    let key = ca.open_key(&pki, passphrases)?;
    let mut session = context.lock(&pki)?;
    // again under the lock: another writer may have been quicker
    let found = targets::resolve(&pki, &ca, &request.wanted)?;
    let signer = Signer { ca: &ca, key: &key };
    let planned = Planned::of(context, &pki, &ca, found, new, &request.terms)?;
    let (certificates, made) = commit(context, &pki, &mut session, &signer, planned)?;
    Ok(Outcome {
        certificates,
        crl: Some(made),
        path,
    })
}

/// Who signs the list.
pub struct Signer<'a> {
    /// The CA.
    pub ca: &'a Ca,
    /// Its key, opened.
    pub key: &'a PrivateKey,
}

/// Rows, files, list, log.
///
/// # Errors
/// When a row cannot be written, the key does not sign, or the disk fails.
fn commit(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    signer: &Signer<'_>,
    planned: Planned,
) -> Result<(Vec<Revoked>, Made), Error> {
    let serials = planned.found.iter().map(|t| format!(" {}", t.row.serial));
    let what = format!("revoke{}", serials.collect::<String>());
    let mut txn = session.begin(planned.drafted.intent(context, what))?;
    let done = planned.stage(context, pki, &mut txn, signer)?;
    txn.commit()?;
    Ok(done)
}

/// What a revocation changes, and the list that will tell of it.
pub(super) struct Planned {
    found: Vec<Target>,
    new: Revocation,
    changes: Changes,
    added: Vec<Row>,
    pub(super) drafted: Drafted,
}

impl Planned {
    /// Drafts the list.
    ///
    /// # Errors
    /// When the index is damaged, or the CA cannot sign.
    pub(super) fn of(
        context: &Context<'_>,
        pki: &Pki,
        ca: &Ca,
        found: Vec<Target>,
        new: Revocation,
        terms: &Terms,
    ) -> Result<Self, Error> {
        let mut changes = Changes::new();
        let mut added = Vec::new();
        for target in &found {
            let Some(revocation) = in_place_of(&target.row, &new) else {
                continue;
            };
            if target.in_index {
                changes.insert(target.row.serial.clone(), Some(revocation));
            } else {
                added.push(revoked_row(&target.row, &revocation));
            }
        }
        Ok(Self {
            drafted: crl::draft(context, pki, ca, terms, &changes, &added)?,
            found,
            new,
            changes,
            added,
        })
    }

    /// Stages the rows, the list, the moves and the log's lines.
    ///
    /// # Errors
    /// When a row cannot be written, the key does not sign, or the disk fails.
    pub(super) fn stage(
        self,
        context: &Context<'_>,
        pki: &Pki,
        txn: &mut Txn<'_>,
        signer: &Signer<'_>,
    ) -> Result<(Vec<Revoked>, Made), Error> {
        rewrite(txn, &self.changes)?;
        for row in &self.added {
            txn.append_row(row)?;
        }
        let made = crl::place(txn, pki, signer.ca, signer.key, self.drafted, false)?;
        let mut certificates = Vec::new();
        for target in self.found {
            let new = in_place_of(&target.row, &self.new);
            let mut moved = Vec::new();
            if let Some(revocation) = &new {
                moved = move_away(context, pki, txn, &target)?;
                txn.audit(context.record(
                    "revoke",
                    "revoked",
                    json!({
                        "name": target.name.as_ref().map(ToString::to_string),
                        "serial": target.row.serial.to_string(),
                        "sha256": target.certificate.as_ref().map(Certificate::sha256),
                        "subject": target.row.subject,
                        "reason": revocation.reason().unwrap_or(Reason::Unspecified).word(),
                        "crl_number": made.number,
                    }),
                ));
            }
            certificates.push(revoked(target, self.new.at, new.as_ref(), moved));
        }
        Ok((certificates, made))
    }
}

/// Puts the changed rows in place of the old ones.
///
/// # Errors
/// When a row cannot be written, or the disk fails.
pub(super) fn rewrite(txn: &mut Txn<'_>, changes: &Changes) -> Result<(), PkiError> {
    if changes.is_empty() {
        return Ok(());
    }
    txn.rewrite_index(&mut |line| {
        let Entry::Row(record) = line else {
            return Ok(None);
        };
        Ok(match changes.get(&record.row.serial) {
            None => None,
            Some(Some(revocation)) => Some(revoked_row(&record.row, revocation)),
            Some(None) => Some(Row {
                status: Status::Valid,
                revocation: None,
                ..record.row.clone()
            }),
        })
    })
}

/// What a row says then; `None` where it stays as it is. One on hold is revoked for good, since the
/// day when it was put on hold: nobody was to trust it from then on.
fn in_place_of(row: &Row, new: &Revocation) -> Option<Revocation> {
    if row.status != Status::Revoked {
        return Some(new.clone());
    }
    let is_hold = |one: &Revocation| one.reason() == Some(Reason::CertificateHold);
    let held = row.revocation.as_ref().filter(|old| is_hold(old))?;
    (!is_hold(new)).then(|| Revocation {
        at: held.at,
        detail: new.detail.clone(),
    })
}

fn revoked_row(row: &Row, revocation: &Revocation) -> Row {
    Row {
        status: Status::Revoked,
        revocation: Some(revocation.clone()),
        ..row.clone()
    }
}

fn revoked(
    target: Target,
    now: Timestamp,
    new: Option<&Revocation>,
    moved: Vec<PathBuf>,
) -> Revoked {
    let already = new.is_none();
    let row = match new {
        Some(revocation) => revoked_row(&target.row, revocation),
        None => target.row,
    };
    let valid = target.others.into_iter().filter(|row| row.not_after > now);
    Revoked {
        others: valid.map(|row| row.serial).collect(),
        name: target.name.map(|name| name.to_string()),
        row,
        already,
        moved,
    }
}

/// Is everything revoked already, and does the published list say so?
fn is_settled(pki: &Pki, found: &[Target], new: &Revocation) -> Result<bool, Error> {
    if found.iter().any(|t| in_place_of(&t.row, new).is_some()) {
        return Ok(false);
    }
    let Some(der) = crl_file::current(pki)? else {
        return Ok(false);
    };
    let Ok(list) = Published::read(&der) else {
        return Ok(false);
    };
    // one that was dropped after its end is settled too
    let current = found.iter().filter(|t| t.row.not_after >= list.this_update);
    let mut unlisted: HashSet<&Serial> = current.map(|t| &t.row.serial).collect();
    for (serial, _) in list.entries().flatten() {
        unlisted.remove(&serial);
    }
    Ok(unlisted.is_empty())
}

/// The row's text for the reason: an invalidity date has one only with a compromise.
fn detail(request: &Request<'_>, now: Timestamp) -> Result<Detail, Error> {
    let usage = |said: &str| Err(Error::Usage(said.to_owned()));
    if request.invalidity.is_some_and(|since| since > now) {
        return usage("--invalidity-date lies in the future");
    }
    match (request.reason, request.invalidity) {
        (Reason::RemoveFromCrl, _) => usage(
            "removeFromCRL is no reason to revoke; `privca unrevoke` releases a certificate on hold",
        ),
        (Reason::KeyCompromise, Some(since)) => Ok(Detail::KeyTime(since)),
        (Reason::CaCompromise, Some(since)) => Ok(Detail::CaKeyTime(since)),
        (_, Some(_)) => usage(
            "--invalidity-date goes with --reason keyCompromise or CACompromise: the index has no place for it otherwise",
        ),
        (Reason::Unspecified, None) => Ok(Detail::None),
        (reason, None) => Ok(Detail::Reason(reason)),
    }
}

/// Lays a certificate's files where EasyRSA keeps revoked ones. What a newer certificate of the
/// name uses stays.
fn move_away(
    context: &Context<'_>,
    pki: &Pki,
    txn: &mut Txn<'_>,
    target: &Target,
) -> Result<Vec<PathBuf>, Error> {
    let (Some(name), Some(certificate)) = (&target.name, &target.certificate) else {
        return Ok(Vec::new());
    };
    let serial = &target.row.serial;
    let current = targets::issued(pki, name)?;
    if current.is_none_or(|current| current.serial() != serial) {
        return Ok(Vec::new());
    }
    let layout = pki.layout();
    let mut pairs = vec![(layout.issued(name), layout.revoked_certificate(serial))];
    if targets::key_belongs(pki, name, certificate) {
        pairs.push((layout.key(name), layout.revoked_key(serial)));
    }
    if targets::request_belongs(pki, name, certificate) {
        pairs.push((layout.request(name), layout.revoked_request(serial)));
    }
    pairs.extend(layout.exports(name, serial));
    let mut moved = Vec::new();
    for (from, to) in pairs {
        if !disk::exists(&from)? {
            continue;
        }
        if disk::exists(&to)? {
            let said = format!(
                "{} stays: {} is there already",
                from.display(),
                to.display()
            );
            context.notices.warn(&said);
            continue;
        }
        txn.move_file(&from, &to)?;
        moved.push(to);
    }
    Ok(moved)
}
