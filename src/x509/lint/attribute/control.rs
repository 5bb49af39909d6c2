//! A null byte hides what follows from every program written in C.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Attribute;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "attribute-control",
    clause: "RFC 5280, 4.1.2.4; CVE-2009-2408",
    severity: Severity::Error,
    always_kept: false,
    asks: "no text has a control character",
    test: Test::Attribute(test),
};

fn test(attribute: &Attribute) -> Option<String> {
    let bad = attribute.decoded()?.chars().find(|c| c.is_control())?;
    Some(format!(
        "has the control character U+{:04X}",
        u32::from(bad)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn control_characters() {
        assert_eq!(test(&cases::attribute("CN", "a b")), None);
        for bad in ["a\0.example", "a\nb", "a\u{85}"] {
            assert!(test(&cases::attribute("CN", bad)).is_some(), "{bad:?}");
        }
    }
}
