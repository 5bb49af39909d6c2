//! Counted in characters, as OpenSSL does.

use crate::x509::attribute::bounds;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Attribute;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "attribute-length",
    clause: "RFC 5280, appendix A.1 (upper bounds)",
    severity: Severity::Error,
    always_kept: false,
    asks: "attributes keep to their bounds: CN, O, OU, serialNumber, title 64, L, ST 128, emailAddress 255, C 2",
    test: Test::Attribute(test),
};

fn test(attribute: &Attribute) -> Option<String> {
    let length = attribute.decoded()?.chars().count();
    let (least, most) = bounds(&attribute.oid);
    (length > most || (length > 0 && length < least))
        .then(|| format!("has {length} characters; from {least} to {most} are allowed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn bounds_in_characters() {
        for (kind, text, fits) in [
            ("CN", "ä".repeat(64), true),
            ("CN", "x".repeat(65), false),
            ("L", "x".repeat(128), true),
            ("L", "x".repeat(129), false),
            ("emailAddress", "x".repeat(255), true),
            ("emailAddress", "x".repeat(256), false),
            ("C", "DE".to_owned(), true),
            ("C", "DEU".to_owned(), false),
            ("C", "D".to_owned(), false),
        ] {
            assert_eq!(
                test(&cases::attribute(kind, &text)).is_none(),
                fits,
                "{kind}"
            );
        }
    }
}
