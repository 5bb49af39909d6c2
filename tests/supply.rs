//! What the program is built from is what `docs/dependencies.md` says was looked at.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// A crate of the tree.
struct Crate {
    name: String,
    version: String,
    kinds: BTreeSet<String>,
    direct: bool,
}

/// What is linked into the program on Linux, or runs while it is built.
fn tree() -> Vec<Crate> {
    let asked =
        "metadata --offline --locked --format-version 1 --filter-platform x86_64-unknown-linux-gnu";
    let output = Command::new(env!("CARGO"))
        .args(asked.split(' '))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let list = |value: &Value| value.as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let by_id = |list: Vec<Value>| -> BTreeMap<String, Value> {
        list.into_iter()
            .map(|one| (text(&one["id"]), one))
            .collect()
    };
    let packages = by_id(list(&metadata["packages"]));
    let nodes = by_id(list(&metadata["resolve"]["nodes"]));
    let used = |id: &str| -> Vec<String> {
        let wanted = |kind: &Value| kind["kind"].is_null() || kind["kind"] == "build";
        let all = list(&nodes[id]["deps"]).into_iter();
        all.filter(|dep| list(&dep["dep_kinds"]).iter().any(wanted))
            .map(|dep| text(&dep["pkg"]))
            .collect()
    };
    let root = text(&metadata["resolve"]["root"]);
    let direct: BTreeSet<String> = used(&root).into_iter().collect();
    let mut seen = BTreeSet::new();
    let mut open: Vec<String> = direct.iter().cloned().collect();
    while let Some(id) = open.pop() {
        if seen.insert(id.clone()) {
            open.extend(used(&id));
        }
    }
    let one = |id: &String| {
        let package = &packages[id];
        let kinds = list(&package["targets"])
            .into_iter()
            .flat_map(|t| list(&t["kind"]));
        Crate {
            name: text(&package["name"]),
            version: text(&package["version"]),
            kinds: kinds.map(|kind| text(&kind)).collect(),
            direct: direct.contains(id),
        }
    };
    seen.iter().map(one).collect()
}

fn page() -> String {
    std::fs::read_to_string("docs/dependencies.md").unwrap()
}

/// The names in backquotes that follow some words.
fn named_after(words: &str) -> BTreeSet<String> {
    let page = page().replace('\n', " ");
    let list = page
        .split(words)
        .nth(1)
        .unwrap_or_else(|| panic!("{words}"));
    let list = list.split('`').nth(1).unwrap();
    list.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn every_direct_dependency_was_looked_at_in_this_version_line() {
    let page = page();
    for found in tree().iter().filter(|found| found.direct) {
        let line: Vec<&str> = found.version.splitn(3, '.').take(2).collect();
        let row = format!("| {} | {} |", found.name, line.join("."));
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn what_runs_while_it_is_built_is_listed() {
    let of_kind = |kind: &str| -> BTreeSet<String> {
        let found = tree().into_iter().filter(|one| one.kinds.contains(kind));
        found.map(|one| one.name).collect()
    };
    assert_eq!(of_kind("custom-build"), named_after("Those in the tree: "));
    assert_eq!(of_kind("proc-macro"), named_after("which run there too: "));
    assert!(!std::path::Path::new("build.rs").exists());
}

#[test]
fn the_tree_is_as_large_as_the_page_says() {
    let count = format!("built from {} crates of others", tree().len());
    assert!(page().contains(&count), "{count}");
}
