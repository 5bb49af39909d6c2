//! The table, run.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::certificate;
use crate::support::Bench;
use crate::table::{Outcome, ROWS, Row};
use crate::{contents, fixture, fixtures, world};

#[test]
fn every_file_has_its_row() {
    let files: BTreeSet<String> = std::fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".csr").map(str::to_owned))
        .collect();
    let rows: BTreeSet<String> = ROWS.iter().map(|row| row.file.to_owned()).collect();
    assert_eq!(files, rows);
}

#[test]
fn what_is_refused_says_why_and_changes_nothing() {
    let bench = world();
    let before = contents(&bench);
    for row in ROWS {
        let Outcome::Refused {
            exit,
            code,
            reasons,
        } = row.outcome
        else {
            continue;
        };
        let said = sign(&bench, row, "x");
        let error = &said.1["error"];
        assert_eq!(
            (said.0, error["code"].as_str()),
            (exit, Some(code)),
            "{row:?}: {error}"
        );
        let found: Vec<String> = match error["refusals"].as_array() {
            Some(refusals) if !refusals.is_empty() => refusals
                .iter()
                .map(|r| {
                    format!(
                        "{}: {}",
                        r["code"].as_str().unwrap(),
                        r["asked"].as_str().unwrap()
                    )
                })
                .collect(),
            _ => vec![error["message"].as_str().unwrap().to_owned()],
        };
        assert_eq!(found.len(), reasons.len(), "{row:?}: {found:#?}");
        for (found, reason) in found.iter().zip(reasons) {
            let (code, part) = match exit {
                3 => reason.split_once(": ").unwrap(),
                _ => ("", *reason),
            };
            assert!(found.starts_with(code), "{row:?}: {found}");
            assert!(found.contains(part), "{row:?}: {found}");
        }
        assert_eq!(contents(&bench), before, "{row:?}");
    }
}

#[test]
fn what_is_signed_is_what_the_profile_gives() {
    let template = world();
    for row in ROWS {
        let Outcome::Signed { names, notes } = row.outcome else {
            continue;
        };
        let bench = Bench::new();
        let from = template.path("pki").display().to_string();
        bench.tool("cp", &["-r", &from, "pki"]).ok();
        let (code, said) = sign(&bench, row, "x");
        assert_eq!(code, 0, "{row:?}: {said}");
        let found = said["issued"][0]["notes"].as_array().unwrap();
        assert_eq!(found.len(), notes.len(), "{row:?}: {found:?}");
        for (found, note) in found.iter().zip(notes) {
            assert!(found.as_str().unwrap().contains(note), "{row:?}: {found}");
        }
        certificate::judge(&bench, row, names);
    }
}

#[test]
fn import_csr_takes_none_that_sign_could_not_read() {
    let template = world();
    for row in ROWS {
        let bench = Bench::new();
        let from = template.path("pki").display().to_string();
        bench.tool("cp", &["-r", &from, "pki"]).ok();
        let before = contents(&bench);
        let file = fixture(row.file).display().to_string();
        let ran = bench.privca_args(&["--json", "import-csr", &file, "x"]);
        let unreadable = matches!(row.outcome, Outcome::Refused { exit: 1, .. });
        let names_alone = row.file.starts_with("san_");
        match ran.code {
            // what profiles decide is decided at signing
            0 => assert!(!unreadable || names_alone, "{row:?}"),
            1 => {
                assert!(unreadable, "{row:?}: {}", ran.stdout);
                assert_eq!(contents(&bench), before, "{row:?}");
            }
            _ => panic!("{row:?}: {ran:?}"),
        }
    }
}

#[test]
fn inspect_ends_on_every_one() {
    let bench = Bench::new();
    for row in ROWS {
        let file = fixture(row.file).display().to_string();
        for format in ["text", "json", "short"] {
            let ran = bench.privca_args(&["inspect", &file, "--format", format]);
            assert!(matches!(ran.code, 0 | 1), "{row:?}: {ran:?}");
            let raw = |c: char| c.is_control() && c != '\n';
            assert!(!ran.stderr.contains(raw), "{row:?}: {:?}", ran.stderr);
        }
    }
}

#[test]
fn a_key_beside_a_request_stays_outside() {
    let bench = world();
    let file = fixture("pem_with_a_private_key").display().to_string();
    bench
        .privca_args(&["sign", "--csr", &file, "x", "--profile", "client"])
        .ok();
    let sent = std::fs::read_to_string(&file).unwrap();
    let secret = sent.lines().nth(1).unwrap();
    for file in bench.files("pki") {
        assert!(
            !bench.read(&format!("pki/{file}")).contains(secret),
            "{file}"
        );
    }
}

