//! `docs/profiles.md` and `docs/profile.schema.json` held against the program.

use serde_json::{Value, json};

use super::{NOTE_CODES, Profile, REFUSAL_CODES, builtin, file};

const DOC: &str = include_str!("../../docs/profiles.md");
const SCHEMA: &str = include_str!("../../docs/profile.schema.json");

fn examples() -> Vec<Value> {
    DOC.split("```json\n")
        .skip(1)
        .map(|rest| {
            let text = rest.split("```").next().unwrap_or_default();
            serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
        })
        .collect()
}

#[test]
fn every_example_is_right() {
    assert!(examples().len() >= 7);
    for example in examples() {
        // each is put over the smallest profile
        let mut profile = json!({
            "validity": "90d", "key_usage": ["digitalSignature"], "extended_key_usage": ["clientAuth"]
        });
        for (member, value) in example.as_object().unwrap() {
            profile[member] = value.clone();
        }
        let text = serde_json::to_string_pretty(&profile).unwrap();
        if let Err(errors) = Profile::parse(&"example".parse().unwrap(), &text) {
            panic!("{errors}\n{text}");
        }
    }
}

#[test]
fn every_code_and_member_has_its_row() {
    let rows = |list: &[&str]| {
        for word in list {
            assert!(DOC.contains(&format!("\n| `{word}` ")), "{word}");
        }
    };
    rows(&REFUSAL_CODES);
    rows(&NOTE_CODES);
    rows(&file::MEMBERS);
    for (name, _) in builtin::all() {
        assert!(DOC.contains(&format!("\n| `{name}` ")), "{name}");
    }
}

#[test]
fn the_schema_knows_the_same_members() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let mut listed: Vec<&str> = schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut members = file::MEMBERS.to_vec();
    listed.sort_unstable();
    members.sort_unstable();
    assert_eq!(listed, members);
}
