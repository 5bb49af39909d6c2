//! Who does not know a critical extension refuses the certificate.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Certificate, Extension};

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "unknown-critical",
    clause: "RFC 5280, 4.2",
    severity: Severity::Notice,
    always_kept: false,
    asks: "critical extensions are those that software knows",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let unknown = |extension: &&Extension<'_>| {
        extension.is_critical() && extension.oid.short_name().is_none()
    };
    let extension = certificate.extensions.iter().find(unknown)?;
    Some(format!("{} is critical, and known to few", extension.oid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn not_by_name() {
        assert_eq!(test(&cases::certificate()), None);
        let mut bad = cases::certificate();
        bad.extensions.push(Extension {
            oid: "1.3.6.1.4.1.99999.1".parse().unwrap(),
            flag: Some(&[0xff]),
            value: &[5, 0],
        });
        assert!(test(&bad).is_some());
    }
}
