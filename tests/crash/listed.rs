//! `batch --passphrases-out`: a key that is written can be opened.

use std::fs;
use std::sync::Arc;

use super::changes::INIT;
use super::host::{Fault, Faulty, run};
use super::support;

/// Wherever it stops, a key that is there has its passphrase in the list.
#[test]
fn no_key_is_without_its_listed_passphrase() {
    for n in 0.. {
        let folder = support::memory();
        let manifest = "name,san\na,email:a@example.com\n";
        fs::write(folder.path().join("MANIFEST"), manifest).unwrap();
        assert_eq!(run(folder.path(), INIT, None).0, 0);
        let gate = Arc::new(Faulty::new(n, Fault::Torn));
        let words = "batch MANIFEST --passphrases-out LIST";
        let (code, _) = run(folder.path(), words, Some(gate.clone()));
        let read = || fs::read_to_string(folder.path().join("LIST")).unwrap_or_default();
        let listed = |list: &str| list.lines().filter(|line| line.len() == 25).count();
        // finishes what can be finished
        assert_eq!(run(folder.path(), "gen-key x --no-pass", None).0, 0);
        if folder.path().join("pki/private/a.key").exists() {
            assert_eq!(listed(&read()), 1, "at {n}: {}", read());
        }
        if !gate.met() {
            assert_eq!((code, listed(&read())), (0, 1), "{}", read());
            break;
        }
    }
}
