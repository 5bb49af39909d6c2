//! Rows and certificate files are the same set, and each file says what its row says.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::index::Table;
use super::{Finding, Findings, Mend, log};
use crate::keys::{self, VerifyError};
use crate::ops::ca::Ca;
use crate::ops::{Error, read, targets};
use crate::pki::Pki;
use crate::pki::index::{Row, Status};
use crate::primitives::disk;
use crate::primitives::secret::Secret;
use crate::primitives::shell;
use crate::x509::certificate::Certificate;
use crate::x509::serial::Serial;

/// What else is asked of a certificate in some folder.
type See<'a> = dyn FnMut(&Path, &Certificate, &mut Findings) -> Result<(), Error> + 'a;

/// Gives how many files were read.
pub(super) fn check(
    pki: &Pki,
    ca: &Ca,
    table: &Table,
    findings: &mut Findings,
) -> Result<usize, Error> {
    let layout = pki.layout();
    let mut seen: HashMap<Serial, bool> = HashMap::new();
    let mut count = 0;
    let mut each = |folder: &Path, see: &mut See<'_>| {
        for path in files(folder) {
            count += 1;
            let file = disk::read_bounded(&path, 1 << 20)?;
            match read::certificates(&file, &path) {
                Ok(found) => {
                    if let Some(certificate) = found.first() {
                        let serial = certificate.serial();
                        // most certificates lie in two folders: the same bytes are verified once
                        let copy = || disk::read_bounded(&layout.by_serial(serial), 1 << 20).ok();
                        let known =
                            seen.get(serial) == Some(&true) && copy().as_ref() == Some(&file);
                        let ours = known || is_ours(certificate, ca);
                        seen.insert(serial.clone(), ours);
                        match ours {
                            true => agree(&path, certificate, table, findings),
                            false => findings.push(foreign(&path)),
                        }
                        log::certificate(pki, &path, certificate, table, findings)?;
                        see(&path, certificate, findings)?;
                    }
                }
                Err(error) => findings.push(Finding::problem(
                    "certificate-file",
                    &path,
                    error.to_string(),
                )),
            }
        }
        Ok::<(), Error>(())
    };
    each(
        &layout.by_serial_folder(),
        &mut |path, certificate, findings| {
            let stem = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .to_uppercase();
            if stem.parse().as_ref() != Ok(certificate.serial()) {
                let said = format!("holds serial {}", certificate.serial());
                findings.push(Finding::problem("wrong-serial", path, said));
            }
            Ok(())
        },
    )?;
    each(
        &layout.issued_folder(),
        &mut |path, certificate, findings| {
            copied(pki, path, certificate, table, findings)?;
            let serial = certificate.serial();
            let row = table.row(serial);
            if row.is_some_and(|row| row.status == Status::Revoked) {
                let said = format!("is revoked (serial {serial}), and still lies there");
                findings.push(Finding::remark("revoked-in-issued", path, said));
            }
            key(pki, path, certificate, findings)
        },
    )?;
    for folder in layout.superseded_folders() {
        each(&folder, &mut |path, certificate, findings| {
            copied(pki, path, certificate, table, findings)
        })?;
    }
    each(&layout.revoked_certificates_folder(), &mut |_, _, _| Ok(()))?;
    let nowhere = table
        .rows()
        .filter(|(_, row, _)| !seen.contains_key(&row.serial));
    let mut nowhere: Vec<_> = nowhere.collect();
    nowhere.sort_unstable_by_key(|(line, ..)| *line);
    for (_, row, ours) in nowhere {
        findings.many("certificate-missing", ours, || missing(pki, row, ours));
    }
    Ok(count)
}

/// Is there the copy in `certs_by_serial/`? EasyRSA 3.1 removes it on `renew`.
fn copied(
    pki: &Pki,
    path: &Path,
    certificate: &Certificate,
    table: &Table,
    findings: &mut Findings,
) -> Result<(), Error> {
    let serial = certificate.serial();
    let copy = pki.layout().by_serial(serial);
    if table.row(serial).is_some() && !disk::exists(&copy)? {
        let said = format!("has no copy {}", copy.display());
        findings.push(
            Finding::remark("no-copy", path, said)
                .hint("`privca check --repair` makes it")
                .mend(Mend::Copy {
                    from: path.to_owned(),
                    to: copy,
                }),
        );
    }
    Ok(())
}

/// A row whose certificate is nowhere: old programs left such, privca does not.
fn missing(pki: &Pki, row: &Row, ours: bool) -> Finding {
    let path = pki.layout().by_serial(&row.serial);
    let said = format!("is missing, and the index has its row ({})", row.subject);
    match ours {
        true => {
            Finding::problem("certificate-missing", &path, said).hint("restore it from a backup")
        }
        false => Finding::remark("certificate-missing", &path, said),
    }
}

fn is_ours(certificate: &Certificate, ca: &Ca) -> bool {
    let by = ca.certificate();
    match certificate.check_signature(by.public_key()) {
        Ok(()) => true,
        Err(VerifyError::BadSignature) => false,
        // the name has to do where nobody here can check
        Err(VerifyError::Unsupported { .. }) => {
            certificate.issuer().canonical() == by.subject().canonical()
        }
    }
}

fn foreign(path: &Path) -> Finding {
    let said = "was not signed by this CA's key: an earlier CA's, or somebody else's";
    Finding::remark("foreign-certificate", path, said)
}

fn agree(path: &Path, certificate: &Certificate, table: &Table, findings: &mut Findings) {
    let serial = certificate.serial();
    let Some(row) = table.row(serial) else {
        let said = format!(
            "serial {serial} has no row: a killed `openssl ca` leaves this, and no list can have it"
        );
        let hint = format!(
            "if nobody should have it: privca revoke --cert {}",
            shell::quoted(&path.display().to_string())
        );
        findings.push(Finding::problem("unrecorded", path, said).hint(hint));
        return;
    };
    if row.not_after != certificate.not_after() {
        let said = format!(
            "ends on {}, and its row says {}",
            certificate.not_after(),
            row.not_after
        );
        findings.push(Finding::problem("row-differs", path, said));
    }
    if !targets::names_subject(row, certificate) {
        let subject = certificate.subject().oneline();
        let said = format!("is {subject}, and its row says {}", row.subject);
        findings.push(Finding::problem("row-differs", path, said));
    }
}

/// An unencrypted key is compared; an encrypted one would need its passphrase.
fn key(
    pki: &Pki,
    path: &Path,
    certificate: &Certificate,
    findings: &mut Findings,
) -> Result<(), Error> {
    let stem = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .and_then(|stem| stem.parse().ok());
    let Some(name) = stem else {
        return Ok(());
    };
    let key_path = pki.layout().key(&name);
    if !disk::exists(&key_path)? {
        return Ok(());
    }
    let file = Secret::new(disk::read_bounded(&key_path, 1 << 20)?);
    if let Ok(key) = keys::file::read(file.expose(), None)
        && key.public().bits() != certificate.public_key().bits()
    {
        let said = format!("is not the key of {}", path.display());
        findings
            .push(Finding::problem("key-mismatch", &key_path, said).hint(
                "`privca sign` certifies a newer key; else restore the pair from one backup",
            ));
    }
    Ok(())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let is_certificate = |path: &PathBuf| {
        let suffix = path.extension().unwrap_or_default();
        path.is_file() && (suffix == "crt" || suffix == "pem")
    };
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_certificate)
        .collect();
    paths.sort();
    paths
}
