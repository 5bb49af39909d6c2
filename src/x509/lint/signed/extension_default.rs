//! DER leaves defaults out. Many programs write this one all the same, and all read it.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::Extension;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "extension-default",
    clause: "X.690, 11.5",
    severity: Severity::Warning,
    always_kept: false,
    asks: "critical FALSE, a DEFAULT, is left out",
    test: Test::Extension(test),
};

fn test(extension: &Extension<'_>) -> Option<String> {
    (extension.flag == Some(&[0])).then(|| "critical FALSE is written out".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::oid::known;

    #[test]
    fn false_is_left_out() {
        let with = |flag| Extension {
            oid: known::KEY_USAGE,
            flag,
            value: &[],
        };
        assert_eq!(test(&with(None)), None);
        assert_eq!(test(&with(Some(&[0xff]))), None);
        assert!(test(&with(Some(&[0]))).is_some());
    }
}
