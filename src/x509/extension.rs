//! Extensions: written for certificates, CSRs and CRLs, and read where a decision needs them.

use std::collections::HashSet;

use super::general_name::GeneralName;
use super::key_usage::KeyUsage;
use crate::primitives::der::{self, DerError, tag};
use crate::primitives::oid::{Oid, known};

/// One extension (RFC 5280, 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its type.
    pub oid: Oid,
    /// Whether who does not know it must refuse the certificate.
    pub critical: bool,
    /// What the OCTET STRING holds: the DER of the extension's own syntax.
    pub value: Vec<u8>,
}

/// A certificate policy and its qualifiers (RFC 5280, 4.2.1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyInformation {
    /// The policy.
    pub oid: Oid,
    /// Where the certification practice statement is.
    pub cps: Option<String>,
    /// Explicit text for relying parties.
    pub notice: Option<String>,
}

impl Extension {
    fn new(oid: Oid, critical: bool, value: Vec<u8>) -> Self {
        Self {
            oid,
            critical,
            value,
        }
    }

    /// basicConstraints, always critical and explicit.
    pub fn basic_constraints(ca: bool, path_len: Option<u32>) -> Self {
        let mut parts = Vec::new();
        if ca {
            parts.push(der::boolean_true());
            parts.extend(path_len.map(|n| der::unsigned(&n.to_be_bytes())));
        }
        Self::new(known::BASIC_CONSTRAINTS, true, der::sequence(&parts))
    }

    /// keyUsage, critical as RFC 5280 asks.
    pub fn key_usage(usage: KeyUsage) -> Self {
        Self::new(known::KEY_USAGE, true, usage.to_der())
    }

    /// extKeyUsage.
    pub fn extended_key_usage(purposes: &[Oid], critical: bool) -> Self {
        let parts: Vec<Vec<u8>> = purposes.iter().map(Oid::to_der).collect();
        Self::new(known::EXTENDED_KEY_USAGE, critical, der::sequence(&parts))
    }

    /// subjectKeyIdentifier.
    pub fn subject_key_identifier(id: &[u8]) -> Self {
        Self::new(
            known::SUBJECT_KEY_IDENTIFIER,
            false,
            der::tlv(tag::OCTET_STRING, id),
        )
    }

    /// authorityKeyIdentifier with the key identifier alone: issuer and serial in it would tie the
    /// certificate to one certificate of its CA, so that renewing the CA would break it.
    pub fn authority_key_identifier(id: &[u8]) -> Self {
        let value = der::sequence(&[der::tlv(tag::context(0), id)]);
        Self::new(known::AUTHORITY_KEY_IDENTIFIER, false, value)
    }

    /// subjectAltName; critical where the subject is empty (RFC 5280, 4.2.1.6).
    pub fn subject_alt_name(names: &[GeneralName], critical: bool) -> Self {
        Self::new(known::SUBJECT_ALT_NAME, critical, general_names(names))
    }

    /// cRLDistributionPoints, one point with a fullName for each URL.
    pub fn crl_distribution_points(urls: &[String]) -> Self {
        let point = |url: &String| {
            let full_name = der::tlv(tag::context_constructed(0), &uri(url));
            der::sequence(&[der::tlv(tag::context_constructed(0), &full_name)])
        };
        let points: Vec<Vec<u8>> = urls.iter().map(point).collect();
        Self::new(
            known::CRL_DISTRIBUTION_POINTS,
            false,
            der::sequence(&points),
        )
    }

    /// authorityInfoAccess: OCSP responders, then where the issuer's certificate is.
    pub fn authority_info_access(ocsp: &[String], issuers: &[String]) -> Self {
        let entry = |method: &Oid, url: &String| der::sequence(&[method.to_der(), uri(url)]);
        let responders = ocsp.iter().map(|url| entry(&known::AD_OCSP, url));
        let issuers = issuers.iter().map(|url| entry(&known::AD_CA_ISSUERS, url));
        let entries: Vec<Vec<u8>> = responders.chain(issuers).collect();
        Self::new(known::AUTHORITY_INFO_ACCESS, false, der::sequence(&entries))
    }

