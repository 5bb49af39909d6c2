//! What a whole directory is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use privca::primitives::{hex, pem};
use privca::x509::certificate::Certificate;
use privca::x509::revocation_list::Published;
use ring::digest;

/// Fails the test unless rows and certificates are the same set, nothing temporary stays, the log's
/// chain holds, and every file is of a piece.
pub fn check(pki: &Path, what: &str) {
    let mut files = Vec::new();
    walk(pki, &mut files);
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(
            !name.starts_with(".privca-"),
            "{what}: {} stays",
            file.display()
        );
    }
    assert!(!pki.join("lock.file").exists(), "{what}: the lock stays");
    assert!(
        !pki.join(".privca/journal").exists(),
        "{what}: the journal stays"
    );

    let index = fs::read_to_string(pki.join("index.txt")).unwrap();
    assert!(
        index.is_empty() || index.ends_with('\n'),
        "{what}: {index:?}"
    );
    let rows: Vec<&str> = index
        .lines()
        .map(|line| line.split('\t').nth(3).unwrap())
        .collect();
    let rows_set: BTreeSet<String> = rows.iter().map(|row| (*row).to_owned()).collect();
    assert_eq!(
        rows.len(),
        rows_set.len(),
        "{what}: a serial twice\n{index}"
    );

    let ca = first(&pki.join("ca.crt"));
    let mut certificates = BTreeSet::new();
    for file in files.iter().filter(|file| {
        file.components()
            .any(|c| ["issued", "certs_by_serial"].contains(&c.as_os_str().to_str().unwrap()))
    }) {
        let certificate = first(file);
        assert!(certificate.is_signed_by(&ca), "{what}: {}", file.display());
        certificates.insert(certificate.serial().to_string());
    }
    assert_eq!(rows_set, certificates, "{what}: rows, and certificates");
    for serial in &rows {
        assert!(
            pki.join(format!("certs_by_serial/{serial}.pem")).exists(),
            "{what}: {serial}"
        );
    }

    revoked(pki, &ca, &index, what);

    let audit = fs::read_to_string(pki.join("audit.jsonl")).unwrap();
    let mut prev = "0".repeat(64);
    for line in audit.split_inclusive('\n') {
        let record: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|e| panic!("{what}: {e} in {line}"));
        assert_eq!(record["prev"], *prev, "{what}: {audit}");
        prev = hex::lower(
            digest::digest(&digest::SHA256, line.trim_end_matches('\n').as_bytes()).as_ref(),
        );
    }
    for serial in &rows {
        assert!(audit.contains(serial), "{what}: {serial} is not in the log");
    }
}

/// The list is signed by the CA, has exactly the R rows, and its number is the last one handed out;
/// what is revoked lies in `revoked/`.
fn revoked(pki: &Path, ca: &Certificate, index: &str, what: &str) {
    let bytes = fs::read(pki.join("crl.pem")).unwrap();
    let der = pem::blocks(&bytes).next().unwrap().unwrap().into_der();
    let list = Published::read(&der).unwrap();
    let signed = ca
        .public_key()
        .verify(list.algorithm, list.to_be_signed, list.signature);
    assert!(signed.is_ok(), "{what}: the list's signature");
    let listed: BTreeSet<String> = list
        .entries()
        .map(|entry| entry.unwrap().0.to_string())
        .collect();
    let rows: BTreeSet<String> = index
        .lines()
        .filter(|line| line.starts_with('R'))
        .map(|line| line.split('\t').nth(3).unwrap().to_owned())
        .collect();
    assert_eq!(listed, rows, "{what}: the list, and the R rows");
    let next = fs::read_to_string(pki.join("crlnumber")).unwrap();
    let next = u64::from_str_radix(next.trim(), 16).unwrap();
    let number = u64::from_str_radix(&list.number.unwrap().to_string(), 16).unwrap();
    assert_eq!(number + 1, next, "{what}: crlnumber");
    let mut files = Vec::new();
    walk(&pki.join("issued"), &mut files);
    let issued: BTreeSet<String> = files
        .iter()
        .map(|file| first(file).serial().to_string())
        .collect();
    let lines = || {
        index
            .lines()
            .map(|line| line.split('\t').collect::<Vec<_>>())
    };
    for fields in lines() {
        let (status, serial, subject) = (fields[0], fields[3], fields[5]);
        let current = |row: &Vec<&str>| row[5] == subject && issued.contains(row[3]);
        let renewed = lines().any(|row| row[0] == "V" && current(&row));
        // an older one stays valid where its successor was revoked
        let revoked = lines().any(|row| row[0] == "R" && row[5] == subject);
        assert!(renewed || revoked, "{what}: {fields:?} is not issued");
        assert!(
            status == "V" || !issued.contains(serial),
            "{what}: {fields:?} is still issued"
        );
        // one that was renewed had no file of its name any more when it was revoked
        let lies = pki
            .join(format!("revoked/certs_by_serial/{serial}.crt"))
            .exists();
        assert_eq!(lies, status == "R" && !renewed, "{what}: {fields:?}");
    }
}

fn first(file: &Path) -> Certificate {
    let bytes = fs::read(file).unwrap();
    let block = pem::blocks(&bytes).next().unwrap().unwrap();
    Certificate::from_der(&block.into_der()).unwrap()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}
