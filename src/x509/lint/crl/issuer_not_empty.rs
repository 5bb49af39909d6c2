//! The issuer must have a name.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Crl;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-issuer-not-empty",
    clause: "RFC 5280, 5.1.2.3",
    severity: Severity::Error,
    always_kept: false,
    asks: "the issuer is named",
    test: Test::Crl(test),
};

fn test(list: &Crl<'_>) -> Option<String> {
    list.issuer
        .is_empty()
        .then(|| "the issuer is empty".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn an_empty_issuer() {
        assert_eq!(test(&cases::crl()), None);
        assert!(
            test(&Crl {
                issuer: cases::empty_name(),
                ..cases::crl()
            })
            .is_some()
        );
    }
}
