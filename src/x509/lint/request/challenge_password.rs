//! It lies there in clear text, for everybody who gets the request.

use super::attribute_values::CHALLENGE_PASSWORD;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Request;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "request-challenge-password",
    clause: "RFC 2985, 5.4.1",
    severity: Severity::Notice,
    always_kept: false,
    asks: "a request has no challenge password",
    test: Test::Request(test),
};

fn test(request: &Request<'_>) -> Option<String> {
    let there = request
        .attributes
        .iter()
        .any(|a| a.oid == CHALLENGE_PASSWORD);
    there.then(|| "it has a challenge password in clear text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn in_clear_text() {
        assert_eq!(test(&cases::request()), None);
        let mut bad = cases::request();
        for attribute in &mut bad.attributes {
            attribute.oid = CHALLENGE_PASSWORD;
        }
        assert!(test(&bad).is_some());
    }
}
