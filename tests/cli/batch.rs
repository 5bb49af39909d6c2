//! `batch`: manifests, what is issued, what is refused, and going on where a run stopped.

use crate::support::{Bench, Ran};

const PEOPLE: &str = "\
name,san,p12
alice,email:alice@example.com,yes
\"Doe, Jane\",email:jane@example.com;email:jd@example.com,no
bob,email:bob@example.com,
";

fn rows(said: &Ran) -> Vec<serde_json::Value> {
    said.json()["rows"].as_array().unwrap().clone()
}

#[test]
fn every_row_gets_its_key_and_certificate() {
    let bench = Bench::with_ca();
    bench.write("people.csv", PEOPLE);
    let said = bench.privca("batch people.csv --no-pass").ok();
    assert_eq!(
        said.stdout,
        "Issued 3 certificates for 3 rows in people.csv\n  .p12 files   1\n"
    );
    assert_eq!(bench.read("pki/index.txt").lines().count(), 3);
    assert!(bench.exists("pki/private/alice.p12"));
    assert!(!bench.exists("pki/private/bob.p12"));
    let shown = bench
        .privca_args(&["inspect", "Doe, Jane", "--format", "short"])
        .ok();
    assert!(shown.stdout.contains("jd@example.com"), "{}", shown.stdout);
    bench.privca("check").ok();
    let log = bench.read("pki/audit.jsonl");
    assert_eq!(log.matches("\"command\":\"batch\"").count(), 4, "{log}");
}

#[test]
fn json_lines_and_requests_and_what_rows_may_say() {
    let bench = Bench::with_ca();
    bench
        .privca("--pki other init-ca --cn Other --no-pass")
        .ok();
    bench
        .privca("--pki other gen-csr web --no-pass --san dns:web.example.com")
        .ok();
    bench.write("in/web.req", bench.read("other/reqs/web.req"));
    bench.write(
        "in/list.jsonl",
        "\u{feff}{\"csr\": \"web.req\", \"profile\": \"server\", \"out\": \"../web.pem\"}\r\n\n\
         {\"name\": \"mail\", \"profile\": \"server\", \"san\": [\"dns:mail.example.com\", \"ip:10.0.0.1\"], \
         \"subject\": \"/O=dev/CN=mail\", \"key_type\": \"ed25519\", \"validity\": \"30d\", \"p12\": null}\n",
    );
    let said = bench.privca("--json batch in/list.jsonl --no-pass").ok();
    let rows = rows(&said);
    assert_eq!(
        (&rows[0]["line"], &rows[0]["name"]),
        (&1.into(), &"web".into())
    );
    assert_eq!(rows[1]["subject"], "CN=mail,O=dev");
    assert_eq!(
        rows[1]["names"].to_string(),
        "[\"dns:mail.example.com\",\"ip:10.0.0.1\"]"
    );
    assert!(!bench.exists("pki/private/web.key"));
    assert!(bench.read("web.pem").starts_with("-----BEGIN CERTIFICATE"));
    let key = bench.privca("inspect pki/private/mail.key").ok();
    assert!(
        key.stdout.to_lowercase().contains("ed25519"),
        "{}",
        key.stdout
    );
}

#[test]
fn every_fault_of_a_manifest_is_told_before_anything_is_written() {
    let bench = Bench::with_ca();
    let before = bench.files("pki");
    bench.write(
        "bad.csv",
        "name,san,validity,profile,passout,color\n\
         alice,email:a@example.com,soon,1year,,\n\
         ../x,email:x@example.com,,,,\n\
         bob,email:b@example.com,,1year,,,\n\
         carol,email:c@example.com,,1year,hunter2,\n\
         dave,pass:hunter2,,1year,,\n",
    );
    let said = bench.privca("batch bad.csv --no-pass").fails(
        1,
        "error[bad-manifest]: bad.csv:1: color: there is no such column",
    );
    for told in [
        "bad.csv:2: validity: ",
        "bad.csv:3: name: ",
        "bad.csv:4: it has 7 fields, the header 6",
        "bad.csv:5: passout: passphrase sources are",
        "bad.csv:6: san: a passphrase source stands here",
    ] {
        let line = said.stderr.lines().find(|line| line.starts_with(told));
        assert!(line.is_some(), "{told:?} in {}", said.stderr);
    }
    assert!(!said.stderr.contains("hunter2"), "{}", said.stderr);
    for (manifest, told) in [
        ("name\na\na\n", "3: name: \"a\" stands in line 2 already"),
        (
            "name,profile\na,none\n",
            "2: profile: there is no profile 'none'",
        ),
        ("a,b\n1,2\n", "the first line is no header"),
        ("", "there are no rows"),
        (
            "{\"name\": 7}\n",
            "1: name: it is a number, and should be a string",
        ),
        (
            "{\"name\": \"a\", \"name\": \"b\"}\n",
            "1: name: it is there twice",
        ),
        ("{\"name\": \"a\"}\n{\"name\"\n", "2: it is no JSON object"),
        ("[{\"name\": \"a\"}]\n", "write one object on each line"),
        (
            "name,san\na,\"email:a@b.c\nb,email:b@b.c\n",
            "is a quote not closed?",
        ),
        ("name,csr,key_type\na,x.csr,ed25519\n", "the row has a csr"),
        (
            "name,out\na,x\nb,x\n",
            "3: out: line 2 writes the same file",
        ),
    ] {
        let said = bench.privca_stdin("batch - --no-pass --profile client", manifest.as_bytes());
        said.fails(1, told);
    }
    let latin1 = bench.privca_stdin("batch - --no-pass", b"name\nb\xfcro\n");
    latin1.fails(1, "standard input:2: it is not UTF-8");
    assert_eq!(bench.files("pki"), before);
}

