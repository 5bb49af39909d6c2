//! What becomes of each row: done already, to be done, or not possible; decided before anything is
//! written.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::super::blocked_keys::BlockedKeys;
use super::super::ca::Ca;
use super::super::gen_csr::subject_of;
use super::super::issuance::{self, Order};
use super::super::sign::{self, Changes, Evidence, Item};
use super::super::targets;
use super::super::{Context, Error, check_free, check_out, parallel, read};
use super::manifest::{P12, Row};
use super::survey::{Held, Survey};
use super::{Defaults, Profiles, Request};
use crate::keys::KeyType;
use crate::keys::pkcs12::Strength;
use crate::pki::{Overwrite, Pki};
use crate::primitives::disk;
use crate::primitives::oid::known;
use crate::primitives::time::Timestamp;
use crate::profile::{self, Grant, KeyFacts, KeyFamily, Profile, Wish};
use crate::x509::certificate::Certificate;

/// What is to be done for one row.
pub(super) struct Work<'r> {
    pub(super) row: &'r Row,
    pub(super) profile: Arc<Profile>,
    pub(super) source: Source,
    /// What is asked for; of a key that is not made yet its kind alone.
    pub(super) wish: Wish,
    pub(super) p12: Option<Strength>,
    pub(super) out: Option<PathBuf>,
}

/// Where the key to certify comes from.
pub(super) enum Source {
    /// It is made.
    New(KeyType),
    /// A request has it.
    Request(Box<Evidence>),
}

