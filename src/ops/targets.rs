//! Which certificates are meant: by name, by serial, or by the certificate itself.
//!
//! Files go by names, the index by serials. What the audit log says of a serial decides; where it
//! says nothing (EasyRSA issued it), the CN does.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};

use super::ca::Ca;
use super::{Error, read, stems};
use crate::keys;
use crate::pki::index::{Entry, Row, Status};
use crate::pki::{FileName, Pki, audit};
use crate::primitives::disk;
use crate::primitives::time::Timestamp;
use crate::x509::certificate::Certificate;
use crate::x509::revocation::Reason;
use crate::x509::serial::Serial;

/// What a person points at.
pub enum Wanted {
    /// The certificate in `issued/NAME.crt`; without that file the newest of the name if it is
    /// revoked, else the only one that is not.
    Name(FileName),
    /// Every certificate of a name.
    AllOf(FileName),
    /// A serial.
    Serial(Serial),
    /// A certificate in hand: its bytes, and where they came from.
    Certificate(Vec<u8>, String),
}

/// One certificate of this CA.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its row.
    pub row: Row,
    /// False where a killed `openssl ca` left a certificate without a row.
    pub in_index: bool,
    /// The stem of its files.
    pub name: Option<FileName>,
    /// The certificate, if its file is still there.
    pub certificate: Option<Certificate>,
    /// Rows of other certificates of the name that are not revoked.
    pub others: Vec<Row>,
}

impl Target {
    /// A CA that counted from the start again gave a serial twice: the row may be another
    /// certificate's. A subject alone says nothing, since old programs spelled some otherwise.
    fn is_of_its_row(&self, file: &str) -> Result<(), Error> {
        let other =
            |c: &&Certificate| c.not_after() != self.row.not_after && !names_subject(&self.row, c);
        let Some(certificate) = self.certificate.as_ref().filter(other) else {
            return Ok(());
        };
        let (serial, subject) = (&self.row.serial, certificate.subject().oneline());
        Err(Error::failed(
            "serial-of-another",
            format!(
                "{file} is {subject} with the serial {serial}, which in the index is the one of {}",
                self.row.subject
            ),
            format!(
                "a list goes by serials and would name both; `--serial {serial}` says that this is meant"
            ),
        ))
    }
}

/// Is the row's subject the certificate's? OpenSSL 1 did not escape what OpenSSL 3 escapes.
pub fn names_subject(row: &Row, certificate: &Certificate) -> bool {
    let plain = |text: &str| text.replace('\\', "");
    let subject = certificate.subject().oneline();
    let nameless = subject.is_empty() && row.subject == row.serial.to_string();
    nameless || plain(&subject) == plain(&row.subject)
}

/// Finds every certificate that is meant, each once.
///
/// # Errors
/// When one was never issued here, or a name could mean several.
pub fn resolve(pki: &Pki, ca: &Ca, wanted: &[Wanted]) -> Result<Vec<Target>, Error> {
    let mut found: Vec<Target> = Vec::new();
    for wanted in wanted {
        let these = match wanted {
            Wanted::Name(name) => vec![by_name(pki, ca, name)?],
            Wanted::AllOf(name) => all_of(pki, ca, name)?,
            Wanted::Serial(serial) => vec![by_serial(pki, ca, serial, None)?],
            Wanted::Certificate(file, what) => vec![in_hand(pki, ca, file, what)?],
        };
        for target in these {
            if !found.iter().any(|t| t.row.serial == target.row.serial) {
                found.push(target);
            }
        }
    }
    Ok(found)
}

fn by_name(pki: &Pki, ca: &Ca, name: &FileName) -> Result<Target, Error> {
    let mut rows = rows_of(pki, name)?;
    if let Some(certificate) = issued(pki, name)? {
        let serial = certificate.serial().clone();
        let mut target = with_certificate(pki, ca, certificate, Some(name.clone()))?;
        target.is_of_its_row(&pki.layout().issued(name).display().to_string())?;
        rows.retain(|row| is_open(row) && row.serial != serial);
        target.others = rows;
        return Ok(target);
    }
    // rows stand in the order of issuing. A name whose newest certificate is revoked means that one:
    // who asks twice must not revoke an older one, which is none of theirs to lose
    let newest = rows.pop().ok_or_else(|| nothing_of(pki, name))?;
    rows.retain(is_open);
    if is_open(&newest) && !rows.is_empty() {
        rows.push(newest);
        return Err(several(pki, name, &rows));
    }
    Ok(Target {
        others: rows,
        ..of_row(pki, name, newest)?
    })
}

