//! Exports when the certificate is past its end: privca in process, with a clock of its own.

use std::ffi::OsString;

use privca::cli::{self, Host};
use privca::primitives::disk::Disk;
use privca::primitives::operator::Operator;
use privca::primitives::random::SystemRandomness;
use privca::primitives::time::{Clock, Timestamp};

use crate::screen::Screen;
use crate::support::Bench;
use crate::with_alice;

struct Later;

impl Clock for Later {
    fn now(&self) -> Timestamp {
        "2099-01-01T00:00:00Z".parse().unwrap()
    }
}

fn run(bench: &Bench, words: &str) -> (u8, String) {
    let terminal = Screen::typing("typed");
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
    (code, terminal.said())
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
