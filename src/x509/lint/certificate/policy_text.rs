//! An IA5String is forbidden, other types are only put up with.

use crate::primitives::der::{self, Reader, tag};
use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "policy-text",
    clause: "RFC 6818, 3; RFC 5280, 4.2.1.4",
    severity: Severity::Warning,
    always_kept: false,
    asks: "the explicit text of a policy is a UTF8String of at most 200 characters",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let extension = certificate.extension(&known::CERTIFICATE_POLICIES)?;
    let mut list = der::only(extension.value, tag::SEQUENCE, "policies")
        .ok()?
        .reader();
    while !list.is_empty() {
        let mut policy = list.sequence("policy").ok()?;
        policy.oid("identifier").ok()?;
        let Some(qualifiers) = policy.optional(tag::SEQUENCE).ok()? else {
            continue;
        };
        let mut qualifiers = qualifiers.reader();
        while !qualifiers.is_empty() {
            let said = fault(qualifiers.sequence("qualifier").ok()?);
            if said.is_some() {
                return said;
            }
        }
    }
    None
}

/// What is wrong with a user notice: an optional reference, then an optional text.
fn fault(mut qualifier: Reader<'_>) -> Option<String> {
    if qualifier.oid("kind").ok()? != known::QT_USER_NOTICE {
        return None;
    }
    let mut notice = qualifier.sequence("notice").ok()?;
    notice.optional(tag::SEQUENCE).ok()?;
    let text = notice.any().ok()?;
    if text.tag != tag::UTF8_STRING {
        return Some("the explicit text of a policy is no UTF8String".to_owned());
    }
    let length = String::from_utf8_lossy(text.value).chars().count();
    (length > 200).then(|| format!("the explicit text of a policy has {length} characters"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn texts_of_notices() {
        let with = |tag: u8, text: &str| {
            let notice = der::sequence(&[der::tlv(tag, text.as_bytes())]);
            let qualifier = der::sequence(&[known::QT_USER_NOTICE.to_der(), notice]);
            let policy = der::sequence(&[known::ANY_POLICY.to_der(), der::sequence(&[qualifier])]);
            let value = der::sequence(&[policy]);
            test(&cases::with(
                cases::certificate(),
                known::CERTIFICATE_POLICIES,
                &value,
            ))
        };
        assert_eq!(with(tag::UTF8_STRING, &"ä".repeat(200)), None);
        assert!(with(tag::UTF8_STRING, &"ä".repeat(201)).is_some());
        assert!(with(tag::IA5_STRING, "text").is_some());
    }
}
