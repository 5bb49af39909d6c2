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

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::PathBuf;

use ring::digest;
use serde_json::{Map, Value, json};

use super::ca::Ca;
use super::{Context, Error, parallel, read, registry};
use crate::keys::{KeyKind, PrivateKey, PublicKey, quality};
use crate::pki::index::Status;
use crate::pki::{FileName, Intent, Overwrite, Pki, PkiError, Row, Session, ToSign, Txn};
use crate::primitives::secret::Secret;
use crate::primitives::time::Timestamp;
use crate::primitives::{disk, pem};
use crate::profile::{self, Existing, Grant, KeyFacts, KeyFamily, Note, Profile, Wish};
use crate::text;
use crate::x509::certificate::Certificate;
use crate::x509::draft::{self, CertificateContent, kind};
use crate::x509::general_name::GeneralName;
use crate::x509::lint::{self, Linted};
use crate::x509::serial::Serial;
use crate::x509::sign;

/// What is to be certified, for whom, under which profile.
pub struct Order<'a> {
    /// The command, for the audit log.
    pub command: &'static str,
    /// The stem of the files.
    pub name: &'a FileName,
    /// The policy.
    pub profile: &'a Profile,
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

/// What was decided and linted: the serial, the bytes, and what was left out or cut.
pub(super) type Decided = (Serial, Linted<kind::Certificate>, Vec<Note>);

/// What the journal says of it before it is signed.
pub(super) fn to_sign((serial, linted, _): &Decided) -> ToSign {
    ToSign {
        serial: Some(serial.clone()),
        sha256: sha256(linted.der()),
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
    let planned = plan(context, pki, ca, order)?;
    let ready = (planned.serial, planned.linted, planned.grant.notes);
    commit(context, pki, session, ca, key, &order.entry(), ready)
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
    (ca, key): (&Ca, &PrivateKey),
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
            match plan(context, pki, ca, order) {
                Ok(planned) => {
                    ready.push(Ready {
                        entry: order.entry(),
                        serial: planned.serial,
                        linted: planned.linted,
                        notes: planned.grant.notes,
                    });
                    places.push(outcome);
                }
                Err(error) => *outcome = Some(Err(error)),
            }
        }
        if ready.is_empty() {
            break;
        }
        match commit_group(context, pki, session, ca, key, what, ready) {
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

/// Steps 6 to 8, for content that was decided and linted.
pub(super) fn commit(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    ca: &Ca,
    key: &PrivateKey,
    entry: &Entry<'_>,
    (serial, linted, notes): (Serial, Linted<kind::Certificate>, Vec<Note>),
) -> Result<Issued, Error> {
    let what = format!("{} {}", entry.command, entry.name);
    let ready = Ready {
        entry: entry.clone(),
        serial,
        linted,
        notes,
    };
    let issued = commit_group(context, pki, session, ca, key, &what, vec![ready]);
    let issued = issued.map_err(|fault| fault.error)?.pop();
    issued.ok_or_else(|| Error::Bug("a commit of nothing".to_owned()))
}

/// What waits for its signature.
struct Ready<'a> {
    entry: Entry<'a>,
    serial: Serial,
    linted: Linted<kind::Certificate>,
    notes: Vec<Note>,
}

/// Why a group was not committed.
struct GroupFault {
    /// Which of it is to blame; `None` where it is the disk.
    at: Option<usize>,
    error: Error,
}

impl From<Error> for GroupFault {
    fn from(error: Error) -> Self {
        Self { at: None, error }
    }
}

impl From<PkiError> for GroupFault {
    fn from(fault: PkiError) -> Self {
        Self::from(Error::from(fault))
    }
}

fn commit_group(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    ca: &Ca,
    key: &PrivateKey,
    what: &str,
    ready: Vec<Ready<'_>>,
) -> Result<Vec<Issued>, GroupFault> {
    let to_sign = |ready: &Ready<'_>| ToSign {
        serial: Some(ready.serial.clone()),
        sha256: sha256(ready.linted.der()),
    };
    let mut txn = session.begin(Intent {
        to_sign: ready.iter().map(to_sign).collect(),
        ..context.intent(what)
    })?;
    let signed = parallel::map(ready, |ready| {
        let certificate = sign::certificate(ready.linted, key)?;
        let file = certificate_file(&certificate)?;
        Ok::<_, Error>((ready.entry, ready.notes, certificate, file))
    });
    let mut all = Vec::new();
    let mut keys = BTreeSet::new();
    for (at, signed) in signed.into_iter().enumerate() {
        let (entry, notes, certificate, file) = signed?;
        let staged = stage(pki, &mut txn, &entry, &certificate, &file);
        staged.map_err(|error| GroupFault {
            at: is_in_the_way(&error).then_some(at),
            error,
        })?;
        // under profiles without `unique_key` two names may have one key
        let sum = entry.public_key.sha256();
        if keys.insert(sum) {
            txn.register_issued(&sum, entry.name, certificate.serial())?;
        }
        txn.audit(audit(context, &entry, &certificate));
        all.push(Issued {
            name: entry.name.to_string(),
            profile: entry.profile.unwrap_or_default().to_owned(),
            certificate,
            path: pki.layout().issued(entry.name),
            key_path: entry.key_file.map(|_| pki.layout().key(entry.name)),
            notes,
            intermediates: ca.intermediates().cloned().collect(),
        });
    }
    txn.commit()?;
    Ok(all)
}

