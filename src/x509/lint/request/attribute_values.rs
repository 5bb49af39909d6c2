//! challengePassword and extensionRequest are single-valued; no SET of values is empty.

use crate::primitives::oid::Oid;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Request, RequestAttribute};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "request-attribute-values",
    clause: "RFC 2985, 5.4",
    severity: Severity::Error,
    always_kept: false,
    asks: "each attribute of a request has one value",
    test: Test::Request(test),
};

fn test(request: &Request<'_>) -> Option<String> {
    let single = |a: &&RequestAttribute<'_>| a.asks_for_extensions() || a.oid == CHALLENGE_PASSWORD;
    let wrong =
        |a: &&RequestAttribute<'_>| a.values.is_empty() || (single(a) && a.values.len() > 1);
    let attribute = request.attributes.iter().find(wrong)?;
    Some(format!(
        "the attribute {} has {} values",
        attribute.oid,
        attribute.values.len()
    ))
}

/// challengePassword.
pub(in crate::x509::lint) const CHALLENGE_PASSWORD: Oid =
    Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 7]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn one_value() {
        assert_eq!(test(&cases::request()), None);
        let mut bad = cases::request();
        for attribute in &mut bad.attributes {
            attribute.values.clear();
        }
        assert!(test(&bad).is_some());
    }
}
