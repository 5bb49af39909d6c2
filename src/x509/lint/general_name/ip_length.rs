//! Eight are an address with its mask, which only name constraints have.

use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::GeneralName;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "ip-address-length",
    clause: "RFC 5280, 4.2.1.6",
    severity: Severity::Error,
    always_kept: false,
    asks: "an iPAddress has 4 or 16 octets",
    test: Test::Name(test),
};

fn test(name: &GeneralName<'_>) -> Option<String> {
    let octets = name.ip()?;
    (!matches!(octets.len(), 4 | 16)).then(|| format!("it has {} octets", octets.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn four_or_sixteen() {
        assert_eq!(test(&cases::ip(&[127, 0, 0, 1])), None);
        assert_eq!(test(&cases::ip(&[0; 16])), None);
        assert!(test(&cases::ip(&[0; 8])).is_some());
        assert!(test(&cases::ip(b"127.0.0.1")).is_some());
    }
}