#[test]
fn a_row_that_fails_does_not_stop_the_rest_and_the_worst_exit_counts() {
    let bench = Bench::with_ca();
    bench.privca("gen-key taken --no-pass").ok();
    bench.write(
        "m.csv",
        "name,san,csr,validity\n\
         good,email:g@example.com,,\n\
         refused,,,\n\
         long,email:l@example.com,,3y\n\
         taken,email:t@example.com,,\n\
         gone,,no-such.csr,\n\
         last,email:z@example.com,,\n",
    );
    let said = bench
        .privca("--json batch m.csv --no-pass")
        .fails(3, "error[profile-refused]: m.csv:3: 'refused': ");
    for told in [
        "m.csv:4: 'long': ",
        "m.csv:5: 'taken': ",
        "m.csv:6: 'gone': ",
    ] {
        assert!(said.stderr.contains(told), "{told:?} in {}", said.stderr);
    }
    // the others were written
    let hint = "nothing was written for this row; `privca profile show 1year` has the limits";
    assert!(said.stderr.contains(hint), "{}", said.stderr);
    assert!(
        !said.stderr.contains("nothing was written;"),
        "{}",
        said.stderr
    );
    assert_eq!(rows(&said)[1]["error"]["hints"][0], hint);
    let outcomes: Vec<String> = rows(&said)
        .iter()
        .map(|row| {
            format!(
                "{} {}",
                row["outcome"].as_str().unwrap(),
                row["error"]["code"]
            )
        })
        .collect();
    assert_eq!(
        outcomes,
        [
            "issued null",
            "failed \"profile-refused\"",
            "failed \"profile-refused\"",
            "failed \"already-exists\"",
            "failed \"disk\"",
            "issued null"
        ]
    );
    assert_eq!(said.json()["failed"], 4);
    bench.privca("check").ok();
}

#[test]
fn run_again_it_issues_nothing_twice() {
    let bench = Bench::with_ca();
    bench.write("people.csv", PEOPLE);
    bench.privca("batch people.csv --no-pass").ok();
    let before = (bench.read("pki/index.txt"), bench.read("pki/audit.jsonl"));
    let said = bench.privca("batch people.csv").ok();
    assert!(said.stdout.contains("already done 3"), "{}", said.stdout);
    let after = (bench.read("pki/index.txt"), bench.read("pki/audit.jsonl"));
    assert_eq!(before, after);
    // a .p12 that is gone is made again, from the key
    std::fs::remove_file(bench.path("pki/private/alice.p12")).unwrap();
    let said = bench.privca("--json batch people.csv --no-pass").ok();
    assert_eq!(rows(&said)[0]["outcome"], "already");
    assert_eq!(rows(&said)[0]["p12"], "pki/private/alice.p12");
    assert_eq!(bench.read("pki/index.txt"), before.0);
    // a longer list: only what is new
    bench.write(
        "people.csv",
        format!("{PEOPLE}eve,email:eve@example.com,\n"),
    );
    let said = bench.privca("batch people.csv --no-pass").ok();
    assert!(said.stdout.starts_with("Issued 1 certificate for 4 rows"));
}

