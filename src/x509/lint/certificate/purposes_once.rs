//! It says nothing new.

use std::collections::HashSet;

use crate::x509::key_usage::purpose_word;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "purposes-once",
    clause: "RFC 5280, 4.2.1.12; CA/B BR 7.1.2",
    severity: Severity::Warning,
    always_kept: false,
    asks: "no purpose stands there twice",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let purposes = certificate.purposes();
    let mut seen = HashSet::new();
    let twice = purposes.iter().find(|purpose| !seen.insert(*purpose))?;
    Some(format!("{} stands there twice", purpose_word(twice)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::oid::known;
    use crate::x509::extension::Extension;
    use crate::x509::lint::cases;

    #[test]
    fn doubles_are_told() {
        assert_eq!(test(&cases::certificate()), None);
        let server = known::SERVER_AUTH;
        let value = Extension::extended_key_usage(&[server.clone(), server], false).value;
        let bad = cases::with(cases::certificate(), known::EXTENDED_KEY_USAGE, &value);
        assert!(test(&bad).is_some());
    }
}
