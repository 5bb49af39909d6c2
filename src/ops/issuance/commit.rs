//! Steps 6 to 8 of the issuance cycle: intent, signature, durable commit.

use std::collections::BTreeSet;
use std::io::ErrorKind;

use ring::digest;
use serde_json::{Map, Value, json};

use super::{Entry, Issued};
use crate::keys::PrivateKey;
use crate::ops::ca::Ca;
use crate::ops::{Context, Error, parallel, read};
use crate::pki::{FileName, Intent, Overwrite, Pki, PkiError, Row, Session, ToSign, Txn};
use crate::primitives::{disk, pem};
use crate::profile::Note;
use crate::text;
use crate::x509::certificate::Certificate;
use crate::x509::draft::kind;
use crate::x509::lint::Linted;
use crate::x509::serial::Serial;
use crate::x509::sign;

/// What was decided and linted: the serial, the bytes, and what was left out or cut.
pub(in crate::ops) type Decided = (Serial, Linted<kind::Certificate>, Vec<Note>);

/// What the journal says of it before it is signed.
pub(in crate::ops) fn to_sign((serial, linted, _): &Decided) -> ToSign {
    ToSign {
        serial: Some(serial.clone()),
        sha256: sha256(linted.der()),
    }
}

/// Steps 6 to 8, for content that was decided and linted.
pub(in crate::ops) fn commit(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    authority: (&Ca, &PrivateKey),
    entry: &Entry<'_>,
    decided: Decided,
) -> Result<Issued, Error> {
    let what = format!("{} {}", entry.command, entry.name);
    let ready = vec![(entry.clone(), decided)];
    let issued = commit_group(context, pki, session, authority, &what, ready);
    let issued = issued.map_err(|fault| fault.error)?.pop();
    issued.ok_or_else(|| Error::Bug("a commit of nothing".to_owned()))
}

/// Why a group was not committed.
pub(super) struct GroupFault {
    /// Which of it is to blame; `None` where it is the disk.
    pub(super) at: Option<usize>,
    pub(super) error: Error,
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

/// Commits all of them, or none.
///
/// # Errors
/// With the one to blame, where it is one.
pub(super) fn commit_group(
    context: &Context<'_>,
    pki: &Pki,
    session: &mut Session,
    (ca, key): (&Ca, &PrivateKey),
    what: &str,
    ready: Vec<(Entry<'_>, Decided)>,
) -> Result<Vec<Issued>, GroupFault> {
    let mut txn = session.begin(Intent {
        to_sign: ready.iter().map(|(_, decided)| to_sign(decided)).collect(),
        ..context.intent(what)
    })?;
    let signed = parallel::map(ready, |(entry, decided)| {
        Signed::new(decided, key).map(|signed| (entry, signed))
    });
    let mut all = Vec::new();
    let mut keys = BTreeSet::new();
    for (at, signed) in signed.into_iter().enumerate() {
        let (entry, signed) = signed?;
        let staged = stage(context, pki, &mut txn, ca, &entry, signed);
        let issued = staged.map_err(|error| GroupFault {
            at: is_in_the_way(&error).then_some(at),
            error,
        })?;
        // under profiles without `unique_key` two names may have one key
        if keys.insert(entry.public_key.sha256()) {
            register(&mut txn, &entry, &issued)?;
        }
        all.push(issued);
    }
    txn.commit()?;
    Ok(all)
}

/// Signs and stages one certificate in a change that does more than that.
pub(in crate::ops) fn stage_in(
    context: &Context<'_>,
    pki: &Pki,
    txn: &mut Txn<'_>,
    (ca, key): (&Ca, &PrivateKey),
    entry: &Entry<'_>,
    decided: Decided,
) -> Result<Issued, Error> {
    let issued = stage(context, pki, txn, ca, entry, Signed::new(decided, key)?)?;
    register(txn, entry, &issued)?;
    Ok(issued)
}

/// Step 7: a certificate, and its file's contents.
struct Signed {
    certificate: Certificate,
    file: String,
    notes: Vec<Note>,
}

impl Signed {
    fn new((_, linted, notes): Decided, key: &PrivateKey) -> Result<Self, Error> {
        let certificate = sign::certificate(linted, key)?;
        let file = certificate_file(&certificate)?;
        Ok(Self {
            certificate,
            file,
            notes,
        })
    }
}

fn register(txn: &mut Txn<'_>, entry: &Entry<'_>, issued: &Issued) -> Result<(), PkiError> {
    let serial = issued.certificate.serial();
    txn.register_issued(&entry.public_key.sha256(), entry.name, serial)
}

/// True for what concerns one name, and no other file.
fn is_in_the_way(error: &Error) -> bool {
    match error {
        Error::Pki(PkiError::AlreadyExists { .. } | PkiError::Row(_)) => true,
        Error::Pki(PkiError::Disk(fault)) => fault.kind() == ErrorKind::InvalidInput,
        _ => false,
    }
}

/// The certificate's files, its row, and its line in the log.
fn stage(
    context: &Context<'_>,
    pki: &Pki,
    txn: &mut Txn<'_>,
    ca: &Ca,
    entry: &Entry<'_>,
    signed: Signed,
) -> Result<Issued, Error> {
    let Signed {
        certificate,
        file,
        notes,
    } = signed;
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
    let key_path = entry.key_file.map(|_| layout.key(entry.name));
    if let (Some(path), Some(file)) = (&key_path, entry.key_file) {
        txn.place(path, file.expose(), disk::PRIVATE, entry.overwrite)?;
    }
    txn.append_row(&Row::issued(
        certificate.serial().clone(),
        certificate.not_after(),
        certificate.subject().oneline(),
    ))?;
    txn.audit(audit(context, entry, &certificate));
    Ok(Issued {
        name: entry.name.to_string(),
        profile: entry.profile.unwrap_or_default().to_owned(),
        certificate,
        path,
        key_path,
        notes,
        intermediates: ca.intermediates().cloned().collect(),
    })
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
