//! A UTCTime is not allowed there, whatever the year.

use crate::primitives::der::{self, tag};
use crate::primitives::oid::known;
use crate::primitives::time::Timestamp;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Crl, Entry, Extension};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-entry-invalidity",
    clause: "RFC 5280, 5.3.2",
    severity: Severity::Error,
    always_kept: false,
    asks: "an invalidity date is a GeneralizedTime to the second",
    test: Test::Entry(test),
};

fn test(_: &Entry<'_>, extensions: &[Extension<'_>], _: &Crl<'_>) -> Option<String> {
    let extension = extensions
        .iter()
        .find(|e| e.oid == known::INVALIDITY_DATE)?;
    let date = der::only(extension.value, tag::GENERALIZED_TIME, "date").ok();
    date.and_then(|d| Timestamp::from_asn1(d.tag, d.value))
        .is_none()
        .then(|| "the invalidity date is no GeneralizedTime as certificates write it".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases::said_of_entry;

    #[test]
    fn generalized_time_alone() {
        let said = |tag: u8, text: &str| {
            let value = der::tlv(tag, text.as_bytes());
            said_of_entry(test, known::INVALIDITY_DATE, &value)
        };
        assert_eq!(said(tag::GENERALIZED_TIME, "20261121003206Z"), None);
        assert!(said(tag::UTC_TIME, "261121003206Z").is_some());
        assert!(said(tag::GENERALIZED_TIME, "20261121003206.1Z").is_some());
    }
}
