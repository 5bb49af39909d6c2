//! JSON-lines: an object on each line; blank lines do no harm.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::{Faults, MOST_ROWS, Raw, Value};

/// The rows. `null` is as good as nothing.
pub(super) fn rows(text: &str, faults: &mut Faults) -> Vec<Raw> {
    let mut rows = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        if rows.len() == MOST_ROWS {
            faults.add(line, "", format!("there are more than {MOST_ROWS} rows"));
            break;
        }
        if text.starts_with('[') {
            faults.add(
                line,
                "",
                "it is a list; write one object on each line, without brackets",
            );
            break;
        }
        match serde_json::from_str::<Members>(text) {
            Ok(members) => rows.extend(row(members, line, faults)),
            // the message of the parser could repeat a secret
            Err(error) => {
                let column = error.column();
                faults.add(
                    line,
                    "",
                    format!("it is no JSON object, at column {column}"),
                );
            }
        }
    }
    rows
}

fn row(Members(members): Members, line: usize, faults: &mut Faults) -> Option<Raw> {
    let mut kept: Vec<(String, Value)> = Vec::new();
    let mut sound = true;
    for (name, value) in members {
        if kept.iter().any(|(earlier, _)| *earlier == name) {
            faults.add(line, &name, "it is there twice");
            sound = false;
        } else if !super::row::is_member(&name) {
            let known = super::row::MEMBERS.join(" ");
            faults.add(
                line,
                &name,
                format!("there is no such member; there are {known}"),
            );
            sound = false;
        } else if !value.is_null() {
            kept.push((name, value_of(value)));
        }
    }
    sound.then_some(Raw {
        line,
        members: kept,
    })
}

fn value_of(value: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match value {
        Json::String(text) => Value::Text(text),
        Json::Bool(is) => Value::Bool(is),
        Json::Array(items) => {
            let text = |item: Json| match item {
                Json::String(text) => Some(text),
                _ => None,
            };
            let texts: Option<Vec<String>> = items.into_iter().map(text).collect();
            texts.map_or(
                Value::Other("a list of other things than strings"),
                Value::List,
            )
        }
        Json::Number(_) => Value::Other("a number"),
        Json::Object(_) => Value::Other("an object"),
        Json::Null => Value::Other("null"),
    }
}

/// An object's members in order, also those that are there twice.
struct Members(Vec<(String, serde_json::Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collector;

        impl<'de> Visitor<'de> for Collector {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collector)
    }
}