fn all_of(pki: &Pki, ca: &Ca, name: &FileName) -> Result<Vec<Target>, Error> {
    let mut all = Vec::new();
    if issued(pki, name)?.is_some() {
        all.push(by_name(pki, ca, name)?);
    }
    for row in rows_of(pki, name)? {
        if is_open(&row) && !all.iter().any(|t: &Target| t.row.serial == row.serial) {
            all.push(of_row(pki, name, row)?);
        }
    }
    if all.is_empty() {
        all.push(by_name(pki, ca, name)?);
    }
    for target in &mut all {
        target.others.clear();
    }
    Ok(all)
}

/// The row of a name's newest certificate: they stand in the order of issuing.
///
/// # Errors
/// When the index or the log cannot be read.
pub fn newest_of(pki: &Pki, name: &FileName) -> Result<Option<Row>, Error> {
    Ok(rows_of(pki, name)?.pop())
}

fn is_open(row: &Row) -> bool {
    row.status != Status::Revoked
}

fn of_row(pki: &Pki, name: &FileName, row: Row) -> Result<Target, Error> {
    Ok(Target {
        certificate: stored(pki, &row.serial)?,
        row,
        in_index: true,
        name: Some(name.clone()),
        others: Vec::new(),
    })
}

fn nothing_of(pki: &Pki, name: &FileName) -> Error {
    let file = pki.layout().issued(name);
    let said = format!(
        "no certificate was issued for '{name}': there is no {}, and no row of that name",
        file.display()
    );
    let hint = match name.as_str().parse::<Reason>() {
        // as EasyRSA takes it
        Ok(reason) => format!("a reason is given as --reason {reason}"),
        Err(_) => "`privca list` shows what was issued; --serial HEX and --cert FILE point at one"
            .to_owned(),
    };
    Error::failed("not-issued", said, hint)
}

fn several(pki: &Pki, name: &FileName, rows: &[Row]) -> Error {
    let file = pki.layout().issued(name);
    let serials: Vec<String> = rows.iter().map(|row| row.serial.to_string()).collect();
    Error::failed(
        "several-certificates",
        format!(
            "'{name}' has {} certificates and no {}",
            rows.len(),
            file.display()
        ),
        format!(
            "say which with --serial, or take all with --all-of {name}: {}",
            serials.join(", ")
        ),
    )
}

fn by_serial(
    pki: &Pki,
    ca: &Ca,
    serial: &Serial,
    certificate: Option<Certificate>,
) -> Result<Target, Error> {
    let certificate = match certificate {
        Some(certificate) => Some(certificate),
        None => stored(pki, serial)?,
    };
    if let Some(certificate) = certificate {
        let name = name_of(pki, serial, certificate.subject().common_name())?;
        return with_certificate(pki, ca, certificate, name);
    }
    let record = pki
        .find_serial(serial)?
        .ok_or_else(|| not_issued(pki, serial))?;
    let row = record.row;
    let name = name_of(pki, serial, stems::common_name(&row.subject))?;
    let certificate = match &name {
        Some(name) => issued(pki, name)?.filter(|c| c.serial() == serial),
        None => None,
    };
    Ok(Target {
        row,
        in_index: true,
        name,
        certificate,
        others: Vec::new(),
    })
}

