//! As `der-strict` is for the rest of the list.

use crate::primitives::der::{Reader, Tlv, tag};
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::signed::der_strict::fault;
use crate::x509::lint::view::{Crl, Entry, Extension};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-entry-der",
    clause: "X.690, 8 to 11",
    severity: Severity::Error,
    always_kept: false,
    asks: "an entry is DER all through",
    test: Test::Entry(test),
};

fn test(entry: &Entry<'_>, extensions: &[Extension<'_>], _: &Crl<'_>) -> Option<String> {
    let serial = Tlv {
        tag: tag::INTEGER,
        value: entry.serial,
        raw: entry.serial,
    };
    let flags = extensions.iter().filter_map(|e| e.flag).map(|value| Tlv {
        tag: tag::BOOLEAN,
        value,
        raw: value,
    });
    let values = extensions
        .iter()
        .filter_map(|e| Reader::new(e.value).any().ok());
    std::iter::once(serial)
        .chain(flags)
        .chain(values)
        .find_map(|element| fault(&element, 8))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn serials_are_minimal() {
        let with = |serial| Entry {
            serial,
            ..cases::entry()
        };
        assert_eq!(test(&with(&[0, 0x80]), &[], &cases::crl()), None);
        assert!(test(&with(&[0, 1]), &[], &cases::crl()).is_some());
    }
}
