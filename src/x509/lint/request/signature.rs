//! So that nobody has another's key certified. A draft has no signature yet.

use crate::keys::{PublicKey, VerifyError};
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Request;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "request-signature",
    clause: "RFC 2986, 3",
    severity: Severity::Error,
    always_kept: false,
    asks: "the request is signed with the key that it carries",
    test: Test::Request(test),
};

fn test(request: &Request<'_>) -> Option<String> {
    let Some([0, signature @ ..]) = request.frame.signature else {
        return None;
    };
    let key = PublicKey::from_spki(request.spki).ok()?;
    let (algorithm, signed) = (request.frame.algorithm, request.frame.to_be_signed.raw);
    match key.verify(algorithm, signed, signature) {
        // neither yes nor no
        Ok(()) | Err(VerifyError::Unsupported { .. }) => None,
        Err(fault) => Some(fault.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn with_its_own_key() {
        assert_eq!(test(&cases::request()), None);
        let mut bad = cases::request();
        let mut signature = vec![0; 65];
        signature[0] = 0;
        bad.frame.signature = Some(&signature);
        assert!(test(&bad).is_some());
    }
}
