//! Every source of a passphrase, and what happens without one.

use crate::support::Bench;

fn encrypted() -> Bench {
    let bench = Bench::new();
    bench.write("ca.pass", "correct horse\nsecond line\n");
    bench
        .privca("init-ca --cn Test --passout file:ca.pass")
        .ok();
    bench
}

#[test]
fn every_source_opens_the_key() {
    let bench = encrypted();
    let privca = env!("CARGO_BIN_EXE_privca");
    let issue = |name: &str, source: &str| {
        format!("{privca} issue {name} --no-pass --san email:{name}@example.com --passin {source}")
    };
    bench.sh(&issue("a", "file:ca.pass")).ok();
    bench
        .sh(&format!("PASS='correct horse' {}", issue("b", "env:PASS")))
        .ok();
    bench.sh(&format!("{} < ca.pass", issue("c", "stdin"))).ok();
    bench.sh(&format!("{} 3< ca.pass", issue("d", "fd:3"))).ok();
    let said = bench.sh(&issue("e", "'pass:correct horse'")).ok();
    assert!(said.stderr.contains("file:"), "{}", said.stderr);
}

/// Both ways, from every source: what OpenSSL encrypts privca opens, and OpenSSL what privca does.
#[test]
#[ignore = "needs openssl"]
fn a_carriage_return_is_part_of_the_passphrase_as_in_openssl() {
    let bench = Bench::with_ca();
    bench.write("crlf", "hunter2\r\nsecond\r\n");
    let privca = env!("CARGO_BIN_EXE_privca");
    let sources = [
        ("file:crlf", "", ""),
        ("stdin", "", "< crlf"),
        ("fd:3", "", "3< crlf"),
        ("env:PASS", "PASS=$(printf 'hunter2\\r') ", ""),
        ("\"pass:$(printf 'hunter2\\r')\"", "", ""),
    ];
    for (at, (source, before, behind)) in sources.into_iter().enumerate() {
        let ours = format!("pki/private/ours{at}.key");
        let made = bench
            .sh(&format!(
                "{before}{privca} gen-key ours{at} --passout {source} {behind}"
            ))
            .ok();
        let warnings = made
            .stderr
            .matches("carriage return, which is part of")
            .count();
        assert_eq!(warnings, 1, "{source}: {}", made.stderr);
        assert!(!made.stderr.contains("hunter2"), "{}", made.stderr);
        bench
            .sh(&format!(
                "{before}openssl pkey -in {ours} -passin {source} -noout {behind}"
            ))
            .ok();
        let theirs = format!("pki/private/theirs{at}.key");
        bench
            .sh(&format!(
                "{before}openssl genpkey -algorithm ED25519 -aes256 -out {theirs} -pass {source} {behind}"
            ))
            .ok();
        bench
            .sh(&format!(
                "{before}{privca} set-pass theirs{at} --passin {source} --no-pass {behind}"
            ))
            .ok();
        bench
            .sh(&format!("openssl pkey -in {theirs} -passin pass: -noout"))
            .ok();
    }
    let wrong = bench
        .privca("set-pass ours0 --passin pass:hunter2 --no-pass")
        .fails(4, "wrong passphrase");
    assert!(
        !wrong.stderr.contains("carriage return"),
        "{}",
        wrong.stderr
    );
    // the second line, likewise
    bench
        .privca("set-pass ours0 --passin file:crlf --passout file:crlf")
        .ok();
    bench
        .sh("openssl pkey -in pki/private/ours0.key -passin \"pass:$(printf 'second\\r')\" -noout")
        .ok();
    bench.write(
        "only.csv",
        "name,passout,san\na,file:crlf,email:a@example.com\nb,file:crlf,email:b@example.com\n",
    );
    let said = bench.privca("batch only.csv").ok().stderr;
    assert_eq!(said.matches("carriage return").count(), 1, "{said}");
    bench
        .sh("openssl pkey -in pki/private/b.key -passin file:crlf -noout")
        .ok();
}

#[test]
fn a_fifo_and_a_process_give_it_too() {
    let bench = encrypted();
    let privca = env!("CARGO_BIN_EXE_privca");
    let issue =
        |name: &str| format!("{privca} issue {name} --no-pass --san email:{name}@example.com");
    bench.sh("mkfifo fifo").ok();
    bench
        .sh(&format!(
            "(printf 'correct horse' > fifo) & {} --passin file:fifo",
            issue("f")
        ))
        .ok();
    bench
        .tool(
            "bash",
            &[
                "-c",
                &format!("{} --passin file:<(echo 'correct horse')", issue("g")),
            ],
        )
        .ok();
}

#[test]
fn one_file_gives_both_passphrases_by_line() {
    let bench = encrypted();
    bench
        .privca("issue a --san email:a@example.com --passin file:ca.pass --passout file:ca.pass")
        .ok();
    bench.write("two", "second line\n");
    bench
        .privca("export-p12 a --passin file:two --no-pass")
        .ok();
}

