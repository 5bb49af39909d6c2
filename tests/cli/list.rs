//! `list`: filters, forms, and the exit code for monitoring.

use crate::support::Bench;

fn bench() -> Bench {
    let bench = Bench::with_ca();
    bench
        .privca("issue alice --no-pass --san email:alice@example.com --validity 10d12h")
        .ok();
    bench
        .privca("issue bob --no-pass --san email:bob@example.org --validity 100d12h")
        .ok();
    bench
        .privca("issue web --no-pass --profile server --san dns:web.example.com --validity 50d12h")
        .ok();
    bench.privca("revoke bob --reason superseded").ok();
    // what EasyRSA left, long past its end, with no file behind it
    let index = bench.read("pki/index.txt");
    bench.write(
        "pki/index.txt",
        format!("{index}V\t200101000000Z\t\t1234\tunknown\t/CN=old\n"),
    );
    bench
}

fn names(bench: &Bench, words: &str) -> Vec<String> {
    let list = bench.privca(&format!("--json list {words}")).ok().json();
    let list = list["certificates"].as_array().unwrap().clone();
    list.iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn by_end_and_filtered() {
    let bench = bench();
    for (words, expected) in [
        ("", vec!["old", "alice", "web", "bob"]),
        ("--status valid", vec!["alice", "web"]),
        ("--status revoked --status expired", vec!["old", "bob"]),
        ("--expires-within 30d", vec!["alice"]),
        ("--profile server", vec!["web"]),
        ("example", vec!["alice", "web", "bob"]),
        ("*@EXAMPLE.com", vec!["alice"]),
        ("/CN=bob", vec!["bob"]),
        ("12:34", vec!["old"]),
        ("nothing", vec![]),
    ] {
        assert_eq!(names(&bench, words), expected, "{words}");
    }
    let list = bench.privca("--json list bob").ok().json();
    let bob = &list["certificates"][0];
    assert_eq!(
        (&bob["status"], &bob["reason"]),
        (&"revoked".into(), &"superseded".into())
    );
    assert_eq!(bob["names"][0], "email:bob@example.org");
}

#[test]
fn for_people_and_for_spreadsheets() {
    let bench = bench();
    let table = bench.privca("list").ok().stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("STATUS   ENDS"), "{table}");
    assert!(
        lines[2].contains("in 10 days") && lines[2].contains("1year"),
        "{table}"
    );
    assert!(lines[4].contains("superseded"), "{table}");
    let csv = bench.privca("list --format csv").ok().stdout;
    assert_eq!(csv.lines().count(), 5);
    assert!(csv.contains("valid,web,server,"), "{csv}");
}

#[test]
fn monitoring_gets_an_exit_code() {
    let bench = bench();
    let said = bench.privca("list --expires-within 30d --fail --quiet");
    assert_eq!(
        (said.code, said.stdout.as_str(), said.stderr.as_str()),
        (1, "", "")
    );
    bench.privca("list --expires-within 1d --fail").ok();
    bench.write("pki/index.txt", "nonsense\n");
    bench.privca("list").fails(1, "index.txt line 1");
}

#[test]
fn what_was_renewed_is_left_out_of_the_current() {
    let bench = Bench::with_ca();
    for name in ["web", "mail"] {
        bench
            .privca(&format!(
                "issue {name} --no-pass --profile client --validity 9d"
            ))
            .ok();
    }
    bench.privca("renew web").ok();
    let names = |words: &str, code: i32| {
        let ran = bench.privca(&format!("--json list --expires-within 14d --fail {words}"));
        assert_eq!(ran.code, code, "{}", ran.stderr);
        let list = ran.json()["certificates"].as_array().unwrap().clone();
        let names = list
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(names("", 1).len(), 2);
    assert_eq!(names("--current", 1), ["mail".to_owned()].into());
    bench.privca("renew mail").ok();
    assert!(names("--current", 0).is_empty());
    // and what is revoked is in issued/ no more
    bench.privca("revoke mail").ok();
    let list = bench.privca("--json list --current").ok().json();
    assert_eq!(list["certificates"].as_array().unwrap().len(), 1);
}