    /// certificatePolicies.
    pub fn certificate_policies(policies: &[PolicyInformation]) -> Self {
        let parts: Vec<Vec<u8>> = policies.iter().map(policy).collect();
        Self::new(known::CERTIFICATE_POLICIES, false, der::sequence(&parts))
    }

    /// tlsfeature (RFC 7633): the numbers of TLS extensions, such as 5 for status_request.
    pub fn tls_feature(features: &[u16]) -> Self {
        let parts: Vec<Vec<u8>> = features
            .iter()
            .map(|n| der::unsigned(&n.to_be_bytes()))
            .collect();
        Self::new(known::TLS_FEATURE, false, der::sequence(&parts))
    }

    /// id-pkix-ocsp-nocheck (RFC 6960, 4.2.2.2.1).
    pub fn ocsp_no_check() -> Self {
        Self::new(known::OCSP_NO_CHECK, false, der::tlv(tag::NULL, &[]))
    }

    /// The element as certificates hold it.
    pub fn to_der(&self) -> Vec<u8> {
        let mut parts = vec![self.oid.to_der()];
        if self.critical {
            parts.push(der::boolean_true());
        }
        parts.push(der::tlv(tag::OCTET_STRING, &self.value));
        der::sequence(&parts)
    }

    /// Reads Extensions, the SEQUENCE that certificates and CSRs hold.
    ///
    /// # Errors
    /// When `input` is not that, or names a type twice (RFC 5280, 4.2).
    pub fn read_all(input: &[u8]) -> Result<Vec<Self>, DerError> {
        let mut sequence = der::only(input, tag::SEQUENCE, "extensions are no SEQUENCE")?.reader();
        let mut extensions: Vec<Self> = Vec::new();
        let mut seen = HashSet::new();
        while !sequence.is_empty() {
            let offset = sequence.offset();
            let mut fields = sequence.sequence("an extension is no SEQUENCE")?;
            let oid = fields.oid("an extension has no type")?;
            let critical = fields.boolean_default_false()?;
            let value = fields
                .require(tag::OCTET_STRING, "an extension has no value")?
                .value
                .to_vec();
            fields.finish()?;
            if !seen.insert(oid.clone()) {
                return Err(DerError {
                    offset,
                    fault: "the same extension stands there twice",
                });
            }
            extensions.push(Self {
                oid,
                critical,
                value,
            });
        }
        Ok(extensions)
    }

    /// OpenSSL's name of the type, else the dotted OID.
    pub fn label(&self) -> String {
        self.oid
            .short_name()
            .map_or_else(|| self.oid.to_string(), str::to_owned)
    }
}

/// cA and pathLenConstraint of a basicConstraints value.
///
/// # Errors
/// When the value is malformed.
pub fn read_basic_constraints(value: &[u8]) -> Result<(bool, Option<u32>), DerError> {
    let mut fields = der::only(value, tag::SEQUENCE, "basicConstraints is no SEQUENCE")?.reader();
    let ca = fields.boolean_default_false()?;
    let offset = fields.offset();
    let path_len = fields.optional(tag::INTEGER)?.map(|n| match n.value {
        [first, ..] if first & 0x80 != 0 => Err(DerError {
            offset,
            fault: "negative path length",
        }),
        // more than four octets: longer than any chain
        digits if digits.len() > 4 => Ok(u32::MAX),
        digits => Ok(digits.iter().fold(0u32, |n, d| n << 8 | u32::from(*d))),
    });
    fields.finish()?;
    Ok((ca, path_len.transpose()?))
}

