//! The audit log: its chain holds, and it agrees with the rows and the certificates. What other
//! programs did has no line, and is no problem.

use std::collections::BTreeMap;
use std::path::Path;

use super::index::Table;
use super::{Finding, Findings};
use crate::ops::Error;
use crate::pki::index::{Revocation, Status};
use crate::pki::{Pki, audit};
use crate::primitives::hex;
use crate::x509::certificate::Certificate;
use crate::x509::revocation::Reason;
use crate::x509::serial::Serial;

/// How far the log goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogEnd {
    /// How many lines it has, with those in the files that were moved aside.
    pub lines: u64,
    /// SHA-256 of the last one.
    pub last: Option<String>,
}

/// What the log tells of the whole directory.
pub(super) struct Log {
    end: LogEnd,
    /// It has the line that was asked for, if one was.
    has_wanted: bool,
    broken: Vec<audit::Broken>,
    /// The last word on each certificate; `None` for a release, after which anybody may revoke.
    revocations: BTreeMap<Serial, Option<Logged>>,
}

/// Reads the whole log, once; `wanted` is the hash of a line that it must have. What was issued goes
/// into the table.
pub(super) fn read(pki: &Pki, wanted: Option<&str>, table: &mut Table) -> Result<Log, Error> {
    let mut log = Log {
        end: LogEnd::default(),
        has_wanted: wanted.is_none(),
        broken: Vec::new(),
        revocations: BTreeMap::new(),
    };
    log.broken = audit::check(pki.layout(), &mut |line| {
        log.end.lines += 1;
        line.sha256.clone_into(log.end.last.get_or_insert_default());
        log.has_wanted |= wanted == Some(line.sha256);
        let entry = line.entry;
        let Some(serial) = entry.serial.and_then(|serial| serial.parse().ok()) else {
            return;
        };
        match entry.outcome {
            Some("issued") if entry.name.is_some() => {
                let sha256 = entry
                    .sha256
                    .and_then(|digits| hex::array(digits.as_bytes()));
                table.note(serial, sha256);
            }
            Some("revoked") => {
                let logged = Logged {
                    time: entry.time.unwrap_or_default().to_owned(),
                    reason: entry.reason.unwrap_or_default().to_owned(),
                };
                log.revocations.insert(serial, Some(logged));
            }
            Some("released") => {
                log.revocations.insert(serial, None);
            }
            _ => {}
        }
    })?;
    Ok(log)
}

/// What is wrong with the log, and with the rows against it.
pub(super) fn check(pki: &Pki, log: Log, table: &Table, findings: &mut Findings) -> LogEnd {
    for broken in log.broken {
        findings.push(damage(&broken));
    }
    if !log.has_wanted {
        let path = pki.layout().audit();
        let said = "has no line with the hash that was asked for: lines were cut off or rewritten";
        findings.push(Finding::problem("audit-line", &path, said).hint(HINT));
    }
    let path = pki.layout().index();
    for (serial, logged) in log.revocations {
        let differs = logged.and_then(|logged| differs(&serial, &logged, table));
        findings.extend(differs.map(|said| {
            Finding::problem("log-differs", &path, said).hint(
                "a row that came back from an older backup is revoked anew by privca revoke --serial",
            )
        }));
    }
    log.end
}

/// What the log says of a certificate that lies in the directory.
pub(super) fn certificate(
    pki: &Pki,
    path: &Path,
    certificate: &Certificate,
    table: &Table,
    findings: &mut Findings,
) -> Result<(), Error> {
    let serial = certificate.serial();
    let own = certificate.sha256();
    match table.issued(serial) {
        Some(Some(logged)) if hex::lower(&logged) != own => {
            let logged = hex::lower(&logged);
            let said = format!("has the hash {own}, and the log says {logged}");
            findings.push(Finding::problem("log-differs", path, said).hint(HINT));
        }
        Some(_) => {}
        None if pki
            .last_issued(&certificate.public_key().sha256())?
            .as_ref()
            == Some(serial) =>
        {
            let said = format!(
                "privca issued it (serial {serial}), and the log has no line of that: lines were taken out"
            );
            findings.push(Finding::problem("not-logged", path, said).hint(HINT));
        }
        None => {}
    }
    Ok(())
}

/// When and why a certificate was revoked.
struct Logged {
    time: String,
    reason: String,
}

fn differs(serial: &Serial, logged: &Logged, table: &Table) -> Option<String> {
    let Logged { time, reason } = logged;
    let Some(row) = table.row(serial) else {
        // told already where it was issued here
        return table.issued(serial).is_none().then(|| {
            format!(
                "the row of serial {serial} is gone, and the log says that it was revoked at {time}"
            )
        });
    };
    if row.status != Status::Revoked {
        return Some(format!(
            "serial {serial} is not revoked, and the log says that it was at {time}"
        ));
    }
    let there = row.revocation.as_ref().and_then(Revocation::reason);
    let there = there.unwrap_or(Reason::Unspecified).word();
    (there != reason)
        .then(|| format!("serial {serial} is revoked for {there}, and the log says for {reason}"))
}

fn damage(broken: &audit::Broken) -> Finding {
    let said = match broken.why {
        audit::Fault::NotJson => format!("line {} is no JSON object", broken.line),
        audit::Fault::Chain if broken.line == 1 => {
            "does not begin where the log was begun: an older part was changed, or is not here"
                .to_owned()
        }
        audit::Fault::Chain => format!(
            "line {} does not follow from the line before: one was changed or taken out",
            broken.line
        ),
        audit::Fault::Stray => {
            "is no part of the log: a copy, or what comes between is gone".to_owned()
        }
    };
    Finding::problem("audit-chain", &broken.path, said).hint(HINT)
}

const HINT: &str = "compare with a backup; the log is never mended";
