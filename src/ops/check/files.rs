//! The CA's own files, modes, and what killed runs leave.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::{Finding, Findings, Mend};
use crate::keys;
use crate::ops::ca::Ca;
use crate::ops::{Error, crl, exposure, read};
use crate::pki::Pki;
use crate::primitives::disk::{self, TEMPORARY};
use crate::primitives::pem;
use crate::primitives::secret::Secret;
use crate::primitives::time::Timestamp;
use crate::x509::certificate::Certificate;

pub(super) fn check(
    pki: &Pki,
    ca: &Ca,
    (now, operator): (Timestamp, u32),
    findings: &mut Findings,
) -> Result<(), Error> {
    let layout = pki.layout();
    authority(pki, ca, now, findings)?;
    exposed(pki, operator, findings);
    let private = layout.root().join("private");
    closed(&private, disk::FOLDER, findings);
    closed(
        &layout.root().join("revoked/private_by_serial"),
        disk::FOLDER,
        findings,
    );
    for folder in [private, layout.root().join("revoked/private_by_serial")] {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_file() && !path.is_symlink() {
                closed(&path, disk::PRIVATE, findings);
            }
        }
    }
    left_over(pki, findings)
}

fn authority(pki: &Pki, ca: &Ca, now: Timestamp, findings: &mut Findings) -> Result<(), Error> {
    let layout = pki.layout();
    let (path, key_path) = (layout.ca_certificate(), layout.ca_key());
    let end = ca.certificate().not_after();
    if end < now {
        findings.push(Finding::problem(
            "ca-ended",
            &path,
            format!("ended on {}", end.date()),
        ));
    }
    if !ca.may_sign_crls() {
        let hint = "have the CA's request signed again with cRLSign, for the same key";
        let finding = Finding::problem("may-not-sign-crls", &path, crl::MAY_NOT_SIGN_CRLS);
        findings.push(finding.hint(hint));
    }
    let chain = layout.ca_chain();
    if disk::exists(&chain)? && !ca.chain().last().is_some_and(|top| top.is_self_issued()) {
        findings.push(Finding::problem(
            "ca-chain",
            &chain,
            "does not lead from ca.crt to a root",
        ));
    }
    let certificates = match disk::exists(&chain)? {
        true => read::certificates(&disk::read_bounded(&chain, 16 << 20)?, &chain)?,
        false => Vec::new(),
    };
    findings.extend(chain_behind(pki, ca, &certificates));
    if let Err(error) = ca.authority(pki) {
        let said = format!("{error}, and whose signatures it does not check");
        findings.push(Finding::remark("unsupported-ca-key", &path, said));
    }
    // a key kept offline is no fault
    let Ok(file) = disk::read_bounded(&key_path, 1 << 20).map(Secret::new) else {
        findings.push(Finding::remark(
            "no-ca-key",
            &key_path,
            "is not there, or is no regular file",
        ));
        return Ok(());
    };
    if let Ok(key) = keys::file::read(file.expose(), None)
        && key.public().bits() != ca.certificate().public_key().bits()
    {
        let said = format!("does not belong to {}", path.display());
        findings.push(
            Finding::problem("key-mismatch", &key_path, said)
                .hint("restore the pair from one backup"),
        );
    }
    Ok(())
}

/// An earlier certificate of this CA without `ca.crt` beside it, as EasyRSA's `renew-ca` leaves it.
/// The new one is added and the earlier one stays: EasyRSA's certificates name their issuer's serial.
fn chain_behind(pki: &Pki, ca: &Ca, certificates: &[Certificate]) -> Option<Finding> {
    let new = ca.certificate();
    let is_own = |c: &Certificate| c.subject().canonical() == new.subject().canonical();
    if !certificates.iter().any(is_own) || certificates.iter().any(|c| c.der() == new.der()) {
        return None;
    }
    let said = "holds an earlier certificate of this CA, and not ca.crt";
    let finding = Finding::problem("ca-chain-behind", &pki.layout().ca_chain(), said);
    if !ca.chain().last().is_some_and(Certificate::is_self_issued) {
        let hint = "put ca.crt and the CAs above it there: servers go by the chain";
        return Some(finding.hint(hint));
    }
    let chain = std::iter::once(new).chain(certificates);
    let text = chain.map(|c| pem::encode("CERTIFICATE", c.der())).collect();
    let hint = "`privca check --repair` puts ca.crt before it: servers go by the chain";
    Some(finding.hint(hint).mend(Mend::Chain(text)))
}

/// Nobody else may replace what lies in the directory, or own it; modes of keys come after this.
fn exposed(pki: &Pki, operator: u32, findings: &mut Findings) {
    for found in exposure::of_directory(pki, operator) {
        let finding = match found.mode {
            // a repair changes what lies in the directory, not the directory itself
            Some(_) if found.path == pki.layout().root() => {
                Finding::problem("mode", &found.path, &found.said)
                    .hint(found.command().unwrap_or_default())
            }
            Some(_) => continue,
            None => Finding::problem("owner", &found.path, &found.said)
                .hint("make it your own, or root's"),
        };
        findings.push(finding);
    }
}

/// Nobody else may read keys.
fn closed(path: &Path, mode: u32, findings: &mut Findings) {
    let Ok(found) = fs::metadata(path).map(|found| found.permissions().mode() & 0o777) else {
        return;
    };
    if found & 0o077 != 0 {
        let said = format!("has mode {found:04o}: others than its owner can use it");
        findings.push(
            Finding::problem("mode", path, said)
                .hint(format!("`privca check --repair` makes it {mode:04o}"))
                .mend(Mend::Mode {
                    path: path.to_owned(),
                    mode,
                }),
        );
    }
}

fn left_over(pki: &Pki, findings: &mut Findings) -> Result<(), Error> {
    let layout = pki.layout();
    let journal = layout.journal();
    if disk::exists(&journal)? {
        let said = "an interrupted run is unfinished, or another privca is at work";
        findings.push(Finding::problem("interrupted", &journal, said).hint(
            "the next command that writes finishes or undoes it; so does `privca check --repair`",
        ));
    }
    for entry in fs::read_dir(layout.root()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let path = entry.path();
        if name.starts_with(TEMPORARY) {
            findings.push(Finding::remark(
                "left-over",
                &path,
                "a temporary file of privca",
            ));
        } else if name.ends_with(".new") {
            findings.push(Finding::remark(
                "left-over",
                &path,
                "left by a killed openssl ca",
            ));
        } else if name == "lock.file" && !is_own_lock(&path) {
            findings.push(Finding::remark(
                "left-over",
                &path,
                "EasyRSA's lock: it is at work, or was killed",
            ));
        }
    }
    Ok(())
}

/// `--repair` holds EasyRSA's lock itself.
fn is_own_lock(path: &Path) -> bool {
    let pid = disk::read_bounded(path, 64).ok();
    pid.is_some_and(|pid| pid.trim_ascii() == std::process::id().to_string().as_bytes())
}
