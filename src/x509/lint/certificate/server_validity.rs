//! Apple's systems refuse longer ones, of private CAs too.

use crate::primitives::der::Tlv;
use crate::primitives::oid::known;
use crate::primitives::time::Timestamp;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "server-validity",
    clause: "CA/B BR 6.3.2; Apple, HT210176",
    severity: Severity::Notice,
    always_kept: false,
    asks: "a server's certificate lasts 825 days at most",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let server = certificate.purposes().contains(&known::SERVER_AUTH);
    if !server || certificate.is_ca() {
        return None;
    }
    let at = |time: &Tlv<'_>| Timestamp::from_asn1(time.tag, time.value);
    let (from, to) = (at(&certificate.not_before)?, at(&certificate.not_after)?);
    let days = to.seconds_since(from) / 86_400;
    (days > 825).then(|| format!("it lasts {days} days"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn eight_hundred_twenty_five_days() {
        let mut certificate = cases::certificate();
        certificate.not_before.value = b"260101000000Z";
        certificate.not_after.value = b"280405000000Z";
        assert_eq!(test(&certificate), None);
        certificate.not_after.value = b"280407000000Z";
        assert!(test(&certificate).is_some());
    }
}
