//! ISO 3166 writes its codes so.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Attribute;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "country-code",
    clause: "RFC 5280, appendix A.1; ISO 3166-1",
    severity: Severity::Notice,
    always_kept: false,
    asks: "C is two capital letters",
    test: Test::Attribute(test),
};

fn test(attribute: &Attribute) -> Option<String> {
    let text = attribute.decoded()?;
    (attribute.oid == known::COUNTRY && !text.bytes().all(|b| b.is_ascii_uppercase()))
        .then(|| format!("is {text:?}; the codes of countries are two capital letters"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn capital_letters() {
        assert_eq!(test(&cases::attribute("C", "DE")), None);
        assert!(test(&cases::attribute("C", "de")).is_some());
        assert!(test(&cases::attribute("C", "D3")).is_some());
        assert_eq!(test(&cases::attribute("CN", "de")), None);
    }
}
