//! There is no other.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Request;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "request-version",
    clause: "RFC 2986, 4.1",
    severity: Severity::Error,
    always_kept: false,
    asks: "a request's version is 1 (written 0)",
    test: Test::Request(test),
};

fn test(request: &Request<'_>) -> Option<String> {
    (request.version != [0]).then(|| "its version is not 1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn there_is_one() {
        assert_eq!(test(&cases::request()), None);
        assert!(
            test(&Request {
                version: &[2],
                ..cases::request()
            })
            .is_some()
        );
    }
}
