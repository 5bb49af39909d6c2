//! `quickstart`: the first thing that a newcomer runs.

use crate::support::Bench;

#[test]
fn everything_is_there_and_nothing_is_asked() {
    let bench = Bench::new();
    let started = bench.privca("--json quickstart demo").ok().json();
    for file in [
        "nginx.conf",
        "pki/ca-chain.crt",
        "pki/issued/localhost.crt",
        "pki/private/client.p12",
    ] {
        assert!(bench.exists(&format!("demo/{file}")), "{file}");
    }
    assert_eq!(started["p12_passphrase"], "quickstart");
    let names = started["server"]["names"].to_string();
    for name in ["dns:localhost", "ip:127.0.0.1", "ip:::1"] {
        assert!(names.contains(name), "{names}");
    }
}

#[test]
fn a_second_one_refuses() {
    let bench = Bench::new();
    bench.privca("quickstart").ok();
    let before = bench.read("privca-quickstart/pki/ca.crt");
    bench.privca("quickstart").fails(1, "privca-quickstart");
    assert_eq!(bench.read("privca-quickstart/pki/ca.crt"), before);
}

#[test]
fn the_lines_it_prints_survive_a_blank_in_the_path() {
    let bench = Bench::new();
    let said = bench.privca_args(&["quickstart", "my demo"]).ok();
    assert!(
        said.stdout.contains("nginx -p 'my demo' -c nginx.conf"),
        "{}",
        said.stdout
    );
}
