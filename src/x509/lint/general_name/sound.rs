//! The same test decides what privca certifies. Underscores are judged apart: hosts have none, yet
//! names that are in use do.

use crate::x509::general_name;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::GeneralName;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "name-sound",
    clause: "RFC 5280, 4.2.1.6; RFC 1034, 3.5; RFC 5321, 4.1.2; RFC 3986",
    severity: Severity::Error,
    always_kept: false,
    asks: "host names, mailboxes, URIs and principals have the syntax of their kind",
    test: Test::Name(test),
};

fn test(name: &GeneralName<'_>) -> Option<String> {
    match name.typed()? {
        // what this reader has no type for is judged by the rules of its own kind
        general_name::GeneralName::Other(_) => None,
        general_name::GeneralName::Dns(host) if host.contains('_') => {
            let without = host.replace('_', "x");
            fault(&general_name::GeneralName::Dns(without))
        }
        typed => fault(&typed),
    }
}

fn fault(name: &general_name::GeneralName) -> Option<String> {
    name.check().err().map(|bad| bad.fault.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn by_kind() {
        for good in [
            cases::dns("www.example.com"),
            cases::dns("*.example.com"),
            cases::dns("under_score.example"),
            cases::email("alice@example.com"),
            cases::uri("https://example.com/x"),
        ] {
            assert_eq!(test(&good), None, "{good}");
        }
        for bad in [
            cases::dns("www..example.com"),
            cases::dns("www.example.com."),
            cases::dns("w*.example.com"),
            cases::dns("10.0.0.1"),
            cases::email("alice"),
            cases::uri("example.com"),
        ] {
            assert!(test(&bad).is_some(), "{bad}");
        }
    }
}
