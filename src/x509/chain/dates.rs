//! The dates of every certificate, the root's too.

use super::{Checked, Code, Fault};
use crate::primitives::time::Timestamp;
use crate::x509::certificate::Certificate;

pub(super) fn check(chain: &[&Certificate], at: Timestamp) -> Checked {
    for (depth, certificate) in chain.iter().enumerate() {
        let (begins, ends) = (certificate.not_before(), certificate.not_after());
        if at < begins {
            let said = format!("valid from {begins}, asked about {at}");
            return Err(Fault::new(Code::NotYetValid, depth, said));
        }
        if is_over(ends, at) {
            let said = format!("valid until {ends}, asked about {at}");
            return Err(Fault::new(Code::Expired, depth, said));
        }
    }
    Ok(())
}

/// True where `ends` has passed. OpenSSL counts the last second itself as past, RFC 5280 does not:
/// the stricter reading stands.
pub(super) fn is_over(ends: Timestamp, at: Timestamp) -> bool {
    at >= ends
}

/// True within a certificate's life.
pub(super) fn is_alive(certificate: &Certificate, at: Timestamp) -> bool {
    certificate.not_before() <= at && !is_over(certificate.not_after(), at)
}
