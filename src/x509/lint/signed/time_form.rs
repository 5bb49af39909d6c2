//! Other forms of UTCTime and GeneralizedTime are read differently by different programs.

use crate::primitives::der::Tlv;
use crate::primitives::time::Timestamp;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "time-form",
    clause: "RFC 5280, 4.1.2.5.1 and 4.1.2.5.2",
    severity: Severity::Error,
    always_kept: false,
    asks: "dates are YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ: seconds, Z, no fraction",
    test: Test::Time(test),
};

fn test(time: &Tlv<'_>) -> Option<String> {
    Timestamp::from_asn1(time.tag, time.value)
        .is_none()
        .then(|| {
            let shown = String::from_utf8_lossy(time.value).into_owned();
            format!("{:?} is no date as certificates write it", shown)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::der::tag;

    #[test]
    fn one_form_each() {
        let said = |tag: u8, text: &str| {
            test(&Tlv {
                tag,
                value: text.as_bytes(),
                raw: &[],
            })
        };
        assert_eq!(said(tag::UTC_TIME, "261121003206Z"), None);
        assert_eq!(said(tag::GENERALIZED_TIME, "20501121003206Z"), None);
        for (tag, bad) in [
            (tag::UTC_TIME, "2611210032Z"),
            (tag::UTC_TIME, "261121003206+0100"),
            (tag::UTC_TIME, "261321003206Z"),
            (tag::GENERALIZED_TIME, "20501121003206.5Z"),
            (tag::GENERALIZED_TIME, "20501121003206"),
            (tag::GENERALIZED_TIME, "501121003206Z"),
            (tag::PRINTABLE_STRING, "261121003206Z"),
        ] {
            assert!(said(tag, bad).is_some(), "{bad}");
        }
    }
}