#[test]
fn the_key_is_encrypted_unless_asked_otherwise() {
    let bench = encrypted();
    assert!(
        bench
            .read("pki/private/ca.key")
            .starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    );
    bench.privca("gen-key plain --no-pass").ok();
    assert!(
        bench
            .read("pki/private/plain.key")
            .starts_with("-----BEGIN PRIVATE KEY-----")
    );
}

#[test]
fn without_a_terminal_it_fails_at_once_and_names_the_option() {
    let bench = encrypted();
    let before = bench.files("pki");
    bench
        .privca("issue a --no-pass --san email:a@example.com")
        .fails(4, "--passin");
    bench.privca("gen-key a").fails(4, "--passout");
    bench.privca("gen-key a").fails(
        4,
        "no passphrase for pki/private/a.key: one is needed, and there is no terminal",
    );
    bench
        .privca("--pki other init-ca --cn X")
        .fails(4, "--no-pass");
    assert_eq!(bench.files("pki"), before);
    assert!(!bench.exists("other"));
}

#[test]
fn a_wrong_passphrase_is_told_apart_and_nothing_is_written() {
    let bench = encrypted();
    let before = bench.files("pki");
    bench.write("wrong", "incorrect horse\n");
    bench
        .privca("issue a --no-pass --san email:a@example.com --passin file:wrong")
        .fails(4, "passphrase");
    bench
        .privca("issue a --no-pass --san email:a@example.com --passin file:none")
        .fails(4, "file:none");
    bench
        .privca("issue a --no-pass --san email:a@example.com --passin env:NOT_SET")
        .fails(4, "NOT_SET");
    assert_eq!(bench.files("pki"), before);
}

#[test]
fn what_was_typed_in_the_wrong_place_is_not_repeated() {
    let bench = encrypted();
    let said = bench
        .privca("issue a --passin hunter2")
        .fails(2, "pass:TEXT");
    assert!(said.stderr.contains("--passin"));
    assert!(!said.stderr.contains("hunter2"), "{}", said.stderr);
}

#[test]
#[ignore = "needs python3"]
fn a_terminal_is_asked_twice_for_a_new_passphrase_and_once_for_an_old_one() {
    let bench = Bench::new();
    bench.write("drive.py", include_str!("../support/pty.py"));
    let privca = env!("CARGO_BIN_EXE_privca");
    let run = |answers: &str, words: &str| {
        let mut args = vec!["drive.py", answers, privca];
        args.extend(words.split_whitespace());
        bench.tool("python3", &args)
    };
    let made = run("New passphrase=geheim|again=geheim", "init-ca --cn X").ok();
    assert!(!made.stdout.contains("geheim"), "echoed: {}", made.stdout);
    run(
        "Passphrase of=geheim",
        "issue a --no-pass --san email:a@example.com",
    )
    .ok();
    let differ = run("New passphrase=geheim|again=gehiem", "gen-key b");
    assert_eq!(differ.code, 4, "{}", differ.stdout);
    assert!(differ.stdout.contains("differ"), "{}", differ.stdout);
    let wrong = run(
        "Passphrase of=falsch",
        "issue c --no-pass --san email:c@example.com",
    );
    assert_eq!(wrong.code, 4, "{}", wrong.stdout);
}

#[test]
fn a_new_passphrase_is_one_that_other_programs_can_be_given() {
    let bench = Bench::with_ca();
    bench.write("null", "a\0b\n");
    bench.write("long", "a".repeat(1024));
    for (source, fault) in [
        ("file:null", "has a null byte"),
        ("file:/dev/zero", "has a null byte"),
        ("file:long", "has more than 1023 bytes"),
    ] {
        bench
            .privca(&format!("gen-key web --passout {source}"))
            .fails(4, fault);
        assert!(!bench.exists("pki/private/web.key"), "{source}");
    }
    bench.write("just", "a".repeat(1023));
    bench.privca("gen-key web --passout file:just").ok();
    bench
        .sh("openssl pkey -in pki/private/web.key -passin file:just -noout")
        .ok();
}

#[test]
fn no_key_is_encrypted_under_nothing() {
    let bench = Bench::with_ca();
    bench.privca("gen-key held --no-pass").ok();
    for words in [
        "gen-key web --passout pass:",
        "issue web --san email:a@example.com --passout pass:",
        "set-pass held --passout pass:",
    ] {
        bench
            .privca(words)
            .fails(4, "an empty passphrase protects nothing");
    }
    assert!(!bench.exists("pki/private/web.key"));
    assert!(
        bench
            .read("pki/private/held.key")
            .starts_with("-----BEGIN PRIVATE")
    );
}
