//! `*`, `@`, `_` and `&` are not among them, and often there.

use crate::primitives::der::tag;
use crate::x509::attribute::is_printable_string;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Attribute;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "printable-string",
    clause: "X.680, 41.4",
    severity: Severity::Warning,
    always_kept: false,
    asks: "a PrintableString has letters, digits and ' ( ) + , - . / : = ? blank alone",
    test: Test::Attribute(test),
};

fn test(attribute: &Attribute) -> Option<String> {
    let outside = |b: &&u8| !is_printable_string(**b);
    let bad = attribute.value.iter().find(outside)?;
    (attribute.tag == tag::PRINTABLE_STRING && attribute.value.is_ascii())
        .then(|| format!("has {:?} in a PrintableString", char::from(*bad)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn its_alphabet() {
        let with = |text| Attribute {
            tag: tag::PRINTABLE_STRING,
            ..cases::attribute("CN", text)
        };
        assert_eq!(test(&with("O'Neil (x), 1+1=2?")), None);
        for bad in ["a@b", "*.example", "a_b", "a&b"] {
            assert!(test(&with(bad)).is_some(), "{bad}");
        }
        assert_eq!(test(&cases::attribute("CN", "a@b")), None);
    }
}
