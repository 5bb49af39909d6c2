//! Certificates have no others. Old CAs began with 0.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Crl, Entry, Extension};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-entry-serial",
    clause: "RFC 5280, 5.1.2.6 and 4.1.2.2",
    severity: Severity::Warning,
    always_kept: false,
    asks: "an entry's serial is positive and has at most 20 octets",
    test: Test::Entry(test),
};

fn test(entry: &Entry<'_>, _: &[Extension<'_>], _: &Crl<'_>) -> Option<String> {
    match entry.serial {
        [] | [0] | [0x80..=0xff, ..] => Some("the serial is not positive".to_owned()),
        octets if octets.len() > 20 => Some(format!("the serial has {} octets", octets.len())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn as_certificates_have_them() {
        let said = |serial| {
            test(
                &Entry {
                    serial,
                    ..cases::entry()
                },
                &[],
                &cases::crl(),
            )
        };
        assert_eq!(said(&[1]), None);
        for bad in [&[][..], &[0], &[0x80], &[1; 21]] {
            assert!(said(bad).is_some(), "{bad:x?}");
        }
    }
}
