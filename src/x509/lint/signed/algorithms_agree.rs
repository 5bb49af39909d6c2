//! The outer AlgorithmIdentifier is not signed: only its twin inside makes it trustworthy.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Object;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "algorithms-agree",
    clause: "RFC 5280, 4.1.1.2 and 5.1.1.2",
    severity: Severity::Error,
    always_kept: false,
    asks: "the algorithm beside the signature is the one that the signature covers",
    test: Test::Signed(test),
};

fn test(object: &Object<'_>) -> Option<String> {
    let inner = match object {
        Object::Certificate(c) => c.inner_algorithm,
        Object::Crl(l) => l.inner_algorithm,
        Object::Request(_) => return None,
    };
    (inner != object.frame().algorithm)
        .then(|| "the algorithm inside differs from the one beside the signature".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;
    use crate::x509::lint::view::Certificate;

    #[test]
    fn both_must_be_the_same() {
        let good = cases::certificate();
        let bad = Certificate {
            inner_algorithm: &[0x30, 0],
            ..cases::certificate()
        };
        assert_eq!(test(&Object::Certificate(good)), None);
        assert!(test(&Object::Certificate(bad)).is_some());
    }
}
