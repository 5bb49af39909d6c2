//! Software that cannot read an extension refuses the certificate, or passes over what it says.

use crate::primitives::der::{self, DerError, Reader, tag};
use crate::primitives::oid::{Oid, known};
use crate::x509::extension as value;
use crate::x509::lint::Severity;
use crate::x509::lint::rule::{Rule, Test};
use crate::x509::lint::view::{Extension, general_names};
use crate::x509::name_constraints::NameConstraints;

pub(in crate::x509::lint) static RULE: Rule = Rule {
    name: "extension-syntax",
    clause: "RFC 5280, 4.2, 5.2 and 5.3",
    severity: Severity::Error,
    always_kept: false,
    asks: "the value of a known extension has that extension's syntax",
    test: Test::Extension(test),
};

fn test(extension: &Extension<'_>) -> Option<String> {
    read(&extension.oid, extension.value)
        .err()
        .map(|fault| fault.to_string())
}

/// Reads the value of an extension that RFC 5280 describes; others hold what they like.
pub(in crate::x509::lint) fn read(oid: &Oid, value: &[u8]) -> Result<(), DerError> {
    let only = |tag, what| der::only(value, tag, what).map(drop);
    match oid {
        o if *o == known::BASIC_CONSTRAINTS => value::read_basic_constraints(value).map(drop),
        o if *o == known::KEY_USAGE => only(tag::BIT_STRING, "keyUsage is no BIT STRING"),
        o if *o == known::EXTENDED_KEY_USAGE => value::read_extended_key_usage(value).map(drop),
        o if *o == known::SUBJECT_ALT_NAME || *o == known::ISSUER_ALT_NAME => {
            general_names(value).map(drop)
        }
        o if *o == known::SUBJECT_KEY_IDENTIFIER => {
            only(tag::OCTET_STRING, "subjectKeyIdentifier is no OCTET STRING")
        }
        o if *o == known::AUTHORITY_KEY_IDENTIFIER => authority_key_identifier(value),
        o if *o == known::NAME_CONSTRAINTS => NameConstraints::read(value).map(drop),
        o if *o == known::CERTIFICATE_POLICIES => policies(value),
        o if *o == known::CRL_DISTRIBUTION_POINTS => distribution_points(value),
        o if *o == known::AUTHORITY_INFO_ACCESS => descriptions(value),
        o if *o == known::TLS_FEATURE => features(value),
        o if *o == known::OCSP_NO_CHECK => only(tag::NULL, "ocspNoCheck is no NULL"),
        o if *o == known::CRL_NUMBER => only(tag::INTEGER, "cRLNumber is no INTEGER"),
        o if *o == known::REASON_CODE => only(tag::ENUMERATED, "the reason is no ENUMERATED"),
        _ => Ok(()),
    }
}

fn authority_key_identifier(value: &[u8]) -> Result<(), DerError> {
    let what = "authorityKeyIdentifier is no SEQUENCE";
    let mut fields = der::only(value, tag::SEQUENCE, what)?.reader();
    fields.optional(tag::context(0))?;
    fields.optional(tag::context_constructed(1))?;
    fields.optional(tag::context(2))?;
    fields.finish()
}

fn policies(value: &[u8]) -> Result<(), DerError> {
    each(value, "certificatePolicies is no SEQUENCE", |fields| {
        fields.oid("a policy has no identifier")?;
        fields.optional(tag::SEQUENCE).map(drop)
    })
}

fn distribution_points(value: &[u8]) -> Result<(), DerError> {
    each(value, "cRLDistributionPoints is no SEQUENCE", |fields| {
        fields.optional(tag::context_constructed(0))?;
        fields.optional(tag::context(1))?;
        fields.optional(tag::context_constructed(2)).map(drop)
    })
}

fn descriptions(value: &[u8]) -> Result<(), DerError> {
    each(value, "authorityInfoAccess is no SEQUENCE", |fields| {
        fields.oid("an access has no method")?;
        fields.any().map(drop)
    })
}

fn features(value: &[u8]) -> Result<(), DerError> {
    let mut list = der::only(value, tag::SEQUENCE, "tlsfeature is no SEQUENCE")?.reader();
    while !list.is_empty() {
        list.require(tag::INTEGER, "a TLS feature is no INTEGER")?;
    }
    Ok(())
}

/// A SEQUENCE OF SEQUENCEs, at least one of them.
fn each(
    value: &[u8],
    what: &'static str,
    read: impl Fn(&mut Reader<'_>) -> Result<(), DerError>,
) -> Result<(), DerError> {
    let mut list = der::only(value, tag::SEQUENCE, what)?.reader();
    loop {
        let mut fields = list.sequence("an element is no SEQUENCE, or there is none")?;
        read(&mut fields)?;
        fields.finish()?;
        if list.is_empty() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_known_extensions() {
        for (oid, good, bad) in [
            (known::BASIC_CONSTRAINTS, &[0x30, 0][..], &[5, 0][..]),
            (known::KEY_USAGE, &[3, 2, 7, 0x80], &[4, 0]),
            (
                known::EXTENDED_KEY_USAGE,
                &[0x30, 3, 6, 1, 42],
                &[0x30, 2, 5, 0],
            ),
            (
                known::SUBJECT_ALT_NAME,
                &[0x30, 3, 0x82, 1, b'a'],
                &[0x82, 1, b'a'],
            ),
            (known::SUBJECT_KEY_IDENTIFIER, &[4, 1, 1], &[0x30, 0]),
            (
                known::AUTHORITY_KEY_IDENTIFIER,
                &[0x30, 3, 0x80, 1, 1],
                &[0x30, 3, 4, 1, 1],
            ),
            (
                known::CERTIFICATE_POLICIES,
                &[0x30, 5, 0x30, 3, 6, 1, 42],
                &[0x30, 0],
            ),
            (
                known::CRL_DISTRIBUTION_POINTS,
                &[0x30, 2, 0x30, 0],
                &[0x30, 0],
            ),
            (
                known::AUTHORITY_INFO_ACCESS,
                &[0x30, 7, 0x30, 5, 6, 1, 42, 0x86, 0],
                &[0x30, 0],
            ),
            (known::TLS_FEATURE, &[0x30, 3, 2, 1, 5], &[2, 1, 5]),
            (known::OCSP_NO_CHECK, &[5, 0], &[]),
            (known::CRL_NUMBER, &[2, 1, 1], &[10, 1, 1]),
            (known::REASON_CODE, &[10, 1, 1], &[2, 1, 1]),
        ] {
            let label = oid.short_name();
            assert_eq!(read(&oid, good), Ok(()), "{label:?}");
            assert!(read(&oid, bad).is_err(), "{label:?}");
        }
    }
}
