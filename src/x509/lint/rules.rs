//! The rules themselves, each with its clause.

use super::Rule;
use crate::primitives::oid::known;
use crate::x509::certificate::Certificate;
use crate::x509::extension;
use crate::x509::key_usage::KeyUsage;

pub(super) static ALL: &[Rule] = &[
    Rule {
        name: "serial-positive",
        clause: "RFC 5280, 4.1.2.2",
        test: serial_positive,
    },
    Rule {
        name: "serial-at-most-20-octets",
        clause: "RFC 5280, 4.1.2.2",
        test: serial_length,
    },
    Rule {
        name: "issuer-not-empty",
        clause: "RFC 5280, 4.1.2.4",
        test: issuer_not_empty,
    },
    Rule {
        name: "validity-in-order",
        clause: "RFC 5280, 4.1.2.5",
        test: validity_in_order,
    },
    Rule {
        name: "subject-or-alternative-name",
        clause: "RFC 5280, 4.1.2.6",
        test: has_a_name,
    },
    Rule {
        name: "ca-subject-not-empty",
        clause: "RFC 5280, 4.1.2.6",
        test: ca_subject,
    },
    Rule {
        name: "authority-key-identifier",
        clause: "RFC 5280, 4.2.1.1",
        test: authority_key,
    },
    Rule {
        name: "subject-key-identifier",
        clause: "RFC 5280, 4.2.1.2",
        test: subject_key,
    },
    Rule {
        name: "key-usage-not-empty",
        clause: "RFC 5280, 4.2.1.3",
        test: key_usage_not_empty,
    },
    Rule {
        name: "key-cert-sign-only-for-cas",
        clause: "RFC 5280, 4.2.1.3",
        test: cert_sign,
    },
    Rule {
        name: "alternative-names-sound",
        clause: "RFC 5280, 4.2.1.6",
        test: alternative_names,
    },
    Rule {
        name: "alternative-name-critical",
        clause: "RFC 5280, 4.2.1.6",
        test: critical_names,
    },
    Rule {
        name: "basic-constraints-critical",
        clause: "RFC 5280, 4.2.1.9",
        test: ca_critical,
    },
    Rule {
        name: "path-length-only-for-cas",
        clause: "RFC 5280, 4.2.1.9",
        test: path_length,
    },
    Rule {
        name: "name-constraints-in-cas",
        clause: "RFC 5280, 4.2.1.10",
        test: constraints_in_cas,
    },
    Rule {
        name: "extended-key-usage-not-empty",
        clause: "RFC 5280, 4.2.1.12",
        test: purposes,
    },
];

fn said(broken: bool, what: &str) -> Option<String> {
    broken.then(|| what.to_owned())
}

fn is_ca(c: &Certificate) -> bool {
    c.basic_constraints().is_ok_and(|(ca, _)| ca)
}

fn serial_positive(c: &Certificate) -> Option<String> {
    said(
        c.serial().is_negative() || c.serial().unsigned().is_empty(),
        "the serial is not positive",
    )
}

fn serial_length(c: &Certificate) -> Option<String> {
    let octets = c.serial().contents().len();
    said(
        octets > 20,
        &format!("the serial has {octets} octets; at most 20 are allowed"),
    )
}

fn issuer_not_empty(c: &Certificate) -> Option<String> {
    said(c.issuer().is_empty(), "the issuer is empty")
}

fn validity_in_order(c: &Certificate) -> Option<String> {
    let (from, to) = (c.not_before(), c.not_after());
    said(
        to < from,
        &format!("it ends at {to}, before it begins at {from}"),
    )
}

fn has_a_name(c: &Certificate) -> Option<String> {
    said(
        c.subject().is_empty() && c.names().is_empty(),
        "it names nobody",
    )
}

fn ca_subject(c: &Certificate) -> Option<String> {
    said(
        is_ca(c) && c.subject().is_empty(),
        "the CA's subject is empty",
    )
}

fn authority_key(c: &Certificate) -> Option<String> {
    let id = c
        .extension(&known::AUTHORITY_KEY_IDENTIFIER)
        .and_then(|value| {
            extension::read_authority_key_identifier(value)
                .ok()
                .flatten()
        });
    said(
        id.is_none_or(|id| id.is_empty()),
        "there is no authority key identifier",
    )
}

fn subject_key(c: &Certificate) -> Option<String> {
    let right = c.subject_key_identifier() == Some(&c.public_key().identifier()[..]);
    said(
        !right,
        "the subject key identifier is not the SHA-1 of the key",
    )
}

fn key_usage_not_empty(c: &Certificate) -> Option<String> {
    let there = c.extension(&known::KEY_USAGE).is_some();
    said(
        there && c.key_usage().is_none_or(KeyUsage::is_empty),
        "key usage names no usage",
    )
}

fn cert_sign(c: &Certificate) -> Option<String> {
    let signs = c
        .key_usage()
        .is_some_and(|u| u.contains(KeyUsage::KEY_CERT_SIGN));
    match (is_ca(c), signs) {
        (true, false) if c.extension(&known::KEY_USAGE).is_some() => {
            said(true, "a CA may not sign certificates")
        }
        (false, true) => said(true, "what is no CA may sign certificates"),
        _ => None,
    }
}

fn alternative_names(c: &Certificate) -> Option<String> {
    match extension::read_subject_alt_names(c.extensions()) {
        Ok(names) => names
            .iter()
            .find_map(|name| name.check().err())
            .map(|bad| bad.to_string()),
        Err(fault) => Some(fault.to_string()),
    }
}

fn critical_names(c: &Certificate) -> Option<String> {
    let names = extension::find(c.extensions(), &known::SUBJECT_ALT_NAME)?;
    said(
        c.subject().is_empty() && !names.critical,
        "no subject, and its names are not critical",
    )
}

fn ca_critical(c: &Certificate) -> Option<String> {
    let constraints = extension::find(c.extensions(), &known::BASIC_CONSTRAINTS)?;
    said(
        is_ca(c) && !constraints.critical,
        "basicConstraints of a CA is not critical",
    )
}

fn path_length(c: &Certificate) -> Option<String> {
    match c.basic_constraints() {
        Ok((false, Some(_))) => said(true, "what is no CA has a path length"),
        Ok(_) => None,
        Err(fault) => Some(fault.to_string()),
    }
}

fn constraints_in_cas(c: &Certificate) -> Option<String> {
    said(
        !is_ca(c) && c.extension(&known::NAME_CONSTRAINTS).is_some(),
        "no CA, yet it constrains names",
    )
}

fn purposes(c: &Certificate) -> Option<String> {
    let value = c.extension(&known::EXTENDED_KEY_USAGE)?;
    match extension::read_extended_key_usage(value) {
        Ok(purposes) => said(purposes.is_empty(), "extended key usage names no purpose"),
        Err(fault) => Some(fault.to_string()),
    }
}
