//! Clients have stopped to look for one in the common name.

use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Certificate, general_names};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "server-name",
    clause: "RFC 9525, 6.3; RFC 9110, 4.3.4",
    severity: Severity::Warning,
    always_kept: false,
    asks: "a server's certificate names a host or an address in subjectAltName",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let server = certificate.purposes().contains(&known::SERVER_AUTH);
    if !server || certificate.is_ca() {
        return None;
    }
    let extension = certificate.extension(&known::SUBJECT_ALT_NAME);
    let names = extension.and_then(|e| general_names(e.value).ok());
    let named = names
        .unwrap_or_default()
        .iter()
        .any(|name| name.dns().is_some() || name.ip().is_some());
    (!named).then(|| "it is for a server, and names no host".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn servers_have_hosts() {
        assert_eq!(test(&cases::certificate()), None);
        let bad = cases::without(cases::certificate(), &known::SUBJECT_ALT_NAME);
        assert!(test(&bad).is_some());
    }
}
