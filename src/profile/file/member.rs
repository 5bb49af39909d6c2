//! The members of a profile's JSON: typed access that knows each one's line and path, and collects
//! what is wrong.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use crate::profile::fault::ProfileFault;
use crate::profile::json::{Member, Node, Value};

/// How many faults are told.
const MOST_FAULTS: usize = 100;

/// What is wrong so far.
#[derive(Debug, Default)]
pub(super) struct Faults {
    told: Vec<ProfileFault>,
    untold: usize,
}

/// A value, its line and its path.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    line: usize,
    path: String,
    node: &'a Node,
}

/// An object whose members are all known and there once.
#[derive(Clone, Debug)]
pub(super) struct Fields<'a> {
    object: Field<'a>,
    members: &'a [Member],
}

impl Faults {
    pub(super) fn push(&mut self, fault: ProfileFault) {
        self.tell(|| fault);
    }

    /// Something is wrong with this field.
    pub(super) fn at(&mut self, field: &Field<'_>, fault: &str) {
        self.tell(|| field.fault(fault.to_owned()));
    }

    /// A word that is none of those that may stand here.
    pub(super) fn unknown(&mut self, field: &Field<'_>, what: &str, word: &str, allowed: &[&str]) {
        self.tell(|| field.fault(unknown(what, word, allowed)));
    }

    /// The same, where something else may stand here too.
    pub(super) fn unknown_or(
        &mut self,
        field: &Field<'_>,
        what: &str,
        word: &str,
        allowed: &[&str],
        other: &str,
    ) {
        self.tell(|| field.fault(format!("{} (or {other})", unknown(what, word, allowed))));
    }

