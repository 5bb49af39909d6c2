//! A UTCTime has no century: 50 is 1950.

use crate::primitives::der::{Tlv, tag};
use crate::primitives::time::Timestamp;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "time-type",
    clause: "RFC 5280, 4.1.2.5 and 5.1.2.4",
    severity: Severity::Error,
    always_kept: false,
    asks: "dates through 2049 are UTCTime, later ones GeneralizedTime",
    test: Test::Time(test),
};

fn test(time: &Tlv<'_>) -> Option<String> {
    // a UTCTime cannot say a later year; a list has a million of them
    if time.tag == tag::UTC_TIME {
        return None;
    }
    let at = Timestamp::from_asn1(time.tag, time.value)?;
    let right = at.to_der().first() == Some(&time.tag);
    (!right).then(|| format!("{at} is a GeneralizedTime; through 2049 it must be a UTCTime"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_decides() {
        let said = |tag: u8, text: &str| {
            test(&Tlv {
                tag,
                value: text.as_bytes(),
                raw: &[],
            })
        };
        assert_eq!(said(tag::UTC_TIME, "491231235959Z"), None);
        assert_eq!(said(tag::GENERALIZED_TIME, "20500101000000Z"), None);
        assert!(said(tag::GENERALIZED_TIME, "20491231235959Z").is_some());
    }
}