#[test]
fn a_name_whose_certificate_is_another_one_is_told_in_what() {
    let bench = Bench::with_ca();
    bench.write("m.csv", "name,san\na,email:a@example.com\n");
    bench.privca("batch m.csv --no-pass").ok();
    for (manifest, told) in [
        (
            "name,san\na,email:b@example.com\n",
            "its alternative names are \"email:a@example.com\"",
        ),
        (
            "name,san,profile\na,email:a@example.com,client\n",
            "under profile '1year', and the row asks for 'client'",
        ),
        ("name,san,cn\na,email:a@example.com,b\n", "its subject is"),
        (
            "name,san,key_type\na,email:a@example.com,ed25519\n",
            "the row asks for ed25519",
        ),
        (
            "name,san,validity\na,email:a@example.com,30d\n",
            "the row asks for other dates",
        ),
    ] {
        let said = bench.privca_stdin("batch - --no-pass", manifest.as_bytes());
        said.fails(1, told);
    }
    assert_eq!(bench.read("pki/index.txt").lines().count(), 1);
    let same = "name,san,validity\na,email:a@example.com,1y\n";
    let said = bench
        .privca_stdin("batch - --no-pass", same.as_bytes())
        .ok();
    assert!(said.stdout.contains("already done 1"), "{}", said.stdout);
}

#[test]
fn whoever_was_revoked_does_not_come_back_by_the_same_list() {
    let bench = Bench::with_ca();
    bench.write(
        "m.csv",
        "name,san\na,email:a@example.com\nb,email:b@example.com\n",
    );
    bench.privca("batch m.csv --no-pass").ok();
    bench.privca("revoke a").ok();
    bench
        .privca("batch m.csv --no-pass")
        .fails(1, "error[revoked-before]: m.csv:2: 'a'");
    let said = bench.privca("batch m.csv --no-pass --reissue-revoked").ok();
    assert!(
        said.stdout.starts_with("Issued 1 certificate"),
        "{}",
        said.stdout
    );
    bench.privca("check").ok();
}

#[test]
fn one_key_under_two_names_is_refused_within_the_manifest_too() {
    let bench = Bench::with_ca();
    bench.privca("--pki o init-ca --cn Other --no-pass").ok();
    bench
        .privca("--pki o gen-csr a --no-pass --san email:a@example.com")
        .ok();
    let manifest = "name,csr\na,o/reqs/a.req\nb,o/reqs/a.req\n";
    let said = bench.privca_stdin("batch -", manifest.as_bytes());
    said.fails(
        1,
        "error[same-key]: standard input:3: 'b': its key is that of 'a' in line 2",
    );
    assert_eq!(bench.read("pki/index.txt").lines().count(), 1);
}

#[test]
fn drawn_passphrases_are_listed_and_open_what_was_made() {
    let bench = Bench::with_ca();
    bench.write("people.csv", PEOPLE);
    let said = bench
        .privca("batch people.csv --p12 --passphrases-out people.pass")
        .ok();
    let list = bench.read("people.pass");
    let mut lines = list.lines();
    assert_eq!(lines.next(), Some("name,passphrase"));
    let alice = lines.next().unwrap().strip_prefix("alice,").unwrap();
    assert!(lines.next().unwrap().starts_with("\"Doe, Jane\","));
    assert!(!said.stdout.contains(alice) && !said.stderr.contains(alice));
    assert!(!bench.read("pki/audit.jsonl").contains(alice));
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(bench.path("people.pass"))
            .unwrap()
            .permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    bench.write("alice.pass", alice);
    for file in ["pki/private/alice.key", "pki/private/alice.p12"] {
        bench
            .privca(&format!("inspect {file} --passin file:alice.pass"))
            .ok();
    }
    // a run that goes on has the passphrases of the one before
    std::fs::remove_file(bench.path("pki/private/alice.p12")).unwrap();
    bench
        .privca("batch people.csv --p12 --passphrases-out people.pass")
        .ok();
    bench
        .privca("inspect pki/private/alice.p12 --passin file:alice.pass")
        .ok();
    assert_eq!(bench.read("people.pass"), list);
    // nothing is left to draw one for, and no list is said to be there
    std::fs::remove_file(bench.path("people.pass")).unwrap();
    let said = bench
        .privca("batch people.csv --p12 --passphrases-out people.pass")
        .ok();
    assert!(!said.stdout.contains("people.pass"), "{}", said.stdout);
    assert!(!bench.exists("people.pass"));
    bench.write("other", "mine\n");
    bench
        .privca("batch people.csv --passphrases-out other")
        .fails(1, "no-passphrase-list");
    assert_eq!(bench.read("other"), "mine\n");
}

#[test]
fn passphrases_by_row_for_all_and_none_at_all() {
    let bench = Bench::with_ca();
    bench.write("m/own.pass", "own\n");
    bench.write("all.pass", "all\n");
    bench.write(
        "m/m.csv",
        "name,san,passout\na,email:a@example.com,file:own.pass\nb,email:b@example.com,\nc,email:c@example.com,file:missing\n",
    );
    // whether or not it is needed for some: without a terminal there is nobody to ask
    bench.privca("batch m/m.csv").fails(4, "no-passphrase");
    assert_eq!(bench.read("pki/index.txt"), "");
    bench
        .privca("batch m/m.csv --passout file:all.pass")
        .fails(4, "m/m.csv:4: 'c': ");
    for (name, file) in [("a", "m/own.pass"), ("b", "all.pass")] {
        bench
            .privca(&format!(
                "inspect pki/private/{name}.key --passin file:{file}"
            ))
            .ok();
    }
    assert!(!bench.exists("pki/private/c.key"));
}