fn in_hand(pki: &Pki, ca: &Ca, file: &[u8], what: &str) -> Result<Target, Error> {
    let certificates = read::certificates(file, Path::new(what))?;
    let certificate = certificates.into_iter().next().ok_or_else(|| {
        let said = format!("{what} holds no certificate");
        Error::failed("no-certificate", said, "give a certificate in PEM or DER")
    })?;
    if !certificate.is_signed_by(ca.certificate()) {
        let said = format!(
            "{what} was not issued by the CA in {}",
            pki.layout().root().display()
        );
        return Err(Error::failed(
            "not-issued",
            said,
            "only the CA that issued a certificate revokes it; --pki DIR names its directory",
        ));
    }
    let serial = certificate.serial().clone();
    let target = by_serial(pki, ca, &serial, Some(certificate))?;
    target.is_of_its_row(what)?;
    Ok(target)
}

/// The row of a certificate; one of this CA without a row gets the row that it should have had.
fn with_certificate(
    pki: &Pki,
    ca: &Ca,
    certificate: Certificate,
    name: Option<FileName>,
) -> Result<Target, Error> {
    let record = pki.find_serial(certificate.serial())?;
    let in_index = record.is_some();
    let row = match record {
        Some(record) => record.row,
        None if certificate.is_signed_by(ca.certificate()) => Row::issued(
            certificate.serial().clone(),
            certificate.not_after(),
            certificate.subject().oneline(),
        ),
        None => return Err(not_issued(pki, certificate.serial())),
    };
    Ok(Target {
        row,
        in_index,
        name,
        certificate: Some(certificate),
        others: Vec::new(),
    })
}

fn not_issued(pki: &Pki, serial: &Serial) -> Error {
    Error::failed(
        "not-issued",
        format!(
            "no certificate with serial {serial} was issued by the CA in {}",
            pki.layout().root().display()
        ),
        "`privca list` shows what was issued",
    )
}

/// The rows of a name's certificates.
fn rows_of(pki: &Pki, name: &FileName) -> Result<Vec<Row>, Error> {
    let mut named = BTreeSet::new();
    each_issued(pki, &mut |issued| {
        if issued.name == name.as_str() {
            named.insert(issued.serial);
        }
    })?;
    let mut rows = Vec::new();
    let mut doubtful = BTreeSet::new();
    let mut index = pki.rows()?;
    while let Some(line) = index.read()? {
        if let Entry::Row(record) = line {
            let row = &record.row;
            if named.contains(&row.serial) {
                rows.push(row.clone());
            } else if stems::is_named(&row.subject, name) {
                doubtful.insert(row.serial.clone());
                rows.push(row.clone());
            }
        }
    }
    if !doubtful.is_empty() {
        each_issued(pki, &mut |issued| {
            // the log knows it under another name
            if doubtful.contains(&issued.serial) {
                rows.retain(|row| row.serial != issued.serial);
            }
        })?;
    }
    Ok(rows)
}

/// The stem of a serial's files: as the audit log has it, else the CN, unless another file in
/// `issued/` is the certificate's.
fn name_of(pki: &Pki, serial: &Serial, cn: Option<String>) -> Result<Option<FileName>, Error> {
    if let Some(recorded) = recorded_of(pki, std::iter::once(serial))?.remove(serial) {
        return Ok(recorded.name.parse().ok());
    }
    let cn: Option<FileName> = cn.and_then(|cn| cn.parse().ok());
    if let Some(name) = &cn
        && issued(pki, name)?.is_some_and(|c| c.serial() == serial)
    {
        return Ok(cn);
    }
    let found = stems::of_serials(pki, &HashSet::from([serial.clone()])).remove(serial);
    Ok(found.or(cn))
}

/// What the audit log tells of these serials, in one reading.
///
/// # Errors
/// When the log cannot be read.
pub fn recorded_of<'a>(
    pki: &Pki,
    serials: impl Iterator<Item = &'a Serial>,
) -> Result<HashMap<Serial, Recorded>, Error> {
    let wanted: HashSet<&Serial> = serials.collect();
    let mut found = HashMap::new();
    if !wanted.is_empty() {
        each_issued(pki, &mut |issued| {
            if wanted.contains(&issued.serial) {
                found.insert(issued.serial.clone(), issued);
            }
        })?;
    }
    Ok(found)
}

