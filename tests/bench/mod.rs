//! A folder to run other people's tools in, for tests.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "each test file takes what it needs"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use privca::primitives::secret::Secret;

/// A folder to run `openssl` in.
pub struct Bench(pub tempfile::TempDir);

impl Bench {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, contents: &[u8]) {
        fs::write(self.path(name), contents).unwrap();
    }

    /// Runs a program; gives what it printed.
    pub fn run(&self, program: &str, words: &[&str]) -> String {
        let printed = run(self.0.path(), program, words);
        printed.unwrap_or_else(|error| panic!("{program} {words:?}: {error}"))
    }

    /// Runs `openssl` with the words of `line`; gives what it printed.
    pub fn openssl(&self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        self.run("openssl", &words)
    }
}

pub fn run(folder: &Path, program: &str, words: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(words)
        .current_dir(folder)
        .output();
    let output = output.map_err(|e| format!("{program} does not run: {e}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout) + &text(&output.stderr))
    } else {
        Err(text(&output.stderr))
    }
}

pub fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}
