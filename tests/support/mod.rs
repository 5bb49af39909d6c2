//! A folder to work in and the real binary to run in it, as a user does.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Bench {
    folder: tempfile::TempDir,
}

/// What a command left behind.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Fails the test unless the command succeeded.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(
            self.code, 0,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Fails the test unless the command ended with this code and said this on standard error.
    #[track_caller]
    pub fn fails(self, code: i32, said: &str) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        assert!(
            self.stderr.contains(said),
            "{said:?} is not in:\n{}",
            self.stderr
        );
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e} in {}", self.stdout))
    }
}

impl Bench {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A bench with a root CA in `pki/`, without passphrase.
    pub fn with_ca() -> Self {
        let bench = Self::new();
        bench.privca("init-ca --cn Test --no-pass").ok();
        bench
    }

    /// A bench with a root CA in `root/` and a CA below it in `pki/`, whose certificate came without
    /// the root's list.
    pub fn below_a_root() -> Self {
        let bench = Self::new();
        for words in [
            "--pki root init-ca --cn Root --no-pass",
            "init-ca --cn Sub --request --no-pass",
            "--pki root sign --csr pki/reqs/ca.req sub --profile subca --out sub.crt --no-chain",
            "init-ca --certificate sub.crt --chain root/ca.crt",
        ] {
            bench.privca(words).ok();
        }
        bench
    }

    /// A list of the CA in `root/` that OpenSSL makes.
    #[track_caller]
    pub fn root_list(&self, words: &str, file: &str) {
        self.sh(&format!(
            "cd root && openssl ca -config openssl-easyrsa.cnf -gencrl {words} -out ../{file}"
        ))
        .ok();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, contents).unwrap();
        path
    }

    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        let path = self.path(name);
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    pub fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Runs privca in the folder; the words are split at blanks.
    pub fn privca(&self, words: &str) -> Ran {
        self.privca_args(&words.split_whitespace().collect::<Vec<_>>())
    }

    pub fn privca_args(&self, args: &[&str]) -> Ran {
        self.run(env!("CARGO_BIN_EXE_privca"), args, b"")
    }

    pub fn privca_stdin(&self, words: &str, input: &[u8]) -> Ran {
        self.run(
            env!("CARGO_BIN_EXE_privca"),
            &words.split_whitespace().collect::<Vec<_>>(),
            input,
        )
    }

    /// Runs another program in the folder.
    pub fn tool(&self, program: &str, args: &[&str]) -> Ran {
        self.run(program, args, b"")
    }

    /// Runs a shell line in the folder.
    pub fn sh(&self, line: &str) -> Ran {
        self.run("sh", &["-c", line], b"")
    }

    pub fn run(&self, program: &str, args: &[&str], input: &[u8]) -> Ran {
        let mut child = Command::new(program)
            .args(args)
            .current_dir(self.folder.path())
            .env_remove("PRIVCA_PKI")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("{program}: {e}"));
        // a program that does not read its input closes it; that is its business
        drop(child.stdin.take().unwrap().write_all(input));
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Every file below a folder, relative, sorted.
    pub fn files(&self, name: &str) -> Vec<String> {
        fn walk(folder: &Path, base: &Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, base, found);
                } else {
                    found.push(path.strip_prefix(base).unwrap().display().to_string());
                }
            }
        }
        let base = self.path(name);
        let mut found = Vec::new();
        walk(&base, &base, &mut found);
        found.sort();
        found
    }
}