    /// A fault is made only if it is told: looking for the word that was meant takes long.
    fn tell(&mut self, make: impl FnOnce() -> ProfileFault) {
        match self.told.len() {
            MOST_FAULTS => self.untold += 1,
            _ => self.told.push(make()),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// The faults that are told, and how many more there are.
    pub(super) fn into_inner(self) -> (Vec<ProfileFault>, usize) {
        (self.told, self.untold)
    }
}

fn unknown(what: &str, word: &str, allowed: &[&str]) -> String {
    let near = allowed
        .iter()
        .map(|other| (distance(word, other), other))
        .min();
    let meant = match near {
        Some((distance, other)) if distance <= 1 + word.chars().count() / 4 => {
            format!("did you mean {other:?}? ")
        }
        _ => String::new(),
    };
    format!(
        "unknown {what} {word:?}; {meant}allowed: {}",
        allowed.join(", ")
    )
}

/// Letters to change, put in or leave out, letter case aside.
fn distance(a: &str, b: &str) -> usize {
    let fold = |text: &str| text.to_lowercase().chars().take(64).collect::<Vec<_>>();
    let (a, b) = (fold(a), fold(b));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (to, above) in b.iter().zip(row.iter().skip(1)) {
            left = (diagonal + usize::from(from != to))
                .min(above + 1)
                .min(left + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

impl<'a> Field<'a> {
    fn fault(&self, fault: String) -> ProfileFault {
        ProfileFault {
            line: self.line,
            member: self.path.clone(),
            fault,
        }
    }

    /// The whole file.
    pub(super) fn root(node: &'a Node) -> Self {
        Self {
            line: node.line,
            path: String::new(),
            node,
        }
    }

    /// The text, where this is a string; no fault otherwise.
    pub(super) fn text_value(&self) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_object(&self) -> bool {
        matches!(self.node.value, Value::Object(_))
    }

    /// The string that must stand here.
    pub(super) fn text(&self, faults: &mut Faults) -> Option<&'a str> {
        let text = self.text_value();
        if text.is_none() {
            self.wrong_type("a string", faults);
        }
        text
    }

    /// The number that must stand here, whole and not negative.
    pub(super) fn whole_number(&self, faults: &mut Faults) -> Option<u64> {
        let number = match &self.node.value {
            Value::Number(digits) => digits.parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong_type("a whole number", faults);
        }
        number
    }

    /// The items of the list that must stand here.
    pub(super) fn list(&self, faults: &mut Faults) -> Vec<Self> {
        let Value::List(nodes) = &self.node.value else {
            self.wrong_type("a list", faults);
            return Vec::new();
        };
        let item = |(i, node): (usize, &'a Node)| Field {
            line: node.line,
            path: format!("{}[{i}]", self.path),
            node,
        };
        nodes.iter().enumerate().map(item).collect()
    }

    /// What a string in this place means.
    pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(&self, faults: &mut Faults) -> Option<T> {
        let text = self.text(faults)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(bad) => {
                faults.at(self, &format!("{text:?} is {bad}"));
                None
            }
        }
    }

    pub(super) fn wrong_type(&self, expected: &str, faults: &mut Faults) {
        let fault = match &self.node.value {
            Value::Number(digits) => format!("{expected} is expected here, not {digits}"),
            other => format!("{expected} is expected here, not {}", other.kind()),
        };
        faults.at(self, &fault);
    }
}

impl<'a> Fields<'a> {
    /// The object that must stand here, with no member twice and none but `known` ones.
    pub(super) fn read(field: &Field<'a>, known: &[&str], faults: &mut Faults) -> Option<Self> {
        let fields = Self::open(field, faults)?;
        for field in fields.all() {
            let name = field.name_in(&fields);
            if !known.contains(&name) {
                let listed: Vec<&str> = known
                    .iter()
                    .copied()
                    .filter(|n| !n.starts_with('$'))
                    .collect();
                faults.unknown(&field, "member", name, &listed);
            }
        }
        Some(fields)
    }

    /// The object that must stand here, whose members' names the caller judges; none twice.
    pub(super) fn open(field: &Field<'a>, faults: &mut Faults) -> Option<Self> {
        let Value::Object(members) = &field.node.value else {
            field.wrong_type("an object", faults);
            return None;
        };
        let fields = Self {
            object: field.clone(),
            members,
        };
        let mut firsts: HashMap<&str, &Member> = HashMap::new();
        for member in members {
            let first = *firsts.entry(&member.name).or_insert(member);
            if !std::ptr::eq(first, member) {
                let fault = format!("stands there twice, first on line {}", first.line);
                faults.at(&fields.member(member), &fault);
            }
        }
        Some(fields)
    }

    /// The object itself.
    pub(super) fn field(&self) -> &Field<'a> {
        &self.object
    }

    /// All members in the order of the file.
    pub(super) fn all(&self) -> Vec<Field<'a>> {
        self.members.iter().map(|m| self.member(m)).collect()
    }

    fn member(&self, member: &'a Member) -> Field<'a> {
        let dot = if self.object.path.is_empty() { "" } else { "." };
        Field {
            line: member.line,
            path: format!("{}{dot}{}", self.object.path, member.name),
            node: &member.node,
        }
    }

    /// A member by its name.
    pub(super) fn get(&self, name: &str) -> Option<Field<'a>> {
        let member = self.members.iter().find(|m| m.name == name)?;
        Some(self.member(member))
    }

    /// A string, if it is there.
    pub(super) fn text(&self, name: &str, faults: &mut Faults) -> Option<String> {
        Some(self.get(name)?.text(faults)?.to_owned())
    }

    /// A boolean; false if it is not there.
    pub(super) fn flag(&self, name: &str, faults: &mut Faults) -> bool {
        match self.get(name) {
            None => false,
            Some(field) => match field.node.value {
                Value::Bool(flag) => flag,
                _ => {
                    field.wrong_type("true or false", faults);
                    false
                }
            },
        }
    }

    /// What a string means, if it is there.
    pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(
        &self,
        name: &str,
        faults: &mut Faults,
    ) -> Option<T> {
        self.get(name)?.parsed(faults)
    }

    /// The items of a list, none if it is not there.
    pub(super) fn list(&self, name: &str, faults: &mut Faults) -> Vec<Field<'a>> {
        self.get(name)
            .map_or(Vec::new(), |field| field.list(faults))
    }

    /// An object, if it is there.
    pub(super) fn object(&self, name: &str, known: &[&str], faults: &mut Faults) -> Option<Self> {
        Self::read(&self.get(name)?, known, faults)
    }
}

impl Field<'_> {
    /// The name of this member of `fields`, without the path.
    pub(super) fn name_in(&self, fields: &Fields<'_>) -> &str {
        let outer = &fields.object.path;
        let inner = self.path.strip_prefix(outer.as_str());
        let inner = inner.unwrap_or(&self.path);
        inner
            .strip_prefix('.')
            .filter(|_| !outer.is_empty())
            .unwrap_or(inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        let allowed = ["digitalSignature", "keyEncipherment"];
        let said = unknown("key usage", "digitalSignatur", &allowed);
        assert_eq!(
            said,
            "unknown key usage \"digitalSignatur\"; did you mean \"digitalSignature\"? allowed: digitalSignature, keyEncipherment"
        );
        assert!(!unknown("key usage", "fly", &allowed).contains("mean"));
    }
}
