//! `renew`: the same subject and names with new dates, under the profile as it is today.
//!
//! The new certificate takes its place in `issued/`; the old one stays in `certs_by_serial/` and
//! valid in the index, until its end or until it is revoked.

use std::path::Path;

use super::ca::Ca;
use super::crl::{Made, Terms};
use super::gen_csr::signed_request;
use super::gen_key::{NewKey, new_key};
use super::issuance::{self, Entry, Issued, Order};
use super::list::State;
use super::revoke::{self, Signer};
use super::sign::Changes;
use super::targets::{self, Target};
use super::{Context, Error, Passphrases, policies};
use crate::keys::{KeyType, PrivateKey};
use crate::pki::index::{Detail, Entry as Line, Row};
use crate::pki::{FileName, Overwrite, Pki, Session};
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
/// that are due, one that fails does not stop the others.
///
/// # Errors
/// When a name has no valid certificate, a profile refuses, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Outcome, Error> {
    let pki = context.open(request.pki)?;
    let ca = Ca::load(&pki)?;
    let (names, together) = match &request.which {
        Which::Names(names) => (names.clone(), true),
        Which::Due(within) => (due(context, &pki, *within)?, false),
    };
    let mut outcome = Outcome {
        renewed: Vec::new(),
        failed: Vec::new(),
        crl: None,
    };
    let stamp = pki.index_stamp()?;
    let mut ready = Vec::new();
    for name in names {
        match prepare(context, &pki, &ca, request, &name) {
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
    let new_keys: Vec<Option<NewKey>> = ready
        .iter()
        .map(|old| old.new_key(context, &pki, request, passphrases))
        .collect::<Result<_, _>>()?;
    let mut session = context.lock(&pki)?;
    let signer = Signer { ca: &ca, key: &key };
    let changed = pki.index_stamp()? != stamp;
    for (mut old, new) in ready.into_iter().zip(&new_keys) {
        if changed {
            // another writer was quicker: it may be revoked by now, or renewed
            match prepare(context, &pki, &ca, request, &old.name) {
                Ok(now) if !together && now.serial() != old.serial() => continue,
                Ok(now) => old = now,
                Err(error) if together => return Err(error),
                Err(error) => {
                    outcome.failed.push((old.name, error));
                    continue;
                }
            }
        }
        match old.renew(context, &pki, &mut session, &signer, request, new.as_ref()) {
            Ok(issued) => outcome.renewed.push((issued, old.serial().clone())),
            Err(error) if together => return Err(error),
            Err(error) => outcome.failed.push((old.name, error)),
        }
    }
    if request.revoke_old && !outcome.renewed.is_empty() {
        outcome.crl = Some(revoke_old(
            context,
            &pki,
            &mut session,
            &signer,
            &outcome.renewed,
        )?);
    }
    Ok(outcome)
}

/// A certificate to renew.
struct Old {
    name: FileName,
    certificate: Certificate,
    /// `None` where another program issued it.
    profile: Option<Profile>,
}

/// The certificate of a name, and the profile's decision on it.
fn prepare(
    context: &Context<'_>,
    pki: &Pki,
    ca: &Ca,
    request: &Request<'_>,
    name: &FileName,
) -> Result<Old, Error> {
    let none = || {
        let said = format!("'{name}' has no {}", pki.layout().issued(name).display());
        Error::failed(
            "not-issued",
            said,
            "`privca list` shows what was issued; `privca issue` makes a new one",
        )
    };
    let certificate = targets::issued(pki, name)?.ok_or_else(none)?;
    let serial = certificate.serial();
    let record = pki.find_serial(serial)?.ok_or_else(none)?;
    if State::of(&record.row, certificate.not_before()) == State::Revoked {
        let said = format!("the certificate of '{name}' ({serial}) is revoked");
        return Err(Error::failed(
            "revoked",
            said,
            "a revoked certificate is not renewed; `privca issue` makes a new one",
        ));
    }
    let profile = match &request.profile {
        Some(profile) => Some(profile.clone()),
        None => profile_of(pki, serial)?,
    };
    let profile = profile
        .map(|profile| policies::load(Some(pki), &profile))
        .transpose()?;
    let old = Old {
        name: name.clone(),
        profile: profile.map(|found| found.profile),
        certificate,
    };
    if let Some(profile) = &old.profile {
        issuance::decide(context, pki, ca, &old.order(profile, request, None))?;
    }
    Ok(old)
}

impl Old {
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
    ) -> Result<Option<NewKey>, Error> {
        let by_profile = self.profile.as_ref().is_some_and(|p| p.renewal().rekey);
        if !request.rekey && !by_profile {
            return Ok(None);
        }
        let key_type = request
            .key_type
            .or_else(|| self.certificate.public_key().kind().key_type());
        let path = pki.layout().key(&self.name);
        new_key(context, &path, key_type.unwrap_or_default(), passphrases).map(Some)
    }

    fn order<'a>(
        &'a self,
        profile: &'a Profile,
        request: &Request<'_>,
        new: Option<(&'a NewKey, &'a [u8])>,
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
            wish: request.changes.wish(subject, names, Vec::new(), facts),
            public_key,
            request: new.map(|(_, csr)| csr),
            key_file: new.map(|(new, _)| &new.file),
            overwrite: Overwrite::No,
            renews: Some(self.serial()),
        }
    }

    fn renew(
        &self,
        context: &Context<'_>,
        pki: &Pki,
        session: &mut Session,
        signer: &Signer<'_>,
        request: &Request<'_>,
        new: Option<&NewKey>,
    ) -> Result<Issued, Error> {
        let csr = new
            .map(|new| {
                signed_request(
                    self.certificate.subject(),
                    &self.certificate.names(),
                    &new.key,
                )
            })
            .transpose()?;
        let new = new.zip(csr.as_deref());
        let Signer { ca, key } = signer;
        match &self.profile {
            Some(profile) => {
                let order = self.order(profile, request, new);
                issuance::issue(context, pki, session, ca, key, &order)
            }
            None => self.as_it_was(context, pki, session, ca, key, &request.changes, new),
        }
    }

    /// Under no profile: the extensions that another program gave it, and as long a life.
    #[allow(
        clippy::too_many_arguments,
        reason = "the cycle's own, and what is new"
    )]
    fn as_it_was(
        &self,
        context: &Context<'_>,
        pki: &Pki,
        session: &mut Session,
        ca: &Ca,
        key: &PrivateKey,
        changes: &Changes,
        new: Option<(&NewKey, &[u8])>,
    ) -> Result<Issued, Error> {
        let public_key = new.map_or(self.certificate.public_key(), |(new, _)| new.key.public());
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
            request: new.map(|(_, csr)| csr),
            key_file: new.map(|(new, _)| &new.file),
            overwrite: Overwrite::No,
            renews: Some(self.serial()),
        };
        issuance::commit(
            context,
            pki,
            session,
            ca,
            key,
            &entry,
            (serial, linted, Vec::new()),
        )
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

