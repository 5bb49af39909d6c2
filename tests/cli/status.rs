//! `status`, and `privca` alone.

use crate::support::Bench;

#[test]
fn what_needs_doing_comes_with_its_command() {
    let bench = Bench::with_ca();
    bench
        .privca("issue alice --no-pass --profile client --validity 10d")
        .ok();
    bench.privca("issue bob --no-pass --profile client").ok();
    bench.privca("issue carol --no-pass --profile client").ok();
    bench.privca("revoke carol").ok();
    let said = bench.privca("--json status").ok().json();
    assert_eq!(
        (&said["valid"], &said["revoked"], &said["expired"]),
        (&2.into(), &1.into(), &0.into())
    );
    assert_eq!(said["ends_next"][0]["name"], "alice");
    let to_do = said["to_do"].as_array().unwrap();
    assert_eq!(to_do.len(), 1);
    // the command works as it is printed
    let command = to_do[0]["command"].as_str().unwrap();
    bench.privca(command.strip_prefix("privca ").unwrap()).ok();
    bench.privca("gen-crl --validity 1d").ok();
    let said = bench.privca("--json status").ok().json();
    let commands: Vec<&str> = said["to_do"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["command"].as_str().unwrap())
        .collect();
    assert!(
        commands.iter().any(|c| c.ends_with("gen-crl")),
        "{commands:?}"
    );
    bench.privca("gen-crl").ok();
    let text = bench.privca("status").ok().stdout;
    assert!(text.contains("3 valid, 1 revoked, 0 expired"), "{text}");
}

/// A directory may be called anything; a script that runs the command runs nothing else.
#[test]
fn the_command_survives_a_shell() {
    let bench = Bench::new();
    let pki = "it's; touch taken #";
    bench
        .privca_args(&["--pki", pki, "init-ca", "--cn", "Test", "--no-pass"])
        .ok();
    std::fs::remove_file(bench.path(pki).join("crl.pem")).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(bench.path(pki).join("private/ca.key"), open).unwrap();
    let status = ["--json", "--pki", pki, "status"];
    let said = bench.privca_args(&status).ok().json();
    let privca = env!("CARGO_BIN_EXE_privca");
    let to_do = said["to_do"].as_array().unwrap();
    assert_eq!(to_do.len(), 2, "{said}");
    for one in to_do {
        let command = one["command"].as_str().unwrap();
        bench
            .sh(&format!("privca() {{ {privca} \"$@\"; }}; {command}"))
            .ok();
    }
    assert!(!bench.exists("taken"));
    let said = bench.privca_args(&status).ok().json();
    assert_eq!(said["to_do"].as_array().unwrap().len(), 0, "{said}");
}

#[test]
fn alone_it_is_status_where_there_is_a_directory() {
    let bench = Bench::new();
    bench.privca("").fails(2, "Usage: privca");
    bench.privca("init-ca --cn Test --no-pass").ok();
    assert!(
        bench
            .privca("")
            .ok()
            .stdout
            .starts_with("The CA 'CN=Test'\n")
    );
    assert_eq!(bench.privca("--json").ok().json()["valid"], 0);
}

#[test]
fn what_was_renewed_is_not_due() {
    let bench = Bench::with_ca();
    bench
        .privca("issue web --no-pass --profile client --validity 9d")
        .ok();
    let due = || bench.privca("status").ok().stdout.contains("renew --all");
    assert!(due());
    bench.privca("renew web").ok();
    assert!(!due());
}