/// What a row comes to.
pub(super) enum Verdict<'r> {
    /// It has its certificate; what it still lacks is in the work.
    Already(Work<'r>, Box<Certificate>),
    /// The profile grants it.
    Granted(Work<'r>, Box<Grant>),
    /// Neither.
    No(Error),
}

/// What all rows are held against.
pub(super) struct Judge<'a, 'r> {
    pub(super) context: &'a Context<'a>,
    pub(super) pki: &'a Pki,
    pub(super) ca: &'a Ca,
    pub(super) request: &'a Request<'r>,
    pub(super) profiles: &'a Profiles,
    pub(super) blocked: &'a BlockedKeys,
    pub(super) survey: &'a Survey,
}

impl<'r> Judge<'_, 'r> {
    /// Decides on every row, in order; requests are read and checked on every core.
    pub(super) fn judge(&self) -> Vec<Verdict<'r>> {
        // two rows may bring one key; the directory does not know yet of the first one's
        let mut keys: HashMap<[u8; 32], &Row> = HashMap::new();
        let rows = self.request.rows.iter().collect();
        let verdicts = parallel::map(rows, |row| self.one(row).unwrap_or_else(Verdict::No));
        let verdicts = verdicts.into_iter().map(|verdict| match verdict {
            Verdict::Granted(work, grant) => match self.same_key(&mut keys, &work) {
                Some(error) => Verdict::No(error),
                None => Verdict::Granted(work, grant),
            },
            other => other,
        });
        verdicts.collect()
    }

    fn same_key(&self, keys: &mut HashMap<[u8; 32], &'r Row>, work: &Work<'r>) -> Option<Error> {
        let Source::Request(evidence) = &work.source else {
            return None;
        };
        let sum = evidence.request.public_key().sha256();
        let first = *keys.entry(sum).or_insert(work.row);
        if first.line == work.row.line || !work.profile.unique_key() {
            return None;
        }
        let said = format!(
            "its key is that of '{}' in line {}; profile '{}' allows a key for one name only",
            first.name,
            first.line,
            work.profile.name()
        );
        let hint = "ask for a request with a key of its own";
        Some(Error::failed("same-key", said, hint))
    }

    fn one(&self, row: &'r Row) -> Result<Verdict<'r>, Error> {
        let work = self.work(row)?;
        let held = self.survey.valid(row.name.as_str());
        let mut differs = None;
        for held in held {
            match self.compare(&work, held)? {
                Ok(certificate) => return Ok(Verdict::Already(work, Box::new(certificate))),
                Err(why) => differs = Some((held, why)),
            }
        }
        match differs {
            Some((held, why)) if work.profile.unique_name() => {
                return Err(differing(row, held, &why));
            }
            None if self.survey.is_revoked(row.name.as_str()) && !self.request.reissue => {
                let said = format!("the certificate of '{}' was revoked", row.name);
                let hint = "take the row out; or give --reissue-revoked to make a new one";
                return Err(Error::failed("revoked-before", said, hint));
            }
            _ => {}
        }
        let layout = self.pki.layout();
        if matches!(work.source, Source::New(_)) {
            check_free(&layout.key(&row.name), Overwrite::No)?;
            check_free(&layout.request(&row.name), Overwrite::No)?;
        }
        if let Some(out) = &work.out {
            check_free(out, Overwrite::No)?;
        }
        if work.p12.is_some() {
            check_free(&layout.p12(&row.name), Overwrite::No)?;
        }
        let grant = self.decide(&work, self.context.now())?;
        Ok(Verdict::Granted(work, Box::new(grant)))
    }

    fn work(&self, row: &'r Row) -> Result<Work<'r>, Error> {
        let out = row.out.as_ref().map(|out| self.request.folder.join(out));
        if let Some(out) = &out {
            // one that is there may be the row's own, of an earlier run
            check_out(self.request.pki, out, Overwrite::Yes)?;
        }
        let defaults = &self.request.defaults;
        let name = row.profile.as_ref().unwrap_or(&defaults.profile);
        let missing = || Error::NoProfile(name.to_string(), Vec::new());
        let profile = self.profiles.get(name).ok_or_else(missing)?;
        let changes = changes(row, defaults);
        let (source, wish) = match &row.csr {
            Some(csr) => {
                let path = self.request.folder.join(csr);
                let item = Item {
                    name: row.name.clone(),
                    handed_in: Some((
                        disk::read_bounded(&path, read::MOST)?,
                        path.display().to_string(),
                    )),
                };
                let evidence = sign::evidence(self.pki, &item, &changes)?;
                let wish = evidence.wish.clone();
                (Source::Request(Box::new(evidence)), wish)
            }
            None => {
                let key_type = row.key_type.unwrap_or(defaults.key_type);
                let subject = match changes.subject.clone() {
                    Some(subject) => subject,
                    None => subject_of(&row.name)?,
                };
                let names = changes.names.clone();
                let wish = changes.wish(subject, names, Vec::new(), facts(key_type));
                (Source::New(key_type), wish)
            }
        };
        let p12 = match (row.p12, &source) {
            (_, Source::Request(_)) | (Some(P12::No), _) => None,
            (Some(P12::Of(strength)), _) => Some(strength),
            (Some(P12::Yes), _) => Some(defaults.strength),
            (None, _) => defaults.p12.then_some(defaults.strength),
        };
        Ok(Work {
            row,
            profile: Arc::clone(profile),
            source,
            wish,
            p12,
            out,
        })
    }

    /// Would the profile grant it, whatever was issued before?
    fn grant_at(&self, work: &Work<'_>, at: Timestamp) -> Result<Option<Grant>, Error> {
        Ok(profile::decide(&work.profile, &work.wish, &self.ca.facts()?, at).ok())
    }

    fn decide(&self, work: &Work<'_>, now: Timestamp) -> Result<Grant, Error> {
        if let Source::Request(evidence) = &work.source {
            let order = Order {
                command: "batch",
                name: &work.row.name,
                profile: &work.profile,
                blocked: self.blocked,
                wish: work.wish.clone(),
                public_key: evidence.request.public_key(),
                request: None,
                key_file: None,
                overwrite: Overwrite::No,
                renews: None,
            };
            return issuance::decide(self.context, self.pki, self.ca, &order);
        }
        // there is no key yet that could be certified for another name
        let mut wish = work.wish.clone();
        wish.existing = issuance::existing_of_name(self.pki, &work.profile, &work.row.name, now)?;
        let what = format!("'{}'", work.row.name);
        profile::decide(&work.profile, &wish, &self.ca.facts()?, now).map_err(|refusals| {
            Error::Refused {
                what,
                profile: work.profile.name().to_string(),
                refusals,
            }
        })
    }

    /// The certificate, if it is what the row asks for; else the reason why not.
    fn compare(&self, work: &Work<'_>, held: &Held) -> Result<Result<Certificate, String>, Error> {
        let wanted = work.profile.name().as_str();
        let Some(at) = held.at else {
            return Ok(Err("another program issued it".to_owned()));
        };
        match &held.profile {
            Some(profile) if profile == wanted => {}
            Some(profile) => {
                return Ok(Err(format!(
                    "it was issued under profile '{profile}', and the row asks for '{wanted}'"
                )));
            }
            None => return Ok(Err("it was issued under no profile".to_owned())),
        }
        let Some(certificate) = targets::stored(self.pki, &held.serial)? else {
            return Ok(Err("its file is missing".to_owned()));
        };
        let Some(grant) = self.grant_at(work, at)? else {
            return Ok(Err("the profile refuses what the row asks for".to_owned()));
        };
        Ok(
            match difference(work, &self.request.defaults, &grant, &certificate) {
                Some(why) => Err(why),
                None => Ok(certificate),
            },
        )
    }
}

fn changes(row: &Row, defaults: &Defaults) -> Changes {
    let own_end = row.validity.is_some() || row.not_after.is_some();
    Changes {
        subject: row.subject.clone(),
        names: row.names.clone(),
        validity: row.validity.or(defaults.validity.filter(|_| !own_end)),
        not_before: row.not_before,
        not_after: row.not_after,
        strict: defaults.strict,
    }
}

/// What a key of this type will be to a decision.
fn facts(key_type: KeyType) -> KeyFacts {
    let kind = match key_type {
        KeyType::EcP256 => KeyFamily::EcP256,
        KeyType::EcP384 => KeyFamily::EcP384,
        KeyType::Ed25519 => KeyFamily::Ed25519,
        KeyType::Rsa2048 => KeyFamily::Rsa { bits: 2048 },
        KeyType::Rsa3072 => KeyFamily::Rsa { bits: 3072 },
        KeyType::Rsa4096 => KeyFamily::Rsa { bits: 4096 },
    };
    KeyFacts {
        kind,
        weaknesses: Vec::new(),
    }
}

/// In what a certificate is not what the row asks for.
fn difference(
    work: &Work<'_>,
    defaults: &Defaults,
    grant: &Grant,
    certificate: &Certificate,
) -> Option<String> {
    let content = grant.content(certificate.serial());
    if content.subject.der() != certificate.subject().der() {
        let (is, wanted) = (certificate.subject(), &content.subject);
        return Some(format!(
            "its subject is {is}, and the row asks for {wanted}"
        ));
    }
    let names = |extensions: &[crate::x509::extension::Extension]| {
        let found = extensions.iter().find(|e| e.oid == known::SUBJECT_ALT_NAME);
        found.cloned()
    };
    if names(&content.extensions) != names(certificate.extensions()) {
        let is: Vec<String> = certificate
            .names()
            .iter()
            .map(ToString::to_string)
            .collect();
        return Some(format!(
            "its alternative names are {:?}, and the row asks for others",
            is.join(" ")
        ));
    }
    let key = certificate.public_key();
    match &work.source {
        Source::Request(evidence) if evidence.request.public_key().bits() != key.bits() => {
            return Some("it has another key than the request".to_owned());
        }
        Source::New(key_type) if key.kind().key_type() != Some(*key_type) => {
            return Some(format!(
                "its key is {}, and the row asks for {key_type}",
                key.kind()
            ));
        }
        _ => {}
    }
    let row = work.row;
    let near = |a: Timestamp, b: Timestamp| a.seconds_since(b).abs() <= CLOCK_STEP;
    let start = row.not_before.is_some() && certificate.not_before() != grant.not_before;
    let end = match changes(row, defaults) {
        Changes {
            not_after: Some(_), ..
        } => certificate.not_after() != grant.not_after,
        Changes {
            validity: Some(_), ..
        } => !near(certificate.not_after(), grant.not_after),
        _ => false,
    };
    (start || end).then(|| {
        let (from, to) = (certificate.not_before(), certificate.not_after());
        format!("it is valid from {from} to {to}, and the row asks for other dates")
    })
}

/// How far apart the decision on a certificate and its line in the log may be, in seconds.
const CLOCK_STEP: i64 = 120;

fn differing(row: &Row, held: &Held, why: &str) -> Error {
    let said = format!(
        "'{}' has a valid certificate (serial {}) that is not the one of the row: {why}",
        row.name, held.serial
    );
    let hint = format!(
        "mend the row; or `privca revoke {}` first, and give --reissue-revoked",
        row.name
    );
    Error::failed("differs", said, hint)
}

/// The names that a manifest speaks of.
pub(super) fn names(rows: &[Row]) -> HashSet<&str> {
    rows.iter().map(|row| row.name.as_str()).collect()
}
