//! Anything else there looks like a name that it is not.

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
        let lower = label.to_ascii_lowercase();
        match lower.strip_prefix("xn--") {
            Some(rest) if is_punycode(rest) => None,
            Some(_) => Some(format!("{label:?} is no A-label")),
            None if lower.get(2..4) == Some("--") => Some(format!(
                "{label:?} has hyphens where only A-labels have them"
            )),
            None => None,
        }
    })
}

/// Whether a text decodes to something beyond ASCII (RFC 3492, 6.2).
fn is_punycode(text: &str) -> bool {
    let (basic, digits) = text.rsplit_once('-').unwrap_or(("", text));
    let mut length = u32::try_from(basic.len()).unwrap_or(u32::MAX);
    let (mut code, mut index, mut bias) = (128u32, 0u32, 72u32);
    let mut digits = digits.bytes().peekable();
    if digits.peek().is_none() {
        return false;
    }
    while digits.peek().is_some() {
        let Some(delta) = delta(&mut digits, bias) else {
            return false;
        };
        let first = index == 0 && code == 128;
        length = length.saturating_add(1);
        bias = adapt(delta, length, first);
        let Some(at) = index.checked_add(delta) else {
            return false;
        };
        code = code.saturating_add(at / length);
        index = at % length + 1;
        if char::from_u32(code).is_none_or(char::is_control) {
            return false;
        }
    }
    true
}

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;

fn delta(digits: &mut impl Iterator<Item = u8>, bias: u32) -> Option<u32> {
    let (mut delta, mut weight) = (0u32, 1u32);
    for k in (BASE..).step_by(36) {
        let digit = match digits.next()? {
            letter @ b'a'..=b'z' => u32::from(letter - b'a'),
            number @ b'0'..=b'9' => u32::from(number - b'0') + 26,
            _ => return None,
        };
        delta = delta.checked_add(digit.checked_mul(weight)?)?;
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if digit < threshold {
            return Some(delta);
        }
        weight = weight.checked_mul(BASE - threshold)?;
    }
    None
}

fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = delta / if first { 700 } else { 2 };
    delta += delta / length;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + 38)
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
