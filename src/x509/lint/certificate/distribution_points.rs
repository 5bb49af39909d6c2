//! A point is of use to those who can reach it: an https one may need the very list to be reached.

use crate::primitives::der::{self, tag};
use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Certificate, general_names};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "distribution-point-reachable",
    clause: "RFC 5280, 4.2.1.13",
    severity: Severity::Warning,
    always_kept: false,
    asks: "each CRL distribution point has an http or ldap URI, and is not only a set of reasons",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let extension = certificate.extension(&known::CRL_DISTRIBUTION_POINTS)?;
    let mut points = der::only(extension.value, tag::SEQUENCE, "points")
        .ok()?
        .reader();
    while !points.is_empty() {
        let mut point = points.sequence("point").ok()?;
        let name = point.optional(tag::context_constructed(0)).ok()?;
        let reasons = point.optional(tag::context(1)).ok()?;
        let issuer = point.optional(tag::context_constructed(2)).ok()?;
        let Some(name) = name else {
            if issuer.is_none() {
                let only = if reasons.is_some() {
                    "reasons alone"
                } else {
                    "nothing"
                };
                return Some(format!("a distribution point has {only}"));
            }
            continue;
        };
        let full = name.reader().optional(tag::context_constructed(0)).ok()?;
        // a name relative to the issuer, or one in the directory, is none of the web's
        if full.is_some_and(|full| !is_reachable(full.value)) {
            return Some("a distribution point has no http or ldap URI".to_owned());
        }
    }
    None
}

fn is_reachable(names: &[u8]) -> bool {
    let names = der::sequence(&[names]);
    let names = general_names(&names).unwrap_or_default();
    let schemes = ["http:", "ldap:", "ldaps:"];
    names.iter().any(|name| {
        name.directory_name().is_some()
            || name.uri().is_some_and(|uri| {
                let uri = uri.to_ascii_lowercase();
                schemes.iter().any(|scheme| uri.starts_with(scheme))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::extension::Extension;
    use crate::x509::lint::cases;

    #[test]
    fn uris_of_points() {
        let with = |urls: &[&str]| {
            let urls: Vec<String> = urls.iter().map(ToString::to_string).collect();
            let value = Extension::crl_distribution_points(&urls).value;
            test(&cases::with(
                cases::certificate(),
                known::CRL_DISTRIBUTION_POINTS,
                &value,
            ))
        };
        assert_eq!(
            with(&["http://pki.example.com/crl.pem", "ldap://x/y"]),
            None
        );
        assert!(with(&["https://pki.example.com/crl.pem"]).is_some());
        let nothing = cases::with(
            cases::certificate(),
            known::CRL_DISTRIBUTION_POINTS,
            &[0x30, 2, 0x30, 0],
        );
        assert!(test(&nothing).is_some());
    }
}
