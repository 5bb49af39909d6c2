//! Service names in DNS have them, hosts do not; Go and Java differ in what they accept.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::GeneralName;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "dns-name-underscore",
    clause: "RFC 1034, 3.5; CA/B BR 7.1.4.2.1",
    severity: Severity::Warning,
    always_kept: false,
    asks: "a host name has no underscore",
    test: Test::Name(test),
};

fn test(name: &GeneralName<'_>) -> Option<String> {
    name.dns()?
        .contains('_')
        .then(|| "it has an underscore, which no host name has".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn underscores() {
        assert_eq!(test(&cases::dns("a-b.example")), None);
        assert!(test(&cases::dns("a_b.example")).is_some());
    }
}
