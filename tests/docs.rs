//! The documents say what the program does.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn help(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_privca"))
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The subcommands, as `--help` lists them.
fn commands() -> Vec<String> {
    let text = help(&["--help"]);
    let list = text
        .split("Commands:\n")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    let first = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    list.lines()
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "))
        .map(first)
        .filter(|c| c != "help")
        .collect()
}

fn sources(folder: &Path, see: &mut dyn FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, see);
        } else if path.extension().is_some_and(|e| e == "rs") {
            see(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_command_has_help_with_examples_and_a_row_in_the_readme() {
    let readme = fs::read_to_string("README.md").unwrap();
    for command in commands() {
        let text = help(&[&command, "--help"]);
        assert!(
            text.contains("Examples:"),
            "{command} --help has no examples"
        );
        let first = text.lines().next().unwrap();
        assert!(
            !first.ends_with('.') && first.len() <= 80,
            "{command}: {first}"
        );
        assert!(
            readme.contains(&format!("`{command}")),
            "README.md does not have {command}"
        );
        assert!(!help(&[&command, "-h"]).is_empty());
    }
}

#[test]
fn every_error_code_is_documented() {
    let documented = fs::read_to_string("docs/errors.md").unwrap();
    let mut codes = BTreeSet::new();
    sources(Path::new("src"), &mut |text| {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for mark in ["Error::failed(", "code: \""] {
            for (at, _) in code.match_indices(mark) {
                let rest = code[at + mark.len()..].trim_start().trim_start_matches('"');
                codes.extend(word(rest));
            }
        }
    });
    let errors = fs::read_to_string("src/cli/error.rs").unwrap()
        + &fs::read_to_string("src/pki/error.rs").unwrap();
    for line in errors.lines().filter(|line| line.contains("=> \"")) {
        codes.extend(word(line.split("=> \"").nth(1).unwrap()));
    }
    assert!(codes.len() > 25, "{codes:?}");
    let missing: Vec<&String> = codes
        .iter()
        .filter(|code| !documented.contains(&format!("`{code}`")))
        .collect();
    assert!(missing.is_empty(), "docs/errors.md lacks {missing:?}");
}

/// The kebab-case word that a string literal holds, if it is that.
fn word(rest: &str) -> Option<String> {
    let end = rest.find('"')?;
    let word = &rest[..end];
    let kebab = !word.is_empty()
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    kebab.then(|| word.to_owned())
}

#[test]
fn every_lint_rule_is_documented() {
    let documented = fs::read_to_string("docs/lint.md").unwrap();
    let table: Vec<&str> = documented
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let list: serde_json::Value =
        serde_json::from_str(&help(&["lint", "--list", "--json"])).unwrap();
    let rows = list["rules"].as_array().unwrap().iter().map(|rule| {
        let word = |member: &str| rule[member].as_str().unwrap().to_owned();
        let always = match rule["always_kept"].as_bool() {
            Some(true) => "always",
            _ => "",
        };
        format!(
            "| `{}` | {} | {} | {always} | {} | {} |",
            word("name"),
            word("severity"),
            word("about"),
            word("asks"),
            word("clause")
        )
    });
    assert_eq!(table, rows.collect::<Vec<_>>(), "docs/lint.md");
}

#[test]
fn every_crate_has_its_reason() {
    let reasons = fs::read_to_string("docs/dependencies.md").unwrap();
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let mut section = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if let Some((name, _)) = line
            .split_once(" = ")
            .filter(|_| section == "[dependencies]")
        {
            assert!(reasons.contains(name), "docs/dependencies.md lacks {name}");
        }
    }
}

/// README.md and everything below docs/.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("README.md")];
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "md") {
                found.push(path);
            }
        }
    }
    found
}

/// A heading's anchor, as forges make it.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    for file in documents() {
        let text = fs::read_to_string(&file).unwrap();
        let links = text.split("](").skip(1);
        for link in links.map(|rest| rest.split(')').next().unwrap()) {
            if link.contains("://") {
                continue;
            }
            let (path, place) = link.split_once('#').unwrap_or((link, ""));
            let target = match path {
                "" => file.clone(),
                path => file.parent().unwrap().join(path),
            };
            assert!(target.exists(), "{}: {link}", file.display());
            if !place.is_empty() {
                let text = fs::read_to_string(&target).unwrap();
                let mut headings = text.lines().filter(|line| line.starts_with('#'));
                let there = headings.any(|heading| anchor(heading) == place);
                assert!(there, "{}: {link}", file.display());
            }
        }
    }
}

/// `privca`, perhaps global options, a command and its options, up to the end of the shell command
/// or of the code span.
fn options_of(line: &str, commands: &[String]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for call in line.split("privca ").skip(1) {
        let call = call
            .split(['`', '|', ';', '&', ')', '#'])
            .next()
            .unwrap_or_default();
        let words: Vec<&str> = call.split_whitespace().collect();
        let Some(at) = words.iter().position(|w| commands.iter().any(|c| c == w)) else {
            continue;
        };
        let options = words[at..].iter().filter(|word| word.starts_with("--"));
        found.extend(options.map(|option| {
            let name = option.split('=').next().unwrap_or_default();
            (words[at].to_owned(), name.to_owned())
        }));
    }
    found
}

#[test]
fn options_in_the_documents_exist() {
    let commands = commands();
    let helps: BTreeMap<String, String> = commands
        .iter()
        .map(|command| (command.clone(), help(&[command, "--help"])))
        .collect();
    let mut texts: Vec<(String, String)> = helps
        .iter()
        .map(|(command, text)| (format!("{command} --help"), text.clone()))
        .collect();
    for file in documents() {
        texts.push((
            file.display().to_string(),
            fs::read_to_string(&file).unwrap(),
        ));
    }
    let mut looked = 0;
    for (place, text) in &texts {
        for line in text.lines() {
            for (command, option) in options_of(line, &commands) {
                let known = helps[&command].split_whitespace().any(|word| {
                    word.trim_end_matches(',').split(['[', '=']).next() == Some(&*option)
                });
                assert!(known, "{place}: privca {command} {option}");
                looked += 1;
            }
        }
    }
    assert!(looked > 100, "{looked}");
}

/// `docs/easyrsa.md` has every command and option of EasyRSA's that privca has another word for; who
/// types one is told.
#[test]
fn easyrsas_words_are_answered_with_privcas() {
    let document = fs::read_to_string("docs/easyrsa.md").unwrap();
    let own = commands();
    let mut told = 0;
    let rows = document.lines().filter(|line| line.starts_with("| `"));
    for cell in rows.map(|row| row.split('|').nth(1).unwrap()) {
        let words = cell.split('`').skip(1).step_by(2);
        for word in words.map(|words| words.split(' ').next().unwrap()) {
            let option = word.starts_with("--") || word == "nopass";
            if own.iter().any(|command| command == word) || ["vars", "x509-types/"].contains(&word)
            {
                continue;
            }
            let args = match option {
                true => ["issue", "x", word],
                false => [word, "x", "y"],
            };
            let output = Command::new(env!("CARGO_BIN_EXE_privca"))
                .args(args)
                .output()
                .unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{word}: {said}");
            assert!(said.contains("\n  tip: "), "{word}: {said}");
            assert!(
                !said.contains("a similar") && !said.contains("some similar") || word == "--nopass",
                "{word}: {said}"
            );
            told += 1;
        }
    }
    assert!(told > 45, "{told}");
}
