//! The audit log: its chain holds, and it agrees with the rows and the certificates. What other
//! programs did has no line, and is no problem.

use std::collections::BTreeMap;
use std::path::Path;

use super::index::Table;
use super::{Finding, Findings};
use crate::ops::Error;
use crate::pki::index::{Revocation, Status};
use crate::pki::{Pki, audit};
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

/// Reads the whole log; `wanted` is the hash of a line that it must have.
pub(super) fn check(
    pki: &Pki,
    table: &Table,
    wanted: Option<&str>,
    findings: &mut Findings,
) -> Result<LogEnd, Error> {
    let mut end = LogEnd::default();
    let mut seen = wanted.is_none();
    let mut revocations = BTreeMap::new();
    let broken = audit::check(pki.layout(), &mut |line| {
        end.lines += 1;
        end.last = Some(line.sha256.to_owned());
        seen |= wanted == Some(line.sha256);
        note(line, &mut revocations);
    })?;
    for broken in broken {
        findings.push(damage(&broken));
    }
    if !seen {
        let path = pki.layout().audit();
        let said = "has no line with the hash that was asked for: lines were cut off or rewritten";
        findings.push(Finding::problem("audit-line", &path, said).hint(HINT));
    }
    let path = pki.layout().index();
    for (serial, logged) in revocations {
        let differs = logged.and_then(|logged| differs(&serial, &logged, table));
        findings.extend(differs.map(|said| {
            Finding::problem("log-differs", &path, said).hint(
                "a row that came back from an older backup is revoked anew by privca revoke --serial",
            )
        }));
    }
    Ok(end)
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
    match table.ours.get(serial) {
        Some(Some(sha256)) if *sha256 != certificate.sha256() => {
            let said = format!(
                "has the hash {}, and the log says {sha256}",
                certificate.sha256()
            );
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

/// Keeps the last word on each certificate; `None` for a release, after which anybody may revoke.
fn note(line: audit::Line<'_>, revocations: &mut BTreeMap<Serial, Option<Logged>>) {
    let text = |member: &str| line.entry.get(member)?.as_str();
    let logged = match text("outcome") {
        Some("revoked") => Some(Logged {
            time: text("time").unwrap_or_default().to_owned(),
            reason: text("reason").unwrap_or_default().to_owned(),
        }),
        Some("released") => None,
        _ => return,
    };
    if let Some(serial) = text("serial").and_then(|serial| serial.parse().ok()) {
        revocations.insert(serial, logged);
    }
}

fn differs(serial: &Serial, logged: &Logged, table: &Table) -> Option<String> {
    let Logged { time, reason } = logged;
    let Some(row) = table.rows.get(serial) else {
        // told already where it was issued here
        return (!table.ours.contains_key(serial)).then(|| {
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
