//! `renew`: the same subject and names with new dates, under the profile as it is today.
//!
//! The new certificate takes its place in `issued/`; the old one stays in `certs_by_serial/` and
//! valid in the index, until its end or until it is revoked.

mod due;

use std::path::Path;

use super::blocked_keys::BlockedKeys;
use super::ca::Ca;
use super::crl::{Made, Terms};
use super::gen_csr::signed_request;
use super::gen_key::{NewKey, new_key};
use super::issuance::{self, Decided, Entry, Issued, Order};
use super::revoke::{self, Signer};
use super::sign::Changes;
use super::targets::{self, Target};
use super::{Context, Error, Passphrases, policies, registry};
use crate::keys::KeyType;
use crate::pki::index::{Detail, Revocation, Status};
use crate::pki::{FileName, Intent, Overwrite, Pki, Session};
use crate::primitives::oid::known;
use crate::primitives::time::{Span, Timestamp};
use crate::profile::Profile;
use crate::profile::ProfileName;
use crate::x509::certificate::Certificate;
use crate::x509::draft::{self, CertificateContent};
use crate::x509::extension::Extension;
use crate::x509::lint;
use crate::x509::revocation::Reason;
use crate::x509::serial::Serial;

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// Which names.
    pub which: Which,
    /// The policy in place of the one each was issued under.
    pub profile: Option<ProfileName>,
    /// Make a new key, whatever the profile says.
    pub rekey: bool,
    /// Its type; that of the old one without it.
    pub key_type: Option<KeyType>,
    /// The new dates.
    pub changes: Changes,
    /// Revoke the old certificate as superseded.
    pub revoke_old: bool,
}

/// Which certificates are renewed.
pub enum Which {
    /// Those in `issued/NAME.crt`.
    Names(Vec<FileName>),
    /// Every current one that ends within this time; without it, within what its profile says, or
    /// 30 days.
    Due(Option<Span>),
}

/// What was done.
pub struct Outcome {
    /// The new certificates, with the serials of the old ones.
    pub renewed: Vec<(Issued, Serial)>,
    /// With [`Which::Due`]: names that could not be renewed, and why.
    pub failed: Vec<(FileName, Error)>,
    /// The list with the old ones, if they were revoked.
    pub crl: Option<Made>,
}

/// Renews. Of the names that were given all are renewed or none, as far as profiles decide; of those
/// that are due, one that is refused does not stop the others. Where the old ones are revoked, all of
/// it is one commit.
///
/// # Errors
/// When a name has no valid certificate, a profile refuses, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Outcome, Error> {
    let (pki, ca) = context.open_with_ca(request.pki)?;
    let (names, together) = match &request.which {
        Which::Names(names) => (names.clone(), true),
        Which::Due(within) => (due::due(context, &pki, *within)?, false),
    };
    let mut outcome = Outcome {
        renewed: Vec::new(),
        failed: Vec::new(),
        crl: None,
    };
    let blocked = BlockedKeys::read(&pki)?;
    let stamp = pki.index_stamp()?;
    let mut ready = Vec::new();
    for (name, prepared) in prepare(context, &pki, &ca, &blocked, request, names)? {
        match prepared {
            Ok(old) => ready.push(old),
            Err(error) if together => return Err(error),
            Err(error) => outcome.failed.push((name, error)),
        }
    }
    // nothing due: a timer needs no passphrase then
    if ready.is_empty() {
        return Ok(outcome);
    }
    let key = ca.open_key(&pki, passphrases)?;
    let new_keys: Vec<Option<Rekeyed>> = ready
        .iter()
        .map(|old| old.new_key(context, &pki, request, passphrases))
        .collect::<Result<_, _>>()?;
    let mut session = context.lock(&pki)?;
    let unique = |old: &Old<'_>| old.profile.as_ref().is_some_and(Profile::unique_key);
    if ready.iter().any(unique) && !pki.has_key_registry()? {
        registry::build(&pki, &mut session)?;
    }
    let signer = Signer { ca: &ca, key: &key };
    let current: Vec<(Old<'_>, &Option<Rekeyed>)> = match pki.index_stamp()? == stamp {
        true => ready.into_iter().zip(&new_keys).collect(),
        false => {
            // another writer was quicker: one may be revoked by now, or renewed
            let names = ready.iter().map(|old| old.name.clone()).collect();
            let prepared = prepare(context, &pki, &ca, &blocked, request, names)?;
            let mut current = Vec::new();
            for ((old, new), (name, now)) in ready.iter().zip(&new_keys).zip(prepared) {
                match now {
                    Ok(now) if !together && now.serial() != old.serial() => {}
                    Ok(now) => current.push((now, new)),
                    Err(error) if together => return Err(error),
                    Err(error) => outcome.failed.push((name, error)),
                }
            }
            current
        }
    };
    let mut planned = Vec::new();
    for (old, new) in &current {
        match old.plan(context, &pki, &ca, request, new.as_ref()) {
            Ok((entry, ready)) => planned.push((old.serial(), entry, ready)),
            Err(error) if together => return Err(error),
            Err(error) => outcome.failed.push((old.name.clone(), error)),
        }
    }
    if request.revoke_old {
        let done = supersede(context, &pki, &mut session, &signer, planned)?;
        return Ok(Outcome {
            failed: outcome.failed,
            ..done
        });
    }
    for (old, entry, ready) in planned {
        match issuance::commit(context, &pki, &mut session, (&ca, &key), &entry, ready) {
            Ok(issued) => outcome.renewed.push((issued, old.clone())),
            Err(error) if together => return Err(error),
            Err(error) => outcome.failed.push((entry.name.clone(), error)),
        }
    }
    Ok(outcome)
}

