//! `export-p12`.

use crate::support::Bench;
use crate::{mode, revoke_all, with_alice};

/// Takes a bundle apart by `import-p12` into the folder `parts`, which proves its passphrase.
fn opens(bench: &Bench, file: &str, passphrase: &str) -> bool {
    std::fs::create_dir_all(bench.path("parts")).unwrap();
    let source = format!("pass:{passphrase}");
    let ran = bench.privca_args(&[
        "import-p12",
        file,
        "x",
        "--out-dir",
        "parts",
        "--passin",
        &source,
        "--no-pass",
        "--force",
    ]);
    ran.code == 0
}

#[test]
fn lies_beside_the_key_for_nobody_else_to_read() {
    let bench = with_alice();
    let ran = bench.privca("export-p12 alice --passout pass:secret").ok();
    assert!(
        ran.stdout.starts_with("Exported 'alice'\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(mode(&bench, "pki/private/alice.p12"), 0o600);
    assert!(opens(&bench, "pki/private/alice.p12", "secret"));
    assert!(!opens(&bench, "pki/private/alice.p12", "Secret"));
    let same = |a: &str, b: &str| assert_eq!(bench.read(a), bench.read(b), "{a} {b}");
    same("parts/x.key", "pki/private/alice.key");
    assert!(
        bench
            .read("pki/issued/alice.crt")
            .ends_with(&bench.read("parts/x.crt"))
    );

    bench
        .privca("export-p12 alice --passout pass:new")
        .fails(1, "error[already-exists]");
    assert!(opens(&bench, "pki/private/alice.p12", "secret"));
    bench
        .privca("export-p12 alice --passout pass:new --force")
        .ok();
    assert!(opens(&bench, "pki/private/alice.p12", "new"));
}

#[test]
fn without_a_terminal_a_passphrase_is_a_matter_of_options() {
    let bench = with_alice();
    bench
        .privca("export-p12 alice")
        .fails(4, "--passout SOURCE");
    assert!(!bench.exists("pki/private/alice.p12"));
    bench.privca("export-p12 alice --no-pass").ok();
    assert!(opens(&bench, "pki/private/alice.p12", ""));
}

#[test]
fn passphrases_of_every_kind() {
    let bench = with_alice();
    for passphrase in ["", "pä€ss 🔑", &"long ".repeat(50)] {
        for strength in ["--force", "--legacy"] {
            let source = format!("pass:{passphrase}");
            let args = [
                "export-p12",
                "alice",
                "--force",
                "--out",
                "a.p12",
                "--passout",
                &source,
            ];
            let args = [
                &args[..],
                if strength == "--legacy" {
                    &["--legacy"]
                } else {
                    &[]
                },
            ]
            .concat();
            bench.privca_args(&args).ok();
            assert!(opens(&bench, "a.p12", passphrase), "{passphrase:?}");
        }
    }
}

#[test]
fn legacy_says_that_it_is_weak() {
    let bench = with_alice();
    let ran = bench.privca("export-p12 alice --legacy --no-pass").ok();
    assert_eq!(
        ran.stderr.lines().filter(|l| l.contains("weak")).count(),
        1,
        "{}",
        ran.stderr
    );
    let ran = bench
        .privca("--quiet export-p12 alice --legacy --no-pass --force")
        .ok();
    assert_eq!((ran.stdout, ran.stderr), (String::new(), String::new()));
}

#[test]
fn a_drawn_passphrase_is_printed_and_nothing_else() {
    let bench = with_alice();
    let ran = bench.privca("export-p12 alice --generate-passphrase").ok();
    let passphrase = ran.stdout.strip_suffix('\n').unwrap();
    assert_eq!(passphrase.len(), 23, "{passphrase}");
    assert!(
        passphrase.split('-').all(|group| group.len() == 5),
        "{passphrase}"
    );
    assert!(opens(&bench, "pki/private/alice.p12", passphrase));
    for file in bench.files("pki") {
        let bytes = std::fs::read(bench.path(&format!("pki/{file}"))).unwrap();
        let found = bytes
            .windows(passphrase.len())
            .any(|w| w == passphrase.as_bytes());
        assert!(!found, "{file} has the passphrase");
    }
    let json = bench
        .privca("--json export-p12 alice --generate-passphrase --force")
        .ok()
        .json();
    assert!(opens(
        &bench,
        "pki/private/alice.p12",
        json["passphrase"].as_str().unwrap()
    ));
    bench
        .privca("export-p12 alice --generate-passphrase --no-pass")
        .fails(2, "cannot be used with");
    bench
        .privca("export-p12 alice --generate-passphrase --out -")
        .fails(2, "--out FILE");
}

#[test]
fn json_has_no_secret() {
    let bench = with_alice();
    let ran = bench
        .privca("--json export-p12 alice --passout pass:hunter2 --friendly-name 🔑")
        .ok();
    let json = ran.json();
    assert_eq!(json["friendly_name"], "🔑");
    assert_eq!(json["certificates"], 1);
    assert!(!ran.stdout.contains("hunter2") && json.get("passphrase").is_none());
    let log = bench.read("pki/audit.jsonl");
    assert!(
        log.contains("\"command\":\"export-p12\"") && !log.contains("hunter2"),
        "{log}"
    );
}

#[test]
fn the_chain_goes_along_without_its_root() {
    let bench = Bench::new();
    bench.privca("--pki root init-ca --cn Root --no-pass").ok();
    bench
        .privca("init-ca --cn Sub --parent root --no-pass")
        .ok();
    bench
        .privca("issue alice --san email:alice@example.com --no-pass")
        .ok();
    for (option, certificates) in [("", 2), ("--no-chain", 1), ("--with-root", 3)] {
        let ran = bench.privca(&format!(
            "--json export-p12 alice --no-pass --force {option}"
        ));
        assert_eq!(ran.ok().json()["certificates"], certificates, "{option}");
    }
    assert!(opens(&bench, "pki/private/alice.p12", ""));
    assert_eq!(
        bench
            .read("parts/x-chain.crt")
            .matches("BEGIN CERTIFICATE")
            .count(),
        2
    );
    bench
        .privca("export-p12 alice --no-chain --with-root --no-pass")
        .fails(2, "cannot be used with");
}

#[test]
fn files_outside_of_a_pki_directory_will_do() {
    let bench = with_alice();
    std::fs::rename(bench.path("pki"), bench.path("kept")).unwrap();
    let files = "export-p12 --cert kept/issued/alice.crt --key kept/private/alice.key";
    bench
        .privca(&format!("{files} --no-pass"))
        .fails(2, "--out");
    let ran = bench.privca(&format!(
        "{files} --chain kept/ca.crt --with-root --no-pass --out a.p12"
    ));
    assert!(ran.ok().stdout.contains("called       alice"));
    assert_eq!(mode(&bench, "a.p12"), 0o600);
    assert!(opens(&bench, "a.p12", ""));
    assert!(
        bench
            .read("kept/ca.crt")
            .ends_with(&bench.read("parts/x-chain.crt"))
    );
}

#[test]
fn standard_output_takes_the_bundle_alone() {
    let bench = with_alice();
    let privca = env!("CARGO_BIN_EXE_privca");
    let pipe = format!(
        "mkdir p && {privca} export-p12 alice --no-pass --out - | {privca} import-p12 - x --out-dir p --no-pass"
    );
    bench.sh(&pipe).ok();
    assert_eq!(bench.read("p/x.key"), bench.read("pki/private/alice.key"));
    bench
        .privca("--json export-p12 alice --no-pass --out -")
        .fails(2, "--out FILE");
}

#[test]
fn what_does_not_belong_together_or_is_dead_is_refused() {
    let bench = with_alice();
    bench
        .privca("issue bob --san email:bob@example.com --no-pass")
        .ok();
    let bob = "export-p12 --cert pki/issued/alice.crt --key pki/private/bob.key --no-pass --out x";
    bench.privca(bob).fails(1, "error[key-mismatch]");
    revoke_all(&bench);
    bench
        .privca("export-p12 alice --no-pass")
        .fails(1, "error[certificate-revoked]");
    assert!(!bench.exists("pki/private/alice.p12") && !bench.exists("x"));
    bench.privca("export-p12 alice --no-pass --force").ok();
}

#[test]
fn what_is_missing_is_named_before_anything_is_asked() {
    let bench = with_alice();
    bench
        .privca("export-p12 carol")
        .fails(1, "pki/issued/carol.crt");
    std::fs::remove_file(bench.path("pki/private/alice.key")).unwrap();
    bench.privca("export-p12 alice").fails(1, "error[no-key]");
    bench
        .privca("export-p12 alice --out no/such/folder")
        .fails(1, "no folder no/such");
}
