//! Nobody can be known to be revoked tomorrow.

use crate::primitives::der::tag;
use crate::primitives::time::Timestamp;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Crl, Entry, Extension};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-entry-date",
    clause: "RFC 5280, 5.1.2.6",
    severity: Severity::Warning,
    always_kept: false,
    asks: "an entry's date is not after the list's",
    test: Test::Entry(test),
};

fn test(entry: &Entry<'_>, _: &[Extension<'_>], list: &Crl<'_>) -> Option<String> {
    // the same type sorts as text, and a million dates are not worth a calendar
    let (at, this) = (&entry.date, &list.this_update);
    let in_this_century = |value: &[u8]| matches!(value.first(), Some(b'0'..=b'4'));
    let as_text = match (at.tag, this.tag) {
        (tag::GENERALIZED_TIME, tag::GENERALIZED_TIME) => true,
        (tag::UTC_TIME, tag::UTC_TIME) => in_this_century(at.value) && in_this_century(this.value),
        _ => false,
    };
    if as_text {
        return (at.value > this.value).then(said);
    }
    let (at, this) = (
        Timestamp::from_asn1(at.tag, at.value)?,
        Timestamp::from_asn1(this.tag, this.value)?,
    );
    (at > this).then(said)
}

fn said() -> String {
    "it is revoked after the list was made".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn not_in_the_future() {
        assert_eq!(test(&cases::entry(), &[], &cases::crl()), None);
        let list = cases::crl();
        let late = Entry {
            date: list.next_update.unwrap(),
            ..cases::entry()
        };
        assert!(test(&late, &[], &list).is_some());
    }
}
