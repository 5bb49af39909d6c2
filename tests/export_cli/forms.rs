//! `export`.

use crate::{mode, revoke_all, with_alice};

#[test]
fn every_form_begins_as_it_should() {
    let bench = with_alice();
    bench
        .privca("issue rsa --san email:r@example.com --key-type rsa-2048 --no-pass")
        .ok();
    for (name, format, begins) in [
        ("alice", "pem", "-----BEGIN CERTIFICATE-----"),
        ("alice", "fullchain", "-----BEGIN CERTIFICATE-----"),
        ("alice", "bundle --no-pass", "-----BEGIN PRIVATE KEY-----"),
        (
            "alice",
            "bundle --passout pass:x",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----",
        ),
        ("alice", "p7b", "-----BEGIN PKCS7-----"),
        ("rsa", "pkcs1", "-----BEGIN RSA PRIVATE KEY-----"),
        ("alice", "sec1", "-----BEGIN EC PRIVATE KEY-----"),
        ("alice", "pkcs8 --no-pass", "-----BEGIN PRIVATE KEY-----"),
        ("alice", "spki", "-----BEGIN PUBLIC KEY-----"),
        (
            "alice",
            "inline --no-pass",
            "<ca>\n-----BEGIN CERTIFICATE-----",
        ),
        ("alice", "k8s", "apiVersion: v1\nkind: Secret\n"),
        ("alice", "mobileconfig --passout pass:x", "<?xml "),
        ("ca", "pem", "-----BEGIN CERTIFICATE-----"),
    ] {
        let ran = bench
            .privca(&format!("export {name} --format {format}"))
            .ok();
        assert!(ran.stdout.starts_with(begins), "{format}: {}", ran.stdout);
    }
}

#[test]
fn what_holds_a_key_is_for_its_owner_alone() {
    let bench = with_alice();
    for (format, expected) in [
        ("pem", 0o644),
        ("der", 0o644),
        ("truststore --no-pass", 0o644),
        ("bundle --no-pass", 0o600),
        ("pkcs8 --passout pass:x", 0o600),
        ("sec1", 0o600),
        ("inline --no-pass", 0o600),
        ("k8s", 0o600),
        ("mobileconfig --no-pass", 0o600),
    ] {
        bench
            .privca(&format!("export alice --out out --force --format {format}"))
            .ok();
        assert_eq!(mode(&bench, "out"), expected, "{format}");
        std::fs::remove_file(bench.path("out")).unwrap();
    }
    let log = bench.read("pki/audit.jsonl");
    assert_eq!(log.matches("\"command\":\"export\"").count(), 6, "{log}");
}

#[test]
fn an_unencrypted_key_is_remarked_upon() {
    let bench = with_alice();
    let ran = bench
        .privca("--json export alice --format sec1 --out out")
        .ok();
    assert_eq!(ran.json()["unencrypted_key"], true);
    assert!(ran.stderr.contains("not encrypted"), "{}", ran.stderr);
    let ran = bench
        .privca("--json export alice --format pkcs8 --passout pass:x --out new")
        .ok();
    assert_eq!(ran.json()["unencrypted_key"], false);
    assert!(!ran.stderr.contains("not encrypted"), "{}", ran.stderr);
}

#[test]
fn options_without_effect_are_mistakes() {
    let bench = with_alice();
    for (words, said) in [
        ("pkcs1 --passout pass:x", "has no encryption"),
        ("der --passout pass:x", "no key to encrypt"),
        ("der --with-root", "no choice of chain"),
        ("pem --tls-crypt x", "--format inline"),
        ("fullchain --no-chain", "pem --no-chain"),
        ("ssh", "possible values"),
    ] {
        bench
            .privca(&format!("export alice --format {words}"))
            .fails(2, said);
    }
    bench
        .privca("--json export alice --format pem")
        .fails(2, "--out FILE");
    bench
        .privca("export alice --format pkcs1")
        .fails(1, "error[no-such-form]");
    bench
        .privca("export alice --format pkcs8")
        .fails(4, "--no-pass");
    bench.write("tc.key", "nothing");
    bench
        .privca("export alice --format inline --no-pass --tls-crypt tc.key")
        .fails(1, "error[no-static-key]");
}

#[test]
fn an_encrypted_key_is_opened_and_encrypted_anew() {
    let bench = with_alice();
    bench
        .privca("issue bob --san email:bob@example.com --passout pass:old")
        .ok();
    bench
        .privca("export bob --format sec1")
        .fails(4, "--passin");
    bench
        .privca("export bob --format sec1 --passin pass:wrong")
        .fails(4, "error[wrong-passphrase]");
    bench
        .privca("export bob --format sec1 --passin pass:old")
        .ok();
    let anew = "export bob --format pkcs8 --passin pass:old --passout pass:new --out carol.key";
    bench.privca(anew).ok();
    bench
        .privca("gen-csr carol --key carol.key --passin pass:old")
        .fails(4, "error[wrong-passphrase]");
    bench
        .privca("gen-csr carol --key carol.key --passin pass:new")
        .ok();
}

#[test]
fn a_key_alone_needs_no_certificate_and_a_dead_one_is_no_obstacle() {
    let bench = with_alice();
    bench.privca("gen-key lone --no-pass").ok();
    bench.privca("export lone --format sec1").ok();
    bench
        .privca("export lone --format spki")
        .fails(1, "error[no-certificate]");
    revoke_all(&bench);
    bench
        .privca("export alice --format pem")
        .fails(1, "error[certificate-revoked]");
    bench.privca("export alice --format pem --force").ok();
    bench.privca("export alice --format sec1").ok();
}
