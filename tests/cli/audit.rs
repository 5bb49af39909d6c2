//! `audit.jsonl`: who did what, each operation an object.

use privca::primitives::hex;
use ring::digest;
use serde_json::Value;

use crate::support::Bench;

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn each_operation_is_an_object_with_its_outcome() {
    let bench = Bench::new();
    let out = bench.path("out.pem").display().to_string();
    let operations = [
        ("init-ca --cn T --no-pass", "issued"),
        ("gen-key k --no-pass", "generated"),
        ("gen-csr k --cn k", "requested"),
        ("sign k --profile client", "issued"),
        ("issue a --no-pass --profile client", "issued"),
        ("revoke a --reason certificateHold", "revoked"),
        ("unrevoke a", "released"),
        ("renew a", "issued"),
        ("gen-crl", "published"),
        ("export-p12 a --no-pass", "exported"),
        (
            &format!("export a --format bundle --no-pass --out {out}"),
            "exported",
        ),
        ("import-csr pki/reqs/k.req l", "imported"),
        ("set-pass k --no-pass", "changed"),
    ];
    for (at, (words, outcome)) in operations.into_iter().enumerate() {
        bench.privca(words).ok();
        let log = lines(&bench.read("pki/audit.jsonl"));
        assert_eq!(log.len(), at + 1, "{words}");
        let last = log.last().unwrap();
        assert_eq!(last["outcome"], outcome, "{words}");
        assert_eq!(last["command"], words.split(' ').next().unwrap(), "{words}");
        for member in ["time", "who", "prev"] {
            assert!(!last[member].is_null(), "{words}: {last}");
        }
    }
    // what changes nothing has none, a refused request included
    bench.privca("sign k --profile email").fails(3, "refuses");
    bench.privca("export a --format pem").ok();
    bench.privca("list").ok();
    assert_eq!(bench.read("pki/audit.jsonl").lines().count(), 13);
}

#[test]
fn a_certificate_is_told_by_the_hash_that_openssl_prints() {
    let bench = Bench::with_ca();
    bench.privca("issue a --no-pass --profile client").ok();
    bench.privca("revoke a").ok();
    let log = lines(&bench.read("pki/audit.jsonl"));
    let digest = |file: &str| {
        let said = bench.sh(&format!(
            "openssl x509 -in {file} -noout -fingerprint -sha256"
        ));
        let said = said.ok().stdout;
        let hex = said.trim().rsplit('=').next().unwrap().to_owned();
        hex.replace(':', "").to_lowercase()
    };
    let serial = log[1]["serial"].as_str().unwrap();
    assert_eq!(log[0]["sha256"], *digest("pki/ca.crt"));
    let issued = digest(&format!("pki/certs_by_serial/{serial}.pem"));
    assert_eq!(log[1]["sha256"], *issued);
    assert_eq!(log[2]["sha256"], *issued);
}

#[test]
fn who_it_was_comes_from_the_system_and_not_from_the_environment() {
    let bench = Bench::new();
    let words = "SUDO_USER=mallory SUDO_UID=4242 USER=mallory LOGNAME=mallory \
                 exec \"$0\" init-ca --cn T --no-pass";
    let privca = env!("CARGO_BIN_EXE_privca");
    bench.tool("sh", &["-c", words, privca]).ok();
    let log = lines(&bench.read("pki/audit.jsonl"));
    let id = |option: &str| bench.tool("id", &[option]).ok().stdout.trim().to_owned();
    assert_eq!(log[0]["who"]["uid"].to_string(), id("-u"));
    assert_eq!(log[0]["who"]["login"], *id("-un"));
}

/// Only root may say who logged in, and a kernel may lack that.
#[test]
fn who_logged_in_is_told_where_the_kernel_knows() {
    let bench = Bench::new();
    let script = "echo 1 > /proc/self/loginuid || exit 75; exec \"$0\" init-ca --cn T --no-pass";
    let ran = bench.tool("sh", &["-c", script, env!("CARGO_BIN_EXE_privca")]);
    if ran.code == 75 {
        eprintln!("not tried: this system lets nobody say who logged in");
        return;
    }
    ran.ok();
    let log = lines(&bench.read("pki/audit.jsonl"));
    let daemon = bench.sh("id -un 1").ok().stdout.trim().to_owned();
    assert_eq!(log[0]["who"]["session"]["uid"], 1);
    assert_eq!(log[0]["who"]["session"]["login"], *daemon);
}

fn sha256(line: &str) -> String {
    hex::lower(digest::digest(&digest::SHA256, line.as_bytes()).as_ref())
}

