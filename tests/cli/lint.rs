//! `lint`: words, JSON, severities, exit codes, bad input.

use crate::support::Bench;

/// A bundle that a script put together: sound objects and broken ones.
fn fixture(rule: &str) -> String {
    format!("{}/fixtures/lint/{rule}.pem", env!("CARGO_MANIFEST_DIR"))
}

/// The rules that were broken, by JSON.
fn rules(json: &serde_json::Value) -> Vec<String> {
    let objects = json["objects"].as_array().unwrap();
    let findings = objects
        .iter()
        .flat_map(|object| object["findings"].as_array().unwrap());
    findings
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_privca_makes_has_no_findings() {
    let bench = Bench::with_ca();
    bench
        .privca("issue www.example.com --profile server --no-pass --san dns:www.example.com")
        .ok();
    bench
        .privca("issue alice --no-pass --san email:alice@example.com")
        .ok();
    bench.privca("revoke alice --reason keyCompromise").ok();
    let all = "ca crl ca-chain pki/issued/www.example.com.crt pki/reqs/www.example.com.req";
    let run = bench
        .privca(&format!("lint --fail-on notice --json {all}"))
        .ok();
    let json = run.json();
    assert_eq!(json["objects"].as_array().map(Vec::len), Some(5));
    assert_eq!(rules(&json), Vec::<String>::new());
    let words = bench.privca("lint ca").ok();
    assert!(
        words.stdout.ends_with(": no findings\n"),
        "{}",
        words.stdout
    );
}

#[test]
fn findings_and_how_grave_they_are() {
    let bench = Bench::new();
    let errors = bench.privca(&format!("lint {}", fixture("time-form")));
    assert_eq!(errors.code, 1);
    assert!(
        errors.stdout.contains(
            "\n  error        time-form: notAfter: \"2601010000Z\" is no date as certificates write it (RFC 5280, 4.1.2.5.1 and 4.1.2.5.2)\n"
        ),
        "{}",
        errors.stdout
    );
    let warnings = fixture("dns-name-underscore");
    bench.privca(&format!("lint {warnings}")).ok();
    assert_eq!(
        bench
            .privca(&format!("lint --fail-on warning {warnings}"))
            .code,
        1
    );
    let except = "--except dns-name-underscore --except common-name-in-names";
    bench
        .privca(&format!("lint --fail-on notice {except} {warnings}"))
        .ok();
    let notices = fixture("serial-entropy");
    bench
        .privca(&format!("lint --fail-on warning {notices}"))
        .ok();
    let json = bench.privca(&format!("lint --fail-on notice --json {notices}"));
    assert_eq!(json.code, 1);
    let finding = &json.json()["objects"][2]["findings"][0];
    assert_eq!(finding["rule"], "serial-entropy");
    assert_eq!(finding["severity"], "notice");
    assert_eq!(finding["clause"], "CA/B BR 7.1");
}

#[test]
fn requests_and_lists() {
    let bench = Bench::new();
    let run = bench.privca(&format!(
        "lint --json {} {}",
        fixture("request-signature"),
        fixture("crl-entry-reason")
    ));
    assert_eq!(run.code, 1);
    let json = run.json();
    assert_eq!(json["objects"][1]["kind"], "request");
    assert_eq!(
        json["objects"][1]["findings"][0]["rule"],
        "request-signature"
    );
    let list = json["objects"].as_array().unwrap().last().unwrap();
    assert_eq!(list["kind"], "crl");
    let removed: Vec<&serde_json::Value> = json["objects"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|object| object["findings"].as_array().unwrap())
        .filter(|finding| finding["rule"] == "crl-entry-reason")
        .collect();
    assert_eq!(removed.len(), 3);
    assert_eq!(removed[0]["place"], "entry 1");
}

#[test]
fn every_rule_is_listed() {
    let bench = Bench::new();
    let rules = bench.privca("lint --list --json").ok().json();
    let rules = rules["rules"].as_array().unwrap().clone();
    assert!(rules.len() >= 100, "{}", rules.len());
    let words = bench.privca("lint --list").ok().stdout;
    for rule in rules {
        assert!(words.contains(&format!(" {}", rule["name"].as_str().unwrap())));
    }
    assert_eq!(bench.privca("lint").code, 2);
    assert_eq!(bench.privca("lint --except no-such-rule x").code, 2);
    assert_eq!(bench.privca("lint --fail-on fatal x").code, 2);
}

#[test]
fn what_cannot_be_linted() {
    let bench = Bench::with_ca();
    let absent = bench.privca("lint nothing.crt");
    assert_eq!(absent.code, 1);
    assert!(absent.stderr.starts_with("error[cannot-lint]: nothing.crt"));
    bench.write("garbage.crt", b"no certificate at all");
    assert_eq!(bench.privca("lint garbage.crt").code, 1);
    let broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    bench.write("broken.crt", broken.as_bytes());
    let broken = bench.privca("lint broken.crt");
    assert_eq!(broken.code, 1);
    assert!(
        broken.stdout.contains("  error        parses: "),
        "{}",
        broken.stdout
    );
    let key = bench.privca("lint pki/private/ca.key");
    assert_eq!(key.code, 1);
    assert!(
        key.stderr.contains("there are no rules for it"),
        "{}",
        key.stderr
    );
}

/// A profile that lets everything through that can be let through.
const LENIENT: &str = r#"{
  "description": "for tests", "validity": "1y", "unique_key": false, "unique_name": false,
  "key_usage": ["digitalSignature"], "extended_key_usage": ["clientAuth"],
  "subject": {"allow": {"CN": ["*"], "C": ["*"]}},
  "san": {"allow": {"dns": ["**"], "ip": ["0.0.0.0/0"], "upn": ["*"], "dirname": ["*"]}},
  "copy_extensions": ["2.5.29.32", "2.5.29.31", "1.3.6.1.5.5.7.1.1", "1.3.6.1.4.1.99999.9",
    "1.3.6.1.5.5.7.1.24", "1.3.6.1.5.5.7.48.1.5", "2.5.29.20", "2.5.29.9", "2.5.29.18"]
}"#;

