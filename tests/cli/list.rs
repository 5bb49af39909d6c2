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
