//! `set-pass`.

use crate::with_alice;

#[test]
fn a_passphrase_is_set_changed_and_removed() {
    let bench = with_alice();
    let plain = bench.read("pki/private/alice.key");
    let ran = bench.privca("set-pass alice --passout pass:one").ok();
    assert!(
        ran.stdout.starts_with("Set a passphrase for 'alice'"),
        "{}",
        ran.stdout
    );
    assert!(
        bench
            .read("pki/private/alice.key")
            .starts_with("-----BEGIN ENCRYPTED")
    );

    bench
        .privca("set-pass alice --passout pass:two")
        .fails(4, "--passin");
    bench
        .privca("set-pass alice --passin pass:x --passout pass:two")
        .fails(4, "error[wrong-passphrase]");
    bench.write("both", "one\ntwo\n");
    let ran = bench
        .privca("set-pass alice --passin file:both --passout file:both")
        .ok();
    assert!(
        ran.stdout.starts_with("Changed the passphrase"),
        "{}",
        ran.stdout
    );

    let json = bench
        .privca("--json set-pass alice --passin pass:two --no-pass")
        .ok()
        .json();
    assert_eq!(
        (&json["was_encrypted"], &json["encrypted"]),
        (&true.into(), &false.into())
    );
    assert_eq!(bench.read("pki/private/alice.key"), plain);
    let log = bench.read("pki/audit.jsonl");
    assert_eq!(log.matches("\"command\":\"set-pass\"").count(), 3, "{log}");
}

#[test]
fn the_ca_s_own_key_too() {
    let bench = with_alice();
    bench.privca("set-pass ca --passout pass:x").ok();
    let issue = "issue bob --san email:bob@example.com --no-pass";
    bench.privca(issue).fails(4, "--passin");
    bench.privca(&format!("{issue} --passin pass:x")).ok();
}

#[test]
fn there_must_be_a_key() {
    let bench = with_alice();
    bench
        .privca("set-pass bob --no-pass")
        .fails(1, "error[no-key]");
}