/// What is going to be committed: the old serial, and the new certificate.
type Renewal<'a> = (&'a Serial, Entry<'a>, Decided);

/// The new ones, the old ones superseded, and the list that tells of it, in one commit. The files of
/// the old ones are in the new ones' use, and stay.
fn supersede(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    signer: &Signer<'_>,
    planned: Vec<Renewal<'_>>,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome {
        renewed: Vec::new(),
        failed: Vec::new(),
        crl: None,
    };
    if planned.is_empty() {
        return Ok(outcome);
    }
    let mut rows = pki.find_serials(planned.iter().map(|(old, ..)| *old))?;
    let mut found = Vec::new();
    for (old, entry, _) in &planned {
        if let Some(row) = rows.remove(*old) {
            found.push(Target {
                row,
                in_index: true,
                name: Some(entry.name.clone()),
                certificate: None,
                others: Vec::new(),
            });
        }
    }
    let new = Revocation {
        at: context.now(),
        detail: Detail::Reason(Reason::Superseded),
    };
    let terms = Terms::default();
    let revocation = revoke::Planned::of(context, pki, signer.ca, found, new, &terms)?;
    let names = planned
        .iter()
        .map(|(_, entry, _)| format!(" {}", entry.name));
    let certificates = planned.iter().map(|(_, _, ready)| issuance::to_sign(ready));
    let mut txn = session.begin(Intent {
        to_sign: certificates.chain([revocation.drafted.to_sign()]).collect(),
        ..context.intent(format!("renew --revoke-old{}", names.collect::<String>()))
    })?;
    for (old, entry, ready) in planned {
        let Signer { ca, key } = signer;
        let issued = issuance::stage_in(context, pki, &mut txn, (ca, key), &entry, ready)?;
        outcome.renewed.push((issued, old.clone()));
    }
    let (_, made) = revocation.stage(context, pki, &mut txn, signer)?;
    outcome.crl = Some(made);
    txn.commit()?;
    Ok(outcome)
}

/// A certificate to renew.
struct Old<'b> {
    name: FileName,
    certificate: Certificate,
    /// `None` where another program issued it.
    profile: Option<Profile>,
    blocked: &'b BlockedKeys,
}

/// A new key, and the request that it signs.
type Rekeyed = (NewKey, Vec<u8>);

/// A name, and what came of it.
type Prepared<'b> = (FileName, Result<Old<'b>, Error>);

fn revoked(name: &FileName, serial: &Serial) -> Error {
    Error::failed(
        "revoked",
        format!("the certificate of '{name}' ({serial}) is revoked"),
        "a revoked certificate is not renewed; `privca issue` makes a new one",
    )
}

