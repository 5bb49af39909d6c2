//! Every object of the corpus (`tests/corpus`), compared byte for byte with the installed OpenSSL.
//!
//! `cargo test --test text_corpus -- --ignored --nocapture`; PRIVCA_CORPUS names another folder,
//! PRIVCA_CORPUS_SHOW=N shows the first difference of N objects, PRIVCA_CORPUS_MUTATIONS=N compares
//! N damaged objects in place of 2000 (PRIVCA_CORPUS_SEED=N: other ones).

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail at any line"
)]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use privca::text::pkcs7::Object;
use privca::text::{self, NameStyle, TextError};

type Writer = fn(&[u8], &mut dyn Write) -> Result<(), TextError>;

struct Kind {
    name: &'static str,
    openssl: &'static [&'static str],
    writer: Writer,
}

const KINDS: [Kind; 7] = [
    Kind {
        name: "certificate",
        openssl: &["x509", "-text"],
        writer: text::certificate,
    },
    Kind {
        name: "request",
        openssl: &["req", "-text"],
        writer: text::request,
    },
    Kind {
        name: "crl",
        openssl: &["crl", "-text"],
        writer: text::crl,
    },
    Kind {
        name: "public",
        openssl: &["pkey", "-pubin", "-text_pub"],
        writer: text::public_key,
    },
    Kind {
        name: "private",
        openssl: &["pkey", "-text_pub", "-passin", "pass:"],
        writer: text::private_key,
    },
    Kind {
        name: "private with secrets",
        openssl: &["pkey", "-text", "-passin", "pass:"],
        writer: text::private_key_with_secrets,
    },
    Kind {
        name: "pkcs7",
        openssl: &["pkcs7", "-print_certs", "-text"],
        writer: bundle,
    },
];

/// The objects of a PKCS#7 bundle, as OpenSSL prints them: names in the style of `openssl ca`.
fn bundle(der: &[u8], out: &mut dyn Write) -> Result<(), TextError> {
    let mut texts = Vec::new();
    for object in text::pkcs7::objects(der)? {
        match object {
            Object::Certificate(der) => {
                text::certificate_with(&der, NameStyle::Compat, &mut texts)?
            }
            Object::Crl(der) => text::crl_with(&der, NameStyle::Compat, &mut texts)?,
        }
        texts.push(b'\n');
    }
    Ok(out.write_all(&texts)?)
}

/// What OpenSSL prints, without the lines of its error queue; nothing if it refuses.
fn expected(kind: &Kind, path: &Path) -> Option<Vec<u8>> {
    let output = Command::new("openssl")
        .args(kind.openssl)
        .args(["-noout", "-inform", "DER", "-in"])
        .arg(path)
        .env("OPENSSL_CONF", "/dev/null")
        .output()
        .expect("openssl runs");
    if !output.status.success() {
        return None;
    }
    let lines = output.stdout.split_inclusive(|b| *b == b'\n');
    let is_error = |line: &[u8]| {
        line.len() > 17
            && line[..16].iter().all(u8::is_ascii_hexdigit)
            && line[16..].starts_with(b":error:")
    };
    Some(lines.filter(|l| !is_error(l)).flatten().copied().collect())
}

fn ours(kind: &Kind, der: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match (kind.writer)(der, &mut out) {
        Ok(()) => Some(out),
        Err(_) => {
            assert!(out.is_empty(), "something was written before the error");
            None
        }
    }
}

/// Tells two texts apart by their first different line.
fn difference(expected: Option<&[u8]>, ours: Option<&[u8]>) -> String {
    let (expected, ours) = match (expected, ours) {
        (Some(_), None) => return "OpenSSL reads it, we refuse it".to_owned(),
        (None, Some(_)) => return "OpenSSL refuses it, we read it".to_owned(),
        (expected, ours) => (expected.unwrap_or_default(), ours.unwrap_or_default()),
    };
    let mut lines = expected.split(|b| *b == b'\n');
    let mut our_lines = ours.split(|b| *b == b'\n');
    loop {
        match (lines.next(), our_lines.next()) {
            (None, None) => return "same".to_owned(),
            (theirs, ours) if theirs != ours => {
                let shown = |l: Option<&[u8]>| match l {
                    Some(line) => String::from_utf8_lossy(line).into_owned(),
                    None => "(end)".to_owned(),
                };
                return format!(
                    "\n    openssl |{}\n    privca  |{}",
                    shown(theirs),
                    shown(ours)
                );
            }
            _ => {}
        }
    }
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The files of the corpus, `KIND-DIGEST.der` each.
fn objects() -> Vec<PathBuf> {
    let corpus = std::env::var_os("PRIVCA_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/corpus"),
        PathBuf::from,
    );
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpus.join("objects"))
        .expect("the corpus is there: run tests/corpus")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    files
}

/// Marsaglia's xorshift: the same damage every time.
struct Damage(u64);

