//! Two readers would obey two different ones.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Object, first_twice};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "extension-once",
    clause: "RFC 5280, 4.2",
    severity: Severity::Error,
    always_kept: false,
    asks: "no extension stands there twice",
    test: Test::Signed(test),
};

fn test(object: &Object<'_>) -> Option<String> {
    first_twice(object.extensions()).map(|twice| format!("{} stands there twice", twice.label()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn doubles_are_told() {
        let mut certificate = cases::certificate();
        let first = certificate.extensions[0].clone();
        assert_eq!(test(&Object::Certificate(cases::certificate())), None);
        certificate.extensions.push(first);
        assert!(test(&Object::Certificate(certificate)).is_some());
    }
}
