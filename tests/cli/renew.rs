//! `renew`: what stays, what is new, and what a timer sees.

use crate::support::Bench;

fn with_alice() -> Bench {
    let bench = Bench::with_ca();
    bench
        .privca("issue alice --no-pass --san email:alice@example.com --validity 10d")
        .ok();
    bench
}

fn rows(bench: &Bench) -> Vec<Vec<String>> {
    let index = bench.read("pki/index.txt");
    let fields = |line: &str| line.split('\t').map(str::to_owned).collect();
    index.lines().map(fields).collect()
}

#[test]
fn the_same_key_and_names_with_new_dates() {
    let bench = with_alice();
    let key = bench.read("pki/private/alice.key");
    let old = rows(&bench)[0][3].clone();
    let said = bench.privca("--json renew alice").ok().json();
    let new = &said["issued"][0];
    assert_eq!(
        (&new["renews"], &new["profile"]),
        (&old.as_str().into(), &"1year".into())
    );
    assert_eq!(new["names"][0], "email:alice@example.com");
    assert_eq!(bench.read("pki/private/alice.key"), key);
    let rows = rows(&bench);
    assert_eq!((rows[0][0].as_str(), rows[1][0].as_str()), ("V", "V"));
    assert_eq!(rows[1][3], new["serial"]);
    assert!(rows[1][1] > rows[0][1]);
    assert!(bench.exists(&format!("pki/certs_by_serial/{old}.pem")));
    let current = bench.privca("--json list --expires-within 30d").ok().json();
    assert_eq!(current["certificates"][0]["serial"], old.as_str());
    // the old one is reached by its serial; the new one's files stay
    bench.privca(&format!("revoke --serial {old}")).ok();
    assert!(bench.exists("pki/issued/alice.crt") && bench.exists("pki/private/alice.key"));
}

#[test]
fn a_new_key_puts_the_old_one_aside() {
    let bench = with_alice();
    let key = bench.read("pki/private/alice.key");
    let old = rows(&bench)[0][3].clone();
    let said = bench
        .privca("--json renew alice --rekey --no-pass --revoke-old")
        .ok()
        .json();
    assert_eq!(said["crl"]["entries"], 1);
    assert_ne!(bench.read("pki/private/alice.key"), key);
    assert_eq!(
        bench.read(&format!("pki/renewed/private_by_serial/{old}.key")),
        key
    );
    let rows = rows(&bench);
    assert_eq!((rows[0][0].as_str(), rows[1][0].as_str()), ("R", "V"));
    assert!(rows[0][2].ends_with(",superseded"));
    bench.privca("export-p12 alice --no-pass").ok();
}

#[test]
fn the_profile_as_it_is_today_decides() {
    let bench = with_alice();
    let profile = bench.read("pki/profiles/1year.json");
    let strict = profile.replace("\"email\": [\"*\"]", "\"email\": [\"*@example.org\"]");
    assert_ne!(strict, profile);
    bench.write("pki/profiles/1year.json", strict);
    bench.privca("renew alice").fails(3, "alice@example.com");
    assert_eq!(rows(&bench).len(), 1);
    bench.privca("renew alice --profile client").ok();
}

#[test]
fn a_timer_renews_what_is_due_and_goes_on() {
    let bench = with_alice();
    bench
        .privca("issue bob --no-pass --san email:b@example.com")
        .ok();
    bench
        .privca("issue carol --no-pass --profile client --validity 5d")
        .ok();
    bench
        .privca("issue dave --no-pass --profile client --validity 5d")
        .ok();
    bench.privca("revoke dave").ok();
    std::fs::remove_file(bench.path("pki/profiles/client.json")).unwrap();
    let said = bench.privca("--json renew --all --expires-within 30d");
    assert_eq!(said.code, 1, "{}", said.stderr);
    let said = said.json();
    assert_eq!(said["issued"].as_array().unwrap().len(), 1);
    assert_eq!(said["issued"][0]["name"], "alice");
    assert_eq!(said["failed"][0]["name"], "carol");
    let quiet = bench.privca("--quiet renew --all --expires-within 6d");
    assert!(
        quiet.stderr.contains("'carol' is not renewed"),
        "{}",
        quiet.stderr
    );
    // what was renewed is not due any more, and nothing due needs no passphrase
    bench.privca("renew --all --expires-within 2d").ok();
    assert_eq!(rows(&bench).len(), 5);
}

#[test]
fn what_is_revoked_or_unknown_is_not_renewed() {
    let bench = with_alice();
    bench.privca("renew nobody").fails(1, "error[not-issued]");
    bench.privca("renew").fails(2, "NAME");
    bench.privca("revoke alice").ok();
    // though no issued/alice.crt is left to say so
    bench.privca("renew alice").fails(1, "error[revoked]");
}

#[test]
fn what_another_program_issued_keeps_its_extensions() {
    let bench = with_alice();
    // without the log nobody knows the profile
    std::fs::remove_file(bench.path("pki/audit.jsonl")).unwrap();
    let said = bench.privca("--json renew alice").ok().json();
    assert_eq!(said["issued"][0]["profile"], serde_json::Value::Null);
    let days = rows(&bench);
    // as long a life as before, which was ten days and a minute
    assert_eq!(days[0][1][..6], days[1][1][..6]);
    let text = bench.privca("inspect pki/issued/alice.crt").ok().stdout;
    for word in ["email:alice@example.com", "TLS Web Client Authentication"] {
        assert!(text.contains(word), "{word} in {text}");
    }
}
