//! Bidirectional controls and blanks of no width make one name look like another.

use crate::x509::attribute::is_deceptive;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Attribute;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "attribute-deceptive",
    clause: "Unicode TR 36, 2; RFC 5892",
    severity: Severity::Error,
    always_kept: false,
    asks: "no text has characters that hide or turn text",
    test: Test::Attribute(test),
};

fn test(attribute: &Attribute) -> Option<String> {
    let bad = attribute.decoded()?.chars().find(|c| is_deceptive(*c))?;
    Some(format!(
        "has the invisible character U+{:04X}",
        u32::from(bad)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn invisible_characters() {
        assert_eq!(test(&cases::attribute("CN", "مثال")), None);
        for bad in ["a\u{202e}b", "a\u{200b}b", "\u{feff}a"] {
            assert!(test(&cases::attribute("CN", bad)).is_some(), "{bad:?}");
        }
    }
}
