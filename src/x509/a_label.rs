//! A-labels: the form in which host names carry letters beyond ASCII (RFC 5890, 2.3.2.1), decoded
//! with Punycode (RFC 3492) so that none says what it cannot.

use super::attribute::deceives;

const PREFIX: &str = "xn--";

/// True for a label that begins with `xn--`.
pub(super) fn is_one(label: &str) -> bool {
    let start = label.get(..PREFIX.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

/// Why a label that begins with `xn--` is no A-label; none for any other label.
pub(super) fn fault(label: &str) -> Option<&'static str> {
    let label = label.to_ascii_lowercase();
    let encoded = label.strip_prefix(PREFIX)?;
    let Some(letters) = decode(encoded) else {
        return Some("has an xn-- label that is no Punycode");
    };
    let text: String = letters.iter().collect();
    if text.is_ascii() {
        return Some("has an xn-- label that stands for nothing but ASCII");
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) || deceives(&text) {
        return Some("has an xn-- label that hides invisible characters");
    }
    // RFC 5891, 5.4: what IDNA maps away cannot be in a label; letters are small there
    let small = |c: &char| c.to_lowercase().eq([*c]);
    if !letters.iter().all(small) {
        return Some("has an xn-- label that stands for capital letters");
    }
    (encode(&letters)? != encoded).then_some("has an xn-- label that is not written in the one way")
}

/// A host name with its A-labels decoded; none where it has no sound one.
pub(super) fn reads(host: &str) -> Option<String> {
    let read = |label: &str| {
        let lower = label.to_ascii_lowercase();
        let letters = decode(lower.strip_prefix(PREFIX)?)?;
        Some(letters.iter().collect::<String>())
    };
    let labels: Vec<(&str, Option<String>)> = host.split('.').map(|l| (l, read(l))).collect();
    labels.iter().any(|(_, read)| read.is_some()).then(|| {
        let texts: Vec<&str> = labels
            .iter()
            .map(|(label, read)| read.as_deref().unwrap_or(label))
            .collect();
        texts.join(".")
    })
}

// RFC 3492, 5
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const FIRST_CODE: u32 = 128;
const FIRST_BIAS: u32 = 72;

/// RFC 3492, 6.2.
fn decode(encoded: &str) -> Option<Vec<char>> {
    let (basic, digits) = encoded.rsplit_once('-').unwrap_or(("", encoded));
    let mut letters: Vec<char> = basic.chars().collect();
    let (mut code, mut at, mut bias) = (FIRST_CODE, 0u32, FIRST_BIAS);
    let mut digits = digits.bytes().peekable();
    digits.peek()?;
    while digits.peek().is_some() {
        let before = at;
        let mut weight = 1u32;
        for k in (BASE..).step_by(36) {
            let digit = match digits.next()? {
                letter @ b'a'..=b'z' => u32::from(letter - b'a'),
                number @ b'0'..=b'9' => u32::from(number - b'0') + 26,
                _ => return None,
            };
            at = at.checked_add(digit.checked_mul(weight)?)?;
            let threshold = threshold(k, bias);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
        }
        let length = u32::try_from(letters.len()).ok()?.checked_add(1)?;
        bias = adapt(at - before, length, before == 0);
        code = code.checked_add(at / length)?;
        at %= length;
        letters.insert(usize::try_from(at).ok()?, char::from_u32(code)?);
        at += 1;
    }
    Some(letters)
}

/// RFC 3492, 6.3.
fn encode(letters: &[char]) -> Option<String> {
    let mut text: String = letters.iter().filter(|c| c.is_ascii()).collect();
    let basic = u32::try_from(text.len()).ok()?;
    if basic > 0 {
        text.push('-');
    }
    let (mut code, mut delta, mut bias, mut done) = (FIRST_CODE, 0u32, FIRST_BIAS, basic);
    let all = u32::try_from(letters.len()).ok()?;
    while done < all {
        let next = letters.iter().map(|c| u32::from(*c)).filter(|c| *c >= code);
        let next = next.min()?;
        delta = delta.checked_add((next - code).checked_mul(done + 1)?)?;
        code = next;
        for letter in letters.iter().map(|c| u32::from(*c)) {
            if letter < code {
                delta = delta.checked_add(1)?;
            }
            if letter != code {
                continue;
            }
            push_digits(delta, bias, &mut text)?;
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done += 1;
        }
        delta = delta.checked_add(1)?;
        code += 1;
    }
    Some(text)
}

fn push_digits(delta: u32, bias: u32, text: &mut String) -> Option<()> {
    let mut rest = delta;
    for k in (BASE..).step_by(36) {
        let threshold = threshold(k, bias);
        let last = rest < threshold;
        let digit = if last {
            rest
        } else {
            threshold + (rest - threshold) % (BASE - threshold)
        };
        text.push(char::from_digit((digit + 10) % 36, 36).filter(|_| digit < 36)?);
        if last {
            break;
        }
        rest = (rest - threshold) / (BASE - threshold);
    }
    Some(())
}

fn threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(T_MIN, T_MAX)
}

/// RFC 3492, 6.1.
fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
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
    use proptest::prelude::*;

    // expectations: Python's punycode codec, RFC 3492 7.1
    #[test]
    fn labels_in_use() {
        for label in [
            "www",
            "r1---sn-x",
            "xn--bcher-kva",
            "XN--BCHER-KVA",
            "xn--80a",
            "xn--egbpdaj6bu4bxfgehfvwxn",
            "xn--ihqwcrb4cv8a8dqg056pqjye",
            "xn--fiq228c",
        ] {
            assert_eq!(fault(label), None, "{label}");
        }
    }

    #[test]
    fn labels_that_say_what_they_cannot() {
        for (label, said) in [
            ("xn--", "no Punycode"),
            ("xn--99999999", "no Punycode"),
            ("xn--zzzzzzzzzz99999", "no Punycode"),
            ("xn--a_b-", "no Punycode"),
            ("xn--example-", "no Punycode"),
            ("xn--ab-g1t", "invisible"),
            ("xn--abc-6q0a", "invisible"),
            ("xn--bcher-2pa", "capital"),
            ("xn--a-ecp.ru", "no Punycode"),
        ] {
            let fault = fault(label).unwrap_or("nothing");
            assert!(fault.contains(said), "{label}: {fault}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(text in "[a-zà-ÿа-я一-龠]{1,20}") {
            let letters: Vec<char> = text.chars().collect();
            prop_assume!(!text.is_ascii());
            let encoded = encode(&letters).unwrap();
            prop_assert_eq!(decode(&encoded), Some(letters));
        }

        #[test]
        fn no_label_panics(label in "xn--[a-z0-9-]{0,60}") {
            let _fault = fault(&label);
        }
    }
}