/// Signs and stages one certificate in a change that does more than that.
pub(super) fn stage_in(
    context: &Context<'_>,
    pki: &Pki,
    txn: &mut Txn<'_>,
    (ca, key): (&Ca, &PrivateKey),
    entry: &Entry<'_>,
    (_, linted, notes): Decided,
) -> Result<Issued, Error> {
    let certificate = sign::certificate(linted, key)?;
    let file = certificate_file(&certificate)?;
    stage(pki, txn, entry, &certificate, &file)?;
    txn.register_issued(&entry.public_key.sha256(), entry.name, certificate.serial())?;
    txn.audit(audit(context, entry, &certificate));
    Ok(Issued {
        name: entry.name.to_string(),
        profile: entry.profile.unwrap_or_default().to_owned(),
        certificate,
        path: pki.layout().issued(entry.name),
        key_path: entry.key_file.map(|_| pki.layout().key(entry.name)),
        notes,
        intermediates: ca.intermediates().cloned().collect(),
    })
}

/// True for what concerns one name, and no other file.
fn is_in_the_way(error: &Error) -> bool {
    match error {
        Error::Pki(PkiError::AlreadyExists { .. } | PkiError::Row(_)) => true,
        Error::Pki(PkiError::Disk(fault)) => fault.kind() == ErrorKind::InvalidInput,
        _ => false,
    }
}

/// The certificate's files and its row.
fn stage(
    pki: &Pki,
    txn: &mut Txn<'_>,
    entry: &Entry<'_>,
    certificate: &Certificate,
    file: &str,
) -> Result<(), Error> {
    let layout = pki.layout();
    let by_serial = layout.by_serial(certificate.serial());
    txn.place(&by_serial, file.as_bytes(), disk::PUBLIC, Overwrite::No)?;
    // an expired or revoked certificate of this name stays in certs_by_serial/
    let path = layout.issued(entry.name);
    txn.place(&path, file.as_bytes(), disk::PUBLIC, Overwrite::Yes)?;
    if let Some(old) = entry.renews.filter(|_| entry.key_file.is_some()) {
        put_aside(pki, txn, entry.name, old)?;
    }
    if let Some(request) = entry.request {
        place_request(pki, txn, entry, request)?;
    }
    if let Some(file) = entry.key_file {
        let path = layout.key(entry.name);
        txn.place(&path, file.expose(), disk::PRIVATE, entry.overwrite)?;
    }
    Ok(txn.append_row(&Row::issued(
        certificate.serial().clone(),
        certificate.not_after(),
        certificate.subject().oneline(),
    ))?)
}

