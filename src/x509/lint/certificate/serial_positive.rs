//! Readers disagree on whether -1 is the same as 255.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;
use crate::x509::serial::Serial;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "serial-positive",
    clause: "RFC 5280, 4.1.2.2",
    severity: Severity::Error,
    always_kept: false,
    asks: "the serial is a positive number",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let serial = Serial::from_contents(certificate.serial);
    (serial.is_negative() || serial.unsigned().is_empty())
        .then(|| "the serial is not positive".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn signs_of_serials() {
        for (serial, fits) in [
            (&[1][..], true),
            (&[0, 0x80], true),
            (&[0], false),
            (&[0x80], false),
            (&[], false),
        ] {
            let certificate = Certificate {
                serial,
                ..cases::certificate()
            };
            assert_eq!(test(&certificate).is_none(), fits, "{serial:x?}");
        }
    }
}
