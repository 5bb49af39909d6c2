//! Every rule against the fixtures in `fixtures/lint`, which a script puts together without privca.

use std::path::Path;

use super::table::ALL;
use super::{check, kind};
use crate::primitives::pem;

/// Each object of a rule's bundle: its verdict (`good` or `bad`), what it is, and the findings.
fn bundle(rule: &str) -> Vec<(String, String, Vec<super::Finding>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lint");
    let text = std::fs::read_to_string(folder.join(format!("{rule}.pem"))).unwrap_or_default();
    let objects = text.split("# ").filter(|part| !part.is_empty());
    let objects = objects.map(|part| {
        let (head, block) = part.split_once('\n').unwrap();
        let (verdict, what) = head.split_once(' ').unwrap();
        let block = pem::blocks(block.as_bytes()).next().unwrap().unwrap();
        let findings = match block.label.as_str() {
            "CERTIFICATE" => check::<kind::Certificate>(&block.der),
            "CERTIFICATE REQUEST" => check::<kind::Request>(&block.der),
            "X509 CRL" => check::<kind::RevocationList>(&block.der),
            other => panic!("{other}"),
        };
        (verdict.to_owned(), what.to_owned(), findings)
    });
    objects.collect()
}

#[test]
fn each_rule_tells_good_from_bad() {
    let mut wrong = Vec::new();
    for rule in ALL {
        let (mut good, mut bad) = (0, 0);
        for (verdict, what, findings) in bundle(rule.name) {
            let found = findings.iter().any(|finding| finding.rule == *rule);
            *(if verdict == "bad" {
                &mut bad
            } else {
                &mut good
            }) += 1;
            if found != (verdict == "bad") {
                let all: Vec<String> = findings.iter().map(ToString::to_string).collect();
                wrong.push(format!("{}: {verdict} {what}: {all:?}", rule.name));
            }
        }
        if good == 0 || bad == 0 {
            wrong.push(format!("{}: {good} good and {bad} bad fixtures", rule.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_sound_breaks_no_rule() {
    for rule in ["serial-positive", "request-version", "crl-version"] {
        for (verdict, what, findings) in bundle(rule) {
            if what.starts_with("a plain") || what == "an empty list" || what == "two entries" {
                let all: Vec<String> = findings.iter().map(ToString::to_string).collect();
                assert!(all.is_empty(), "{rule}: {verdict} {what}: {all:?}");
            }
        }
    }
}

#[test]
fn names_are_unique_and_told_in_order() {
    let mut names: Vec<&str> = ALL.iter().map(|rule| rule.name).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None);
    for rule in ALL {
        let kebab = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        assert!(rule.name.bytes().all(kebab), "{}", rule.name);
        assert!(!rule.clause.is_empty() && !rule.asks.ends_with('.'));
    }
}
