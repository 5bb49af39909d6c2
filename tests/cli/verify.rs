//! `verify`: words, JSON, exit codes, bad input.

use crate::support::Bench;

fn bench() -> Bench {
    let bench = Bench::with_ca();
    bench
        .privca("issue www --profile server --no-pass --san dns:www.example.com")
        .ok();
    bench
}

#[test]
fn a_good_one_and_a_bad_one() {
    let bench = bench();
    let good = bench
        .privca("verify www --purpose server --host www.example.com")
        .ok();
    assert!(
        good.stdout.starts_with("www: verified\n  0            CN="),
        "{}",
        good.stdout
    );
    assert!(!good.stdout.contains("not checked"), "{}", good.stdout);
    let by_path = bench.privca("verify pki/issued/www.crt").ok();
    assert!(by_path.stdout.contains("  1 "), "{}", by_path.stdout);

    let bad = bench.privca("verify www --purpose client");
    assert_eq!(bad.code, 1);
    assert!(
        bad.stdout
            .starts_with("www: not verified: its extended key usage is serverAuth"),
        "{}",
        bad.stdout
    );
    assert!(
        bad.stdout.contains("wrong-purpose, certificate 0"),
        "{}",
        bad.stdout
    );
    let late = bench.privca("verify www --at 2099-01-01T00:00:00Z --json");
    assert_eq!(late.code, 1);
    let json = late.json();
    assert_eq!(json["verified"], false);
    assert_eq!(json["reason"]["code"], "expired");
    assert_eq!(json["chain"].as_array().map(Vec::len), Some(2));
    let several = bench.privca("verify www pki/ca.crt --json").ok().json();
    assert_eq!(several["verified"], true);
    assert_eq!(several["results"][1]["reason"], serde_json::Value::Null);
}

#[test]
fn other_trust_and_other_lists() {
    let bench = bench();
    bench
        .privca("--pki other init-ca --cn Other --no-pass")
        .ok();
    let refused = bench.privca("verify pki/issued/www.crt --ca other/ca.crt --pki none --json");
    assert_eq!(refused.code, 1);
    assert_eq!(refused.json()["reason"]["code"], "issuer-not-found");
    let unchecked = bench
        .privca("verify pki/issued/www.crt --ca pki/ca.crt --pki none")
        .ok();
    assert!(
        unchecked.stdout.contains("revocation   not checked"),
        "{}",
        unchecked.stdout
    );
    bench
        .privca("verify pki/issued/www.crt --ca pki/ca.crt --crl pki/crl.pem --pki none")
        .ok();
    let wrong = bench.privca("verify www --crl other/crl.pem --json");
    assert_eq!(wrong.json()["reason"]["code"], "crl-missing");
    bench.privca("verify www --no-crl").ok();
}

#[test]
fn bad_input() {
    let bench = bench();
    bench.write("empty", "");
    bench.write(
        "garbage.pem",
        "-----BEGIN X509 CRL-----\nMAMCAQE=\n-----END X509 CRL-----\n",
    );
    for (words, code, said) in [
        (
            "verify nothing",
            1,
            "there is no file nothing, and no certificate pki/issued/nothing.crt\nhint: `privca list`",
        ),
        ("verify no/thing.crt", 1, "cannot read no/thing.crt"),
        (
            "verify empty",
            1,
            "error[no-certificate]: empty holds no certificate",
        ),
        (
            "verify www --crl empty",
            1,
            "error[no-crl]: empty holds no revocation list",
        ),
        ("verify www --crl garbage.pem", 1, "error[bad-crl]"),
        ("verify www --ca garbage.pem", 1, "error[no-certificate]"),
        ("verify www --intermediates missing.pem", 1, "missing.pem"),
        ("verify www --host 10.0.0.1", 2, "--ip"),
        ("verify www --host .example.com", 2, "no host name"),
        ("verify www --email alice", 2, "no mailbox"),
        ("verify www --purpose tls", 2, "no such purpose"),
        ("verify www --crl x --no-crl", 2, "cannot be used with"),
        ("verify www --pki none", 1, "none"),
    ] {
        bench.privca(words).fails(code, said);
    }
}
