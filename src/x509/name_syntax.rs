//! The syntax of names in text: hosts, mailboxes, URIs and principals, and why a text is none.

use std::net::Ipv6Addr;

use super::a_label;
use super::attribute::deceives;

/// Why an element is none of the kinds that privca issues.
pub(super) fn other_fault(element: &[u8]) -> &'static str {
    match element {
        [0x81 | 0x82 | 0x86, 0] => "is empty",
        [0x81 | 0x82 | 0x86, ..] => NOT_ASCII,
        [0x87, ..] => "is an address of neither 4 nor 16 bytes",
        [0x88, ..] => "is a malformed object identifier",
        [0xa0, ..] => {
            "is an otherName that is no user principal name, the only one that privca issues"
        }
        [0xa3, ..] => "is an X.400 address, which privca does not issue",
        [0xa4, ..] => "is a malformed directory name",
        [0xa5, ..] => "is an EDI party name, which privca does not issue",
        _ => "is of no kind that RFC 5280 knows",
    }
}

const NOT_ASCII: &str =
    "has characters outside ASCII; write an international domain in its xn-- form";

/// Why a text is no mailbox as RFC 5280 wants it: `local@domain` in ASCII, nothing around it.
pub(super) fn mailbox_fault(text: &str) -> Option<&'static str> {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Some("has no @");
    };
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'+-/=?^_`{|}~.".contains(&b);
    if local.contains('*') {
        return Some("has a wildcard in its local part");
    }
    if local.is_empty() || !local.bytes().all(atom) {
        return Some(
            "has a local part that is no mailbox name (letters, digits, dots and !#$%&'+-/=?^_`{|}~ in ASCII)",
        );
    }
    // RFC 5321, 4.5.3.1
    if local.len() > 64 || text.len() > 254 {
        return Some("has more than 64 characters before the @, or 254 in all");
    }
    if local.starts_with('.') || local.ends_with('.') || local.contains("..") {
        return Some("has a misplaced dot in its local part");
    }
    host_fault(domain, false)
}

/// Why a text is no host name in RFC 1034's preferred syntax, as RFC 5280 demands.
pub(super) fn host_fault(text: &str, wildcard: bool) -> Option<&'static str> {
    let host = text.strip_prefix("*.").filter(|_| wildcard).unwrap_or(text);
    if text.len() > 253 {
        return Some("has more than 253 characters");
    }
    if !text.is_ascii() {
        return Some(NOT_ASCII);
    }
    if host.contains('*') {
        return Some("has a wildcard elsewhere than as its whole first label");
    }
    if wildcard && host != text && !host.contains('.') {
        return Some("has a wildcard right above a top-level domain");
    }
    if host
        .split('.')
        .all(|label| label.bytes().all(|b| b.is_ascii_digit()))
    {
        return Some("is no host name; an address goes by ip:");
    }
    let label_fault = |label: &str| {
        let inside = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        match label.len() {
            0 => Some("has an empty label"),
            64.. => Some("has a label of more than 63 characters"),
            _ if !label.bytes().all(inside) => Some(
                "has characters that a host name cannot have (letters, digits, hyphens and dots)",
            ),
            _ if label.starts_with('-') || label.ends_with('-') => {
                Some("has a label that begins or ends with a hyphen")
            }
            _ => a_label::fault(label),
        }
    };
    host.split('.').find_map(label_fault)
}

/// Why a text is no absolute URI in ASCII (RFC 3986, RFC 5280 4.2.1.6).
pub(super) fn uri_fault(text: &str) -> Option<&'static str> {
    let Some((scheme, rest)) = text.split_once(':') else {
        return Some("has no scheme, such as https:");
    };
    let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    if !scheme_fits || rest.is_empty() {
        return Some("is no absolute URI");
    }
    let inside = |b: u8| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b);
    if !rest.bytes().all(inside) {
        return Some("has characters that a URI cannot have; write them percent-encoded");
    }
    // RFC 5280: with an authority, its host must be a full domain name or an address
    let authority = rest.strip_prefix("//")?;
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() {
        return (scheme != "file").then_some("has no host after //");
    }
    authority_fault(authority)
}

/// Why an authority (RFC 3986, 3.2) names no single host. Its names are wider than host names:
/// SPIFFE's trust domains have underscores.
fn authority_fault(authority: &str) -> Option<&'static str> {
    let (_, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let odd = Some("has an odd host after //");
    if let Some(bracketed) = host.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']').unwrap_or((bracketed, "?"));
        let fits = address.parse::<Ipv6Addr>().is_ok() && is_port(port);
        return if fits { None } else { odd };
    }
    let (name, port) = match host.find(':') {
        Some(at) => host.split_at(at),
        None => (host, ""),
    };
    let label_fits = |label: &str| {
        let inside = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
        (1..=63).contains(&label.len()) && label.bytes().all(inside)
    };
    if name.len() > 253 || !name.split('.').all(label_fits) || !is_port(port) {
        return odd;
    }
    name.split('.').find_map(a_label::fault)
}

/// True for nothing, or a colon and digits.
fn is_port(text: &str) -> bool {
    text.is_empty()
        || text
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn principal_fault(text: &str) -> Option<&'static str> {
    let fits = text
        .split_once('@')
        .is_some_and(|(user, realm)| !user.is_empty() && !realm.is_empty());
    if !fits {
        return Some("is no user principal name, such as alice@corp.example.com");
    }
    let bad = text.chars().any(|c| c.is_control() || c.is_whitespace()) || deceives(text);
    bad.then_some("has blanks or control characters, or some that hide or turn text")
}
