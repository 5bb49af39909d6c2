//! `sign`: certificates from requests, under a profile.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::blocked_keys::BlockedKeys;
use super::ca::Ca;
use super::issuance::{self, Issued, Order, Planned};
use super::{Context, Error, Passphrases, check_out, policies, read};
use crate::pki::{FileName, Overwrite, Pki};
use crate::primitives::disk;
use crate::primitives::oid::known;
use crate::primitives::time::{Span, Timestamp};
use crate::profile::{Profile, ProfileName, Wish};
use crate::x509::extension::{self, Extension};
use crate::x509::general_name::GeneralName;
use crate::x509::name::Name;
use crate::x509::request::VerifiedRequest;

/// One request to sign.
pub struct Item {
    /// The stem of the files.
    pub name: FileName,
    /// The request's bytes and where they came from, if not from `reqs/`.
    pub handed_in: Option<(Vec<u8>, String)>,
}

/// What is asked for.
pub struct Request<'a> {
    /// The PKI directory.
    pub pki: &'a Path,
    /// The requests.
    pub items: Vec<Item>,
    /// The policy's name.
    pub profile: ProfileName,
    /// What the command line puts in the place of the requests' wishes.
    pub changes: Changes,
    /// Files outside the directory that the certificate goes to, `None` for none.
    pub out: Option<PathBuf>,
    /// Whether files may be replaced.
    pub overwrite: Overwrite,
}

/// What a person asks for beside or instead of a request.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Replaces the request's subject.
    pub subject: Option<Name>,
    /// Replaces the request's alternative names, if there are any.
    pub names: Vec<GeneralName>,
    /// The length of life.
    pub validity: Option<Span>,
    /// The first second.
    pub not_before: Option<Timestamp>,
    /// The last second.
    pub not_after: Option<Timestamp>,
    /// Refuse what would be cut to the issuer's life.
    pub strict: bool,
}

/// A request that was read and verified.
pub(super) struct Evidence {
    name: FileName,
    pub(super) request: VerifiedRequest,
    pub(super) wish: Wish,
    keep: bool,
}

/// Signs every request, or none if the profile refuses one.
///
/// # Errors
/// When a request cannot be used or is refused, a file is in the way, or the disk fails.
pub fn run(
    context: &Context<'_>,
    request: &Request<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<Vec<Issued>, Error> {
    let pki = context.open(request.pki)?;
    let (ca, policy, evidence) = prepare(context, &pki, request)?;
    if let Some(out) = &request.out {
        check_out(request.pki, out, request.overwrite)?;
    }
    let key = ca.open_key(&pki, passphrases)?;
    let mut session = context.lock(&pki)?;
    evidence
        .iter()
        .map(|e| {
            issuance::issue(
                context,
                &pki,
                &mut session,
                &ca,
                &key,
                &order(&policy, e, request.overwrite),
            )
        })
        .collect()
}

/// What [`run`] would sign; nothing is changed.
pub struct Preview {
    /// The stem of the files.
    pub name: String,
    /// Steps 1 to 5 of the cycle.
    pub planned: Planned,
    /// The to-be-signed certificate with an empty signature, in DER.
    pub unsigned: Vec<u8>,
}

/// Shows what [`run`] would sign.
///
/// # Errors
/// As [`run`], but nothing is ever written.
pub fn preview(context: &Context<'_>, request: &Request<'_>) -> Result<Vec<Preview>, Error> {
    let pki = context.open(request.pki)?;
    let (ca, policy, evidence) = prepare(context, &pki, request)?;
    evidence
        .iter()
        .map(|e| {
            let planned =
                issuance::plan(context, &pki, &ca, &order(&policy, e, request.overwrite))?;
            let unsigned = planned.unsigned();
            Ok(Preview {
                name: e.name.to_string(),
                planned,
                unsigned,
            })
        })
        .collect()
}

/// What every request is held against.
type Policy = (Profile, BlockedKeys);

/// Reads the requests and lets the profile decide on all of them before a passphrase is asked for.
fn prepare(
    context: &Context<'_>,
    pki: &Pki,
    request: &Request<'_>,
) -> Result<(Ca, Policy, Vec<Evidence>), Error> {
    let ca = Ca::load(pki)?;
    let profile = policies::load(Some(pki), &request.profile)?.profile;
    let policy = (profile, BlockedKeys::read(pki)?);
    let evidence: Vec<Evidence> = request
        .items
        .iter()
        .map(|item| evidence(pki, item, &request.changes))
        .collect::<Result<_, _>>()?;
    for e in &evidence {
        issuance::decide(context, pki, &ca, &order(&policy, e, request.overwrite))?;
    }
    Ok((ca, policy, evidence))
}

fn order<'a>(
    (profile, blocked): &'a Policy,
    evidence: &'a Evidence,
    overwrite: Overwrite,
) -> Order<'a> {
    Order {
        command: "sign",
        name: &evidence.name,
        profile,
        blocked,
        wish: evidence.wish.clone(),
        public_key: evidence.request.public_key(),
        request: evidence.keep.then(|| evidence.request.der()),
        key_file: None,
        overwrite,
        renews: None,
    }
}