/// The certificate of each name, and its profile's decision on it.
fn prepare<'b>(
    context: &Context<'_>,
    pki: &Pki,
    ca: &Ca,
    blocked: &'b BlockedKeys,
    request: &Request<'_>,
    names: Vec<FileName>,
) -> Result<Vec<Prepared<'b>>, Error> {
    let mut found = Vec::new();
    for name in names {
        let certificate = targets::certificate_of(pki, &name);
        found.push((name, certificate));
    }
    let certificates = found.iter().filter_map(|(_, c)| c.as_ref().ok()?.as_ref());
    let serials: Vec<Serial> = certificates.map(|c| c.serial().clone()).collect();
    let rows = pki.find_serials(serials.iter())?;
    let recorded = targets::recorded_of(pki, serials.iter())?;
    let one = |name: &FileName, certificate: Option<Certificate>| {
        let none = || {
            let said = format!("'{name}' has no {}", pki.layout().issued(name).display());
            Error::failed(
                "not-issued",
                said,
                "`privca list` shows what was issued; `privca issue` makes a new one",
            )
        };
        let Some(certificate) = certificate else {
            let newest = targets::newest_of(pki, name)?;
            let gone = newest.filter(|row| row.status == Status::Revoked);
            return Err(gone.map_or_else(none, |row| revoked(name, &row.serial)));
        };
        let serial = certificate.serial();
        let row = rows.get(serial).ok_or_else(none)?;
        if row.status == Status::Revoked {
            return Err(revoked(name, serial));
        }
        let own = recorded.get(serial).and_then(|one| one.profile.as_ref());
        let profile = match &request.profile {
            Some(profile) => Some(profile.clone()),
            None => own.and_then(|profile| profile.parse().ok()),
        };
        let profile = profile
            .map(|profile| policies::load(Some(pki), &profile))
            .transpose()?;
        let old = Old {
            name: name.clone(),
            profile: profile.map(|found| found.profile),
            certificate,
            blocked,
        };
        if let Some(profile) = &old.profile {
            issuance::decide(context, pki, ca, &old.order(profile, request, None))?;
        }
        Ok(old)
    };
    let each = found.into_iter().map(|(name, certificate)| {
        let prepared = certificate.and_then(|certificate| one(&name, certificate));
        (name, prepared)
    });
    Ok(each.collect())
}

