//! Hostile requests: every file of `fixtures/csr` has a row that says what must come of it. Refused,
//! with the exit code and every reason, and nothing written; or signed with exactly what the profile
//! gives, as a parser that nobody here wrote reads it, and with notes on what was left out.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod certificate;
mod flags;
mod openssl;
mod requests;
mod table;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use support::Bench;

/// Subject attributes and principals that a site allows, and nothing else.
const NARROW: &str = r#"{
  "validity": "1y", "key_usage": ["digitalSignature"], "extended_key_usage": ["clientAuth"],
  "subject": {"require": ["CN"], "allow": {"CN": ["alice"], "O": ["dev", "ops"]}},
  "san": {
    "allow": {"upn": ["alice@corp.example"], "email": ["*@example.com"], "dns": ["*.example"]},
    "max": 3, "wildcard_dns": false
  }
}"#;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/csr")
}

fn fixture(stem: &str) -> PathBuf {
    fixtures().join(format!("{stem}.csr"))
}

/// A CA whose profiles are the built-in ones and `narrow`.
fn world() -> Bench {
    let bench = Bench::with_ca();
    bench.write("pki/profiles/narrow.json", NARROW);
    bench
}

/// A digest of every file of the PKI directory, but for the audit log, which tells of refusals, and
/// what privca keeps for itself.
fn contents(bench: &Bench) -> BTreeMap<String, u64> {
    let digest = |file: String| {
        let bytes = std::fs::read(bench.path(&format!("pki/{file}"))).unwrap();
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        (file, hasher.finish())
    };
    let files = bench.files("pki").into_iter();
    files
        .filter(|file| file != "audit.jsonl" && !file.starts_with(".privca/"))
        .map(digest)
        .collect()
}