#[test]
fn a_dry_run_decides_and_changes_nothing() {
    let bench = Bench::new();
    bench.write("pass", "x\n");
    bench.privca("init-ca --cn Test --passout file:pass").ok();
    bench.write("m.csv", "name,san\na,email:a@example.com\nb,\n");
    let before = bench.files("pki");
    let said = bench
        .privca("batch m.csv --dry-run")
        .fails(3, "san-required");
    assert_eq!(
        said.stdout,
        "Nothing was issued; of 2 rows in m.csv\n  would issue  1\n  failed       1\n"
    );
    assert_eq!(bench.files("pki"), before);
    assert_eq!(bench.read("pki/index.txt"), "");
}

#[test]
fn semicolons_and_tabs_of_spreadsheets() {
    let bench = Bench::with_ca();
    for (name, manifest) in [
        (
            "a",
            "Name;SAN\r\na;email:a@example.com,email:b@example.com\r\n",
        ),
        (
            "b",
            "name\tsan\nb\temail:c@example.com email:d@example.com\n",
        ),
    ] {
        bench
            .privca_stdin("batch - --no-pass", manifest.as_bytes())
            .ok();
        let shown = bench.read(&format!("pki/issued/{name}.crt"));
        assert_eq!(shown.matches("email:").count(), 2, "{shown}");
    }
}

/// More rows than a group has: several commits, and the rows in the manifest's order.
#[test]
fn several_groups_and_their_commits() {
    let bench = Bench::with_ca();
    let mut manifest = "name,san\n".to_owned();
    for n in 0..150 {
        manifest.push_str(&format!("n{n},email:n{n}@example.com\n"));
    }
    let said = bench
        .privca_stdin("--json batch - --no-pass", manifest.as_bytes())
        .ok();
    let names: Vec<String> = rows(&said)
        .iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect();
    let wanted: Vec<String> = (0..150).map(|n| format!("n{n}")).collect();
    assert_eq!(names, wanted);
    let index = bench.read("pki/index.txt");
    let indexed: Vec<&str> = index
        .lines()
        .map(|line| line.rsplit_once("/CN=").unwrap().1)
        .collect();
    assert_eq!(indexed, wanted);
    bench.privca("check").ok();
}

#[test]
fn a_copy_never_goes_into_the_directory_nor_over_another_file() {
    let bench = Bench::with_ca();
    bench.write(
        "people.csv",
        "name,san\nalice,email:alice@example.com\nbob,email:bob@example.com\n",
    );
    bench.privca("batch people.csv --no-pass").ok();
    let before = bench.files("pki");
    bench.write("taken", "mine\n");
    // what is certified already has its copy judged as well
    bench.write(
        "people.csv",
        "name,san,out\n\
         alice,email:alice@example.com,pki/issued/mallory.crt\n\
         bob,email:bob@example.com,taken\n\
         carl,email:carl@example.com,pki/issued/mallory.crt/../x.crt\n",
    );
    bench
        .privca("batch people.csv --no-pass")
        .fails(1, "out-in-the-pki");
    assert_eq!(bench.files("pki"), before);
    assert_eq!(bench.read("taken"), "mine\n");
}

#[test]
fn a_list_that_others_can_read_gets_no_passphrase() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::with_ca();
    bench.write("people.csv", PEOPLE);
    let list = "name,passphrase\nalice,known to somebody\n";
    bench.write("people.pass", list);
    for mode in [0o666, 0o644, 0o640] {
        set_permissions(bench.path("people.pass"), Permissions::from_mode(mode)).unwrap();
        bench
            .privca("batch people.csv --passphrases-out people.pass")
            .fails(1, "exposed-passphrases");
        assert_eq!(bench.read("people.pass"), list);
        assert_eq!(bench.read("pki/index.txt"), "");
    }
    set_permissions(bench.path("people.pass"), Permissions::from_mode(0o600)).unwrap();
    bench
        .privca("batch people.csv --passphrases-out people.pass")
        .ok();
}

#[test]
fn a_header_of_any_width_is_read_once() {
    let bench = Bench::with_ca();
    let columns: Vec<String> = (0..300_000).map(|n| format!("c{n}")).collect();
    bench.write("wide.csv", columns.join(",") + "\nx\n");
    bench
        .privca("batch wide.csv --no-pass")
        .fails(1, " faults more");
}