/// The old ones, superseded; their files are in the new ones' use.
fn revoke_old(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    signer: &Signer<'_>,
    renewed: &[(Issued, Serial)],
) -> Result<Made, Error> {
    let mut found = Vec::new();
    for (issued, serial) in renewed {
        if let Some(record) = pki.find_serial(serial)? {
            found.push(Target {
                row: record.row,
                in_index: true,
                name: issued.name.parse().ok(),
                certificate: None,
                others: Vec::new(),
            });
        }
    }
    let detail = Detail::Reason(Reason::Superseded);
    let terms = Terms::default();
    let (_, made) = revoke::commit(context, pki, session, signer, found, &detail, &terms)?;
    Ok(made)
}

/// Names whose current certificate ends soon. Those that have ended already are left alone: nobody
/// may want them any more.
fn due(context: &Context<'_>, pki: &Pki, within: Option<Span>) -> Result<Vec<FileName>, Error> {
    let now = context.now();
    let latest = |span: Span| now.plus(span).unwrap_or(Timestamp::MAX);
    let mut soon: Vec<Row> = Vec::new();
    for line in pki.rows()? {
        if let Line::Row(record) = line? {
            let row = record.row;
            let asked = within.is_none_or(|within| row.not_after <= latest(within));
            if State::of(&row, now) == State::Valid && asked {
                soon.push(row);
            }
        }
    }
    let mut names = Vec::new();
    for row in soon {
        let Some(name) = targets::name_of(pki, &row.serial, || targets::common_name(&row.subject))?
        else {
            continue;
        };
        let span = match within {
            Some(span) => span,
            None => own_span(pki, &row.serial)?,
        };
        let current = targets::issued(pki, &name)?;
        let is_current = current.is_some_and(|c| *c.serial() == row.serial);
        if is_current && row.not_after <= latest(span) {
            names.push(name);
        }
    }
    Ok(names)
}

/// How long before its end a certificate is due, by its profile.
fn own_span(pki: &Pki, serial: &Serial) -> Result<Span, Error> {
    let profile = profile_of(pki, serial)?;
    let found = profile.and_then(|profile| policies::load(Some(pki), &profile).ok());
    let within = found.and_then(|found| found.profile.renewal().within);
    Ok(within.unwrap_or(Span::days(30)))
}

fn profile_of(pki: &Pki, serial: &Serial) -> Result<Option<ProfileName>, Error> {
    let mut profile = None;
    targets::each_issued(pki, &mut |issued| {
        if issued.serial == *serial {
            profile = issued.profile.and_then(|name| name.parse().ok());
        }
    })?;
    Ok(profile)
}
