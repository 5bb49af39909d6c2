//! It grows with every list, so that the newest of two is known.

use crate::primitives::der::{self, tag};
use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Crl;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-number",
    clause: "RFC 5280, 5.2 and 5.2.3",
    severity: Severity::Error,
    always_kept: false,
    asks: "a list has a number, of at most 20 octets, not negative",
    test: Test::Crl(test),
};

fn test(list: &Crl<'_>) -> Option<String> {
    let Some(extension) = list.extension(&known::CRL_NUMBER) else {
        return Some("there is no CRL number".to_owned());
    };
    let number = der::only(extension.value, tag::INTEGER, "number")
        .ok()?
        .value;
    if number.first().is_some_and(|first| first & 0x80 != 0) {
        return Some("the CRL number is negative".to_owned());
    }
    (number.len() > 20).then(|| format!("the CRL number has {} octets", number.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;
    use crate::x509::lint::view::Extension;

    #[test]
    fn numbers() {
        let with = |value: &'static [u8]| {
            let mut list = cases::crl();
            list.extensions.retain(|e| e.oid != known::CRL_NUMBER);
            list.extensions.push(Extension {
                oid: known::CRL_NUMBER,
                flag: None,
                value,
            });
            test(&list)
        };
        assert_eq!(with(&[2, 1, 1]), None);
        assert!(with(&[2, 1, 0x80]).is_some());
        let long = [&[2, 21][..], &[1; 21]].concat().leak();
        assert!(with(long).is_some());
        let mut none = cases::crl();
        none.extensions.clear();
        assert!(test(&none).is_some());
    }
}
