//! Exports when the certificate is past its end: privca in process, with a clock of its own.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::sync::Mutex;

use privca::cli::{self, Host, Terminal};
use privca::primitives::disk::Disk;
use privca::primitives::operator::Operator;
use privca::primitives::random::SystemRandomness;
use privca::primitives::secret::Secret;
use privca::primitives::time::{Clock, Timestamp};

use crate::support::Bench;
use crate::with_alice;

struct Later;

impl Clock for Later {
    fn now(&self) -> Timestamp {
        "2099-01-01T00:00:00Z".parse().unwrap()
    }
}

#[derive(Default)]
struct Kept(Mutex<Vec<u8>>);

struct Said<'a>(&'a Mutex<Vec<u8>>);

impl Write for Said<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Terminal for Kept {
    fn stdout(&self) -> Box<dyn Write + '_> {
        Box::new(io::sink())
    }

    fn stderr(&self) -> Box<dyn Write + '_> {
        Box::new(Said(&self.0))
    }

    fn stdin(&self) -> Box<dyn Read + '_> {
        Box::new(io::empty())
    }

    fn stdout_is_terminal(&self) -> bool {
        true
    }

    fn prompt(&self, _text: &str) -> io::Result<Option<Secret>> {
        Ok(Some("typed".to_owned().into()))
    }
}

fn run(bench: &Bench, words: &str) -> (u8, String) {
    let terminal = Kept::default();
    let host = Host {
        clock: &Later,
        random: &SystemRandomness::new(),
        disk: &Disk::new(),
        operator: &Operator::current(),
        terminal: &terminal,
    };
    let pki = bench.path("pki").into_os_string();
    let mut args: Vec<OsString> = vec!["privca".into(), "--pki".into(), pki];
    args.extend(words.split_whitespace().map(OsString::from));
    let code = cli::run(args, &host).code();
    let said = String::from_utf8_lossy(&terminal.0.lock().unwrap()).into_owned();
    (code, said)
}

#[test]
fn an_expired_certificate_is_refused_unless_forced() {
    let bench = with_alice();
    for words in ["export-p12 alice --no-pass", "export alice --format pem"] {
        let (code, said) = run(&bench, words);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("error[certificate-expired]"), "{said}");
        assert!(said.contains("privca renew alice"), "{said}");
        assert_eq!(run(&bench, &format!("{words} --force")).0, 0);
    }
}

#[test]
fn a_person_is_asked_and_a_terminal_gets_no_bytes() {
    let bench = with_alice();
    assert_eq!(run(&bench, "export-p12 alice --force").0, 0);
    bench
        .privca("import-p12 pki/private/alice.p12 x --out-dir . --passin pass:typed --no-pass")
        .ok();
    for words in [
        "export-p12 alice --force --out -",
        "export alice --force --format der",
    ] {
        let (code, said) = run(&bench, words);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("nothing for a terminal"), "{said}");
    }
}
