//! `profile list|show|check`, and profiles that an operator edits.

use crate::support::Bench;

#[test]
fn the_built_in_ones_are_there_without_a_directory() {
    let bench = Bench::new();
    let listed = bench.privca("profile list").ok().stdout;
    for name in [
        "1year",
        "client",
        "server",
        "peer",
        "email",
        "code-signing",
        "ocsp",
        "subca",
    ] {
        assert!(
            listed.lines().any(|line| line.starts_with(name)),
            "{name} in {listed}"
        );
    }
    let shown = bench.privca("profile show 1year").ok().stdout;
    assert!(shown.contains("clientAuth"));
}

#[test]
fn the_directory_s_own_decide() {
    let bench = Bench::with_ca();
    let text = bench.read("pki/profiles/1year.json");
    bench.write(
        "pki/profiles/vpn.json",
        text.replace("\"clientAuth\"", "\"clientAuth\", \"1.3.6.1.4.1.99999.7\""),
    );
    bench
        .privca("issue a --profile vpn --no-pass --san email:a@example.com")
        .ok();
    assert!(bench.privca("profile list").ok().stdout.contains("vpn"));
    std::fs::remove_file(bench.path("pki/profiles/server.json")).unwrap();
    bench
        .privca("issue b --profile server --no-pass --san dns:b.example")
        .fails(1, "no profile 'server'");
}

#[test]
fn a_directory_without_the_folder_has_the_built_in_ones() {
    let bench = Bench::with_ca();
    std::fs::remove_dir_all(bench.path("pki/profiles")).unwrap();
    bench
        .privca("issue b --profile server --no-pass --san dns:b.example")
        .ok();
}

#[test]
fn a_wrong_profile_is_an_error_with_line_and_member() {
    let bench = Bench::with_ca();
    bench.write("bad.json", "{\n  \"validity\": \"1y\",\n  \"key_usage\": [\"digitalSignatur\"],\n  \"colour\": \"red\"\n}\n");
    let said = bench.privca("profile check bad.json");
    assert_eq!(said.code, 1);
    for word in ["bad.json:3", "digitalSignatur", "bad.json:4", "colour"] {
        assert!(said.stderr.contains(word), "{word} in {}", said.stderr);
    }
    std::fs::copy(bench.path("bad.json"), bench.path("pki/profiles/bad.json")).unwrap();
    bench
        .privca("issue b --profile bad --no-pass --san email:b@example.com")
        .fails(1, "colour");
    assert!(!bench.exists("pki/private/b.key"));
    bench.privca("profile check pki/profiles/1year.json").ok();
}
