//! `sign` and `issue`: what is signed, where it goes, what is refused.

use crate::support::Bench;

#[test]
fn several_are_signed_or_none() {
    let bench = Bench::with_ca();
    bench
        .privca("gen-csr a --no-pass --san email:a@example.com")
        .ok();
    bench
        .privca("gen-csr b --no-pass --san email:b@example.com")
        .ok();
    bench.privca("gen-csr none --no-pass").ok();
    bench.privca("sign a b none").fails(3, "san-required");
    assert_eq!(bench.read("pki/index.txt"), "");
    let signed = bench.privca("--json sign a b").ok().json();
    assert_eq!(signed["issued"].as_array().unwrap().len(), 2);
    assert_eq!(bench.read("pki/index.txt").lines().count(), 2);
}

#[test]
fn the_certificate_goes_where_it_is_sent_with_its_intermediates() {
    let bench = Bench::new();
    bench.privca("--pki root init-ca --cn Root --no-pass").ok();
    bench
        .privca("--pki sub init-ca --cn Sub --no-pass --parent root")
        .ok();
    bench
        .privca("--pki sub gen-csr a --no-pass --san email:a@example.com")
        .ok();
    let said = bench.privca("--pki sub sign a --out -").ok();
    assert_eq!(said.stdout.matches("BEGIN CERTIFICATE").count(), 2);
    assert!(said.stdout.starts_with("-----BEGIN CERTIFICATE-----\n"));
    assert!(said.stderr.contains("Signed 'a'"));
    bench
        .privca("--pki sub issue b --no-pass --san email:b@example.com --out b.pem --no-chain")
        .ok();
    assert_eq!(bench.read("b.pem").matches("BEGIN CERTIFICATE").count(), 1);
}

#[test]
fn what_can_be_foreseen_fails_before_the_first_write() {
    let bench = Bench::with_ca();
    bench
        .privca("gen-csr a --no-pass --san email:a@example.com")
        .ok();
    bench.write("taken.pem", "mine");
    bench.privca("sign a --out taken.pem").fails(1, "taken.pem");
    bench
        .privca("sign a --out no/such/folder.pem")
        .fails(1, "no/such");
    assert_eq!(bench.read("taken.pem"), "mine");
    assert_eq!(bench.read("pki/index.txt"), "");
    bench.privca("sign a --out taken.pem --force").ok();
}

#[test]
fn a_dry_run_shows_the_certificate_and_writes_nothing() {
    let bench = Bench::new();
    bench.write("pass", "x\n");
    bench.privca("init-ca --cn Test --passout file:pass").ok();
    bench
        .privca("gen-csr a --no-pass --san email:a@example.com")
        .ok();
    let before = bench.files("pki");
    // no passphrase is needed to look
    let shown = bench.privca("sign a --dry-run").ok();
    assert!(
        shown.stdout.contains("email:a@example.com"),
        "{}",
        shown.stdout
    );
    assert!(
        shown.stdout.contains("TLS Web Client Authentication"),
        "{}",
        shown.stdout
    );
    bench
        .privca("sign a --dry-run --validity 2y")
        .fails(3, "profile-refused");
    assert_eq!(bench.files("pki"), before);
    assert_eq!(bench.read("pki/index.txt"), "");
}

#[test]
fn dates_and_names_can_be_given() {
    let bench = Bench::with_ca();
    bench
        .privca("gen-csr a --no-pass --cn Ugly --san email:ugly@example.com")
        .ok();
    let signed = bench
        .privca_args(&[
            "--json",
            "sign",
            "a",
            "--subject",
            "/O=dev/O=ops/CN=Alice",
            "--san",
            "alice@example.com",
            "--validity",
            "2w",
        ])
        .ok()
        .json();
    let one = &signed["issued"][0];
    assert_eq!(one["subject"], "CN=Alice,O=ops,O=dev");
    assert_eq!(one["names"].to_string(), "[\"email:alice@example.com\"]");
    bench
        .privca("gen-csr b --no-pass --san email:b@example.com")
        .ok();
    bench
        .privca("sign b --validity 2y")
        .fails(3, "validity-too-long");
    let signed = bench
        .privca("--json sign b --not-before 2026-01-01T00:00:00Z --not-after 2026-06-01T00:00:00Z")
        .ok()
        .json();
    assert_eq!(signed["issued"][0]["not_after"], "2026-06-01T00:00:00Z");
}

#[test]
fn one_name_one_valid_certificate_one_key_one_name() {
    let bench = Bench::with_ca();
    bench
        .privca("issue a --no-pass --san email:a@example.com")
        .ok();
    bench.privca("sign a").fails(3, "name-in-use");
    bench
        .privca("sign --csr pki/reqs/a.req b")
        .fails(3, "key-in-use");
    bench
        .privca("issue a --no-pass --san email:a@example.com")
        .fails(3, "name-in-use");
}

#[test]
fn the_certificate_file_is_text_then_pem_and_has_a_copy_by_serial() {
    let bench = Bench::with_ca();
    let issued = bench
        .privca("--json issue a --no-pass --san email:a@example.com")
        .ok()
        .json();
    let serial = issued["issued"][0]["serial"].as_str().unwrap().to_owned();
    let file = bench.read("pki/issued/a.crt");
    assert!(file.starts_with("Certificate:\n    Data:\n"), "{file}");
    assert_eq!(
        file,
        bench.read(&format!("pki/certs_by_serial/{serial}.pem"))
    );
    let row = bench.read("pki/index.txt");
    let fields: Vec<&str> = row.trim_end().split('\t').collect();
    assert_eq!(
        (fields[0], fields[2], fields[3], fields[4], fields[5]),
        ("V", "", &*serial, "unknown", "/CN=a")
    );
    let audit = bench.read("pki/audit.jsonl");
    let last: serde_json::Value = serde_json::from_str(audit.lines().last().unwrap()).unwrap();
    assert_eq!(last["profile"], "1year");
    assert_eq!(last["serial"], *serial);
}