impl Damage {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % below
    }

    fn apply(&mut self, der: &mut [u8]) {
        for _ in 0..=self.next(2) {
            let at = self.next(der.len());
            match self.next(6) {
                0 => der[at] = self.next(256) as u8,
                1 => der[at] ^= 1 << self.next(8),
                2 => der[at] = der[at].wrapping_add(1),
                3 => der[at] = [0, 0x80, 0xff, 0x30, 5, 12, 30, 23][self.next(8)],
                4 => {
                    let from = self.next(der.len());
                    der[at] = der[from];
                }
                _ => {
                    let next = (at + 1).min(der.len() - 1);
                    der.swap(at, next);
                }
            }
        }
    }
}

#[test]
#[ignore = "needs openssl and the corpus (tests/corpus)"]
fn damaged_objects_have_openssls_texts() {
    let count = number("PRIVCA_CORPUS_MUTATIONS").unwrap_or(2000);
    let kinds = &KINDS[..4];
    let files: Vec<(&Kind, Vec<u8>)> = objects()
        .iter()
        .filter_map(|path| {
            let file = path.file_name()?.to_string_lossy().into_owned();
            let kind = kinds.iter().find(|k| file.starts_with(k.name))?;
            let der = std::fs::read(path).ok()?;
            (der.len() < 3000).then_some((kind, der))
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let mismatches: Mutex<Vec<String>> = Mutex::default();
    let read = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let (files, folder, mismatches, read) = (&files, &folder, &mismatches, &read);
            scope.spawn(move || {
                let seed = number("PRIVCA_CORPUS_SEED").unwrap_or(1);
                let mut damage = Damage(0x9e37_79b9_7f4a_7c15 ^ (2 * seed + thread) as u64);
                for i in (thread..count).step_by(2) {
                    let (kind, der) = &files[damage.next(files.len())];
                    let mut der = der.clone();
                    damage.apply(&mut der);
                    let path = folder.path().join(format!("{}-{i}.der", kind.name));
                    std::fs::write(&path, &der).expect("writable");
                    let (theirs, ours) = (expected(kind, &path), ours(kind, &der));
                    read.fetch_add(usize::from(theirs.is_some()), Ordering::Relaxed);
                    if theirs == ours {
                        std::fs::remove_file(&path).expect("removable");
                    } else {
                        let difference = difference(theirs.as_deref(), ours.as_deref());
                        let name = path.display();
                        mismatches
                            .lock()
                            .unwrap()
                            .push(format!("{name}: {difference}"));
                    }
                }
            });
        }
    });
    let mismatches = mismatches.into_inner().unwrap();
    for mismatch in &mismatches {
        println!("{mismatch}");
    }
    println!(
        "{} of {count} damaged objects, {read:?} of which OpenSSL reads, differ",
        mismatches.len()
    );
    if !mismatches.is_empty() {
        panic!("kept in {}", folder.keep().display());
    }
}

/// Matched and total, by kind and whether OpenSSL reads the object.
type Tally = BTreeMap<(&'static str, bool), (usize, usize)>;

#[test]
#[ignore = "needs openssl and the corpus (tests/corpus)"]
fn texts_are_openssls() {
    let show = number("PRIVCA_CORPUS_SHOW").unwrap_or(1000);
    let files = objects();
    let next = AtomicUsize::new(0);
    let tally: Mutex<Tally> = Mutex::default();
    let mismatches: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let file = path.file_name().unwrap_or_default().to_string_lossy();
                    let label = file.split('-').next().unwrap_or_default();
                    let der = std::fs::read(path).expect("readable");
                    let kinds = KINDS
                        .iter()
                        .filter(|k| label == "any" || k.name.split(' ').next() == Some(label));
                    for kind in kinds {
                        let (theirs, ours) = (expected(kind, path), ours(kind, &der));
                        // `openssl pkcs7` is silent about other types than signed data, and
                        // cannot read those of CMS.
                        if kind.name == "pkcs7" && theirs.as_ref().is_none_or(Vec::is_empty) {
                            continue;
                        }
                        let mut tally = tally.lock().unwrap();
                        let count = tally.entry((kind.name, theirs.is_some())).or_default();
                        count.1 += 1;
                        if theirs == ours {
                            count.0 += 1;
                        } else {
                            let difference = difference(theirs.as_deref(), ours.as_deref());
                            let mut mismatches = mismatches.lock().unwrap();
                            mismatches.push(format!("{file} as {}: {difference}", kind.name));
                        }
                    }
                }
            });
        }
    });
    let mut mismatches = mismatches.into_inner().unwrap();
    mismatches.sort();
    for mismatch in mismatches.iter().take(show) {
        println!("{mismatch}");
    }
    for ((kind, read), (matched, total)) in tally.into_inner().unwrap() {
        let answer = if read {
            "OpenSSL reads"
        } else {
            "OpenSSL refuses"
        };
        println!("{kind}, {answer}: {matched} of {total} match");
    }
    assert!(mismatches.is_empty(), "{} mismatches", mismatches.len());
}
