//! From a row's texts to its types.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::{Faults, P12, Raw, Row, Value};
use crate::keys::pkcs12::Strength;
use crate::pki::FileName;
use crate::primitives::oid::known;
use crate::primitives::time::Span;
use crate::x509::general_name::GeneralName;
use crate::x509::name::{Attribute, Name};
use crate::x509::san_text::{self, BadSan};

/// What a row may have.
pub(super) const MEMBERS: [&str; 14] = [
    "name",
    "csr",
    "profile",
    "cn",
    "subject",
    "san",
    "validity",
    "not_before",
    "not_after",
    "key_type",
    "p12",
    "friendly_name",
    "out",
    "passout",
];

/// Is it one of them?
pub(super) fn is_member(name: &str) -> bool {
    MEMBERS.contains(&name)
}

/// The row with its types, or nothing where a fault was found.
pub(super) fn typed(raw: &Raw, faults: &mut Faults) -> Option<Row> {
    let mut fields = Fields {
        raw,
        faults,
        sound: true,
    };
    let csr = fields.text("csr").map(PathBuf::from);
    let name = fields.name(csr.as_deref());
    let subject = fields.subject();
    let row = Row {
        line: raw.line,
        profile: fields.parsed("profile"),
        subject,
        names: fields.names(),
        validity: fields.validity(),
        not_before: fields.parsed("not_before"),
        not_after: fields.parsed("not_after"),
        key_type: fields.parsed("key_type"),
        p12: fields.p12(),
        friendly_name: fields.text("friendly_name"),
        out: fields.text("out").map(PathBuf::from),
        passout: fields.parsed("passout"),
        csr,
        name: name?,
    };
    fields.together(&row);
    fields.sound.then_some(row)
}

struct Fields<'a> {
    raw: &'a Raw,
    faults: &'a mut Faults,
    sound: bool,
}

impl Fields<'_> {
    fn fault(&mut self, member: &str, fault: impl Into<String>) {
        self.faults.add(self.raw.line, member, fault);
        self.sound = false;
    }

    fn value(&self, member: &str) -> Option<&Value> {
        let found = self.raw.members.iter().find(|(name, _)| name == member);
        found.map(|(_, value)| value)
    }

    fn text(&mut self, member: &str) -> Option<String> {
        let wrong = match self.value(member)? {
            Value::Text(text) if text.is_empty() => return None,
            Value::Text(text) if text.contains('\0') => "a text with a NUL",
            Value::Text(text) => return Some(text.clone()),
            Value::Bool(_) => "a boolean",
            Value::List(_) => "a list",
            Value::Other(kind) => kind,
        };
        self.fault(member, format!("it is {wrong}, and should be a string"));
        None
    }

    fn parsed<T: FromStr<Err: Display>>(&mut self, member: &str) -> Option<T> {
        let text = self.text(member)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(fault) => {
                self.bad(member, &text, &fault);
                None
            }
        }
    }

    /// A value that has slipped into another column may be a passphrase: it is not repeated.
    fn bad(&mut self, member: &str, text: &str, fault: &dyn Display) {
        let secret = text.contains("pass:");
        match secret && member != "passout" {
            true => self.fault(member, "a passphrase source stands here"),
            false => self.fault(member, fault.to_string()),
        }
    }

    /// NAME, or the request's file stem.
    fn name(&mut self, csr: Option<&Path>) -> Option<FileName> {
        if self.value("name").is_some() {
            return self.parsed("name");
        }
        let stem = csr.and_then(Path::file_stem).and_then(|stem| stem.to_str());
        match stem.map(str::parse::<FileName>) {
            None => self.fault(
                "name",
                "it is missing; only a row with a csr can do without",
            ),
            Some(Ok(name)) => return Some(name),
            Some(Err(fault)) => self.bad("csr", &fault.name, &format!("it gives no name: {fault}")),
        }
        None
    }

    fn subject(&mut self) -> Option<Name> {
        let subject = self.parsed("subject");
        let Some(cn) = self.text("cn") else {
            return subject;
        };
        if self.value("subject").is_some() {
            self.fault("cn", "give cn or subject, not both");
            return None;
        }
        match Attribute::new(known::COMMON_NAME, &cn) {
            Ok(attribute) => Some(Name::from_rdns(&[vec![attribute]])),
            Err(fault) => {
                self.bad("cn", &cn, &fault);
                None
            }
        }
    }

    fn validity(&mut self) -> Option<Span> {
        let span: Span = self.parsed("validity")?;
        if span.is_zero() {
            self.fault("validity", "a duration of nothing");
        }
        Some(span)
    }

    /// A list, or a text of several: semicolons and blanks part them, or commas as in `--san`.
    fn names(&mut self) -> Vec<GeneralName> {
        let read: Result<Vec<Vec<GeneralName>>, (String, BadSan)> = match self.value("san") {
            None => return Vec::new(),
            Some(Value::List(items)) => items
                .iter()
                .map(|item| {
                    san_text::parse(item.trim())
                        .map(|name| vec![name])
                        .map_err(|e| (item.clone(), e))
                })
                .collect(),
            Some(Value::Text(text)) => parts(text)
                .into_iter()
                .map(|part| san_text::parse_list(part).map_err(|e| (part.to_owned(), e)))
                .collect(),
            Some(_) => {
                self.fault("san", "it should be a string or a list of strings");
                return Vec::new();
            }
        };
        match read {
            Ok(lists) => lists.into_iter().flatten().collect(),
            Err((text, fault)) => {
                self.bad("san", &text, &fault);
                Vec::new()
            }
        }
    }

    fn p12(&mut self) -> Option<P12> {
        if let Some(Value::Bool(wanted)) = self.value("p12") {
            return Some(if *wanted { P12::Yes } else { P12::No });
        }
        let word = self.text("p12")?;
        match word.to_ascii_lowercase().as_str() {
            "yes" | "true" | "1" => Some(P12::Yes),
            "no" | "false" | "0" => Some(P12::No),
            "modern" => Some(P12::Of(Strength::Modern)),
            "legacy" => Some(P12::Of(Strength::Legacy)),
            _ => {
                self.fault("p12", "it is yes, no, modern or legacy");
                None
            }
        }
    }

    /// What goes together.
    fn together(&mut self, row: &Row) {
        let makes_a_key = [
            ("key_type", row.key_type.is_some()),
            ("passout", row.passout.is_some()),
            ("p12", row.p12.is_some_and(|p12| p12 != P12::No)),
        ];
        if row.csr.is_some() {
            for (member, _) in makes_a_key.iter().filter(|(_, is_there)| *is_there) {
                self.fault(member, "the row has a csr: its key is the requester's");
            }
        }
        if row.validity.is_some() && row.not_after.is_some() {
            self.fault("validity", "give validity or not_after, not both");
        }
    }
}

/// A dirname may have blanks and commas of its own; it stands between semicolons.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in text.split(';').map(str::trim) {
        let begins = part.get(..8).unwrap_or_default();
        if begins.eq_ignore_ascii_case("dirname:") {
            parts.push(part);
        } else {
            let words = part.split_whitespace().map(|word| word.trim_matches(','));
            parts.extend(words.filter(|word| !word.is_empty()));
        }
    }
    parts
}
