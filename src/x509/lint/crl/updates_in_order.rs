//! A list that was old when it was made locks everybody out.

use crate::primitives::der::Tlv;
use crate::primitives::time::Timestamp;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Crl;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-updates-in-order",
    clause: "RFC 5280, 5.1.2.5",
    severity: Severity::Error,
    always_kept: false,
    asks: "the next list is due after this one",
    test: Test::Crl(test),
};

fn test(list: &Crl<'_>) -> Option<String> {
    let at = |time: &Tlv<'_>| Timestamp::from_asn1(time.tag, time.value);
    let (this, next) = (at(&list.this_update)?, at(&list.next_update?)?);
    (next < this).then(|| format!("the next one is due at {next}, this one is of {this}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn turned_round() {
        let good = cases::crl();
        assert_eq!(test(&good), None);
        let bad = Crl {
            this_update: good.next_update.unwrap(),
            next_update: Some(good.this_update),
            ..cases::crl()
        };
        assert!(test(&bad).is_some());
    }
}
