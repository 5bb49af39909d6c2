//! Every object of the corpus (`tests/corpus`), compared byte for byte with the installed OpenSSL.
//!
//! `cargo test --test text_corpus -- --ignored --nocapture`; PRIVCA_CORPUS names another folder,
//! PRIVCA_CORPUS_SHOW=N shows the first difference of N objects.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use privca::text::{self, TextError};

type Writer = fn(&[u8], &mut dyn Write) -> Result<(), TextError>;

struct Kind {
    name: &'static str,
    openssl: &'static [&'static str],
    writer: Writer,
}

const KINDS: [Kind; 6] = [
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
];

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

#[test]
#[ignore = "needs openssl and the corpus (tests/corpus)"]
fn texts_are_openssls() {
    let corpus = std::env::var_os("PRIVCA_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/corpus"),
        PathBuf::from,
    );
    let show: usize = std::env::var("PRIVCA_CORPUS_SHOW")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1000);
    let mut files: Vec<PathBuf> = std::fs::read_dir(corpus.join("objects"))
        .expect("the corpus is there: run tests/corpus")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    let next = AtomicUsize::new(0);
    let tally: Mutex<BTreeMap<(&str, bool), (usize, usize)>> = Mutex::default();
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