/// The purposes of an extKeyUsage value.
///
/// # Errors
/// When the value is malformed.
pub fn read_extended_key_usage(value: &[u8]) -> Result<Vec<Oid>, DerError> {
    let mut sequence = der::only(value, tag::SEQUENCE, "extKeyUsage is no SEQUENCE")?.reader();
    let mut purposes = Vec::new();
    while !sequence.is_empty() {
        purposes.push(sequence.oid("a purpose is no OID")?);
    }
    Ok(purposes)
}

/// The key identifier of an authorityKeyIdentifier value, if it has one.
///
/// # Errors
/// When the value is malformed.
pub fn read_authority_key_identifier(value: &[u8]) -> Result<Option<Vec<u8>>, DerError> {
    let mut fields = der::only(
        value,
        tag::SEQUENCE,
        "authorityKeyIdentifier is no SEQUENCE",
    )?
    .reader();
    Ok(fields
        .optional(tag::context(0))?
        .map(|id| id.value.to_vec()))
}

/// GeneralNames.
pub fn general_names(names: &[GeneralName]) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = names.iter().map(GeneralName::to_der).collect();
    der::sequence(&parts)
}

fn uri(url: &str) -> Vec<u8> {
    der::tlv(tag::context(6), url.as_bytes())
}

fn policy(policy: &PolicyInformation) -> Vec<u8> {
    let mut qualifiers = Vec::new();
    if let Some(cps) = &policy.cps {
        let url = der::tlv(tag::IA5_STRING, cps.as_bytes());
        qualifiers.push(der::sequence(&[known::QT_CPS.to_der(), url]));
    }
    if let Some(notice) = &policy.notice {
        let text = der::sequence(&[der::tlv(tag::UTF8_STRING, notice.as_bytes())]);
        qualifiers.push(der::sequence(&[known::QT_USER_NOTICE.to_der(), text]));
    }
    let mut parts = vec![policy.oid.to_der()];
    if !qualifiers.is_empty() {
        parts.push(der::sequence(&qualifiers));
    }
    der::sequence(&parts)
}

/// The extension of this type, if `extensions` has it.
pub fn find<'a>(extensions: &'a [Extension], oid: &Oid) -> Option<&'a Extension> {
    extensions.iter().find(|e| e.oid == *oid)
}

/// The subjectAltName's names, none where there is no such extension.
///
/// # Errors
/// When the value is malformed.
pub fn read_subject_alt_names(extensions: &[Extension]) -> Result<Vec<GeneralName>, DerError> {
    find(extensions, &known::SUBJECT_ALT_NAME)
        .map_or(Ok(Vec::new()), |e| GeneralName::read_all(&e.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_constraints_as_openssl_encodes_them() {
        assert_eq!(Extension::basic_constraints(false, None).value, [0x30, 0]);
        assert_eq!(
            Extension::basic_constraints(true, None).value,
            [0x30, 3, 1, 1, 0xff]
        );
        let zero = Extension::basic_constraints(true, Some(0));
        assert_eq!(zero.value, [0x30, 6, 1, 1, 0xff, 2, 1, 0]);
        assert_eq!(read_basic_constraints(&zero.value), Ok((true, Some(0))));
        assert_eq!(
            read_basic_constraints(&[0x30, 6, 1, 1, 0xff, 2, 1, 0x80]).map_err(|e| e.fault),
            Err("negative path length")
        );
    }

    #[test]
    fn extensions_read_back_and_doubles_are_refused() {
        let all = vec![
            Extension::key_usage(KeyUsage::DIGITAL_SIGNATURE),
            Extension::extended_key_usage(&[known::CLIENT_AUTH], false),
            Extension::ocsp_no_check(),
        ];
        let encode = |list: &[Extension]| {
            der::sequence(&list.iter().map(Extension::to_der).collect::<Vec<_>>())
        };
        assert_eq!(Extension::read_all(&encode(&all)), Ok(all.clone()));
        let twice = [all[0].clone(), all[0].clone()];
        assert!(Extension::read_all(&encode(&twice)).is_err());
    }
}
