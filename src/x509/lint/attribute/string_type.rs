//! Old string types are read as Latin-1 by some and as T.61 by others.

use crate::primitives::der::tag;
use crate::x509::attribute::string_type;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Attribute;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "attribute-string-type",
    clause: "RFC 5280, 4.1.2.4 and appendix A.1",
    severity: Severity::Warning,
    always_kept: false,
    asks: "texts are UTF8String or PrintableString; C, serialNumber and dnQualifier PrintableString; emailAddress and DC IA5String",
    test: Test::Attribute(test),
};

fn test(attribute: &Attribute) -> Option<String> {
    let allowed: &[u8] = match string_type(&attribute.oid) {
        tag::UTF8_STRING if has_text(attribute) => &[tag::UTF8_STRING, tag::PRINTABLE_STRING],
        tag::PRINTABLE_STRING => &[tag::PRINTABLE_STRING],
        tag::IA5_STRING => &[tag::IA5_STRING],
        _ => return None,
    };
    (!allowed.contains(&attribute.tag)).then(|| format!("is a {}", type_name(attribute.tag)))
}

/// Attributes that RFC 5280 gives a DirectoryString.
fn has_text(attribute: &Attribute) -> bool {
    const TEXTS: [&str; 12] = [
        "CN",
        "SN",
        "GN",
        "initials",
        "generationQualifier",
        "L",
        "ST",
        "street",
        "O",
        "OU",
        "title",
        "pseudonym",
    ];
    attribute
        .oid
        .short_name()
        .is_some_and(|name| TEXTS.contains(&name))
}

fn type_name(tag: u8) -> &'static str {
    tag::string_name(tag).unwrap_or("value of no string type")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn types_by_attribute() {
        let with = |kind, tag| Attribute {
            tag,
            ..cases::attribute(kind, "DE")
        };
        for (kind, tag, fits) in [
            ("CN", tag::UTF8_STRING, true),
            ("CN", tag::PRINTABLE_STRING, true),
            ("CN", tag::TELETEX_STRING, false),
            ("CN", tag::BMP_STRING, false),
            ("C", tag::PRINTABLE_STRING, true),
            ("C", tag::UTF8_STRING, false),
            ("emailAddress", tag::IA5_STRING, true),
            ("emailAddress", tag::UTF8_STRING, false),
            ("DC", tag::PRINTABLE_STRING, false),
            ("unstructuredName", tag::IA5_STRING, true),
        ] {
            assert_eq!(test(&with(kind, tag)).is_none(), fits, "{kind} {tag}");
        }
    }
}
