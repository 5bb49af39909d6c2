//! Only those are looked at.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Certificate, GeneralName, general_names};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "common-name-in-names",
    clause: "CA/B BR 7.1.4.3; RFC 9525, 6.3",
    severity: Severity::Notice,
    always_kept: false,
    asks: "the common name of a server's certificate is among its alternative names",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let server = certificate.purposes().contains(&known::SERVER_AUTH);
    if !server || certificate.is_ca() {
        return None;
    }
    let mut attributes = certificate.subject.attributes();
    let common_name = attributes.find(|a| a.oid == known::COMMON_NAME)?.text();
    let extension = certificate.extension(&known::SUBJECT_ALT_NAME)?;
    let names = general_names(extension.value).ok()?;
    let same = |name: &GeneralName<'_>| {
        name.typed()
            .is_some_and(|name| name.value().eq_ignore_ascii_case(&common_name))
    };
    (!names.iter().any(same))
        .then(|| format!("the common name {common_name:?} is not among the alternative names"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn compared_without_case() {
        assert_eq!(test(&cases::certificate()), None);
        let value = [0x30, 3, 0x82, 1, b'a'];
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
