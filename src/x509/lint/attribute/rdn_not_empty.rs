//! An empty SET names nothing; some readers stop there.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Rdn;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "rdn-not-empty",
    clause: "RFC 5280, 4.1.2.4 (SET SIZE (1..MAX))",
    severity: Severity::Error,
    always_kept: false,
    asks: "every RDN has an attribute",
    test: Test::Rdn(test),
};

fn test(rdn: &Rdn) -> Option<String> {
    rdn.is_empty().then(|| "an RDN is empty".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn empty_sets() {
        assert!(test(&Vec::new()).is_some());
        assert_eq!(test(&vec![cases::attribute("CN", "x")]), None);
    }
}
