//! emailAddress in subjects is for old software.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Certificate, general_names};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "email-in-subject",
    clause: "RFC 5280, 4.1.2.6",
    severity: Severity::Warning,
    always_kept: false,
    asks: "mailboxes are alternative names, not only attributes of the subject",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let mut attributes = certificate.subject.attributes();
    let mailbox = attributes.find(|a| a.oid == known::EMAIL_ADDRESS)?.text();
    let extension = certificate.extension(&known::SUBJECT_ALT_NAME);
    let names = extension.and_then(|e| general_names(e.value).ok());
    let there = names.unwrap_or_default().iter().any(|name| {
        name.email()
            .is_some_and(|m| m.eq_ignore_ascii_case(&mailbox))
    });
    (!there).then(|| format!("{mailbox:?} is in the subject alone"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn mailboxes_are_names() {
        assert_eq!(test(&cases::certificate()), None);
        let mut subject = cases::certificate().subject;
        subject
            .rdns
            .push(vec![cases::attribute("emailAddress", "alice@example.com")]);
        let bad = Certificate {
            subject: subject.clone(),
            ..cases::certificate()
        };
        assert!(test(&bad).is_some());
        let value = cases::names(&[cases::email("alice@example.com")]);
        let good = cases::with(cases::certificate(), known::SUBJECT_ALT_NAME, &value);
        assert_eq!(test(&Certificate { subject, ..good }), None);
    }
}
