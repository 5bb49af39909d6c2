//! Stops privca at every write point, and fails every write point once: the directory is whole
//! after each, and the next command goes on.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

#[path = "../support/memory.rs"]
mod support;

mod host;
mod whole;

use std::path::Path;
use std::sync::Arc;

use host::{Fault, Faulty, run};

/// What is stopped, and what was done before.
struct Case {
    name: &'static str,
    before: &'static [&'static str],
    words: &'static str,
}

const INIT: &str = "init-ca --cn Test --no-pass";
const CASES: [Case; 15] = [
    Case {
        name: "init-ca",
        before: &[],
        words: INIT,
    },
    Case {
        name: "init-ca --request",
        before: &[],
        words: "init-ca --cn Test --no-pass --request",
    },
    Case {
        name: "init-ca --parent",
        before: &["--pki ROOT init-ca --cn Root --no-pass"],
        words: "init-ca --cn Test --no-pass --parent ROOT",
    },
    Case {
        name: "gen-key",
        before: &[INIT],
        words: "gen-key alice --no-pass",
    },
    Case {
        name: "gen-csr",
        before: &[INIT],
        words: "gen-csr alice --no-pass --san email:a@example.com",
    },
    Case {
        name: "sign",
        before: &[INIT, "gen-csr alice --no-pass --san email:a@example.com"],
        words: "sign alice --out OUT",
    },
    Case {
        name: "issue",
        before: &[INIT, "issue zoe --no-pass --san email:z@example.com"],
        words: "issue alice --no-pass --san email:a@example.com",
    },
    Case {
        name: "revoke",
        before: &[
            INIT,
            "issue zoe --no-pass --san email:z@example.com",
            "issue alice --no-pass --san email:a@example.com",
        ],
        words: "revoke alice zoe --reason keyCompromise --invalidity-date 2026-01-01",
    },
    Case {
        name: "unrevoke",
        before: &[
            INIT,
            "issue alice --no-pass --san email:a@example.com",
            "revoke alice --reason certificateHold",
        ],
        words: "unrevoke alice",
    },
    Case {
        name: "renew",
        before: &[INIT, "issue alice --no-pass --san email:a@example.com"],
        words: "renew alice --rekey --no-pass",
    },
    Case {
        name: "gen-crl",
        before: &[
            INIT,
            "issue alice --no-pass --san email:a@example.com",
            "revoke alice",
        ],
        words: "gen-crl",
    },
    Case {
        name: "export-p12",
        before: &[INIT, "issue alice --no-pass --san email:a@example.com"],
        words: "export-p12 alice --no-pass",
    },
    Case {
        name: "export",
        before: &[INIT, "issue alice --no-pass --san email:a@example.com"],
        words: "export alice --format sec1 --out OUT",
    },
    Case {
        name: "import-p12",
        before: &[
            INIT,
            "issue alice --no-pass --san email:a@example.com",
            "export-p12 alice --no-pass --out P12",
        ],
        words: "import-p12 P12 alice --no-pass --force",
    },
    Case {
        name: "set-pass",
        before: &[INIT, "issue alice --no-pass --san email:a@example.com"],
        words: "set-pass alice --no-pass",
    },
];

#[test]
fn stopped_anywhere_the_directory_is_whole() {
    for case in &CASES {
        let stops = sweep(case, Fault::Stop);
        println!(
            "{}: stopped at {stops} write points, 0 violations",
            case.name
        );
    }
}

#[test]
fn stopped_in_the_middle_of_a_write() {
    for case in &CASES {
        let stops = sweep(case, Fault::Torn);
        println!("{}: torn at {stops} write points, 0 violations", case.name);
    }
}

#[test]
fn a_full_or_failing_disk_is_an_error_and_nothing_is_lost() {
    for errno in [28, 5] {
        for case in &CASES {
            let faults = sweep(case, Fault::Once(errno));
            println!(
                "{}: errno {errno} at {faults} write points, 0 violations",
                case.name
            );
        }
    }
}

/// Runs the case once for every write point, until a run meets no fault.
fn sweep(case: &Case, fault: Fault) -> usize {
    for n in 0.. {
        let folder = support::memory();
        for words in case.before {
            assert_eq!(run(folder.path(), words, None).0, 0, "{words}");
        }
        let gate = Arc::new(Faulty::new(n, fault));
        let (code, said) = run(folder.path(), case.words, Some(gate.clone()));
        let what = format!("{} at {n} ({fault:?}, exit {code})\n{said}", case.name);
        if !gate.met() {
            assert_eq!(code, 0, "{what}");
            assert!(n > 3, "{what}: there is hardly a write point");
            return n;
        }
        assert!(code == 0 || code == 1, "{what}");
        // a disk that failed once is told of, with the file
        if matches!(fault, Fault::Once(_)) && code != 0 {
            assert!(said.contains("error["), "{what}");
        }
        goes_on(case, folder.path(), &what);
    }
    unreachable!()
}

/// The next command works, and what it finds is whole.
fn goes_on(case: &Case, folder: &Path, what: &str) {
    let pki = folder.join("pki");
    let (code, said) = run(
        folder,
        "issue next --no-pass --san email:n@example.com",
        None,
    );
    if code != 0 {
        // no CA came of it: then it can be made now, whatever was left
        assert!(case.name.starts_with("init-ca"), "{what}\nthen: {said}");
        let again = if pki.join("reqs/ca.req").exists() {
            // the request stands; it is completed as one signed elsewhere
            run(folder, "--pki ROOT2 init-ca --cn Other --no-pass", None);
            run(
                folder,
                "--pki ROOT2 sign --csr PKI/reqs/ca.req sub --profile subca --out SUB",
                None,
            );
            "init-ca --certificate SUB --chain ROOT2/ca.crt"
        } else {
            INIT
        };
        let (code, said) = run(folder, again, None);
        assert_eq!(code, 0, "{what}\nthen {again}: {said}");
        let (code, said) = run(
            folder,
            "issue next --no-pass --san email:n@example.com",
            None,
        );
        assert_eq!(code, 0, "{what}\nthen: {said}");
    }
    whole::check(&pki, what);
    if folder.join("ROOT").exists() {
        let (code, said) = run(folder, "--pki ROOT gen-key next --no-pass", None);
        assert_eq!(code, 0, "{what}\nthen in ROOT: {said}");
        whole::check(&folder.join("ROOT"), what);
    }
}