impl Old<'_> {
    fn serial(&self) -> &Serial {
        self.certificate.serial()
    }

    /// A new key where one is asked for, by the person or the profile.
    fn new_key(
        &self,
        context: &Context<'_>,
        pki: &Pki,
        request: &Request<'_>,
        passphrases: &mut dyn Passphrases,
    ) -> Result<Option<Rekeyed>, Error> {
        let by_profile = self.profile.as_ref().is_some_and(|p| p.renewal().rekey);
        if !request.rekey && !by_profile {
            return Ok(None);
        }
        let key_type = request
            .key_type
            .or_else(|| self.certificate.public_key().kind().key_type());
        let path = pki.layout().key(&self.name);
        let new = new_key(context, &path, key_type.unwrap_or_default(), passphrases)?;
        let (subject, names) = (self.certificate.subject(), self.certificate.names());
        let csr = signed_request(subject, &names, &new.key)?;
        Ok(Some((new, csr)))
    }

    fn order<'a>(
        &'a self,
        profile: &'a Profile,
        request: &Request<'_>,
        new: Option<&'a Rekeyed>,
    ) -> Order<'a> {
        let public_key = match new {
            Some((new, _)) => new.key.public(),
            None => self.certificate.public_key(),
        };
        let (subject, names) = (self.certificate.subject().clone(), self.certificate.names());
        let facts = issuance::key_facts(public_key);
        Order {
            command: "renew",
            name: &self.name,
            profile,
            blocked: self.blocked,
            wish: request.changes.wish(subject, names, Vec::new(), facts),
            public_key,
            request: new.map(|(_, csr)| csr.as_slice()),
            key_file: new.map(|(new, _)| &new.file),
            overwrite: Overwrite::No,
            renews: Some(self.serial()),
        }
    }

    /// What will be signed.
    fn plan<'a>(
        &'a self,
        context: &Context<'_>,
        pki: &Pki,
        ca: &Ca,
        request: &Request<'_>,
        new: Option<&'a Rekeyed>,
    ) -> Result<(Entry<'a>, Decided), Error> {
        match &self.profile {
            Some(profile) => {
                let order = self.order(profile, request, new);
                let planned = issuance::plan(context, pki, ca, &order)?;
                Ok((order.entry(), planned.decided()))
            }
            None => self.as_it_was(context, pki, ca, &request.changes, new),
        }
    }

    /// Under no profile: the extensions that another program gave it, and as long a life.
    fn as_it_was<'a>(
        &'a self,
        context: &Context<'_>,
        pki: &Pki,
        ca: &Ca,
        changes: &Changes,
        new: Option<&'a Rekeyed>,
    ) -> Result<(Entry<'a>, Decided), Error> {
        let public_key = new.map_or(self.certificate.public_key(), |(new, _)| new.key.public());
        if let Some(why) = self.blocked.find(public_key) {
            let said = format!("'{}' cannot be renewed: {why}", self.name);
            let hint = "give it a new key with --rekey";
            return Err(Error::failed("cannot-renew", said, hint));
        }
        let (not_before, not_after) = self.dates(context, ca, changes)?;
        let own = |extension: &&Extension| {
            extension.oid != known::SUBJECT_KEY_IDENTIFIER
                && extension.oid != known::AUTHORITY_KEY_IDENTIFIER
        };
        let serial = issuance::unused_serial(context, pki)?;
        let content = CertificateContent {
            serial: &serial,
            subject: self.certificate.subject(),
            not_before,
            not_after,
            public_key,
            extensions: self
                .certificate
                .extensions()
                .iter()
                .filter(own)
                .cloned()
                .collect(),
        };
        let drafted = draft::certificate(content, &ca.authority(pki)?)?;
        let linted = lint::lint(drafted).map_err(|findings| {
            let all: Vec<String> = findings.iter().map(ToString::to_string).collect();
            let said = format!(
                "'{}' cannot be renewed with the extensions it has: {}",
                self.name,
                all.join("; ")
            );
            Error::failed(
                "cannot-renew",
                said,
                "renew it under a profile: --profile NAME",
            )
        })?;
        let entry = Entry {
            command: "renew",
            name: &self.name,
            profile: None,
            public_key,
            request: new.map(|(_, csr)| csr.as_slice()),
            key_file: new.map(|(new, _)| &new.file),
            overwrite: Overwrite::No,
            renews: Some(self.serial()),
        };
        Ok((entry, (serial, linted, Vec::new())))
    }

    /// From a minute ago, as long as before, and not longer than the CA.
    fn dates(
        &self,
        context: &Context<'_>,
        ca: &Ca,
        changes: &Changes,
    ) -> Result<(Timestamp, Timestamp), Error> {
        let now = context.now();
        let old = &self.certificate;
        let life = old.not_after().seconds_since(old.not_before());
        let life = Span::seconds(u64::try_from(life).unwrap_or(0));
        let past = || Error::Usage("the new end is past the year 9999".to_owned());
        let not_before = changes
            .not_before
            .or_else(|| now.minus(Span::seconds(60)))
            .unwrap_or(now);
        let wanted = match changes.not_after {
            Some(end) => end,
            None => now
                .plus(changes.validity.unwrap_or(life))
                .ok_or_else(past)?,
        };
        let ca_end = ca.certificate().not_after();
        if wanted > ca_end {
            let said = format!(
                "'{}' would outlive its CA, which ends on {}",
                self.name,
                ca_end.date()
            );
            if changes.strict {
                return Err(Error::failed(
                    "cannot-renew",
                    said,
                    "leave --strict out to have it cut, or renew the CA",
                ));
            }
            context.notices.warn(&format!("{said}; cut to that"));
        }
        let not_after = wanted.min(ca_end);
        if not_after <= not_before {
            return Err(Error::Usage(
                "the new end is not after the beginning".to_owned(),
            ));
        }
        Ok((not_before, not_after))
    }
}
