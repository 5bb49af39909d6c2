//! The field must be absent then; strict readers stop at an empty one.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Crl;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-entries-not-empty",
    clause: "RFC 5280, 5.1.2.6",
    severity: Severity::Error,
    always_kept: false,
    asks: "a list that revokes nothing has no revokedCertificates",
    test: Test::Crl(test),
};

fn test(list: &Crl<'_>) -> Option<String> {
    list.entries
        .is_some_and(<[u8]>::is_empty)
        .then(|| "revokedCertificates is there, and empty".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn absent_rather_than_empty() {
        assert_eq!(test(&cases::crl()), None);
        assert_eq!(
            test(&Crl {
                entries: None,
                ..cases::crl()
            }),
            None
        );
        assert!(
            test(&Crl {
                entries: Some(&[]),
                ..cases::crl()
            })
            .is_some()
        );
    }
}
