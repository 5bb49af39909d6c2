//! What is looked at after a run was disturbed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use privca::primitives::pem;
use privca::x509::certificate::Certificate;
use privca::x509::revocation_list::Published;

use super::changes::{Case, INIT};
use super::host::run;
use super::tree::{self, Entry, Tree};
use super::whole;

/// Looks at what a run that was stopped has left in `folder`, lets `check` look, goes on with the
/// next command, and looks again.
pub fn stopped(case: &Case, folder: &Path, before: &Tree, stdout: &[u8], what: &str) {
    let left = tree::at_rest(folder);
    every_new_certificate_has_its_row(before, &left, stdout, what);
    let undecided = !folder.join("pki/ca.crt").exists();
    let (_, said) = run(folder, "check", None);
    assert!(
        undecided || tree::at_rest(folder) == left,
        "{what}: check changed {:?}\n{said}",
        tree::difference(&left, &tree::at_rest(folder))
    );
    let told = goes_on(case, folder, what);
    let journal =
        ["pki", "ROOT"].map(|pki| left.contains_key(&Path::new(pki).join(".privca/journal")));
    assert!(
        !journal.contains(&true)
            || told.contains("interrupted run")
            || said.contains("interrupted run"),
        "{what}: mended without a word: {said}{told}"
    );
    nothing_is_damaged(before, &tree::read(folder), what);
    if case.name.ends_with("--force") {
        // what lies beside a file that was being replaced goes when that is replaced again
        let (code, said) = run(folder, "export zoe --format pem --out OUT --force", None);
        assert_eq!(code, 0, "{what}\nthen: {said}");
    }
    nothing_temporary(folder, what);
}

/// The next command works, and what it finds is whole. Gives what was said.
pub fn goes_on(case: &Case, folder: &Path, what: &str) -> String {
    const NEXT: &str = "issue next --no-pass --san email:n@example.com";
    let pki = folder.join("pki");
    let mut told = String::new();
    if case.name == "lost index" {
        // nothing else can be done before
        let (code, said) = run(folder, case.words, None);
        assert_eq!(code, 0, "{what}\nthen: {said}");
        told += &said;
    }
    let (code, said) = run(folder, NEXT, None);
    told += &said;
    if code != 0 {
        // no CA came of it: then it can be made now, whatever was left
        assert!(
            case.name.starts_with("init-ca") || case.name == "quickstart",
            "{what}\nthen: {said}"
        );
        let again = if pki.join("reqs/ca.req").exists() {
            // the request stands; it is completed as one signed elsewhere
            run(folder, "--pki ROOT2 init-ca --cn Other --no-pass", None);
            run(
                folder,
                "--pki ROOT2 sign --csr PKI/reqs/ca.req sub --profile subca --out SUB2",
                None,
            );
            "init-ca --certificate SUB2 --chain ROOT2/ca.crt"
        } else {
            INIT
        };
        let (code, said) = run(folder, again, None);
        assert_eq!(code, 0, "{what}\nthen {again}: {said}");
        told += &said;
        let (code, said) = run(folder, NEXT, None);
        assert_eq!(code, 0, "{what}\nthen: {said}");
        told += &said;
    }
    if case.name == "batch" {
        told += &completes(case, folder, what);
    }
    if case.name == "check --repair" {
        let (code, said) = run(folder, case.words, None);
        assert_eq!(code, 0, "{what}\nthen again: {said}");
        told += &said;
    }
    whole::check(&pki, what);
    is_consistent(folder, "check", what);
    if folder.join("ROOT").exists() {
        let (code, said) = run(folder, "--pki ROOT gen-key next --no-pass", None);
        assert_eq!(code, 0, "{what}\nthen in ROOT: {said}");
        told += &said;
        whole::check(&folder.join("ROOT"), what);
        is_consistent(folder, "--pki ROOT check", what);
    }
    told
}

/// The same manifest again: every name has one certificate, and its .p12.
fn completes(case: &Case, folder: &Path, what: &str) -> String {
    let (code, said) = run(folder, case.words, None);
    assert_eq!(code, 0, "{what}\nthen again: {said}");
    let index = fs::read_to_string(folder.join("pki/index.txt")).unwrap();
    for name in ["a", "b"] {
        let cn = format!("/CN={name}");
        let rows = index.lines().filter(|row| row.ends_with(&cn));
        assert_eq!(rows.count(), 1, "{what}\n{index}");
        let bundle = folder.join(format!("pki/private/{name}.p12"));
        assert!(bundle.exists(), "{what}: {name}.p12");
    }
    said
}

fn is_consistent(folder: &Path, words: &str, what: &str) {
    let (code, said) = run(folder, words, None);
    assert_eq!(code, 0, "{what}\nthen {words}: {said}");
}

