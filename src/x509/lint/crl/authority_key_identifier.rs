//! It tells which of the issuer's keys signed.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Crl, Extension};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-authority-key-identifier",
    clause: "RFC 5280, 5.2 and 5.2.1",
    severity: Severity::Error,
    always_kept: false,
    asks: "a list has an authority key identifier",
    test: Test::Crl(test),
};

fn test(list: &Crl<'_>) -> Option<String> {
    let value = list.extension(&known::AUTHORITY_KEY_IDENTIFIER);
    let id = value.and_then(Extension::authority_key);
    id.is_none_or(|id| id.is_empty())
        .then(|| "there is no authority key identifier with a key identifier".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn who_signed_is_told() {
        assert_eq!(test(&cases::crl()), None);
        let mut bad = cases::crl();
        bad.extensions
            .retain(|e| e.oid != known::AUTHORITY_KEY_IDENTIFIER);
        assert!(test(&bad).is_some());
    }
}
