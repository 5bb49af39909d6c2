//! `check`: each kind of damage is found, what old directories hold is none, and `--repair` mends
//! what needs no guessing.

use std::os::unix::fs::PermissionsExt;

use crate::support::Bench;

fn used() -> Bench {
    let bench = Bench::with_ca();
    for name in ["alice", "bob", "carol"] {
        bench
            .privca(&format!("issue {name} --no-pass --profile client"))
            .ok();
    }
    bench.privca("revoke bob").ok();
    bench.privca("renew carol").ok();
    bench
}

fn serial(bench: &Bench, name: &str) -> String {
    let index = bench.read("pki/index.txt");
    let line = index.lines().find(|l| l.ends_with(&format!("/CN={name}")));
    line.unwrap().split('\t').nth(3).unwrap().to_owned()
}

/// Codes of the problems that are found; the exit code says whether there are any.
fn problems(bench: &Bench, words: &str) -> Vec<String> {
    let said = bench.privca(&format!("--json check {words}"));
    let json = said.json();
    let found = json["findings"].as_array().unwrap().clone();
    let problems = found.iter().filter(|f| f["problem"] == true);
    let codes: Vec<String> = problems
        .map(|f| f["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(said.code, i32::from(!codes.is_empty()), "{json}");
    assert_eq!(json["consistent"], codes.is_empty());
    codes
}

#[test]
fn what_privca_made_is_consistent() {
    let bench = used();
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
    let before = bench.files("pki");
    assert!(bench.privca("check").ok().stdout.contains("is consistent"));
    bench.privca("check --repair").ok();
    assert_eq!(bench.files("pki"), before);
}

#[test]
fn every_kind_of_damage_is_found() {
    type Damage = fn(&Bench);
    let edit = |bench: &Bench, file: &str, from: &str, to: &str| {
        let text = bench.read(file);
        assert!(text.contains(from), "{from} in {text}");
        bench.write(file, text.replacen(from, to, 1));
    };
    let cases: [(&str, Damage); 11] = [
        ("row-missing", |b| {
            let index = b.read("pki/index.txt");
            b.write(
                "pki/index.txt",
                index.split_inclusive('\n').skip(1).collect::<String>(),
            );
        }),
        ("certificate-missing", |b| {
            let serial = serial(b, "bob");
            std::fs::remove_file(b.path(&format!("pki/certs_by_serial/{serial}.pem"))).unwrap();
            std::fs::remove_file(b.path(&format!("pki/revoked/certs_by_serial/{serial}.crt")))
                .unwrap();
        }),
        ("serial-twice", |b| {
            let index = b.read("pki/index.txt");
            let first = index.lines().next().unwrap();
            b.write("pki/index.txt", format!("{index}{first}\n"));
        }),
        ("index-line", |b| {
            let index = b.read("pki/index.txt");
            b.write("pki/index.txt", format!("{index}X\tnonsense\n"));
        }),
        ("certificate-file", |b| {
            drop(b.write("pki/issued/alice.crt", "nothing"))
        }),
        ("key-mismatch", |b| {
            std::fs::copy(
                b.path("pki/private/carol.key"),
                b.path("pki/private/alice.key"),
            )
            .unwrap();
        }),
        ("key-mismatch", |b| {
            std::fs::copy(
                b.path("pki/private/carol.key"),
                b.path("pki/private/ca.key"),
            )
            .unwrap();
        }),
        ("crl-file", |b| {
            drop(b.write(
                "pki/crl.pem",
                "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n",
            ))
        }),
        ("crl-signature", |b| {
            b.privca("--pki other init-ca --cn Test --no-pass").ok();
            std::fs::copy(b.path("other/crl.pem"), b.path("pki/crl.pem")).unwrap();
        }),
        ("mode", |b| {
            let open = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(b.path("pki/private/alice.key"), open).unwrap();
        }),
        ("wrong-serial", |b| {
            let (alice, bob) = (serial(b, "alice"), serial(b, "bob"));
            let path = |serial: &str| b.path(&format!("pki/certs_by_serial/{serial}.pem"));
            std::fs::copy(path(&alice), path(&bob)).unwrap();
        }),
    ];
    for (code, damage) in cases {
        let bench = used();
        damage(&bench);
        let found = problems(&bench, "");
        assert!(found.iter().any(|f| f == code), "{code} in {found:?}");
    }
    let bench = used();
    edit(
        &bench,
        "pki/audit.jsonl",
        "\"name\":\"alice\"",
        "\"name\":\"malice\"",
    );
    assert_eq!(problems(&bench, ""), ["audit-chain"]);
    let bench = used();
    edit(&bench, "pki/index.txt", "/CN=alice", "/CN=alicia");
    assert!(problems(&bench, "").contains(&"row-differs".to_owned()));
    // what EasyRSA's revoke leaves until somebody makes a list
    let bench = used();
    let alice = serial(&bench, "alice");
    let index = bench.read("pki/index.txt");
    let row = index.lines().find(|l| l.contains(&alice)).unwrap();
    let fields: Vec<&str> = row.split('\t').collect();
    let revoked = format!(
        "R\t{}\t261121003206Z\t{}\tunknown\t{}",
        fields[1], fields[3], fields[5]
    );
    bench.write("pki/index.txt", index.replace(row, &revoked));
    assert_eq!(problems(&bench, ""), ["crl-behind"]);
    bench.privca("gen-crl").ok();
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
}

#[test]
fn a_certificate_without_a_row_is_found_and_can_be_revoked() {
    let bench = used();
    let alice = serial(&bench, "alice");
    let index = bench.read("pki/index.txt");
    let rows = index.split_inclusive('\n').filter(|l| !l.contains(&alice));
    bench.write("pki/index.txt", rows.collect::<String>());
    let found = problems(&bench, "");
    assert!(found.contains(&"unrecorded".to_owned()), "{found:?}");
    bench
        .privca(&format!("revoke --cert pki/certs_by_serial/{alice}.pem"))
        .ok();
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
}

#[test]
fn a_list_of_the_future_is_found() {
    let bench = used();
    bench
        .sh(
            "printf '[ca]\\ndefault_ca = d\\n[d]\\ndatabase = pki/index.txt\\ndefault_md = sha256\\n' > ca.cnf && \
             openssl ca -gencrl -config ca.cnf -keyfile pki/private/ca.key -cert pki/ca.crt \
             -crl_lastupdate 30000101000000Z -crl_nextupdate 30010101000000Z -out pki/crl.pem",
        )
        .ok();
    let found = problems(&bench, "");
    assert!(found.contains(&"crl-early".to_owned()), "{found:?}");
    let said = bench.privca("list").ok().stderr;
    assert!(said.contains("begins on 3000-01-01"), "{said}");
    // whoever was past their end by that clock is not past it by this one, and stays on the list
    bench.privca("gen-crl").ok();
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
}

/// A directory whose files were archived: text stays short, JSON says what it leaves out.
#[test]
fn very_many_of_a_kind_are_counted() {
    let bench = Bench::with_ca();
    let row = |n: usize| {
        format!(
            "V\t361231235959Z\t\t{:04X}\tunknown\t/CN=c{n}\n",
            n + 0x1000
        )
    };
    bench.write("pki/index.txt", (0..1_234).map(row).collect::<String>());
    let said = bench.privca("check").ok().stdout;
    assert_eq!(
        said.matches("is missing, and the index has its row")
            .count(),
        20
    );
    assert!(
        said.contains("certs_by_serial/1000.pem is missing"),
        "{said}"
    );
    assert!(
        said.contains("remark       and 1214 more (certificate-missing)"),
        "{said}"
    );
    let json = bench.privca("--json check").ok().json();
    assert_eq!(json["findings"].as_array().unwrap().len(), 1000);
    assert_eq!(
        json["more"],
        serde_json::json!([{"code": "certificate-missing", "problem": false, "count": 234}])
    );
    // what the log says privca issued is a problem, and all of it is counted in the headline
    let last = bench.read("pki/audit.jsonl");
    let log: String = (0..1_234)
        .map(|n| {
            format!(
                "{{\"outcome\":\"issued\",\"name\":\"c{n}\",\"serial\":\"{:04X}\"}}\n",
                n + 0x1000
            )
        })
        .collect();
    bench.write("pki/audit.jsonl", last + &log);
    let said = bench.privca("check").fails(1, "").stdout;
    // each line breaks the chain, too
    assert!(said.starts_with("There are 2468 problems"), "{said}");
    let more = bench.privca("--json check").json()["more"].clone();
    assert_eq!(more[1]["count"], 234, "{more}");
}

#[test]
fn what_needs_no_guessing_is_mended() {
    let bench = used();
    let alice = serial(&bench, "alice");
    let copy = format!("pki/certs_by_serial/{alice}.pem");
    let before = bench.read(&copy);
    std::fs::remove_file(bench.path(&copy)).unwrap();
    bench.write("pki/index.txt.attr", "");
    let open = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(bench.path("pki/private/alice.key"), open).unwrap();
    let index = bench.read("pki/index.txt");
    bench.write("pki/index.txt", index.trim_end());

    bench.write("pki/crlnumber", "");
    bench.write("pki/serial", "1\n");
    bench.privca("gen-crl").fails(1, "pki-damaged");

    assert_eq!(problems(&bench, ""), ["no-line-feed", "crl-number", "mode"]);
    let said = bench.privca("--json check --repair").ok().json();
    assert_eq!(said["mended"].as_array().unwrap().len(), 6);
    assert_eq!(said["findings"].as_array().unwrap().len(), 0, "{said}");
    assert_eq!(bench.read("pki/crlnumber"), "03\n");
    let next = bench.read("pki/serial");
    assert!(
        next.len() == 33 && next.trim_end().bytes().all(|b| b.is_ascii_hexdigit()),
        "{next}"
    );
    bench.privca("gen-crl").ok();
    assert_eq!(bench.read(&copy), before);
    assert_eq!(bench.read("pki/index.txt"), index);
    assert_eq!(bench.read("pki/index.txt.attr"), "unique_subject = no\n");
    let mode = std::fs::metadata(bench.path("pki/private/alice.key")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
}

#[test]
fn what_old_directories_hold_is_no_damage() {
    let bench = Bench::with_ca();
    std::fs::remove_file(bench.path("pki/audit.jsonl")).unwrap();
    bench.write("pki/index.txt.attr", "");
    bench.write(
        "pki/index.txt",
        "# by hand\nE\t200101000000Z\t\t01\tunknown\t/CN=past\nV\t20300101000000Z\t\t02\t\t/CN=nofile\r\n\
         V\t300101000000Z\t\t0003\tpath\t/CN=a/b\nR\t190101000000Z\t180101000000Z\t04\tunknown\t/CN=gone\n",
    );
    for file in ["crl.pem", "crl-chain.pem", "ca-chain.crt", "crlnumber"] {
        std::fs::remove_file(bench.path(&format!("pki/{file}"))).unwrap();
    }
    assert_eq!(problems(&bench, ""), Vec::<String>::new());
}

/// `openssl ca` renames the index away before it renames the new one into place.
#[test]
fn an_index_between_two_renames_is_put_back() {
    let bench = used();
    let index = bench.read("pki/index.txt");
    let older: String = index.split_inclusive('\n').take(2).collect();
    for (old, new, expected) in [
        (Some(&older), Some(&index), Some(&index)),
        (Some(&index), Some(&older), Some(&index)),
        (Some(&index), None, Some(&index)),
        (None, Some(&index), Some(&index)),
        (None, None, None),
    ] {
        std::fs::remove_file(bench.path("pki/index.txt")).unwrap();
        for (name, text) in [("old", old), ("new", new)] {
            let path = bench.path(&format!("pki/index.txt.{name}"));
            drop(std::fs::remove_file(&path));
            if let Some(text) = text {
                std::fs::write(path, text).unwrap();
            }
        }
        bench.privca("list").fails(1, "error[pki-incomplete]");
        bench.privca("check").fails(1, "error[pki-incomplete]");
        match expected {
            Some(text) => {
                bench.privca("check --repair").ok();
                assert_eq!(bench.read("pki/index.txt"), *text);
            }
            None => drop(
                bench
                    .privca("check --repair")
                    .fails(1, "error[pki-incomplete]"),
            ),
        }
    }
}
