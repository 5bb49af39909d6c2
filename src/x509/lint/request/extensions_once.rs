//! A request that says it twice means two different things to two readers.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Request;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "request-extensions-once",
    clause: "RFC 2985, 5.4.2",
    severity: Severity::Error,
    always_kept: false,
    asks: "a request asks for extensions once",
    test: Test::Request(test),
};

fn test(request: &Request<'_>) -> Option<String> {
    let asks = request
        .attributes
        .iter()
        .filter(|a| a.asks_for_extensions());
    (asks.count() > 1).then(|| "it asks for extensions twice".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn at_most_once() {
        assert_eq!(test(&cases::request()), None);
        let mut bad = cases::request();
        bad.attributes.extend(cases::request().attributes);
        assert!(test(&bad).is_some());
    }
}
