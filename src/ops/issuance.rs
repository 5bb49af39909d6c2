//! The issuance cycle: the one way from a wish to a certificate in the directory.
//!
//! 1. what exists: certificates of this name and of this key
//! 2. decision: the profile grants, or refuses with every reason
//! 3. serial: drawn, and unused in the directory
//! 4. draft: the to-be-signed bytes
//! 5. lint: they break no rule
//! 6. intent: serial and the digest of those bytes are durable before a signature exists
//! 7. signature, read back and verified
//! 8. commit: row durable, then files in place, then the audit line
//!
//! Steps 1 to 5 change nothing; a dry run ends there. A stop before 8 leaves nothing but a burnt
//! serial, a stop within 8 is finished by the next command (`pki::txn`).

mod commit;
mod existing;

use std::path::PathBuf;

use super::blocked_keys::BlockedKeys;
use super::ca::Ca;
use super::{Context, Error, registry};
use crate::keys::{KeyKind, PrivateKey, PublicKey, quality};
use crate::pki::{FileName, Overwrite, Pki, Session};
use crate::primitives::secret::Secret;
use crate::primitives::{disk, pem};
use crate::profile::{self, Grant, KeyFacts, KeyFamily, Note, Profile, Wish};
use crate::x509::certificate::Certificate;
use crate::x509::draft::{self, CertificateContent, kind};
use crate::x509::general_name::GeneralName;
use crate::x509::lint::{self, Linted};
use crate::x509::serial::Serial;

pub(super) use commit::{Decided, commit, stage_in, to_sign};
use commit::{GroupFault, commit_group};
pub use commit::{certificate_file, sha256};
use existing::existing;
pub(super) use existing::existing_of_name;

/// What is to be certified, for whom, under which profile.
pub struct Order<'a> {
    /// The command, for the audit log.
    pub command: &'static str,
    /// The stem of the files.
    pub name: &'a FileName,
    /// The policy.
    pub profile: &'a Profile,
    /// The keys that no profile gets certified.
    pub blocked: &'a BlockedKeys,
    /// What is asked for.
    pub wish: Wish,
    /// The key to certify.
    pub public_key: &'a PublicKey,
    /// A request to keep in `reqs/`, in DER.
    pub request: Option<&'a [u8]>,
    /// A new key to keep in `private/`, as its file will hold it.
    pub key_file: Option<&'a Secret>,
    /// Whether files of that name may be replaced.
    pub overwrite: Overwrite,
    /// The certificate that this one takes the place of.
    pub renews: Option<&'a Serial>,
}

impl<'a> Order<'a> {
    pub(super) fn entry(&self) -> Entry<'a> {
        Entry {
            command: self.command,
            name: self.name,
            profile: Some(self.profile.name().as_str()),
            public_key: self.public_key,
            request: self.request,
            key_file: self.key_file,
            overwrite: self.overwrite,
            renews: self.renews,
        }
    }
}

/// What goes into the directory beside the certificate.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    pub(super) command: &'static str,
    pub(super) name: &'a FileName,
    /// `None` for a renewal of what another program issued.
    pub(super) profile: Option<&'a str>,
    pub(super) public_key: &'a PublicKey,
    pub(super) request: Option<&'a [u8]>,
    pub(super) key_file: Option<&'a Secret>,
    pub(super) overwrite: Overwrite,
    pub(super) renews: Option<&'a Serial>,
}

/// Steps 1 to 5: what would be signed.
pub struct Planned {
    /// What the profile grants.
    pub grant: Grant,
    /// The serial that was drawn.
    pub serial: Serial,
    linted: Linted<kind::Certificate>,
}

impl Planned {
    /// The to-be-signed bytes with an empty signature, for `--dry-run` to show.
    pub fn unsigned(&self) -> Vec<u8> {
        self.linted.unsigned()
    }

    /// For the steps that follow.
    pub(super) fn decided(self) -> Decided {
        (self.serial, self.linted, self.grant.notes)
    }
}

/// A certificate that is in the directory.
pub struct Issued {
    /// The stem of the files.
    pub name: String,
    /// The profile it was issued under; empty where it keeps the extensions that another program
    /// gave it.
    pub profile: String,
    /// The certificate.
    pub certificate: Certificate,
    /// Where it lies.
    pub path: PathBuf,
    /// Where its new key lies, if one was made.
    pub key_path: Option<PathBuf>,
    /// What was left out or cut.
    pub notes: Vec<Note>,
    /// What a client or server sends after it.
    pub intermediates: Vec<Certificate>,
}

impl Issued {
    /// The alternative names.
    pub fn names(&self) -> Vec<GeneralName> {
        self.certificate.names()
    }

    /// The certificate in PEM, then its intermediates if `chain`.
    pub fn pem(&self, chain: bool) -> String {
        let mut text = pem::encode("CERTIFICATE", self.certificate.der());
        for above in self.intermediates.iter().filter(|_| chain) {
            text.push_str(&pem::encode("CERTIFICATE", above.der()));
        }
        text
    }
}