/// No certificate came to be anywhere, standard output included, unless its issuer's index has its
/// row.
pub fn every_new_certificate_has_its_row(before: &Tree, tree: &Tree, stdout: &[u8], what: &str) {
    let old = before
        .values()
        .flat_map(|entry| certificates(entry.bytes()));
    let old: BTreeSet<String> = old.map(|c| c.serial().to_string()).collect();
    let mut rows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, entry) in tree.iter().filter(|(path, _)| path.ends_with("ca.crt")) {
        let Some(ca) = certificates(entry.bytes()).into_iter().next() else {
            continue;
        };
        let index = path.with_file_name("index.txt");
        let index = tree.get(&index).map_or(&[][..], Entry::bytes);
        let index = String::from_utf8_lossy(index);
        // a row counts with its end alone
        let whole = index.rfind('\n').map_or("", |end| &index[..=end]);
        let serials = whole.lines().filter_map(|row| row.split('\t').nth(3));
        let known = rows.entry(ca.subject().rfc4514()).or_default();
        known.extend(serials.map(str::to_owned));
    }
    let named = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        !name.starts_with(".privca-")
    };
    let files = tree.iter().filter(|(path, _)| named(path));
    let files = files.map(|(path, entry)| (path.display().to_string(), entry.bytes()));
    for (place, bytes) in files.chain([("standard output".to_owned(), stdout)]) {
        for certificate in certificates(bytes).iter().filter(|c| !c.is_self_issued()) {
            let serial = certificate.serial().to_string();
            if old.contains(&serial) {
                continue;
            }
            let known = rows.get(&certificate.issuer().rfc4514());
            assert!(
                known.is_some_and(|known| known.contains(&serial)),
                "{what}: {place} has the certificate {serial} without a row"
            );
        }
    }
}

fn certificates(bytes: &[u8]) -> Vec<Certificate> {
    pem::blocks(bytes)
        .flatten()
        .filter(|block| block.label == "CERTIFICATE")
        .map(|block| Certificate::from_der(&block.into_der()).unwrap())
        .collect()
}

/// Every file of before is there, byte for byte, or lies elsewhere now, or is a whole newer one.
pub fn nothing_is_damaged(before: &Tree, after: &Tree, what: &str) {
    let contents: BTreeSet<&[u8]> = after.values().map(Entry::bytes).collect();
    for (path, old) in before {
        let Entry::File { bytes: old, .. } = old else {
            continue;
        };
        if path.ends_with(".privca/lock") {
            continue;
        }
        let Some(new) = after.get(path) else {
            // the index that was put back has a row more by now
            let grown = path.ends_with("index.txt.old")
                && contents.iter().any(|file| file.starts_with(old));
            assert!(
                grown || contents.contains(&old[..]),
                "{what}: {} is gone",
                path.display()
            );
            continue;
        };
        let new = new.bytes();
        let sound = new == old
            || match path.file_name().unwrap().to_str().unwrap() {
                "audit.jsonl" => new.starts_with(old),
                "index.txt" => serials(new).is_superset(&serials(old)),
                "index.txt.attr" => new == b"unique_subject = no\n",
                "crlnumber" => new.len() == 3 && new.ends_with(b"\n"),
                // the register of keys: the name, and the serial of its last certificate
                _ if path.starts_with("pki/.privca/keys") => {
                    new.split(|b| *b == b'\n').next() == old.split(|b| *b == b'\n').next()
                }
                _ => is_whole(path, new),
            };
        assert!(
            sound,
            "{what}: {} is damaged: {}",
            path.display(),
            String::from_utf8_lossy(new)
        );
    }
}

fn serials(index: &[u8]) -> BTreeSet<String> {
    let index = String::from_utf8_lossy(index);
    let fields = index.lines().filter_map(|row| row.split('\t').nth(3));
    fields.map(str::to_owned).collect()
}

/// A file that was replaced holds what its name says, to its last byte.
fn is_whole(path: &Path, bytes: &[u8]) -> bool {
    if path.extension().is_some_and(|suffix| suffix == "p12") {
        return bytes.first() == Some(&0x30);
    }
    let blocks: Vec<_> = pem::blocks(bytes).collect();
    let known = |block: &pem::Block| match block.label.as_str() {
        "CERTIFICATE" => Certificate::from_der(&block.der).is_ok(),
        "X509 CRL" => Published::read(&block.der).is_ok(),
        label => label.ends_with("KEY") || label == "CERTIFICATE REQUEST",
    };
    !blocks.is_empty()
        && bytes.ends_with(b"-----\n")
        && blocks.iter().all(|block| block.as_ref().is_ok_and(known))
}

/// No temporary file, no journal and no lock stays, neither in the directory nor beside it.
pub fn nothing_temporary(folder: &Path, what: &str) {
    for path in tree::read(folder).keys() {
        let name = path.file_name().unwrap().to_str().unwrap();
        let stays = name.starts_with(".privca-") || name == "journal" || name == "lock.file";
        assert!(!stays, "{what}: {} stays", path.display());
    }
}

/// A copy of what lies in `folder`, for [`tree::restore`].
pub fn template(case: &Case, folder: &Path) -> Tree {
    let made: PathBuf = folder.join("template");
    fs::create_dir(&made).unwrap();
    super::changes::prepare(&made, case);
    tree::read(&made)
}
