//! The same hostility by `--san` and `--subject`: typed by a person, or by a script that was fed it.

use crate::support::Bench;
use crate::{contents, fixture, world};

/// For a new key and for a request, and told without what could turn or break a line.
#[track_caller]
fn wrong_usage(bench: &Bench, option: &str, value: &str) {
    let file = fixture("extension_unknown").display().to_string();
    for first in [["issue", "x", "--no-pass"], ["sign", "x", "--csr"]] {
        let mut args = first.to_vec();
        args.extend((first[0] == "sign").then_some(file.as_str()));
        args.extend(["--profile", "client", option, value]);
        let ran = bench.privca_args(&args);
        assert_eq!(ran.code, 2, "{args:?}: {}{}", ran.stdout, ran.stderr);
        let raw = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(!ran.stderr.contains(raw), "{:?}", ran.stderr);
    }
}

/// Values that no certificate should carry are wrong usage at once, whatever the profile.
#[test]
fn names_that_no_certificate_should_carry() {
    let bench = world();
    let before = contents(&bench);
    for san in [
        "dns:*",
        "dns:*.com",
        "dns:*.*.example.com",
        "dns:f*o.example.com",
        "dns:www.*.example.com",
        "dns:a..example",
        "dns:a.example.",
        "dns:a.example:443",
        "dns:a_b.example",
        "dns:10.0.0.1",
        "dns:bücher.example",
        "dns:xn--99999999.example",
        "dns:xn--admin-mt3b.example",
        "dns:a.example\nb.example",
        "email:alice",
        "email:a@b@example.com",
        "email:Alice <alice@example.com>",
        "email:jürgen@example.com",
        "email:*@example.com",
        "email:alice@bücher.example",
        "ip:10.0.0.0/8",
        "ip:10.0.0.256",
        "ip:1:2:3",
        "uri:/etc/passwd",
        "uri:https:///x",
        "uri:https://a..example/",
        "upn:alice",
        "upn:alice@corp\u{202e}.example",
        "rid:1",
        "rid:x",
        "dirname:CN=a\\00b",
        "dirname:x",
        "other:300a",
        "",
        ",",
    ] {
        wrong_usage(&bench, "--san", san);
        let args = ["gen-csr", "x", "--no-pass", "--san", san];
        assert_eq!(bench.privca_args(&args).code, 2, "{san:?}");
    }
    assert_eq!(contents(&bench), before);
}

#[test]
fn subjects_that_no_certificate_should_carry() {
    let bench = world();
    let before = contents(&bench);
    let long = format!("/CN={}", "x".repeat(65));
    for subject in [
        "",
        "/",
        "alice",
        "/CN=",
        "/CN=a\nb",
        "/CN=a\u{1b}[2J",
        "/CN=alice\u{202e}x",
        "/CN=ad\u{200b}min",
        "/CN=ad\u{200d}min",
        "/CN=ad\u{ad}min",
        "/CN=a\u{2028}b",
        "/C=DEU/CN=x",
        "/C=Ü1/CN=x",
        "/serialNumber=a_b/CN=x",
        "/NOPE=x",
        "CN=a\\00b",
        "CN=#0500",
        "CN=#0C0261",
        "CN=#1E0100",
        "CN=#13012A",
        "CN=#0C0161,CN=#300A",
        &long,
    ] {
        wrong_usage(&bench, "--subject", subject);
        let args = [
            "--pki",
            "other",
            "init-ca",
            "--no-pass",
            "--subject",
            subject,
        ];
        assert_eq!(bench.privca_args(&args).code, 2, "{subject:?}");
        assert!(!bench.exists("other"), "{subject:?}");
    }
    assert_eq!(contents(&bench), before);
}

/// What a profile decides is refused by it, for a person as for a request.
#[test]
fn what_the_profile_refuses_a_person() {
    let bench = world();
    let before = contents(&bench);
    let many: String = (0..101).map(|i| format!("/OU=u{i}")).collect();
    let names: Vec<String> = (0..1001).map(|i| format!("dns:h{i}.example")).collect();
    for (profile, flag, value, code) in [
        (
            "client",
            "--san",
            "dns:*.example.com",
            "wildcard-not-allowed",
        ),
        (
            "narrow",
            "--san",
            "upn:administrator@corp.example",
            "name-not-allowed",
        ),
        (
            "narrow",
            "--san",
            "dns:a.example.evil.com",
            "name-not-allowed",
        ),
        (
            "narrow",
            "--san",
            "email:alice@example.com.evil.org",
            "name-not-allowed",
        ),
        ("narrow", "--san", "ip:10.0.0.1", "name-not-allowed"),
        (
            "narrow",
            "--subject",
            "/O=system:masters/CN=alice",
            "subject-attribute-not-allowed",
        ),
        (
            "narrow",
            "--subject",
            "/O=dev+O=system:masters/CN=alice",
            "subject-attribute-invalid",
        ),
        (
            "narrow",
            "--subject",
            "/CN=alice/CN=root",
            "subject-attribute-not-allowed",
        ),
        (
            "narrow",
            "--subject",
            "/CN=аlice",
            "subject-attribute-not-allowed",
        ),
        (
            "client",
            "--subject",
            "/CN=alice+CN=root",
            "subject-attribute-invalid",
        ),
        ("client", "--subject", &many, "subject-attribute-invalid"),
        ("client", "--subject", "/CN=Test", "subject-is-issuer"),
        ("client", "--san", &names.join(","), "too-many-names"),
    ] {
        let args = [
            "--json",
            "issue",
            "alice",
            "--no-pass",
            "--profile",
            profile,
            flag,
            value,
        ];
        let ran = bench.privca_args(&args);
        assert_eq!(ran.code, 3, "{value:.60}: {}{}", ran.stdout, ran.stderr);
        let json = ran.json();
        let refusals = json["error"]["refusals"].as_array().unwrap().clone();
        let codes: Vec<&str> = refusals
            .iter()
            .map(|r| r["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, [code], "{value:.60}: {json}");
        assert_eq!(contents(&bench), before, "{value:.60}");
    }
}
