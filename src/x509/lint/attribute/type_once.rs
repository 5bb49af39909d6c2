//! The values beside each other must be of different types.

use std::collections::HashSet;

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Rdn;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "attribute-type-once",
    clause: "X.501, 9.3",
    severity: Severity::Warning,
    always_kept: false,
    asks: "an attribute type stands once in an RDN",
    test: Test::Rdn(test),
};

fn test(rdn: &Rdn) -> Option<String> {
    let mut seen = HashSet::new();
    let twice = rdn.iter().find(|attribute| !seen.insert(&attribute.oid))?;
    Some(format!("{} stands twice in one RDN", twice.label()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn types_differ() {
        let (cn, o) = (cases::attribute("CN", "x"), cases::attribute("O", "x"));
        assert_eq!(test(&vec![cn.clone(), o]), None);
        assert!(test(&vec![cn.clone(), cn]).is_some());
    }
}
