//! `import-crl`: the lists of the CAs above.

use crate::support::Bench;

fn lists(bench: &Bench) -> usize {
    bench
        .read("pki/crl-chain.pem")
        .matches("BEGIN X509 CRL")
        .count()
}

#[test]
fn a_list_of_the_root_comes_in_and_stays() {
    let bench = Bench::below_a_root();
    assert_eq!(lists(&bench), 1);
    let said = bench.privca("check").ok().stdout;
    assert!(said.contains("has no list of 'CN=Root'"), "{said}");

    let said = bench.privca("--json import-crl root/crl.pem").ok().json();
    assert_eq!(said["lists"][0]["issuer"], "CN=Root");
    assert_eq!(
        bench.read("pki/crl-chain.pem"),
        bench.read("pki/crl.pem") + &bench.read("root/crl.pem")
    );
    // once more is no fault, and each makes the other's place
    bench.privca("import-crl root/crl.pem").ok();
    bench.privca("--pki root gen-crl --der --out root.crl").ok();
    bench.privca("import-crl root.crl").ok();
    bench.privca("gen-crl").ok();
    assert_eq!(
        bench.read("pki/crl-chain.pem"),
        bench.read("pki/crl.pem") + &bench.read("root/crl.pem")
    );
    let said = bench.privca("check").ok().stdout;
    assert!(!said.contains("crl"), "{said}");
    let log = bench.read("pki/audit.jsonl");
    assert_eq!(
        log.matches("\"command\":\"import-crl\"").count(),
        3,
        "{log}"
    );
}

#[test]
fn other_lists_stay_out() {
    let bench = Bench::below_a_root();
    let refused = |file: &str, code: &str| {
        let before = bench.read("pki/crl-chain.pem");
        bench
            .privca(&format!("import-crl {file}"))
            .fails(1, &format!("error[{code}]"));
        assert_eq!(bench.read("pki/crl-chain.pem"), before);
    };
    refused("pki/crl.pem", "own-crl");
    // of the same name, and another key
    bench.privca("--pki other init-ca --cn Root --no-pass").ok();
    refused("other/crl.pem", "foreign-crl");
    bench
        .privca("--pki third init-ca --cn Third --no-pass")
        .ok();
    refused("third/crl.pem", "foreign-crl");
    refused("sub.crt", "no-crl");
    bench.write("nonsense", "nonsense");
    refused("nonsense", "no-crl");
}

#[test]
fn a_list_of_tomorrow_stays_out() {
    let bench = Bench::below_a_root();
    let before = bench.read("pki/crl-chain.pem");
    let dates = "-crl_lastupdate 30000101000000Z -crl_nextupdate 30010101000000Z";
    bench.root_list(dates, "later.pem");
    bench.privca("import-crl later.pem").fails(1, "future-crl");
    assert_eq!(bench.read("pki/crl-chain.pem"), before);
}

#[test]
fn of_several_lists_of_one_ca_the_newest_comes_in() {
    let bench = Bench::below_a_root();
    let dates = "-crl_lastupdate 20200101000000Z -crl_nextupdate 30010101000000Z";
    bench.root_list(dates, "earlier.pem");
    let (old, new) = (bench.read("earlier.pem"), bench.read("root/crl.pem"));
    for both in [old.clone() + &new, new.clone() + &old] {
        bench.write("both.pem", both);
        let said = bench.privca("--json import-crl both.pem").ok().json();
        assert_eq!(said["lists"].as_array().unwrap().len(), 1);
        assert_eq!(
            bench.read("pki/crl-chain.pem"),
            bench.read("pki/crl.pem") + &new
        );
    }
}

/// Whoever takes a CA over from elsewhere is told, before a server refuses everybody.
#[test]
fn a_list_that_is_missing_is_asked_for() {
    let bench = Bench::new();
    bench.privca("--pki root init-ca --cn Root --no-pass").ok();
    bench.privca("init-ca --cn Sub --request --no-pass").ok();
    bench
        .privca("--pki root sign --csr pki/reqs/ca.req sub --profile subca --out sub.crt")
        .ok();
    let made = bench.privca("init-ca --certificate sub.crt --chain root/ca.crt");
    let made = made.ok().stdout;
    assert!(made.contains("privca import-crl FILE"), "{made}");
    bench.privca("issue alice --profile client --no-pass").ok();
    let to_do = bench.privca("--json status").ok().json()["to_do"].clone();
    assert_eq!(to_do.as_array().map(Vec::len), Some(1), "{to_do}");
    let why = to_do[0]["why"].as_str().unwrap();
    assert!(
        why.starts_with("pki/crl-chain.pem has no revocation list of 'CN=Root'"),
        "{why}"
    );
    let no = bench.privca("verify alice");
    assert_eq!(no.code, 1);
    assert!(
        no.stdout.contains("\n  hint         `privca gen-crl`"),
        "{}",
        no.stdout
    );
    bench.privca("import-crl root/crl.pem").ok();
    bench.privca("verify alice").ok();
    let to_do = bench.privca("--json status").ok().json()["to_do"].clone();
    assert_eq!(to_do.as_array().map(Vec::len), Some(0), "{to_do}");
}
