//! removeFromCRL (8) belongs to delta lists; in others readers take the certificate for not revoked.

use crate::primitives::der::{self, tag};
use crate::primitives::oid::{Oid, known};
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Crl, Entry, Extension};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-entry-reason",
    clause: "RFC 5280, 5.3.1",
    severity: Severity::Error,
    always_kept: false,
    asks: "an entry's reason exists, and is not removeFromCRL",
    test: Test::Entry(test),
};

fn test(_: &Entry<'_>, extensions: &[Extension<'_>], list: &Crl<'_>) -> Option<String> {
    let extension = extensions.iter().find(|e| e.oid == known::REASON_CODE)?;
    let reason = der::only(extension.value, tag::ENUMERATED, "reason").ok()?;
    let delta = || list.extension(&DELTA_CRL_INDICATOR).is_some();
    match reason.value {
        [8] if !delta() => {
            Some("the reason is removeFromCRL, and this is no delta list".to_owned())
        }
        [0..=6 | 8..=10] => None,
        _ => Some("the reason does not exist".to_owned()),
    }
}

const DELTA_CRL_INDICATOR: Oid = Oid::known(&[0x55, 0x1d, 27]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases::said_of_entry;

    #[test]
    fn reasons_that_exist() {
        let said = |value: &[u8]| said_of_entry(test, known::REASON_CODE, value);
        assert_eq!(said(&[10, 1, 4]), None);
        for bad in [7, 8, 11] {
            assert!(said(&[10, 1, bad]).is_some(), "{bad}");
        }
    }
}
