//! Over https, checking a certificate would need a certificate to be checked.

use crate::primitives::der::{self, tag};
use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Certificate, GeneralName};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "information-access-uri",
    clause: "RFC 5280, 4.2.2.1; RFC 6960, 3.1",
    severity: Severity::Warning,
    always_kept: false,
    asks: "OCSP responders and issuers are found by http or ldap URIs",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let extension = certificate.extension(&known::AUTHORITY_INFO_ACCESS)?;
    let mut list = der::only(extension.value, tag::SEQUENCE, "access")
        .ok()?
        .reader();
    while !list.is_empty() {
        let mut access = list.sequence("access").ok()?;
        let method = access.oid("method").ok()?;
        let location = GeneralName(access.any().ok()?);
        let ours = [known::AD_OCSP, known::AD_CA_ISSUERS].contains(&method);
        let uri = location.uri().unwrap_or_default().to_ascii_lowercase();
        let fits = ["http:", "ldap:"]
            .iter()
            .any(|scheme| uri.starts_with(scheme));
        if ours && !fits && location.directory_name().is_none() {
            return Some(format!("{location} is no http or ldap URI"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::extension::Extension;
    use crate::x509::lint::cases;

    #[test]
    fn uris_of_responders() {
        let with = |url: &str| {
            let value = Extension::authority_info_access(&[url.to_owned()], &[]).value;
            test(&cases::with(
                cases::certificate(),
                known::AUTHORITY_INFO_ACCESS,
                &value,
            ))
        };
        assert_eq!(with("http://ocsp.example.com"), None);
        assert!(with("https://ocsp.example.com").is_some());
        assert!(with("ocsp.example.com").is_some());
    }
}