#[test]
fn what_a_request_brings_is_refused_before_the_rules_see_it() {
    let bench = Bench::with_ca();
    bench.write("pki/profiles/lenient.json", LENIENT);
    let bundle = std::fs::read_to_string(fixture("requests")).unwrap();
    for (number, part) in bundle.split("# ").skip(1).enumerate() {
        let (head, request) = part.split_once('\n').unwrap();
        bench.write("one.csr", request);
        let run = bench.privca(&format!(
            "sign --csr one.csr name{number} --profile lenient"
        ));
        match head.split_once(' ') {
            Some(("good", _)) => {
                run.ok();
                bench.privca(&format!("lint name{number}")).ok();
            }
            _ => assert!(
                [1, 3].contains(&run.code),
                "{head}: {} {}",
                run.code,
                run.stderr
            ),
        }
    }
}

#[test]
fn what_a_profile_brings_is_refused_before_the_rules_see_it() {
    let bench = Bench::with_ca();
    for (der, critical, said) in [
        ("AgIAAQ==", false, "an INTEGER is not minimal"),
        ("BQA=", false, "accepted"),
    ] {
        let profile = format!(
            r#"{{"description": "x", "validity": "1y", "key_usage": ["digitalSignature"], "extended_key_usage": ["clientAuth"],
                "extensions": [{{"oid": "1.3.6.1.4.1.99999.9", "der": "{der}", "critical": {critical}}}]}}"#
        );
        bench.write("pki/profiles/own.json", profile);
        let run = bench.privca("profile check pki/profiles/own.json");
        assert_eq!(run.code == 0, said == "accepted", "{}", run.stderr);
        assert!(run.code == 0 || run.stderr.contains(said), "{}", run.stderr);
    }
    let number = r#"{"description": "x", "validity": "1y", "key_usage": ["digitalSignature"], "extended_key_usage": ["clientAuth"],
        "extensions": [{"oid": "2.5.29.20", "der": "AgEB", "critical": true}]}"#;
    bench.write("pki/profiles/own.json", number);
    bench
        .privca("profile check pki/profiles/own.json")
        .fails(1, "it is critical, and must not be");
}

#[test]
fn other_programs_cas_sign_whatever_their_name() {
    let bench = Bench::new();
    let key = format!(
        "{}/fixtures/key/ed25519.pkcs8.pem",
        env!("CARGO_MANIFEST_DIR")
    );
    let bundle = std::fs::read_to_string(fixture("issuers")).unwrap();
    for (number, part) in bundle.split("# ").skip(1).enumerate() {
        let (head, ca) = part.split_once('\n').unwrap();
        let pki = format!("pki{number}");
        bench.write(&format!("{pki}/ca.crt"), ca);
        bench.write(&format!("{pki}/index.txt"), "");
        bench.write(&format!("{pki}/serial"), "01\n");
        bench
            .sh(&format!(
                "mkdir -m 700 {pki}/private {pki}/issued && cp {key} {pki}/private/ca.key"
            ))
            .ok();
        let list = bench.privca(&format!("--pki {pki} gen-crl"));
        let issue = "issue www --profile server --san dns:www.example.com --no-pass";
        let issued = bench.privca(&format!("--pki {pki} {issue}"));
        if head.starts_with("good ") {
            list.ok();
            issued.ok();
        } else {
            list.fails(1, "error[bad-ca-certificate]");
            issued.fails(1, "error[bad-ca-certificate]");
        }
    }
}
