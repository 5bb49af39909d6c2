//! Their clauses say MUST be marked as non-critical.

use crate::primitives::oid::{Oid, known};
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Extension;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "extension-not-critical",
    clause: "RFC 5280, 4.2.1.1, 4.2.1.2, 4.2.1.8, 4.2.2.1, 5.2.3 and 5.3.1",
    severity: Severity::Error,
    always_kept: false,
    asks: "key identifiers, information access, directory attributes, CRL number and entry extensions are not critical",
    test: Test::Extension(test),
};

fn test(extension: &Extension<'_>) -> Option<String> {
    let never = [
        known::AUTHORITY_KEY_IDENTIFIER,
        known::SUBJECT_KEY_IDENTIFIER,
        SUBJECT_DIRECTORY_ATTRIBUTES,
        known::AUTHORITY_INFO_ACCESS,
        SUBJECT_INFO_ACCESS,
        known::CRL_NUMBER,
        known::REASON_CODE,
        known::INVALIDITY_DATE,
    ];
    (extension.is_critical() && never.contains(&extension.oid))
        .then(|| "it is critical, and must not be".to_owned())
}

const SUBJECT_DIRECTORY_ATTRIBUTES: Oid = Oid::known(&[0x55, 0x1d, 9]);
const SUBJECT_INFO_ACCESS: Oid = Oid::known(&[0x2b, 6, 1, 5, 5, 7, 1, 11]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_critical() {
        let with = |oid, flag| Extension {
            oid,
            flag,
            value: &[],
        };
        assert_eq!(test(&with(known::CRL_NUMBER, None)), None);
        assert_eq!(test(&with(known::KEY_USAGE, Some(&[0xff]))), None);
        assert!(test(&with(known::CRL_NUMBER, Some(&[0xff]))).is_some());
    }
}
