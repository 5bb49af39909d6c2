//! The name constraints of every CA, on every certificate below it (RFC 5280, 6.1.3 b, c), as
//! [`crate::x509::name_constraints`] judges names, and where OpenSSL is stricter, as it does.

use super::{Checked, Code, Fault};
use crate::primitives::der::tag;
use crate::primitives::oid::known;
use crate::x509::certificate::Certificate;
use crate::x509::general_name::GeneralName;
use crate::x509::name::{Attribute, Name};
use crate::x509::name_constraints::{NameConstraints, Subtree};

pub(super) fn check(chain: &[&Certificate]) -> Checked {
    for (depth, certificate) in chain.iter().enumerate().rev() {
        // a CA that reissued itself is not below itself (RFC 5280, 6.1.3)
        if depth > 0 && certificate.is_self_issued() {
            continue;
        }
        for (above, ca) in chain.iter().enumerate().skip(depth + 1).rev() {
            let Ok(Some(constraints)) = ca.name_constraints() else {
                continue;
            };
            let (subject, names) = (certificate.subject(), certificate.names());
            let objections = objections(&constraints, subject, &names, depth == 0);
            if let Some(said) = objections.first() {
                let said = format!(
                    "{said} (the constraints of {}, depth {above})",
                    ca.subject()
                );
                return Err(Fault::new(Code::NameNotPermitted, depth, said));
            }
        }
    }
    Ok(())
}

/// Why the constraints of a CA forbid a certificate below it with this subject and these alternative
/// names; empty where every reader lets it pass.
pub fn objections(
    constraints: &NameConstraints,
    subject: &Name,
    names: &[GeneralName],
    is_leaf: bool,
) -> Vec<String> {
    let mut names = names.to_vec();
    // without a DNS name, OpenSSL takes a common name that looks like one for it
    if is_leaf && !names.iter().any(|n| matches!(n, GeneralName::Dns(_))) {
        let common = subject.values(&known::COMMON_NAME).into_iter();
        names.extend(common.filter(|n| looks_like_host(n)).map(GeneralName::Dns));
    }
    let violations = constraints.violations(subject, &names);
    let mut objections: Vec<String> = violations.iter().map(ToString::to_string).collect();
    let odd = |a: Attribute| a.oid == known::EMAIL_ADDRESS && a.tag != tag::IA5_STRING;
    if subject.attributes().any(odd) {
        objections.push("an emailAddress in its subject is no IA5String".to_owned());
    }
    let mailboxes = subject.values(&known::EMAIL_ADDRESS);
    names.extend(mailboxes.into_iter().map(GeneralName::Email));
    objections.extend(names.iter().filter_map(|name| doubtful(name, constraints)));
    objections
}

/// Where readers of a name or a subtree differ, and one of them would refuse it.
fn doubtful(name: &GeneralName, constraints: &NameConstraints) -> Option<String> {
    let subtrees = || constraints.permitted.iter().chain(&constraints.excluded);
    let refused = match name {
        GeneralName::Email(mailbox) => {
            let judged = subtrees().any(|s| matches!(s, Subtree::Email(_)));
            // "" and "@host": nothing or everything, as one reads them
            let vague = |base: &str| base.is_empty() || base.starts_with('@');
            let empty = subtrees().any(|s| matches!(s, Subtree::Email(b) if vague(b)));
            judged && !mailbox.contains('@') || empty
        }
        GeneralName::Uri(uri) => {
            let judged = subtrees().any(|s| matches!(s, Subtree::Uri(_)));
            judged && !has_plain_authority(uri)
        }
        // a wildcard that could stand for an excluded host
        GeneralName::Dns(host) => host.strip_prefix('*').is_some_and(|parent| {
            let inside = |base: &str| {
                let (base, parent) = (base.to_ascii_lowercase(), parent.to_ascii_lowercase());
                base.trim_start_matches('.').ends_with(&parent)
            };
            (constraints.excluded.iter()).any(|s| matches!(s, Subtree::Dns(b) if inside(b)))
        }),
        // an SmtpUTF8Mailbox (RFC 8398), a value that its kind cannot have
        GeneralName::Other(_) => !constraints.is_empty(),
        _ => false,
    };
    refused.then(|| format!("{name} cannot be judged by the constraints beyond doubt"))
}

/// `scheme://host` with nothing that readers cut differently: a user, brackets, a second colon.
fn has_plain_authority(uri: &str) -> bool {
    let Some((_, rest)) = uri.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, after) = rest.split_at(authority.len());
    !authority.is_empty()
        && !authority.contains(['@', '[', ']', ':'])
        && !host.is_empty()
        && !after.contains(':')
        && (after.is_empty() || after.starts_with('/'))
        || is_host_and_port(authority)
}

/// `host:port`.
fn is_host_and_port(authority: &str) -> bool {
    authority.split_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains('@') && port.bytes().all(|b| b.is_ascii_digit())
    })
}

/// As OpenSSL's `cn2dnsid`: two labels at least, of letters, digits, hyphens and underscores.
fn looks_like_host(name: &str) -> bool {
    let label = |label: &str| {
        let inside = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        !label.is_empty() && label.bytes().all(inside)
    };
    name.contains('.') && name.split('.').all(label)
}
