//! It says nothing new.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Certificate, general_names};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "names-once",
    clause: "RFC 5280, 4.2.1.6",
    severity: Severity::Notice,
    always_kept: false,
    asks: "no alternative name stands there twice",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let extension = certificate.extension(&known::SUBJECT_ALT_NAME)?;
    let mut names = general_names(extension.value).ok()?;
    names.sort_by_key(|name| name.0.raw);
    let twice = names.windows(2).find_map(|pair| match pair {
        [a, b] if a.0.raw == b.0.raw => Some(a),
        _ => None,
    })?;
    Some(format!("{twice} stands there twice"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn doubles_are_told() {
        assert_eq!(test(&cases::certificate()), None);
        let value = [0x30, 6, 0x82, 1, b'a', 0x82, 1, b'a'];
        assert!(
            test(&cases::with(
                cases::certificate(),
                known::SUBJECT_ALT_NAME,
                &value
            ))
            .is_some()
        );
    }
}