/// A certificate as the audit log tells of it.
#[derive(Deserialize)]
pub struct Recorded {
    /// Its serial.
    #[serde(deserialize_with = "serial")]
    pub serial: Serial,
    /// The stem of its files.
    pub name: String,
    /// The profile it was issued under.
    #[serde(default)]
    pub profile: Option<String>,
    /// SHA-256 of it, in lower-case hex.
    #[serde(default)]
    pub sha256: Option<String>,
    /// When, in RFC 3339.
    #[serde(default)]
    time: String,
    outcome: String,
}

impl Recorded {
    /// When it was issued.
    pub fn at(&self) -> Option<Timestamp> {
        self.time.parse().ok()
    }
}

/// Hands over every certificate that the audit log tells of; whether the log is whole is `check`'s
/// business.
///
/// # Errors
/// When the log cannot be read.
pub fn each_issued(pki: &Pki, each: &mut dyn FnMut(Recorded)) -> Result<(), Error> {
    audit::lines(pki.layout(), &mut |line| {
        // lines of other kinds have no name, or no serial
        let recorded: Option<Recorded> = serde_json::from_slice(line).ok();
        if let Some(recorded) = recorded.filter(|recorded| recorded.outcome == "issued") {
            each(recorded);
        }
    })?;
    Ok(())
}

fn serial<'de, D: Deserializer<'de>>(from: D) -> Result<Serial, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// The certificate in `issued/NAME.crt`, if there is one.
pub fn issued(pki: &Pki, name: &FileName) -> Result<Option<Certificate>, Error> {
    certificate_at(&pki.layout().issued(name))
}

/// Where a name's certificate lies: in `issued/`, else, as with one that `openssl ca` signed, the copy by
/// serial of the newest, if all that are not revoked have one subject.
///
/// # Errors
/// When the index or the log cannot be read.
pub fn file_of(pki: &Pki, name: &FileName) -> Result<PathBuf, Error> {
    let issued = pki.layout().issued(name);
    if disk::exists(&issued)? {
        return Ok(issued);
    }
    let mut rows = rows_of(pki, name)?;
    let copy = rows.pop().filter(is_open).filter(|newest| {
        let mut older = rows.iter().filter(|row| is_open(row));
        older.all(|row| row.subject == newest.subject)
    });
    let copy = copy.map(|newest| pki.layout().by_serial(&newest.serial));
    match copy {
        Some(copy) if disk::exists(&copy)? => Ok(copy),
        _ => Ok(issued),
    }
}

/// The certificate of a name ([`file_of`]), if there is one.
pub fn certificate_of(pki: &Pki, name: &FileName) -> Result<Option<Certificate>, Error> {
    certificate_at(&file_of(pki, name)?)
}

/// The certificate in `certs_by_serial/` or, once revoked by EasyRSA 3.1, in `revoked/`.
pub fn stored(pki: &Pki, serial: &Serial) -> Result<Option<Certificate>, Error> {
    let layout = pki.layout();
    match certificate_at(&layout.by_serial(serial))? {
        Some(certificate) => Ok(Some(certificate)),
        None => certificate_at(&layout.revoked_certificate(serial)),
    }
}

fn certificate_at(path: &Path) -> Result<Option<Certificate>, Error> {
    match disk::read_bounded(path, 1 << 20) {
        Ok(file) => Ok(read::certificates(&file, path)?.into_iter().next()),
        Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

/// Does `reqs/NAME.req` ask for this certificate's key? False where a newer request took its place.
pub fn request_belongs(pki: &Pki, name: &FileName, certificate: &Certificate) -> bool {
    let path = pki.layout().request(name);
    let request = disk::read_bounded(&path, 1 << 20).ok();
    let request = request.and_then(|file| read::request(&file, "").ok());
    request.is_none_or(|request| request.public_key().bits() == certificate.public_key().bits())
}

/// Is `private/NAME.key` this certificate's key? An encrypted one is told by the request beside it.
pub fn key_belongs(pki: &Pki, name: &FileName, certificate: &Certificate) -> bool {
    let plain = pki.read_secret(&pki.layout().key(name)).ok();
    match plain.and_then(|file| keys::file::read(file.expose(), None).ok()) {
        Some(key) => key.public().bits() == certificate.public_key().bits(),
        None => request_belongs(pki, name, certificate),
    }
}
