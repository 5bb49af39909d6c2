//! `audit.jsonl`: who did what, each operation an object.

use serde_json::Value;

use crate::support::Bench;

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn each_operation_is_an_object_with_its_outcome() {
    let bench = Bench::new();
    let out = bench.path("out.pem").display().to_string();
    let operations = [
        ("init-ca --cn T --no-pass", "issued"),
        ("gen-key k --no-pass", "generated"),
        ("gen-csr k --cn k", "requested"),
        ("sign k --profile client", "issued"),
        ("issue a --no-pass --profile client", "issued"),
        ("revoke a --reason certificateHold", "revoked"),
        ("unrevoke a", "released"),
        ("renew a", "issued"),
        ("gen-crl", "published"),
        ("export-p12 a --no-pass", "exported"),
        (
            &format!("export a --format bundle --no-pass --out {out}"),
            "exported",
        ),
        ("import-csr pki/reqs/k.req l", "imported"),
        ("set-pass k --no-pass", "changed"),
    ];
    for (at, (words, outcome)) in operations.into_iter().enumerate() {
        bench.privca(words).ok();
        let log = lines(&bench.read("pki/audit.jsonl"));
        assert_eq!(log.len(), at + 1, "{words}");
        let last = log.last().unwrap();
        assert_eq!(last["outcome"], outcome, "{words}");
        assert_eq!(last["command"], words.split(' ').next().unwrap(), "{words}");
        for member in ["time", "who", "prev"] {
            assert!(!last[member].is_null(), "{words}: {last}");
        }
    }
    // what changes nothing has none, a refused request included
    bench.privca("sign k --profile email").fails(3, "refuses");
    bench.privca("export a --format pem").ok();
    bench.privca("list").ok();
    assert_eq!(bench.read("pki/audit.jsonl").lines().count(), 13);
}

#[test]
fn a_certificate_is_told_by_the_hash_that_openssl_prints() {
    let bench = Bench::with_ca();
    bench.privca("issue a --no-pass --profile client").ok();
    bench.privca("revoke a").ok();
    let log = lines(&bench.read("pki/audit.jsonl"));
    let digest = |file: &str| {
        let said = bench.sh(&format!(
            "openssl x509 -in {file} -noout -fingerprint -sha256"
        ));
        let said = said.ok().stdout;
        let hex = said.trim().rsplit('=').next().unwrap().to_owned();
        hex.replace(':', "").to_lowercase()
    };
    let serial = log[1]["serial"].as_str().unwrap();
    assert_eq!(log[0]["sha256"], *digest("pki/ca.crt"));
    let issued = digest(&format!("pki/certs_by_serial/{serial}.pem"));
    assert_eq!(log[1]["sha256"], *issued);
    assert_eq!(log[2]["sha256"], *issued);
}

#[test]
fn who_it_was_comes_from_the_system_and_not_from_the_environment() {
    let bench = Bench::new();
    let words = "SUDO_USER=mallory SUDO_UID=4242 USER=mallory LOGNAME=mallory \
                 exec \"$0\" init-ca --cn T --no-pass";
    let privca = env!("CARGO_BIN_EXE_privca");
    bench.tool("sh", &["-c", words, privca]).ok();
    let log = lines(&bench.read("pki/audit.jsonl"));
    let id = |option: &str| bench.tool("id", &[option]).ok().stdout.trim().to_owned();
    assert_eq!(log[0]["who"]["uid"].to_string(), id("-u"));
    assert_eq!(log[0]["who"]["login"], *id("-un"));
}

/// Only root may say who logged in, and a kernel may lack that.
#[test]
fn who_logged_in_is_told_where_the_kernel_knows() {
    let bench = Bench::new();
    let script = "echo 1 > /proc/self/loginuid || exit 75; exec \"$0\" init-ca --cn T --no-pass";
    let ran = bench.tool("sh", &["-c", script, env!("CARGO_BIN_EXE_privca")]);
    if ran.code == 75 {
        eprintln!("not tried: this system lets nobody say who logged in");
        return;
    }
    ran.ok();
    let log = lines(&bench.read("pki/audit.jsonl"));
    let daemon = bench.sh("id -un 1").ok().stdout.trim().to_owned();
    assert_eq!(log[0]["who"]["session"]["uid"], 1);
    assert_eq!(log[0]["who"]["session"]["login"], *daemon);
}
