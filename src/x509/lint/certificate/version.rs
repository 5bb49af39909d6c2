//! Version 3 is the one that has extensions, versions 2 and 3 those that have unique identifiers.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "version-3",
    clause: "RFC 5280, 4.1.2.1",
    severity: Severity::Error,
    always_kept: false,
    asks: "a certificate with extensions is version 3",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    match certificate.version {
        None if certificate.has_extensions => {
            Some("it has extensions, and is version 1".to_owned())
        }
        None => None,
        Some([2]) => None,
        Some([1]) if certificate.has_extensions => {
            Some("it has extensions, and is version 2".to_owned())
        }
        Some([1]) => None,
        Some([0]) => Some("version 1 is written out, which is the default".to_owned()),
        Some(_) => Some("it has a version that does not exist".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn versions() {
        assert_eq!(test(&cases::certificate()), None);
        for version in [None, Some(&[0][..]), Some(&[1]), Some(&[3]), Some(&[])] {
            let bad = Certificate {
                version,
                ..cases::certificate()
            };
            assert!(test(&bad).is_some(), "{version:?}");
        }
        let old = Certificate {
            version: None,
            has_extensions: false,
            ..cases::certificate()
        };
        assert_eq!(test(&old), None);
    }
}
