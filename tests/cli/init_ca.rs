//! `init-ca`: roots, intermediates, and CAs that are signed elsewhere.

use crate::support::Bench;

#[test]
fn a_root_has_the_files_that_easyrsa_and_openssl_look_for() {
    let bench = Bench::new();
    let made = bench
        .privca("--json init-ca --cn Example --no-pass")
        .ok()
        .json();
    assert_eq!(made["subject"], "CN=Example");
    assert_eq!(made["key_encrypted"], false);
    for file in [
        "ca.crt",
        "ca-chain.crt",
        "crl.pem",
        "crl-chain.pem",
        "index.txt",
        "index.txt.attr",
        "serial",
        "crlnumber",
        "private/ca.key",
        "openssl-easyrsa.cnf",
        "profiles/1year.json",
        "audit.jsonl",
        "issued",
        "reqs",
        "certs_by_serial",
        "revoked",
    ] {
        assert!(bench.exists(&format!("pki/{file}")), "{file}");
    }
    assert_eq!(bench.read("pki/index.txt"), "");
    assert_eq!(bench.read("pki/index.txt.attr"), "unique_subject = no\n");
    assert_eq!(bench.read("pki/crlnumber").trim(), "02");
}

#[test]
fn modes_hold_under_any_umask() {
    let bench = Bench::new();
    let privca = env!("CARGO_BIN_EXE_privca");
    for (umask, pki) in [("000", "open"), ("077", "closed"), ("0777", "shut")] {
        bench.sh(&format!("umask {umask}; {privca} --pki {pki} init-ca --cn X --no-pass && {privca} --pki {pki} issue a --no-pass --san email:a@example.com")).ok();
        let modes = bench.sh(&format!(
            "stat -c '%a %n' {pki} {pki}/private {pki}/issued {pki}/private/ca.key {pki}/private/a.key {pki}/ca.crt {pki}/issued/a.crt {pki}/reqs/a.req {pki}/crl.pem"
        )).ok();
        let modes: Vec<&str> = modes
            .stdout
            .lines()
            .map(|l| l.split(' ').next().unwrap())
            .collect();
        assert_eq!(
            modes,
            [
                "700", "700", "700", "600", "600", "644", "644", "644", "644"
            ],
            "{umask}"
        );
    }
}

#[test]
fn a_second_init_ca_refuses_and_changes_nothing() {
    let bench = Bench::with_ca();
    let before = bench.read("pki/ca.crt");
    bench.privca("init-ca --cn Other --no-pass").fails(1, "pki");
    assert_eq!(bench.read("pki/ca.crt"), before);
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let bench = Bench::new();
    bench.write("pki/thesis.tex", "years of work");
    bench.privca("init-ca --cn X --no-pass").fails(1, "pki");
    assert_eq!(bench.files("pki"), ["thesis.tex"]);
}

#[test]
fn an_intermediate_is_made_in_one_go() {
    let bench = Bench::new();
    bench.privca("--pki root init-ca --cn Root --no-pass").ok();
    bench
        .privca_args(&[
            "--pki",
            "sub",
            "init-ca",
            "--cn",
            "Sub CA",
            "--no-pass",
            "--parent",
            "root",
            "--permit",
            "email:example.com",
        ])
        .ok();
    // the parent knows it
    assert!(bench.read("root/index.txt").contains("/CN=Sub CA"));
    assert!(bench.exists("root/issued/Sub CA.crt"));
    // the chain holds both, the CRL chain too
    assert_eq!(
        bench
            .read("sub/ca-chain.crt")
            .matches("BEGIN CERTIFICATE")
            .count(),
        2
    );
    assert_eq!(
        bench
            .read("sub/crl-chain.pem")
            .matches("BEGIN X509 CRL")
            .count(),
        2
    );
    // and its constraints bind before anything is signed
    bench
        .privca("--pki sub issue a --no-pass --san email:a@example.org")
        .fails(3, "name-outside-issuer");
    bench
        .privca("--pki sub issue a --no-pass --san email:a@example.com")
        .ok();
    // a path length of 0: no CA below
    bench
        .privca("--pki deep init-ca --cn Deep --no-pass --parent sub")
        .fails(3, "issuer-path-length");
    assert!(!bench.exists("deep"));
}

#[test]
fn a_ca_signed_elsewhere_is_requested_and_completed() {
    let bench = Bench::new();
    bench.privca("--pki root init-ca --cn Root --no-pass").ok();
    bench
        .privca("--pki sub init-ca --cn Sub --no-pass --request")
        .ok();
    // not a PKI yet
    bench
        .privca("--pki sub issue a --no-pass --san email:a@example.com")
        .fails(1, "certificate");
    bench
        .privca("--pki root sign --csr sub/reqs/ca.req sub --profile subca --out sub.crt")
        .ok();
    // the chain must reach a root
    bench
        .privca("--pki sub init-ca --certificate sub.crt")
        .fails(1, "--chain");
    // a certificate of another key is refused
    bench
        .privca("--pki sub init-ca --certificate root/ca.crt")
        .fails(1, "belongs to");
    bench
        .privca("--pki sub init-ca --certificate sub.crt --chain root/ca.crt")
        .ok();
    bench
        .privca("--pki sub issue a --no-pass --san email:a@example.com")
        .ok();
}

#[test]
fn a_ca_never_outlives_its_issuer() {
    let bench = Bench::new();
    bench
        .privca("--pki root init-ca --cn Root --no-pass --validity 30d")
        .ok();
    let issued = bench
        .privca("--pki root --json issue a --no-pass --san email:a@example.com")
        .ok()
        .json();
    let ca = bench.privca("--pki root --json inspect root/ca.crt");
    assert_eq!(ca.code, 0);
    let notes = issued["issued"][0]["notes"].to_string();
    assert!(notes.contains("issuer") || notes.contains("CA"), "{notes}");
    bench
        .privca("--pki root issue b --no-pass --san email:b@example.com --strict")
        .fails(3, "outlives-issuer");
}

/// It says whose directory it is that it does not touch.
#[test]
fn a_directory_of_openssl_ca_is_named_as_such() {
    let bench = Bench::with_ca();
    let again = || bench.privca("init-ca --cn X --no-pass");
    again().fails(1, "holds a CA made or used by privca already");
    std::fs::remove_dir_all(bench.path("pki/.privca")).unwrap();
    std::fs::remove_file(bench.path("pki/audit.jsonl")).unwrap();
    again().fails(1, "holds an EasyRSA CA already");
    std::fs::remove_file(bench.path("pki/openssl-easyrsa.cnf")).unwrap();
    for folder in ["issued", "certs_by_serial"] {
        std::fs::remove_dir_all(bench.path(&format!("pki/{folder}"))).unwrap();
    }
    again().fails(1, "holds a CA of openssl ca already");
}
