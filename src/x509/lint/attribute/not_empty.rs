//! RFC 5280's directory strings have at least one character.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Attribute;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "attribute-not-empty",
    clause: "RFC 5280, appendix A.1 (SIZE (1..))",
    severity: Severity::Error,
    always_kept: false,
    asks: "no attribute of a name is empty",
    test: Test::Attribute(test),
};

fn test(attribute: &Attribute) -> Option<String> {
    attribute.value.is_empty().then(|| "is empty".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn at_least_one_character() {
        assert_eq!(test(&cases::attribute("CN", "x")), None);
        assert!(test(&cases::attribute("CN", "")).is_some());
    }
}