pub(super) fn evidence(pki: &Pki, item: &Item, changes: &Changes) -> Result<Evidence, Error> {
    let request = match &item.handed_in {
        Some((file, what)) => read::request(file, what)?,
        None => {
            let path = pki.layout().request(&item.name);
            let file = disk::read_bounded(&path, 1 << 20).map_err(|fault| {
                if fault.kind() != ErrorKind::NotFound {
                    return fault.into();
                }
                let said = format!("there is no request {}", path.display());
                Error::failed("no-request", said, without_request(pki, &item.name))
            })?;
            read::request(&file, &path.display().to_string())?
        }
    };
    let wish = wish(&request, changes).map_err(|fault| {
        let what = item
            .handed_in
            .as_ref()
            .map_or_else(|| item.name.to_string(), |(_, w)| w.clone());
        let said =
            format!("cannot use the request {what}: its alternative names are malformed: {fault}");
        Error::failed("bad-request", said, "ask its sender for a sound one")
    })?;
    Ok(Evidence {
        name: item.name.clone(),
        request,
        wish,
        keep: item.handed_in.is_some(),
    })
}

fn without_request(pki: &Pki, name: &FileName) -> String {
    let profile = name.as_str().parse::<ProfileName>().ok();
    match profile.filter(|profile| policies::load(Some(pki), profile).is_ok()) {
        // `sign client bob`, as EasyRSA takes it
        Some(profile) => format!("a profile is given as --profile {profile}"),
        None => format!("make one with `privca gen-csr {name}`, or give --csr FILE"),
    }
}

/// The request's wishes in one normal form, with the command line's in their place.
fn wish(
    request: &VerifiedRequest,
    changes: &Changes,
) -> Result<Wish, crate::primitives::der::DerError> {
    let names = if changes.names.is_empty() {
        extension::read_subject_alt_names(request.extensions())?
    } else {
        changes.names.clone()
    };
    let others = request
        .extensions()
        .iter()
        .filter(|e| e.oid != known::SUBJECT_ALT_NAME);
    let requested: Vec<Extension> = others.cloned().collect();
    let subject = changes
        .subject
        .clone()
        .unwrap_or_else(|| request.subject().clone());
    Ok(changes.wish(
        subject,
        names,
        requested,
        issuance::key_facts(request.public_key()),
    ))
}

impl Changes {
    /// A wish with the dates that the command line asks for.
    pub fn wish(
        &self,
        subject: Name,
        names: Vec<GeneralName>,
        requested: Vec<Extension>,
        key: crate::profile::KeyFacts,
    ) -> Wish {
        Wish {
            subject,
            names,
            requested,
            key,
            validity: self.validity,
            not_before: self.not_before,
            not_after: self.not_after,
            strict: self.strict,
            existing: crate::profile::Existing::default(),
        }
    }
}