/// A certificate as EasyRSA keeps it: OpenSSL's text with `openssl ca`'s names, then the PEM.
///
/// # Errors
/// When the certificate has no text form, which is a bug.
pub fn certificate_file(certificate: &Certificate) -> Result<String, Error> {
    let mut file = Vec::new();
    text::certificate_with(certificate.der(), text::NameStyle::Compat, &mut file)
        .map_err(|fault| Error::Bug(format!("a certificate has no text form: {fault}")))?;
    file.extend_from_slice(pem::encode("CERTIFICATE", certificate.der()).as_bytes());
    String::from_utf8(file).map_err(|_| Error::Bug("a certificate's text is no UTF-8".to_owned()))
}

/// A digest for the intent and the audit log.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// A renewal with a new key keeps the old one: mail and files may be encrypted for it.
fn put_aside(pki: &Pki, txn: &mut Txn<'_>, name: &FileName, old: &Serial) -> Result<(), Error> {
    let layout = pki.layout();
    for (from, to) in [
        (layout.key(name), layout.renewed_key(old)),
        (layout.request(name), layout.renewed_request(old)),
    ] {
        if disk::exists(&from)? {
            txn.move_file(&from, &to)?;
        }
    }
    Ok(())
}

fn place_request(
    pki: &Pki,
    txn: &mut Txn<'_>,
    order: &Entry<'_>,
    request: &[u8],
) -> Result<(), Error> {
    let path = pki.layout().request(order.name);
    let held = disk::read_bounded(&path, 1 << 20).ok();
    let held = held.and_then(|file| read::request(&file, "").ok());
    if held.is_some_and(|held| held.der() == request) {
        return Ok(());
    }
    let file = pem::encode("CERTIFICATE REQUEST", request);
    Ok(txn.place(&path, file.as_bytes(), disk::PUBLIC, order.overwrite)?)
}

fn audit(
    context: &Context<'_>,
    order: &Entry<'_>,
    certificate: &Certificate,
) -> Map<String, Value> {
    let fields = json!({
        "name": order.name.to_string(),
        "profile": order.profile,
        "renews": order.renews.map(Serial::to_string),
        "serial": certificate.serial().to_string(),
        "subject": certificate.subject().rfc4514(),
        "not_after": certificate.not_after().to_string(),
        "sha256": certificate.sha256(),
    });
    context.record(order.command, "issued", fields)
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

/// Step 1: what the profile's `unique_name` and `unique_key` ask about.
fn existing(pki: &Pki, order: &Order<'_>, now: Timestamp) -> Result<Existing, Error> {
    // a renewal takes the place of that one
    let mut existing = match order.renews {
        None => existing_of_name(pki, order.profile, order.name, now)?,
        Some(_) => Existing::default(),
    };
    if order.profile.unique_key() {
        // an adopted directory has no register before its first issuance under the lock
        let owner = match pki.has_key_registry()? {
            true => pki.key_owner(&order.public_key.sha256())?,
            false => None,
        };
        existing.key_certified_for = owner.filter(|owner| *owner != order.name.to_string());
    }
    Ok(existing)
}

/// What `unique_name` alone asks about, for a key that is not made yet.
pub(super) fn existing_of_name(
    pki: &Pki,
    profile: &Profile,
    name: &FileName,
    now: Timestamp,
) -> Result<Existing, Error> {
    let mut existing = Existing::default();
    if profile.unique_name() {
        existing.valid_certificate_of_name = valid_certificate(pki, name, now)?;
    }
    Ok(existing)
}

/// The certificate in `issued/NAME.crt`, if it is neither expired nor revoked.
fn valid_certificate(pki: &Pki, name: &FileName, now: Timestamp) -> Result<Option<String>, Error> {
    let path = pki.layout().issued(name);
    let file = match disk::read_bounded(&path, 1 << 20) {
        Ok(file) => file,
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(fault.into()),
    };
    let certificates = read::certificates(&file, &path)?;
    let Some(certificate) = certificates.first().filter(|c| c.not_after() >= now) else {
        return Ok(None);
    };
    let record = pki.find_serial(certificate.serial())?;
    let revoked = record.is_some_and(|record| record.row.status == Status::Revoked);
    let (serial, end) = (certificate.serial(), certificate.not_after());
    Ok((!revoked).then(|| format!("serial {serial}, valid until {}", end.date())))
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
