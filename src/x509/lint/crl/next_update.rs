//! Without, an old list cannot be told from a new one.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Crl;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-next-update",
    clause: "RFC 5280, 5.1.2.5",
    severity: Severity::Error,
    always_kept: false,
    asks: "the list says when the next one is due",
    test: Test::Crl(test),
};

fn test(list: &Crl<'_>) -> Option<String> {
    list.next_update
        .is_none()
        .then(|| "there is no nextUpdate".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn it_is_there() {
        assert_eq!(test(&cases::crl()), None);
        assert!(
            test(&Crl {
                next_update: None,
                ..cases::crl()
            })
            .is_some()
        );
    }
}
