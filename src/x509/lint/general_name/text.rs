//! International domains go by their A-labels, mailboxes beyond ASCII by SmtpUTF8Mailbox.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::GeneralName;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "name-text",
    clause: "RFC 5280, 4.2.1.6 (IA5String)",
    severity: Severity::Error,
    always_kept: false,
    asks: "host names, mailboxes and URIs are ASCII, and not empty",
    test: Test::Name(test),
};

fn test(name: &GeneralName<'_>) -> Option<String> {
    let text = matches!(name.0.tag, 0x81 | 0x82 | 0x86);
    if !text {
        return None;
    }
    if name.0.value.is_empty() {
        return Some("it is empty".to_owned());
    }
    (!name.0.value.is_ascii()).then(|| "it has characters outside ASCII".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn ascii_alone() {
        assert_eq!(test(&cases::dns("xn--bcher-kva.example")), None);
        assert!(test(&cases::dns("bücher.example")).is_some());
        assert!(test(&cases::email("jürgen@example.com")).is_some());
        assert!(test(&cases::uri("")).is_some());
    }
}
