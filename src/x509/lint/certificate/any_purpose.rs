//! A certificate that is good for everything is good for what nobody thought of.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "any-purpose",
    clause: "RFC 5280, 4.2.1.12; CA/B BR 7.1.2.7",
    severity: Severity::Notice,
    always_kept: false,
    asks: "extKeyUsage with anyExtendedKeyUsage is not critical, and end-entity certificates do without",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let extension = certificate.extension(&known::EXTENDED_KEY_USAGE)?;
    if !certificate
        .purposes()
        .contains(&known::ANY_EXTENDED_KEY_USAGE)
    {
        return None;
    }
    if extension.is_critical() {
        return Some("extKeyUsage is critical, and has anyExtendedKeyUsage".to_owned());
    }
    (!certificate.is_ca()).then(|| "it is good for any purpose (anyExtendedKeyUsage)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::extension::Extension;
    use crate::x509::lint::cases;

    #[test]
    fn any_is_too_much() {
        let any = Extension::extended_key_usage(&[known::ANY_EXTENDED_KEY_USAGE], false).value;
        assert_eq!(test(&cases::certificate()), None);
        assert_eq!(
            test(&cases::with(cases::ca(), known::EXTENDED_KEY_USAGE, &any)),
            None
        );
        assert!(
            test(&cases::with(
                cases::certificate(),
                known::EXTENDED_KEY_USAGE,
                &any
            ))
            .is_some()
        );
    }
}
