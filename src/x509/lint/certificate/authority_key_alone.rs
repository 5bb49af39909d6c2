//! With issuer and serial in it, the certificate belongs to one certificate of its CA: renewing the CA
//! breaks it.

use crate::primitives::der::{self, tag};
use crate::primitives::oid::known;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "authority-key-alone",
    clause: "RFC 5280, 4.2.1.1; X.509, 9.2.2.1",
    severity: Severity::Notice,
    always_kept: true,
    asks: "the authority key identifier holds the key's identifier alone",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let extension = certificate.extension(&known::AUTHORITY_KEY_IDENTIFIER)?;
    let what = "authorityKeyIdentifier";
    let mut fields = der::only(extension.value, tag::SEQUENCE, what)
        .ok()?
        .reader();
    fields.optional(tag::context(0)).ok()?;
    (!fields.is_empty())
        .then(|| "it names the issuer's certificate by issuer and serial".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn no_issuer_and_serial() {
        assert_eq!(test(&cases::certificate()), None);
        let value = [0x30, 8, 0x80, 1, 1, 0xa1, 0, 0x82, 1, 1];
        let bad = cases::with(
            cases::certificate(),
            known::AUTHORITY_KEY_IDENTIFIER,
            &value,
        );
        assert!(test(&bad).is_some());
    }
}
