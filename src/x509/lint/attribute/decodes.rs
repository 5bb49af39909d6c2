//! Values of no string type, such as the INTEGERs of some attributes, are not texts.

use crate::primitives::der::tag;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Attribute;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "attribute-decodes",
    clause: "X.680, 41; RFC 5280, 4.1.2.4",
    severity: Severity::Error,
    always_kept: false,
    asks: "a text is what its string type says: UTF-8, ASCII, whole code units",
    test: Test::Attribute(test),
};

fn test(attribute: &Attribute) -> Option<String> {
    let string = matches!(
        attribute.tag,
        tag::UTF8_STRING
            | tag::NUMERIC_STRING
            | tag::PRINTABLE_STRING
            | tag::TELETEX_STRING
            | tag::IA5_STRING
            | tag::VISIBLE_STRING
            | tag::UNIVERSAL_STRING
            | tag::BMP_STRING
    );
    (string && attribute.decoded().is_none())
        .then(|| "has bytes that its string type cannot have".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn bytes_of_string_types() {
        let with = |tag, value: &[u8]| Attribute {
            tag,
            value: value.to_vec(),
            ..cases::attribute("CN", "x")
        };
        assert_eq!(test(&with(tag::UTF8_STRING, "ä".as_bytes())), None);
        assert_eq!(test(&with(tag::INTEGER, &[0xff])), None);
        assert!(test(&with(tag::UTF8_STRING, &[0xff])).is_some());
        assert!(test(&with(tag::PRINTABLE_STRING, "ä".as_bytes())).is_some());
        assert!(test(&with(tag::BMP_STRING, &[0])).is_some());
    }
}
