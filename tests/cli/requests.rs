//! `gen-key`, `gen-csr`, `import-csr`.

use crate::support::Bench;

#[test]
fn keys_of_every_type() {
    let bench = Bench::with_ca();
    for key_type in ["ec-p256", "ec-p384", "ed25519", "rsa-2048"] {
        let made = bench
            .privca(&format!(
                "--json gen-key {key_type} --key-type {key_type} --no-pass"
            ))
            .ok();
        assert_eq!(made.json()["key_type"], key_type);
        bench
            .privca(&format!("gen-csr {key_type} --san email:x@example.com"))
            .ok();
        bench.privca(&format!("sign {key_type}")).ok();
    }
    bench
        .privca("gen-key x --key-type rsa-1024 --no-pass")
        .fails(2, "rsa-2048");
}

#[test]
fn a_request_takes_the_key_that_is_there() {
    let bench = Bench::with_ca();
    bench.privca("gen-key a --no-pass").ok();
    let key = bench.read("pki/private/a.key");
    let made = bench
        .privca("--json gen-csr a --cn Alice --san alice@example.com,DNS:a.example")
        .ok()
        .json();
    assert_eq!(made["key"], serde_json::Value::Null);
    assert_eq!(made["subject"], "CN=Alice");
    assert_eq!(bench.read("pki/private/a.key"), key);
    bench.privca("gen-csr a --cn Alice").fails(1, "a.req");
    bench.privca("gen-csr a --cn Alice --force").ok();
    // a key from elsewhere
    bench.privca("gen-csr b --key pki/private/a.key").ok();
    assert!(!bench.exists("pki/private/b.key"));
}

#[test]
fn an_imported_request_is_checked_and_kept() {
    let bench = Bench::with_ca();
    bench
        .privca("gen-csr a --no-pass --san email:a@example.com")
        .ok();
    let pem = bench.read("pki/reqs/a.req");
    let framed = format!(
        "Dear CA,\r\nplease sign:\r\n{}\r\nthanks\r\n",
        pem.replace('\n', "\r\n")
    );
    bench.write(
        "mail.txt",
        framed.replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"),
    );
    let imported = bench.privca("--json import-csr mail.txt alice").ok().json();
    assert_eq!(imported["names"][0], "email:a@example.com");
    assert_eq!(bench.read("pki/reqs/alice.req"), pem);
    // base64 without armour, by standard input
    let bare: String = pem.lines().filter(|l| !l.starts_with('-')).collect();
    let said = bench.run(
        env!("CARGO_BIN_EXE_privca"),
        &["import-csr", "-", "bare"],
        bare.as_bytes(),
    );
    said.ok();
    assert_eq!(bench.read("pki/reqs/bare.req"), pem);
}
