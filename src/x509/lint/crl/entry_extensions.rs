//! Absent where there are none; a version 1 list has none at all.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Crl, Entry, Extension, first_twice};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-entry-extensions",
    clause: "RFC 5280, 5.3",
    severity: Severity::Error,
    always_kept: false,
    asks: "an entry's extensions are not an empty list, and none stands there twice",
    test: Test::Entry(test),
};

fn test(entry: &Entry<'_>, extensions: &[Extension<'_>], list: &Crl<'_>) -> Option<String> {
    let said = |what: &str| Some(what.to_owned());
    match (entry.extensions, extensions) {
        (None, _) => None,
        (Some(_), []) => said("its extensions are an empty list"),
        (Some(_), _) if list.version.is_none() => {
            said("it has extensions, and the list is version 1")
        }
        (Some(_), [_]) => None,
        (Some(_), all) => first_twice(all).map(|e| format!("{} stands there twice", e.label())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::oid::known;
    use crate::x509::lint::cases;

    #[test]
    fn none_or_each_once() {
        let list = cases::crl();
        let with = Entry {
            extensions: Some(list.frame.to_be_signed),
            ..cases::entry()
        };
        let reason = Extension {
            oid: known::REASON_CODE,
            flag: None,
            value: &[10, 1, 1],
        };
        let without = Entry {
            extensions: None,
            ..cases::entry()
        };
        assert_eq!(test(&without, &[], &list), None);
        assert_eq!(test(&with, std::slice::from_ref(&reason), &list), None);
        assert!(test(&with, &[], &list).is_some());
        assert!(test(&with, &[reason.clone(), reason], &list).is_some());
    }
}
