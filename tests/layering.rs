//! The order of the rooms, read from the `use crate::` lines and paths.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::fs;
use std::path::Path;

/// What each room may import from; `docs/ARCHITECTURE.md` draws it.
const MAY_USE: [(&str, &[&str]); 8] = [
    ("primitives", &[]),
    ("keys", &["primitives"]),
    ("x509", &["keys", "primitives"]),
    ("text", &["primitives"]),
    ("profile", &["x509", "keys", "primitives"]),
    ("pki", &["x509", "keys", "primitives"]),
    (
        "ops",
        &["pki", "profile", "text", "x509", "keys", "primitives"],
    ),
    (
        "cli",
        &["ops", "pki", "profile", "x509", "keys", "primitives"],
    ),
];

#[test]
fn every_room_imports_only_from_those_below_it() {
    let mut wrong = Vec::new();
    for (room, may_use) in MAY_USE {
        each_line(&Path::new("src").join(room), &mut |file, line| {
            for used in line
                .match_indices("crate::")
                .map(|(at, word)| &line[at + word.len()..])
            {
                let used: String = used
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let known = MAY_USE.iter().any(|(name, _)| *name == used);
                if known && used != room && !may_use.contains(&used.as_str()) {
                    wrong.push(format!("{file}: {}", line.trim()));
                }
            }
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_command_line_opens_no_directory_and_signs_nothing() {
    let mut wrong = Vec::new();
    each_line(Path::new("src/cli"), &mut |file, line| {
        for word in ["Pki::", "PrivateKey", "x509::sign", "x509::draft", "begin("] {
            if line.contains(word) {
                wrong.push(format!("{file}: {}", line.trim()));
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_module_changes_files() {
    let mut wrong = Vec::new();
    each_line(Path::new("src"), &mut |file, line| {
        let changes = [
            "fs::write",
            "File::create",
            "OpenOptions",
            "fs::rename",
            "fs::remove",
            "create_dir",
        ];
        if !file.contains("primitives/disk") && changes.iter().any(|word| line.contains(word)) {
            wrong.push(format!("{file}: {}", line.trim()));
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every line that is neither a comment nor in a file's tests.
fn each_line(folder: &Path, see: &mut dyn FnMut(&str, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_line(&path, see);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            see(&path.display().to_string(), line);
        }
    }
}
