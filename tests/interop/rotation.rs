//! `docs/guides/rotation.md` as it is written.

use crate::support::Bench;

/// The unit files hold for systemd, and each privca line of the service does its work.
#[test]
#[ignore = "needs systemd-analyze"]
fn the_timers_service_runs_as_written() {
    let bench = Bench::new();
    bench.write("ca.pass", "secret\n");
    bench
        .privca("init-ca --cn Test --passout file:ca.pass")
        .ok();
    bench
        .privca("issue soon --no-pass --profile client --validity 9d --passin file:ca.pass")
        .ok();
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guides/rotation");
    let service = std::fs::read_to_string(format!("{guide}/privca.service")).unwrap();
    let here = bench.path("").display().to_string();
    let service = service
        .replace("/usr/local/bin/privca", env!("CARGO_BIN_EXE_privca"))
        .replace("/etc/privca", here.trim_end_matches('/'));
    bench.write("privca.service", &service);
    std::fs::copy(format!("{guide}/privca.timer"), bench.path("privca.timer")).unwrap();
    let said = bench.sh("systemd-analyze verify ./privca.service ./privca.timer");
    let ours: Vec<&str> = said
        .stderr
        .lines()
        .filter(|l| l.contains("privca"))
        .collect();
    assert!(ours.is_empty(), "{}", said.stderr);

    let lines = service.lines().filter_map(|l| l.strip_prefix("ExecStart="));
    for line in lines.filter(|l| !l.contains("systemctl")) {
        bench.sh(&format!("PRIVCA_PKI=pki {line}")).ok();
    }
    assert_eq!(bench.read("pki/index.txt").lines().count(), 2);
    assert_eq!(bench.read("pki/crlnumber"), "03\n");
    bench.privca("check").ok();
}