/// Steps 1 to 5.
///
/// # Errors
/// When the profile refuses, or the content cannot be encoded.
pub fn plan(
    context: &Context<'_>,
    pki: &Pki,
    ca: &Ca,
    order: &Order<'_>,
) -> Result<Planned, Error> {
    let grant = decide(context, pki, ca, order)?;
    let serial = unused_serial(context, pki)?;
    let granted = grant.content(&serial);
    let content = CertificateContent {
        serial: &serial,
        subject: &granted.subject,
        not_before: grant.not_before,
        not_after: grant.not_after,
        public_key: order.public_key,
        extensions: granted.extensions,
    };
    let to_be_signed = draft::certificate(content, &ca.authority(pki)?)?;
    let linted = lint::lint(to_be_signed)?;
    Ok(Planned {
        grant,
        serial,
        linted,
    })
}

/// Steps 1 and 2: the decision alone, which needs no key.
///
/// # Errors
/// When the profile refuses.
pub fn decide(
    context: &Context<'_>,
    pki: &Pki,
    ca: &Ca,
    order: &Order<'_>,
) -> Result<Grant, Error> {
    let now = context.now();
    let mut wish = order.wish.clone();
    wish.key = key_facts(order.public_key);
    let blocked = order.blocked.find(order.public_key);
    wish.key.weaknesses.extend(blocked);
    wish.existing = existing(pki, order, now)?;
    profile::decide(order.profile, &wish, &ca.facts()?, now).map_err(|refusals| Error::Refused {
        what: format!("'{}'", order.name),
        profile: order.profile.name().to_string(),
        refusals,
    })
}

/// The whole cycle.
///
/// # Errors
/// When the profile refuses, a file is in the way, the key does not sign or the disk fails.
pub fn issue(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    ca: &Ca,
    key: &PrivateKey,
    order: &Order<'_>,
) -> Result<Issued, Error> {
    if order.profile.unique_key() && !pki.has_key_registry()? {
        registry::build(pki, session)?;
    }
    let decided = plan(context, pki, ca, order)?.decided();
    commit(context, pki, session, (ca, key), &order.entry(), decided)
}

/// The whole cycle for several orders, with one commit for all that the profiles grant. An order
/// that fails on its own leaves the others alone.
///
/// # Errors
/// When the disk fails, the key does not sign, or the directory is damaged: then none is issued.
pub fn issue_group(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    authority: (&Ca, &PrivateKey),
    orders: &[&Order<'_>],
    what: &str,
) -> Result<Vec<Result<Issued, Error>>, Error> {
    if orders.iter().any(|order| order.profile.unique_key()) && !pki.has_key_registry()? {
        registry::build(pki, session)?;
    }
    let mut outcomes: Vec<Option<Result<Issued, Error>>> = orders.iter().map(|_| None).collect();
    loop {
        let mut ready = Vec::new();
        let mut places = Vec::new();
        for (order, outcome) in orders.iter().zip(&mut outcomes) {
            if outcome.is_some() {
                continue;
            }
            match plan(context, pki, authority.0, order) {
                Ok(planned) => {
                    ready.push((order.entry(), planned.decided()));
                    places.push(outcome);
                }
                Err(error) => *outcome = Some(Err(error)),
            }
        }
        if ready.is_empty() {
            break;
        }
        match commit_group(context, pki, session, authority, what, ready) {
            Ok(issued) => {
                for (place, issued) in places.into_iter().zip(issued) {
                    *place = Some(Ok(issued));
                }
                break;
            }
            // what lies in the way of one is not the others' fault: the group goes again without it
            Err(GroupFault {
                at: Some(at),
                error,
            }) => match places.into_iter().nth(at) {
                Some(place) => *place = Some(Err(error)),
                None => return Err(error),
            },
            Err(GroupFault { at: None, error }) => return Err(error),
        }
    }
    Ok(outcomes.into_iter().flatten().collect())
}

/// Step 3. With 128 random bits a collision means a broken generator, so a few draws are plenty.
pub(super) fn unused_serial(context: &Context<'_>, pki: &Pki) -> Result<Serial, Error> {
    for _ in 0..8 {
        let serial = Serial::draw(context.random)?;
        if !disk::exists(&pki.layout().by_serial(&serial))? {
            return Ok(serial);
        }
    }
    Err(Error::Failed {
        code: "no-randomness",
        said: "the random generator repeats itself".to_owned(),
        hint: None,
    })
}

/// The key as a decision sees it.
pub fn key_facts(key: &PublicKey) -> KeyFacts {
    let kind = match key.kind() {
        KeyKind::EcP256 => KeyFamily::EcP256,
        KeyKind::EcP384 => KeyFamily::EcP384,
        KeyKind::Ed25519 => KeyFamily::Ed25519,
        KeyKind::Rsa { bits, .. } => KeyFamily::Rsa { bits: *bits },
        other => KeyFamily::Other {
            name: other.to_string(),
        },
    };
    let weaknesses = quality::check(key)
        .iter()
        .map(ToString::to_string)
        .collect();
    KeyFacts { kind, weaknesses }
}
