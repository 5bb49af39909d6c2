//! Whom a certificate names: host, mailbox, address. Alternative names alone count (RFC 9525).

use std::net::IpAddr;

use super::{Checked, Code, Fault, Identity};
use crate::x509::certificate::Certificate;
use crate::x509::general_name::GeneralName;

pub(super) fn check(chain: &[&Certificate], identity: &Identity) -> Checked {
    let Some(leaf) = chain.first() else {
        return Ok(());
    };
    let names = leaf.names();
    let no = |code, wanted: &str| {
        let all: Vec<String> = names.iter().map(ToString::to_string).collect();
        let all = if all.is_empty() {
            "no alternative names".to_owned()
        } else {
            all.join(", ")
        };
        let said = format!("it is not for {}; it has {all}", wanted.escape_debug());
        Err(Fault::new(code, 0, said))
    };
    if let Some(host) = &identity.host
        && !names.iter().any(|name| names_host(name, host))
    {
        return no(Code::HostMismatch, host);
    }
    if let Some(email) = &identity.email
        && !names.iter().any(|name| names_mailbox(name, email))
    {
        return no(Code::EmailMismatch, email);
    }
    if let Some(ip) = &identity.ip
        && !names.iter().any(|name| names_address(name, *ip))
    {
        return no(Code::IpMismatch, &ip.to_string());
    }
    Ok(())
}

/// RFC 9525, 6.3: without letter case; a wildcard is the whole leftmost label, stands for one label,
/// and has two labels at least to its right.
fn names_host(name: &GeneralName, host: &str) -> bool {
    let GeneralName::Dns(pattern) = name else {
        return false;
    };
    let Some(parent) = pattern.strip_prefix("*.") else {
        return !pattern.contains('*') && pattern.eq_ignore_ascii_case(host);
    };
    let Some((label, rest)) = host.split_once('.') else {
        return false;
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    parent.split('.').filter(|label| !label.is_empty()).count() > 1
        && !parent.contains('*')
        && !label.is_empty()
        && label.bytes().all(plain)
        && parent.eq_ignore_ascii_case(rest)
}

/// The local part as it is, the domain without letter case.
fn names_mailbox(name: &GeneralName, email: &str) -> bool {
    let GeneralName::Email(mailbox) = name else {
        return false;
    };
    match (mailbox.rsplit_once('@'), email.rsplit_once('@')) {
        (Some((local, domain)), Some((wanted, at))) => {
            local == wanted && domain.eq_ignore_ascii_case(at)
        }
        _ => false,
    }
}

fn names_address(name: &GeneralName, ip: IpAddr) -> bool {
    *name == GeneralName::Ip(ip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (pattern, host, named) in [
            ("example.com", "EXAMPLE.com", true),
            ("example.com", "www.example.com", false),
            ("example.com", "example.com.", false),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.example.com", ".example.com", false),
            ("*.example.com", "*.example.com", false),
            ("*.example.com", "a_b.example.com", false),
            ("*.com", "example.com", false),
            ("w*.example.com", "www.example.com", false),
            ("w*.example.com", "w*.example.com", false),
            ("www.*.com", "www.example.com", false),
            ("*", "localhost", false),
        ] {
            let name = GeneralName::Dns(pattern.to_owned());
            assert_eq!(names_host(&name, host), named, "{pattern} {host}");
        }
    }

    #[test]
    fn mailboxes() {
        let name = GeneralName::Email("Alice@Example.com".to_owned());
        assert!(names_mailbox(&name, "Alice@EXAMPLE.com"));
        assert!(!names_mailbox(&name, "alice@example.com"));
        assert!(!names_mailbox(&name, "Alice"));
    }
}
