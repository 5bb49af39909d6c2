//! Bad input: a clear error, the right exit code, nothing written.

use crate::support::Bench;

fn refused(bench: &Bench, words: &str, code: i32, said: &str) {
    let before = bench.files("pki");
    bench.privca(words).fails(code, said);
    assert_eq!(bench.files("pki"), before, "{words}");
}

#[test]
fn names_that_leave_the_folder() {
    let bench = Bench::with_ca();
    for name in ["../x", "a/b", "..", ".hidden", "ca", "a..b", ""] {
        let before = bench.files("pki");
        let ran = bench.privca_args(&["gen-key", name, "--no-pass"]);
        assert_eq!(ran.code, 2, "{name}: {}", ran.stderr);
        assert_eq!(bench.files("pki"), before);
    }
    let ran = bench.privca_args(&["gen-key", "--no-pass", "--", "-x"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let long = "x".repeat(249);
    assert_eq!(bench.privca_args(&["gen-key", &long, "--no-pass"]).code, 2);
    let longest = "x".repeat(248);
    assert_eq!(
        bench.privca_args(&["gen-key", &longest, "--no-pass"]).code,
        0
    );
    assert_eq!(
        bench
            .privca_args(&["gen-key", "Jürgen Müller", "--no-pass"])
            .code,
        0
    );
}

#[test]
fn a_directory_that_is_no_pki() {
    let bench = Bench::new();
    bench
        .privca("issue a --no-pass --san email:a@example.com")
        .fails(1, "init-ca");
    std::fs::create_dir(bench.path("pki")).unwrap();
    bench
        .privca("issue a --no-pass --san email:a@example.com")
        .fails(1, "init-ca");
    assert!(bench.files("pki").is_empty());
}

#[test]
fn requests_that_are_none() {
    let bench = Bench::with_ca();
    bench.write("empty", "");
    bench.write("text", "hello");
    bench.write("broken", "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n");
    for file in ["empty", "text", "broken", "pki/ca.crt"] {
        refused(&bench, &format!("sign --csr {file} x"), 1, file);
    }
    refused(&bench, "sign --csr missing x", 1, "missing");
    refused(&bench, "sign nobody", 1, "nobody.req");
}

#[test]
fn a_request_with_a_bad_signature() {
    let bench = Bench::with_ca();
    bench
        .privca("gen-csr a --no-pass --san email:a@example.com")
        .ok();
    let pem = bench.read("pki/reqs/a.req");
    let mut lines: Vec<String> = pem.lines().map(str::to_owned).collect();
    let at = lines.len() - 2;
    let line = &lines[at];
    let other = if line.as_bytes()[4] == b'A' { "B" } else { "A" };
    lines[at] = format!("{}{other}{}", &line[..4], &line[5..]);
    bench.write("forged.csr", lines.join("\n"));
    refused(&bench, "sign --csr forged.csr x", 1, "signature");
    refused(&bench, "import-csr forged.csr x", 1, "signature");
}

#[test]
fn an_email_outside_the_profile() {
    let bench = Bench::with_ca();
    let text = bench.read("pki/profiles/1year.json");
    let narrow = text.replace("\"email\": [\"*\"]", "\"email\": [\"*@example.com\"]");
    assert_ne!(text, narrow);
    bench.write("pki/profiles/1year.json", narrow);
    refused(
        &bench,
        "issue a --no-pass --san email:a@example.org",
        3,
        "name-not-allowed",
    );
    bench
        .privca("issue a --no-pass --san email:a@example.com")
        .ok();
}

#[test]
fn an_output_file_among_the_pki_s_own() {
    let bench = Bench::with_ca();
    bench
        .sh("ln -s pki alias; mkdir folder; ln -s folder/x link")
        .ok();
    let contents = |bench: &Bench| -> Vec<Vec<u8>> {
        let files = bench.files("pki");
        files
            .iter()
            .map(|f| std::fs::read(bench.path(&format!("pki/{f}"))).unwrap())
            .collect()
    };
    let before = contents(&bench);
    for out in [
        "pki/private/ca.key",
        "pki/ca.crt",
        "pki/index.txt",
        "pki/audit.jsonl",
        "pki/.privca/lock",
        "pki/lock.file",
        "pki/issued/bob.crt",
        "alias/serial",
        "pki/issued/../crl.pem",
    ] {
        let words = format!("issue a --no-pass --san email:a@example.com --force --out {out}");
        bench.privca(&words).fails(1, "out-in-the-pki");
    }
    for out in ["folder", "/dev/null", "link"] {
        let words = format!("issue a --no-pass --san email:a@example.com --force --out {out}");
        bench.privca(&words).fails(1, "no-regular-file");
    }
    assert_eq!(contents(&bench), before);
    bench
        .privca("issue a --no-pass --san email:a@example.com")
        .ok();
    for words in ["export a --format pem", "export-p12 a --no-pass", "gen-crl"] {
        bench
            .privca(&format!("{words} --force --out pki/ca.crt"))
            .fails(1, "out-in-the-pki");
    }
}

#[test]
fn what_makes_no_sense_together() {
    let bench = Bench::with_ca();
    refused(
        &bench,
        "issue a --no-pass --profile nope --san email:a@b.c",
        1,
        "nope",
    );
    refused(&bench, "issue a --no-pass --san email:nobody", 2, "@");
    refused(&bench, "issue a --no-pass --subject Alice", 2, "CN=x");
    refused(&bench, "issue a --no-pass --validity 1", 2, "90d");
    refused(&bench, "sign", 2, "NAME");
    refused(&bench, "frobnicate", 2, "frobnicate");
    refused(&bench, "sign a b --csr pki/ca.crt", 2, "name for each");
}

#[test]
fn errors_are_json_too() {
    let bench = Bench::with_ca();
    let ran = bench.privca("--json issue a --no-pass");
    assert_eq!(ran.code, 3);
    let error = &ran.json()["error"];
    assert_eq!(error["code"], "profile-refused");
    assert_eq!(error["refusals"][0]["code"], "san-required");
}

/// Nobody types a passphrase twice for a key that the profile refuses.
#[test]
fn the_profile_decides_before_a_passphrase_is_asked_for() {
    let bench = Bench::new();
    bench.write("ca.pass", "secret");
    bench
        .privca("init-ca --cn Test --passout file:ca.pass")
        .ok();
    bench
        .privca("issue alice")
        .fails(3, "error[profile-refused]");
    bench.privca("gen-csr alice --no-pass").ok();
    bench
        .privca("sign alice")
        .fails(3, "error[profile-refused]");
    let alice = "issue alice --profile client --passin file:ca.pass --no-pass";
    // a key of gen-key's is in the way, and no certificate
    bench.privca(alice).fails(1, "error[already-exists]");
    bench.privca(&format!("{alice} --force")).ok();
    bench.privca(alice).fails(3, "name-in-use");
    bench.privca("issue bob --profile client").fails(
        4,
        "error[no-passphrase]: no passphrase for pki/private/ca.key",
    );
    bench
        .privca("issue bob --profile client --passin file:none --no-pass")
        .fails(4, "file:none: no such file or directory\n");
}

#[test]
fn a_second_quickstart_needs_another_folder() {
    let bench = Bench::new();
    bench.privca("quickstart demo").ok();
    bench
        .privca("quickstart demo")
        .fails(1, "`privca quickstart DIRECTORY`");
    std::fs::remove_file(bench.path("demo/nginx.conf")).unwrap();
    bench
        .privca("quickstart demo")
        .fails(1, "error[already-exists]: demo/pki exists already");
}

#[test]
fn what_openssl_and_easyrsa_call_otherwise_is_told() {
    let bench = Bench::new();
    for (words, tip) in [
        (
            "build-client-full bob nopass",
            "  tip: that is `privca issue NAME --profile client`",
        ),
        (
            "help build-ca",
            "  tip: that is `privca init-ca --cn NAME` here\n",
        ),
        ("update-db", "  tip: no such step is needed"),
        (
            "x509 -in a.crt",
            "  tip: that is `privca inspect FILE` here\n",
        ),
        (
            "issue bob --days=365",
            "  tip: that is --validity DURATION, such as 365d, here\n",
        ),
        ("inspect bob --text", "  tip: that is --format text here\n"),
        ("-in a.crt", "  tip: a word has two dashes here"),
        ("issue bob nopass", "  tip: that is --no-pass here\n"),
        ("revok bob", "similar subcommands exist"),
        ("issue bob --nopass", "'--no-pass'"),
    ] {
        bench.privca(words).fails(2, tip);
    }
    let unknown = bench.privca("issue bob --frobnicate");
    assert!(!unknown.stderr.contains("tip:"), "{}", unknown.stderr);
    unknown.fails(
        2,
        "unexpected argument '--frobnicate' found\n\nUsage: privca issue",
    );
    bench
        .privca("inspect -in a.crt")
        .fails(2, "  tip: a word has two dashes here");
}

/// `sign-req client bob` is EasyRSA's.
#[test]
fn a_profile_without_its_option_is_told_of() {
    let bench = Bench::with_ca();
    bench.privca("gen-csr bob --no-pass").ok();
    let said = bench.privca("sign client bob");
    let hint = "hint: a profile is given as --profile client\n";
    assert!(said.stderr.ends_with(hint), "{}", said.stderr);
    said.fails(
        1,
        "error[no-request]: there is no request pki/reqs/client.req",
    );
    bench
        .privca("sign carl")
        .fails(1, "hint: make one with `privca gen-csr carl`");
    bench.privca("sign bob --profile client").ok();
}

#[test]
fn man_pages_are_all_written_or_none() {
    let bench = Bench::new();
    bench
        .privca("man none")
        .fails(1, "error[no-folder]: there is no folder none");
    bench.write("pages/privca-verify.1", "mine");
    bench.privca("man pages").fails(1, "error[already-exists]");
    assert!(!bench.exists("pages/privca.1"));
    bench.privca("man pages --force").ok();
    assert!(bench.read("pages/privca-verify.1").contains("verify"));
}

#[test]
fn where_one_of_two_is_needed_both_are_named() {
    let bench = Bench::new();
    bench.privca("sign").fails(2, "--csr <FILE>");
    bench.privca("renew").fails(2, "--all");
    bench.privca("revoke").fails(2, "--all-of NAME");
    bench.privca("unrevoke").fails(2, "--cert FILE");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let bench = Bench::with_ca();
    let privca = env!("CARGO_BIN_EXE_privca");
    let ran = bench
        .sh(&format!(
            "{privca} completions bash | head -c 1 > /dev/null; {privca} profile show 1year | true"
        ))
        .ok();
    assert!(!ran.stderr.contains("panic"), "{}", ran.stderr);
}

/// Whoever can name a file cannot move the cursor, colour the screen or put a line into an answer.
#[test]
fn names_of_files_do_not_reach_the_terminal_as_they_are() {
    let bench = Bench::with_ca();
    bench.privca("issue alice --no-pass --profile client").ok();
    let certificate = bench.read("pki/issued/alice.crt");
    let name = "x\u{1b}[31m\u{202e}\r\nerror[none]: y.crt";
    bench.write(&format!("pki/issued/{name}"), &certificate);
    bench.write(&format!("pki/certs_by_serial/{name}"), "nothing");
    bench.write(&format!("pki/{name}.new"), "");
    bench.write(name, &certificate);
    bench.write(
        "pki/index.txt",
        "V\t350223003715Z\t\t01\tunknown\t/CN=\u{1b}]0;x\u{7}\n",
    );
    for words in [
        &["check"][..],
        &["list"],
        &["status"],
        &[
            "inspect",
            name,
            "--format",
            "short",
            "--expires-within",
            "9y",
        ],
        &["inspect", name, "nothing\u{1b}[2J"],
        &["verify", name],
        &["sign", "--csr", name],
        &["sign", "--csr", "nothing\u{1b}[2J"],
        &["revoke", "--cert", name],
        &["export-p12", "alice", "--out", name],
        &["profile", "check", name],
        &["lint", name],
        &["--pki", name, "list"],
    ] {
        let ran = bench.privca_args(words);
        let said = ran.stdout + &ran.stderr;
        let raw = said
            .chars()
            .find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
        assert_eq!(raw, None, "{words:?}: {said:?}");
        assert!(!said.contains("\nerror[none]"), "{words:?}: {said}");
    }
}
