//! It should be absent rather than 0.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Crl, Entry, Extension};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-entry-unspecified",
    clause: "RFC 5280, 5.3.1",
    severity: Severity::Notice,
    always_kept: true,
    asks: "the reason unspecified is left out",
    test: Test::Entry(test),
};

fn test(_: &Entry<'_>, extensions: &[Extension<'_>], _: &Crl<'_>) -> Option<String> {
    let extension = extensions.iter().find(|e| e.oid == known::REASON_CODE)?;
    (extension.value == [10, 1, 0]).then(|| "the reason is written out as unspecified".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases::said_of_entry;

    #[test]
    fn absent_rather_than_zero() {
        let said = |value: &[u8]| said_of_entry(test, known::REASON_CODE, value);
        assert_eq!(said(&[10, 1, 1]), None);
        assert!(said(&[10, 1, 0]).is_some());
    }
}
