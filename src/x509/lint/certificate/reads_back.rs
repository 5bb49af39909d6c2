//! What is signed is read back afterwards; what that would refuse must not be signed.

use crate::primitives::der;
use crate::x509::certificate;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Certificate;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "reads-back",
    clause: "RFC 5280, 4.1",
    severity: Severity::Error,
    always_kept: false,
    asks: "privca's own reader takes the certificate",
    test: Test::Certificate(test),
};

fn test(certificate: &Certificate<'_>) -> Option<String> {
    let frame = &certificate.frame;
    let without_signature = der::sequence(&[
        frame.to_be_signed.raw,
        frame.algorithm,
        &der::bit_string(&[]),
    ]);
    certificate::Certificate::from_der(&without_signature)
        .err()
        .map(|fault| fault.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn what_it_refuses() {
        assert_eq!(test(&cases::certificate()), None);
        let mut bad = cases::certificate();
        bad.frame.to_be_signed.raw = &[0x30, 0];
        assert!(test(&bad).is_some());
    }
}
