//! Users of certificates need not take longer ones.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "serial-length",
    clause: "RFC 5280, 4.1.2.2",
    severity: Severity::Error,
    always_kept: false,
    asks: "the serial has at most 20 octets",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let octets = certificate.serial.len();
    (octets > 20).then(|| format!("the serial has {octets} octets; at most 20 are allowed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn twenty_octets() {
        let with = |serial| Certificate {
            serial,
            ..cases::certificate()
        };
        assert_eq!(test(&with(&[1; 20])), None);
        assert!(test(&with(&[1; 21])).is_some());
    }
}