/// The list's line of the key that Debian's OpenSSL made in process 1008, by `openssl req -modulus`,
/// `sha1sum` and `cut -c21-40`.
const DEBIAN: &str = "c263f44419d99c52293f";

#[test]
fn blocked_keys_are_never_certified() {
    let bench = world();
    let debian = fixture("debian_weak_key").display().to_string();
    let other = fixture("pss").display().to_string();
    let sign = |file: &str| {
        bench.privca_args(&[
            "sign",
            "--csr",
            file,
            "x",
            "--profile",
            "client",
            "--dry-run",
        ])
    };
    sign(&debian).ok();
    bench.write(
        "pki/blocked-keys.txt",
        format!("# weak\n\n{}\n{DEBIAN}\n", "0".repeat(64)),
    );
    sign(&debian).fails(3, "blocked by line 4 of pki/blocked-keys.txt");
    sign(&other).ok();
    bench.write("pki/blocked-keys.txt", DEBIAN.to_uppercase());
    sign(&debian).fails(3, "key-weak");
    bench.write(
        "pki/blocked-keys.txt",
        format!("{DEBIAN}\nno fingerprint\n"),
    );
    sign(&other).fails(1, "pki/blocked-keys.txt:2");
}

#[test]
fn blocked_keys_in_a_batch() {
    let bench = world();
    let [debian, other] =
        ["debian_weak_key", "pss"].map(|stem| fixture(stem).display().to_string());
    let rows = format!("name,csr\nweak,{debian}\nsound,{other}\nmade,\n");
    bench.write("m.csv", rows);
    let batch = || bench.privca("batch m.csv --profile client --no-pass");
    bench.write("pki/blocked-keys.txt", "no fingerprint\n");
    let before = contents(&bench);
    let said = batch().fails(1, "pki/blocked-keys.txt:1").stderr;
    assert_eq!(said.matches("bad-blocked-keys").count(), 1, "{said}");
    assert_eq!(contents(&bench), before);
    bench.write("pki/blocked-keys.txt", DEBIAN);
    let said = batch().fails(3, "blocked by line 1").stderr;
    assert_eq!(said.matches("key-weak").count(), 1, "{said}");
    let issued: Vec<String> = bench.files("pki/issued");
    assert_eq!(issued, ["made.crt", "sound.crt"]);
}

/// By the SHA-256 of the public key, whatever its kind; for one's own keys and at renewal, too.
#[test]
#[ignore = "needs openssl"]
fn blocked_keys_by_their_sha256() {
    let bench = world();
    bench.privca("issue a --no-pass --profile client").ok();
    bench
        .sh("openssl x509 -in pki/issued/a.crt -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum | cut -c-64 > pki/blocked-keys.txt")
        .ok();
    bench.privca("renew a").fails(3, "blocked by line 1");
    bench
        .privca("sign a --profile client --force")
        .fails(3, "blocked by line 1");
    bench.privca("issue b --no-pass --profile client").ok();
    // under no profile, too
    bench
        .sh(
            "cd pki && openssl req -new -newkey ed25519 -noenc -subj /CN=c -keyout private/c.key -out reqs/c.req \
             && openssl ca -batch -config openssl-easyrsa.cnf -in reqs/c.req -out issued/c.crt \
             && openssl pkey -in private/c.key -pubout -outform DER | sha256sum | cut -c-64 >> blocked-keys.txt",
        )
        .ok();
    bench
        .privca("renew c")
        .fails(1, "'c' cannot be renewed: the key is blocked by line 2");
    bench.privca("renew c --rekey --no-pass").ok();
    let line = "openssl req -inform DER -modulus -noout -in";
    let file = fixture("debian_weak_key").display().to_string();
    let digits = bench
        .sh(&format!("{line} {file} | sha1sum | cut -c21-40"))
        .ok();
    assert_eq!(digits.stdout.trim(), DEBIAN);
}

#[test]
fn a_file_beyond_any_request() {
    let bench = world();
    bench.write("huge.csr", vec![b'A'; (16 << 20) + 1]);
    let before = contents(&bench);
    for words in ["sign --csr huge.csr x", "import-csr huge.csr x"] {
        bench.privca(words).fails(1, "huge.csr");
    }
    assert_eq!(contents(&bench), before);
}

fn sign(bench: &Bench, row: &Row, name: &str) -> (i32, Value) {
    let file = fixture(row.file).display().to_string();
    let args = [
        "--json",
        "sign",
        "--csr",
        &file,
        name,
        "--profile",
        row.profile,
    ];
    let ran = bench.privca_args(&args);
    (ran.code, ran.json())
}