/// A chain made by somebody who knows how: nothing is wrong in itself.
fn chained(lines: &[String]) -> String {
    let mut prev = "0".repeat(64);
    let mut text = String::new();
    for line in lines {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        entry["prev"] = prev.into();
        let line = entry.to_string();
        prev = sha256(&line);
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// A CA with two certificates of the name `a`, one of them revoked, and one of the name `b`.
fn used() -> Bench {
    let bench = Bench::with_ca();
    for words in [
        "issue a --no-pass --profile client",
        "revoke a --reason keyCompromise",
        "issue b --no-pass --profile server --san dns:b.example",
    ] {
        bench.privca(words).ok();
    }
    bench
}

/// The problems that `check` finds, without those of the revocation list.
fn problems(bench: &Bench, words: &str) -> Vec<String> {
    let json = bench.privca(&format!("--json check {words}")).json();
    let found = json["findings"].as_array().unwrap().iter();
    found
        .filter(|finding| finding["problem"] == true)
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .filter(|code| !code.starts_with("crl"))
        .collect()
}

fn tampered(change: impl Fn(&mut Vec<String>) -> String) -> Vec<String> {
    let bench = used();
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
    let log = bench.read("pki/audit.jsonl");
    let mut lines: Vec<String> = log.lines().map(str::to_owned).collect();
    let text = change(&mut lines);
    bench.write("pki/audit.jsonl", text);
    problems(&bench, "")
}

fn whole(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn whoever_tampers_with_a_line_breaks_the_chain() {
    // a word, a line, the order, the first line
    let changed = tampered(|lines| {
        lines[1] = lines[1].replace("\"client\"", "\"server\"");
        whole(lines)
    });
    assert_eq!(changed, ["audit-chain"]);
    let taken_out = tampered(|lines| {
        lines.remove(2);
        whole(lines)
    });
    assert_eq!(taken_out, ["audit-chain"]);
    let swapped = tampered(|lines| {
        lines.swap(1, 2);
        whole(lines)
    });
    assert_eq!(swapped, ["audit-chain"; 3]);
    let beheaded = tampered(|lines| {
        lines.remove(0);
        whole(lines)
    });
    assert_eq!(beheaded, ["audit-chain"]);
}

#[test]
fn a_log_without_an_issued_certificate_disagrees_with_the_directory() {
    let cut = tampered(|lines| {
        lines.pop();
        whole(lines)
    });
    assert_eq!(cut, ["not-logged"; 2], "both files of b");
    // and both of a, which is revoked
    let replaced = tampered(|lines| chained(&lines[..1]));
    assert_eq!(replaced, ["not-logged"; 4]);
    let empty = tampered(|_| String::new());
    assert_eq!(empty, ["not-logged"; 4]);
    let other_certificate = tampered(|lines| {
        let entry: Value = serde_json::from_str(&lines[3]).unwrap();
        lines[3] = lines[3].replace(entry["sha256"].as_str().unwrap(), &"ab".repeat(32));
        chained(lines)
    });
    assert_eq!(other_certificate, ["log-differs"; 2]);
}

#[test]
fn a_revocation_that_the_log_knows_must_be_in_the_index() {
    let bench = used();
    let index = bench.read("pki/index.txt");
    let revoked = index.lines().next().unwrap().to_owned();
    let mut fields: Vec<&str> = revoked.split('\t').collect();
    assert_eq!(fields[0], "R");

    let other_reason = revoked.replace("keyCompromise", "superseded");
    assert_ne!(other_reason, revoked);
    bench.write("pki/index.txt", index.replace(&revoked, &other_reason));
    assert_eq!(problems(&bench, ""), ["log-differs"]);

    (fields[0], fields[2]) = ("V", "");
    bench.write("pki/index.txt", index.replace(&revoked, &fields.join("\t")));
    assert!(problems(&bench, "").contains(&"log-differs".to_owned()));

    // after a release anybody may revoke; before it, the log's last word counts
    bench.write("pki/index.txt", &index);
    bench.privca("revoke b --reason certificateHold").ok();
    bench.privca("unrevoke b").ok();
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
}

#[test]
fn rows_of_other_programs_need_no_line() {
    let bench = used();
    let conf = "[ca]\ndefault_ca=d\n[d]\ndatabase=pki/index.txt\nnew_certs_dir=pki/certs_by_serial\n\
                serial=pki/serial\ndefault_md=sha256\npolicy=p\nrand_serial=yes\nunique_subject=no\n\
                [p]\ncommonName=supplied\n";
    bench.write("ca.cnf", conf);
    bench
        .sh("openssl req -newkey rsa:2048 -nodes -keyout o.key -subj /CN=o -out o.csr && \
             openssl ca -batch -config ca.cnf -days 30 -cert pki/ca.crt -keyfile pki/private/ca.key \
               -in o.csr -out pki/issued/o.crt && \
             openssl ca -config ca.cnf -cert pki/ca.crt -keyfile pki/private/ca.key \
               -revoke pki/issued/o.crt -crl_reason superseded")
        .ok();
    bench.privca("gen-crl").ok();
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
}

#[test]
fn a_hash_kept_elsewhere_shows_that_lines_were_cut_off() {
    let bench = used();
    let kept = bench.privca("--json check").ok().json();
    let last = kept["log"]["last"].as_str().unwrap();
    assert_eq!(kept["log"]["lines"], 4);
    let log = bench.read("pki/audit.jsonl");
    assert_eq!(sha256(log.lines().last().unwrap()), last);

    bench.privca("gen-crl").ok();
    bench.privca(&format!("check --log-line {last}")).ok();
    // the last lines are of no certificate: nothing else tells
    let lines: Vec<String> = log.lines().map(str::to_owned).collect();
    bench.write("pki/audit.jsonl", &log);
    bench.privca("set-pass b --no-pass").ok();
    let kept = bench.privca("--json check").ok().json();
    let last = kept["log"]["last"].as_str().unwrap().to_owned();
    bench.write("pki/audit.jsonl", whole(&lines));
    bench.privca("check").ok();
    assert_eq!(
        problems(&bench, &format!("--log-line {last}")),
        ["audit-line"]
    );
    bench
        .privca("check --log-line 12")
        .fails(2, "64 hex digits");
}

#[test]
fn a_log_that_is_moved_aside_goes_on_in_a_new_file() {
    let bench = used();
    let rename = |to: &str| {
        std::fs::rename(bench.path("pki/audit.jsonl"), bench.path(to)).unwrap();
    };
    // the names say nothing about the order
    rename("pki/audit-z.jsonl");
    bench.privca("issue c --no-pass --profile client").ok();
    rename("pki/audit-2027.jsonl");
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
    bench.privca("revoke c").ok();
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
    let json = bench.privca("--json check").ok().json();
    assert_eq!(json["log"]["lines"], 6);

    let listed = bench.privca("--json list b.example").ok().json();
    assert_eq!(listed["certificates"][0]["profile"], "server");
    bench.privca("renew b").ok();

    // logrotate's copytruncate
    let (log, copy) = (
        bench.path("pki/audit.jsonl"),
        bench.path("pki/audit-4.jsonl"),
    );
    std::fs::copy(&log, copy).unwrap();
    std::fs::write(&log, b"").unwrap();
    bench.privca("gen-crl").ok();
    assert_eq!(problems(&bench, ""), Vec::<String>::new());

    // one that is gone is missed
    let taken = bench.read("pki/audit-2027.jsonl");
    std::fs::remove_file(bench.path("pki/audit-2027.jsonl")).unwrap();
    let found = problems(&bench, "");
    assert!(found.contains(&"audit-chain".to_owned()), "{found:?}");
    assert!(found.contains(&"not-logged".to_owned()), "{found:?}");
    bench.write("pki/audit-2027.jsonl", taken);
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
    bench.write("pki/audit-copy.jsonl", bench.read("pki/audit-z.jsonl"));
    assert_eq!(problems(&bench, ""), ["audit-chain"]);
}

#[test]
#[ignore = "needs logrotate"]
fn logrotate_rotates_it_as_documented() {
    let bench = used();
    let text = include_str!("../../docs/audit.md");
    let section = text.split("With logrotate:").nth(1).unwrap();
    let conf = section.split("```").nth(1).unwrap();
    let log = bench.path("pki/audit.jsonl").display().to_string();
    let conf = conf.replace("/etc/openvpn/pki/audit.jsonl", &log);
    bench.write("rotate.conf", conf);
    bench
        .sh("chmod 600 rotate.conf; /usr/sbin/logrotate --force --state state rotate.conf")
        .ok();
    assert!(!bench.exists("pki/audit.jsonl"));
    bench.privca("issue c --no-pass --profile client").ok();
    assert_eq!(bench.read("pki/audit.jsonl").lines().count(), 1);
    let json = bench.privca("--json check").ok().json();
    assert_eq!(json["log"]["lines"], 5);
}

#[test]
fn a_log_without_line_feeds_is_told_and_not_read_whole() {
    let bench = Bench::with_ca();
    bench.privca("issue a --no-pass --profile client").ok();
    let log = std::fs::File::create(bench.path("pki/audit.jsonl")).unwrap();
    log.set_len(100 << 20).unwrap();
    bench
        .privca("revoke a")
        .fails(1, "audit.jsonl: its last line has more than");
    bench.privca("list").ok();
    let checked = bench.privca("check --json");
    assert!(checked.stdout.contains("audit-chain"), "{}", checked.stdout);
}
