//! `import-p12`.

use crate::support::Bench;
use crate::with_alice;

#[test]
fn what_this_ca_issued_comes_back() {
    let bench = with_alice();
    bench
        .privca("export-p12 alice --passout pass:secret --out a.p12")
        .ok();
    let (key, certificate) = (
        bench.read("pki/private/alice.key"),
        bench.read("pki/issued/alice.crt"),
    );
    let import = "import-p12 a.p12 alice --no-pass";
    bench
        .privca(&format!("{import} --passin pass:secret"))
        .fails(1, "error[already-exists]");
    std::fs::remove_file(bench.path("pki/private/alice.key")).unwrap();
    std::fs::remove_file(bench.path("pki/issued/alice.crt")).unwrap();
    bench.privca(import).fails(4, "--passin");
    bench
        .privca(&format!("{import} --passin pass:wrong"))
        .fails(4, "error[wrong-passphrase]");
    assert!(!bench.exists("pki/private/alice.key"));
    bench.privca(&format!("{import} --passin pass:secret")).ok();
    assert_eq!(bench.read("pki/private/alice.key"), key);
    assert_eq!(bench.read("pki/issued/alice.crt"), certificate);
    assert_eq!(bench.read("pki/index.txt").lines().count(), 1);
}

#[test]
fn a_certificate_that_the_index_lost_is_known_again() {
    let bench = with_alice();
    bench.privca("export-p12 alice --no-pass --out a.p12").ok();
    let rows = bench.read("pki/index.txt");
    bench.write("pki/index.txt", "");
    let ran = bench
        .privca("import-p12 a.p12 alice --no-pass --force")
        .ok();
    assert!(ran.stderr.contains("it does now"), "{}", ran.stderr);
    assert_eq!(bench.read("pki/index.txt"), rows);
}

#[test]
fn another_ca_s_certificate_goes_to_a_folder_alone() {
    let bench = with_alice();
    bench.privca("--pki other init-ca --cn Test --no-pass").ok();
    bench
        .privca("--pki other issue bob --san email:b@example.com --no-pass")
        .ok();
    bench
        .privca("--pki other export-p12 bob --no-pass --out b.p12")
        .ok();
    // the name of the CA is the same, its key is not
    let ran = bench
        .privca("import-p12 b.p12 bob --no-pass")
        .fails(1, "error[foreign-certificate]");
    assert!(ran.stderr.contains("--out-dir DIR"), "{}", ran.stderr);
    assert!(!bench.exists("pki/private/bob.key"));
    bench
        .privca("import-p12 b.p12 bob --no-pass --out-dir away")
        .fails(1, "no folder away");
    std::fs::create_dir(bench.path("away")).unwrap();
    let json = bench
        .privca("--json import-p12 b.p12 bob --out-dir away --passout pass:x")
        .ok()
        .json();
    assert_eq!(
        (&json["encrypted"], &json["chain"]),
        (&true.into(), &serde_json::Value::Null)
    );
    assert_eq!(bench.files("away"), ["bob.crt", "bob.key"]);
    assert!(
        bench
            .read("away/bob.key")
            .starts_with("-----BEGIN ENCRYPTED")
    );
}

#[test]
fn what_is_no_bundle_is_said_to_be_none() {
    let bench = Bench::with_ca();
    bench.write("x.p12", "nothing");
    bench
        .privca("import-p12 x.p12 x --no-pass")
        .fails(1, "not a PKCS#12 file");
    bench
        .privca("import-p12 missing.p12 x --no-pass")
        .fails(1, "missing.p12");
    bench
        .privca("export ca --format truststore --no-pass --out t.p12")
        .ok();
    bench
        .privca("import-p12 t.p12 x --no-pass")
        .fails(1, "error[incomplete-p12]");
}
