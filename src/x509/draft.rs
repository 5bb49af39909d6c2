//! From content to the bytes that will be signed.
//!
//! `rcgen` drafts each structure under a signer that signs nothing. Its names hold one value for
//! each attribute type and are encoded anew, so the exact issuer, subject, key and algorithm go into
//! the draft here, byte for byte: `exact` is the one place where that happens.

use std::fmt;
use std::marker::PhantomData;

use rcgen::{CertificateParams, CustomExtension, IsCa, KeyIdMethod, SerialNumber, SigningKey};

use super::certificate::Certificate;
use super::extension::Extension;
use super::name::Name;
use super::revocation_list::Entries;
use super::serial::Serial;
use crate::keys::{KeyError, PrivateKey, PublicKey};
use crate::primitives::der::{self, DerError, tag};
use crate::primitives::time::Timestamp;

/// The three kinds of structure that privca signs: types for [`ToBeSigned`] and what follows it.
pub mod kind {
    /// A certificate.
    #[derive(Debug)]
    pub enum Certificate {}
    /// A certificate request.
    #[derive(Debug)]
    pub enum Request {}
    /// A revocation list.
    #[derive(Debug)]
    pub enum RevocationList {}
}

/// The bytes that a signature will cover, and the algorithm that they name.
#[derive(Debug)]
pub struct ToBeSigned<K> {
    pub(super) der: Vec<u8>,
    pub(super) signature_algorithm: &'static [u8],
    kind: PhantomData<K>,
}

impl<K> ToBeSigned<K> {
    /// The bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

/// Why there is no draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftError {
    /// rcgen refuses the parameters, or an identifier is too large for it.
    Refused(String),
    /// rcgen's draft is not laid out as expected: a bug.
    Layout(DerError),
}

impl fmt::Display for DraftError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(said) => write!(f, "the structure cannot be encoded: {said}"),
            Self::Layout(fault) => write!(f, "the draft is not laid out as expected: {fault}"),
        }
    }
}

impl std::error::Error for DraftError {}

impl From<rcgen::Error> for DraftError {
    fn from(error: rcgen::Error) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<DerError> for DraftError {
    fn from(fault: DerError) -> Self {
        Self::Layout(fault)
    }
}

/// What a certificate says, apart from who signs it.
#[derive(Clone, Debug)]
pub struct CertificateContent<'a> {
    /// Its serial number.
    pub serial: &'a Serial,
    /// The subject, copied byte for byte.
    pub subject: &'a Name,
    /// The first second of its life.
    pub not_before: Timestamp,
    /// The last second of its life.
    pub not_after: Timestamp,
    /// The subject's key, copied byte for byte.
    pub public_key: &'a PublicKey,
    /// All extensions but the two key identifiers.
    pub extensions: Vec<Extension>,
}

/// Who signs: a name, the key identifier that goes into authority key identifiers, and the
/// algorithm of the signature.
#[derive(Clone, Debug)]
pub struct Authority {
    name: Name,
    key_identifier: Vec<u8>,
    signature_algorithm: &'static [u8],
}

impl Authority {
    /// The CA of this certificate.
    ///
    /// # Errors
    /// When privca cannot sign with a key like its own.
    pub fn of(certificate: &Certificate) -> Result<Self, KeyError> {
        Ok(Self {
            name: certificate.subject().clone(),
            key_identifier: certificate.key_identifier(),
            signature_algorithm: certificate.public_key().signature_algorithm()?,
        })
    }

    /// A root that signs itself.
    ///
    /// # Errors
    /// When privca cannot sign with a key like this.
    pub fn root(subject: &Name, key: &PublicKey) -> Result<Self, KeyError> {
        Ok(Self {
            name: subject.clone(),
            key_identifier: key.identifier().to_vec(),
            signature_algorithm: key.signature_algorithm()?,
        })
    }
}

/// A certificate of `content`, to be signed by `authority`.
///
/// # Errors
/// When rcgen cannot encode the content.
pub fn certificate(
    content: CertificateContent<'_>,
    authority: &Authority,
) -> Result<ToBeSigned<kind::Certificate>, DraftError> {
    let mut extensions = content.extensions;
    extensions.push(Extension::subject_key_identifier(
        &content.public_key.identifier(),
    ));
    extensions.push(Extension::authority_key_identifier(
        &authority.key_identifier,
    ));

    let mut params = CertificateParams::default();
    params.serial_number = Some(SerialNumber::from_slice(content.serial.unsigned()));
    params.not_before = instant(content.not_before)?;
    params.not_after = instant(content.not_after)?;
    params.is_ca = IsCa::NoCa;
    params.custom_extensions = extensions
        .iter()
        .map(custom_extension)
        .collect::<Result<_, _>>()?;
    let draft = params.self_signed(&Blank)?;

    // TBSCertificate: version, serialNumber, signature, issuer, validity, subject, key, extensions
    exact(
        draft.der(),
        &[
            (2, authority.signature_algorithm),
            (3, authority.name.der()),
            (5, content.subject.der()),
            (6, content.public_key.spki()),
        ],
        authority.signature_algorithm,
    )
}

