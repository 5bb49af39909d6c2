//! Anything else there looks like a name that it is not.

use crate::x509::a_label;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::GeneralName;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "dns-name-a-label",
    clause: "RFC 5891, 4.2.3.1 and 5.4; RFC 5890, 2.3.2.1",
    severity: Severity::Warning,
    always_kept: false,
    asks: "a label that begins xn-- is Punycode of a text beyond ASCII; no other has hyphens at 3 and 4",
    test: Test::Name(test),
};

fn test(name: &GeneralName<'_>) -> Option<String> {
    let host = name
        .dns()
        .or_else(|| name.email()?.rsplit_once('@').map(|(_, host)| host))?;
    host.split('.').find_map(|label| {
        let hyphens = label.get(2..4) == Some("--");
        match a_label::fault(label) {
            Some(fault) => Some(format!("{label:?} {fault}")),
            None if hyphens && !a_label::is_one(label) => Some(format!(
                "{label:?} has hyphens where only A-labels have them"
            )),
            None => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::lint::cases;

    #[test]
    fn labels_of_idna() {
        // RFC 3492, 7.1, and domains in use
        for good in [
            "xn--bcher-kva.example",
            "xn--80ak6aa92e.com",
            "xn--mgbh0fb.xn--kgbechtv",
            "xn--ihqwcrb4cv8a8dqg056pqjye.example",
            "a-b.example",
            "*.example.com",
        ] {
            assert_eq!(test(&cases::dns(good)), None, "{good}");
        }
        for bad in [
            "xn--.example",
            "xn--a-.example",
            "xn--a.b--c.example",
            "xn--999999999.example",
            "ab--cd.example",
        ] {
            assert!(test(&cases::dns(bad)).is_some(), "{bad}");
        }
        assert!(test(&cases::email("alice@xn--a-.example")).is_some());
    }
}
