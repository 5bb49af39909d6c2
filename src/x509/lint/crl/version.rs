//! Version 1, left out, has none.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Crl;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "crl-version",
    clause: "RFC 5280, 5.1.2.1",
    severity: Severity::Error,
    always_kept: false,
    asks: "a list with extensions is version 2",
    test: Test::Crl(test),
};

fn test(list: &Crl<'_>) -> Option<String> {
    let extended = !list.extensions.is_empty();
    match list.version {
        Some([1]) => None,
        None if extended => Some("it has extensions, and is version 1".to_owned()),
        None => None,
        Some(_) => Some("it has a version that does not exist".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn versions() {
        assert_eq!(test(&cases::crl()), None);
        assert!(
            test(&Crl {
                version: None,
                ..cases::crl()
            })
            .is_some()
        );
        assert!(
            test(&Crl {
                version: Some(&[2]),
                ..cases::crl()
            })
            .is_some()
        );
        let old = Crl {
            version: None,
            extensions: Vec::new(),
            ..cases::crl()
        };
        assert_eq!(test(&old), None);
    }
}