/// A certificate request for `subject` with the extensions that it asks for.
///
/// # Errors
/// When rcgen cannot encode the content.
pub fn request(
    subject: &Name,
    extensions: &[Extension],
    key: &PrivateKey,
) -> Result<ToBeSigned<kind::Request>, DraftError> {
    let mut params = CertificateParams::default();
    params.custom_extensions = extensions
        .iter()
        .map(custom_extension)
        .collect::<Result<_, _>>()?;
    let draft = params.serialize_request(&Blank)?;
    // CertificationRequestInfo: version, subject, key, attributes
    exact(
        draft.der(),
        &[(1, subject.der()), (2, key.public().spki())],
        key.signature_algorithm(),
    )
}

/// What a revocation list says, apart from who signs it.
#[derive(Clone, Debug)]
pub struct RevocationListContent<'a> {
    /// Its number, one more than the last one's.
    pub number: &'a Serial,
    /// When it was made.
    pub this_update: Timestamp,
    /// When the next one is due at the latest.
    pub next_update: Timestamp,
    /// What is revoked.
    pub entries: Entries,
}

/// A revocation list (RFC 5280, 5.1). rcgen drafts the frame; entries go in as they are, since its
/// own take ten times the memory.
///
/// # Errors
/// When rcgen refuses the dates.
pub fn revocation_list(
    content: RevocationListContent<'_>,
    authority: &Authority,
) -> Result<ToBeSigned<kind::RevocationList>, DraftError> {
    let mut issuer = CertificateParams::default();
    issuer.key_identifier_method = KeyIdMethod::PreSpecified(authority.key_identifier.clone());
    let params = rcgen::CertificateRevocationListParams {
        this_update: instant(content.this_update)?,
        next_update: instant(content.next_update)?,
        crl_number: SerialNumber::from_slice(content.number.unsigned()),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::PreSpecified(authority.key_identifier.clone()),
    };
    let draft = params.signed_by(&rcgen::Issuer::new(issuer, Blank))?;
    // TBSCertList: version, signature, issuer, thisUpdate, nextUpdate, (entries,) crlExtensions
    let drafted = parts(draft.der())?;
    let [version, _, _, this_update, next_update, extensions] = drafted.as_slice() else {
        return Err(DraftError::Layout(DerError {
            offset: 0,
            fault: "other fields than those of a revocation list",
        }));
    };
    let mut front = [
        version,
        authority.signature_algorithm,
        authority.name.der(),
        this_update,
        next_update,
    ]
    .concat();
    let entries = content.entries.into_contents();
    // where nothing is revoked the field is absent (RFC 5280, 5.1.2.6)
    if !entries.is_empty() {
        der::write_header(&mut front, tag::SEQUENCE, entries.len());
    }
    Ok(ToBeSigned {
        der: der::wrapped(entries, &front, extensions),
        signature_algorithm: authority.signature_algorithm,
        kind: PhantomData,
    })
}

/// Takes the first element of `draft`, a signed structure, and puts the given elements in place of
/// rcgen's, counted from 0.
fn exact<K>(
    draft: &[u8],
    replacements: &[(usize, &[u8])],
    signature_algorithm: &'static [u8],
) -> Result<ToBeSigned<K>, DraftError> {
    let mut parts = parts(draft)?;
    for (at, element) in replacements {
        let part = parts.get_mut(*at).ok_or(DerError {
            offset: 0,
            fault: "a field is missing",
        })?;
        *part = element;
    }
    Ok(ToBeSigned {
        der: der::sequence(&parts),
        signature_algorithm,
        kind: PhantomData,
    })
}

/// The fields of what `draft`, a signed structure, would have signed.
fn parts(draft: &[u8]) -> Result<Vec<&[u8]>, DerError> {
    let mut outer = der::only(draft, tag::SEQUENCE, "no signed structure")?.reader();
    let mut fields = outer.sequence("nothing to be signed")?;
    let mut parts: Vec<&[u8]> = Vec::new();
    while !fields.is_empty() {
        parts.push(fields.any()?.raw);
    }
    Ok(parts)
}

fn instant(at: Timestamp) -> Result<time::OffsetDateTime, DraftError> {
    at.datetime()
        .ok_or_else(|| DraftError::Refused(format!("the time {at}")))
}

fn custom_extension(extension: &Extension) -> Result<CustomExtension, DraftError> {
    let arcs = extension.oid.arcs_u64();
    let arcs = arcs.ok_or_else(|| DraftError::Refused(format!("the OID {}", extension.oid)))?;
    let mut custom = CustomExtension::from_oid_content(&arcs, extension.value.clone());
    custom.set_criticality(extension.critical);
    Ok(custom)
}

/// A signer that signs nothing; its key and algorithm are replaced in every draft.
struct Blank;

impl rcgen::PublicKeyData for Blank {
    fn der_bytes(&self) -> &[u8] {
        &[]
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl SigningKey for Blank {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(Vec::new())
    }
}
