//! Keys and folders that others can use: a warning each time, and what mends it.

use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, chown};

use crate::support::Bench;

fn set(bench: &Bench, path: &str, mode: u32) {
    std::fs::set_permissions(bench.path(path), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn every_command_warns_of_a_key_that_others_can_use() {
    let bench = Bench::with_ca();
    for (mode, who) in [
        (0o644, "every user"),
        (0o640, "its group"),
        (0o602, "every user"),
    ] {
        set(&bench, "pki/private/ca.key", mode);
        for words in [
            "list",
            "gen-crl",
            "issue x --no-pass --profile client --force",
            "verify ca",
        ] {
            let said = bench.privca(words).stderr;
            let expected = format!("warning: pki/private/ca.key has mode {mode:04o}: {who}");
            assert_eq!(said.matches(&expected).count(), 1, "{words}: {said}");
            assert!(said.contains("chmod 600 pki/private/ca.key"), "{said}");
        }
    }
    let quiet = bench.privca("--quiet gen-crl").ok();
    assert_eq!(quiet.stderr, "");
    let to_do = bench.privca("--json status").ok().json();
    assert_eq!(to_do["to_do"][0]["command"], "chmod 600 pki/private/ca.key");
    bench.privca("check --repair").ok();
    assert_eq!(bench.privca("list").ok().stderr, "");
}

#[test]
fn other_keys_are_warned_of_when_they_are_opened() {
    let bench = Bench::with_ca();
    bench.privca("issue a --no-pass --profile client").ok();
    set(&bench, "pki/private/a.key", 0o644);
    assert_eq!(bench.privca("export a --format pem").ok().stderr, "");
    for words in [
        "export a --format pkcs8 --no-pass --out k.pem --force",
        "gen-csr a --cn a --force",
        "set-pass a --no-pass",
    ] {
        set(&bench, "pki/private/a.key", 0o644);
        let said = bench.privca(words).ok().stderr;
        assert!(
            said.contains("warning: pki/private/a.key has mode 0644"),
            "{words}: {said}"
        );
    }
    // set-pass has written it anew
    let mode = bench
        .path("pki/private/a.key")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    bench
        .sh("cp pki/private/a.key elsewhere.key; chmod 644 elsewhere.key")
        .ok();
    let said = bench
        .privca("gen-csr e --cn e --key elsewhere.key")
        .ok()
        .stderr;
    assert!(
        said.contains("warning: elsewhere.key has mode 0644"),
        "{said}"
    );
}

#[test]
fn a_folder_that_everybody_can_write_in_is_warned_of() {
    let bench = Bench::with_ca();
    // readable by all is how web servers get at the list
    set(&bench, "pki", 0o755);
    assert_eq!(bench.privca("list").ok().stderr, "");
    for (folder, mode, good) in [
        ("pki", 0o777, "775"),
        ("pki/private", 0o703, "701"),
        ("pki", 0o1777, "775"),
    ] {
        set(&bench, folder, mode);
        let said = bench.privca("list").ok().stderr;
        let expected = format!(
            "warning: {folder} has mode {mode:04o}: every user of this machine can replace"
        );
        assert!(said.contains(&expected), "{said}");
        assert!(said.contains(&format!("chmod {good} {folder}\n")), "{said}");
        let found = bench.privca("--json check").json()["findings"].clone();
        let codes = found
            .as_array()
            .unwrap()
            .iter()
            .map(|f| (&f["code"], &f["path"]));
        let wanted = (&"mode".into(), &folder.into());
        assert!(codes.clone().any(|found| found == wanted), "{found}");
        match folder {
            "pki" => bench.sh(&format!("chmod {good} {folder}")).ok(),
            _ => bench.privca("check --repair").ok(),
        };
        assert_eq!(bench.privca("list").ok().stderr, "");
        bench.privca("check").ok();
    }
}

/// Needs root: nobody else can give a file away.
#[test]
fn what_belongs_to_somebody_else_is_warned_of() {
    if !rustix::process::getuid().is_root() {
        eprintln!("not tried: only root can give files away");
        return;
    }
    let bench = Bench::with_ca();
    let give = |path: &str, to: u32| chown(bench.path(path), Some(to), None).unwrap();
    give("pki/private/ca.key", 4242);
    let said = bench.privca("list").ok().stderr;
    assert!(
        said.contains("warning: pki/private/ca.key belongs to user 4242"),
        "{said}"
    );
    let found = bench.privca("--json check").json()["findings"].clone();
    assert_eq!(found[0]["code"], "owner", "{found}");
    assert_eq!(found[0]["path"], "pki/private/ca.key");
    // root that works in somebody's own directory
    bench.tool("chown", &["-R", "4242", "pki"]).ok();
    assert_eq!(bench.privca("list").ok().stderr, "");
    // and that somebody, and somebody else
    std::fs::copy(env!("CARGO_BIN_EXE_privca"), bench.path("privca")).unwrap();
    bench.sh("chmod 755 . privca; chmod -R a+rX pki").ok();
    let list = |user: &str| {
        let words = [
            "--reuid",
            user,
            "--regid",
            user,
            "--clear-groups",
            "./privca",
            "list",
        ];
        bench.tool("setpriv", &words).ok().stderr
    };
    assert!(!list("4242").contains("belongs to"));
    assert!(
        list("4243").contains("warning: pki belongs to user 4242"),
        "{}",
        list("4243")
    );
}
