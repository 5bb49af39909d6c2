//! EasyRSA 3.1 and `openssl ca` take turns with us on one directory.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use privca::pki::index::Entry;
use privca::pki::layout::{PRIVATE, PUBLIC};
use privca::pki::{FileName, Intent, Overwrite, Pki, Row, Session, defaults};
use privca::primitives::disk::Disk;
use privca::primitives::operator::Operator;

const EASYRSA: &str = "/usr/share/easy-rsa/easyrsa";

fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .envs((program == EASYRSA).then(|| ("EASYRSA_PKI", folder.join("pki"))))
        .env("EASYRSA_BATCH", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    text
}

fn easyrsa(root: &Path, arguments: &[&str]) -> String {
    run(root.parent().unwrap(), EASYRSA, arguments)
}

fn intent(what: &str) -> Intent {
    Intent {
        at: "2026-11-21T10:00:00Z".parse().unwrap(),
        by: Operator::current(),
        what: what.to_owned(),
        to_sign: Vec::new(),
    }
}

/// A directory as `init-ca` makes it, round a CA of openssl's.
fn directory(folder: &Path) -> PathBuf {
    let root = folder.join("pki");
    let mut request = vec![
        "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "30",
    ];
    request.extend([
        "-subj",
        "/O=Example/CN=Test CA",
        "-keyout",
        "key",
        "-out",
        "crt",
    ]);
    run(folder, "openssl", &request);
    let mut session = Session::create(&root, Disk::new(), Duration::ZERO, &mut |_| {}).unwrap();
    let layout = session.layout().clone();
    let mut txn = session.begin(intent("init-ca")).unwrap();
    let key = std::fs::read(folder.join("key")).unwrap();
    let certificate = std::fs::read(folder.join("crt")).unwrap();
    txn.place(&layout.ca_key(), &key, PRIVATE, Overwrite::No)
        .unwrap();
    for (path, bytes) in [
        (layout.index(), defaults::INDEX),
        (layout.index_attributes(), defaults::INDEX_ATTRIBUTES),
        (layout.serial(), defaults::SERIAL),
        (layout.easyrsa_config(), defaults::EASYRSA_CONFIG),
        (layout.ca_certificate(), &certificate),
    ] {
        txn.place(&path, bytes, PUBLIC, Overwrite::No).unwrap();
    }
    txn.commit().unwrap();
    root
}

fn rows(root: &Path) -> Vec<String> {
    let pki = Pki::open(root, Disk::new()).unwrap();
    pki.rows()
        .unwrap()
        .map(|entry| match entry.unwrap() {
            Entry::Row(record) => {
                assert_eq!(record.quirks, []);
                assert_eq!(record.raw, record.row.to_line().unwrap().as_bytes());
                format!("{} {}", record.row.status.letter(), record.row.subject)
            }
            Entry::Odd(odd) => panic!("{odd:?}"),
        })
        .collect()
}

#[test]
#[ignore = "needs easyrsa"]
fn they_take_turns_on_one_directory() {
    let folder = tempfile::tempdir().unwrap();
    let root = directory(folder.path());
    easyrsa(&root, &["build-client-full", "carol", "nopass"]);
    easyrsa(
        &root,
        &[
            "--subject-alt-name=DNS:web",
            "build-server-full",
            "web",
            "nopass",
        ],
    );

    // a row of ours
    let pki = Pki::open(&root, Disk::new()).unwrap();
    let mut session = pki.lock(Duration::ZERO, &mut |_| {}).unwrap();
    assert_eq!(session.recovered(), []);
    let mut txn = session.begin(intent("issue alice")).unwrap();
    let serial = "0DF826FC6C9D1D2209A398BDD56A4F34".parse().unwrap();
    let end = "2027-11-21".parse().unwrap();
    txn.append_row(&Row::issued(serial, end, "/CN=alice"))
        .unwrap();
    txn.commit().unwrap();
    drop(session);

    easyrsa(&root, &["gen-req", "dave", "nopass"]);
    easyrsa(&root, &["sign-req", "client", "dave"]);
    easyrsa(&root, &["revoke", "carol", "superseded"]);
    easyrsa(&root, &["gen-crl"]);
    easyrsa(&root, &["show-revoke"]);
    let shown = run(
        &root,
        "openssl",
        &["x509", "-in", "issued/web.crt", "-noout", "-text"],
    );
    assert!(
        shown.contains("DNS:web") && shown.contains("TLS Web Server"),
        "{shown}"
    );
    run(
        &root,
        "openssl",
        &["verify", "-CAfile", "ca.crt", "issued/dave.crt"],
    );

    // openssl alone, inside the directory
    let config = ["ca", "-batch", "-notext", "-config", "openssl-easyrsa.cnf"];
    let mut request = vec![
        "req", "-new", "-newkey", "rsa:2048", "-noenc", "-subj", "/CN=erin",
    ];
    request.extend(["-keyout", "private/erin.key", "-out", "reqs/erin.req"]);
    run(&root, "openssl", &request);
    let sign = ["-in", "reqs/erin.req", "-out", "issued/erin.crt"];
    run(&root, "openssl", &[&config[..], &sign].concat());
    run(
        &root,
        "openssl",
        &[&config[..], &["-gencrl", "-out", "crl.pem"]].concat(),
    );
    run(
        &root,
        "openssl",
        &[&config[..], &["-revoke", "issued/erin.crt"]].concat(),
    );

    assert_eq!(
        rows(&root),
        [
            "R /CN=carol",
            "V /CN=web",
            "V /CN=alice",
            "V /CN=dave",
            "R /CN=erin"
        ]
    );
    let name: FileName = "dave".parse().unwrap();
    assert!(pki.has(&pki.layout().issued(&name)).unwrap());
}
