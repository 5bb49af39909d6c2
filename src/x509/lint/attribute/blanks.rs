//! They do not count when names are compared, and nobody sees them.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Attribute;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "attribute-blanks",
    clause: "RFC 5280, 7.1; CA/B BR 7.1.4.2",
    severity: Severity::Notice,
    always_kept: false,
    asks: "no text begins or ends with a blank",
    test: Test::Attribute(test),
};

fn test(attribute: &Attribute) -> Option<String> {
    let text = attribute.decoded()?;
    (text.trim().len() != text.len()).then(|| "begins or ends with a blank".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn outer_blanks() {
        assert_eq!(test(&cases::attribute("CN", "a b")), None);
        assert!(test(&cases::attribute("CN", " a")).is_some());
        assert!(test(&cases::attribute("CN", "a ")).is_some());
    }
}
