//! Random serials stop those who can make two requests whose certificates have the same hash.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;
use crate::x509::serial::Serial;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "serial-entropy",
    clause: "CA/B BR 7.1",
    severity: Severity::Notice,
    always_kept: false,
    asks: "the serial is long enough for 64 random bits",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let bits = Serial::from_contents(certificate.serial).unsigned().len() * 8;
    (!certificate.is_self_issued() && bits < 64)
        .then(|| format!("the serial has at most {bits} bits"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn sixty_four_bits() {
        let with = |serial| Certificate {
            serial,
            ..cases::certificate()
        };
        assert_eq!(test(&with(&[0x7f; 8])), None);
        assert!(test(&with(&[0x7f; 7])).is_some());
        assert!(test(&with(&[0, 0xff, 0, 0, 0, 0, 0, 0])).is_some());
    }
}
