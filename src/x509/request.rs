//! Certificate signing requests (PKCS #10, RFC 2986): read and verified.

use std::fmt;

use super::extension::Extension;
use super::name::Name;
use crate::keys::quality::{self, Weakness};
use crate::keys::{KeyError, PublicKey, VerifyError};
use crate::primitives::der::{self, DerError, Reader, tag};
use crate::primitives::oid::known;

/// A request whose own signature was checked: its sender holds the private key.
#[derive(Clone, Debug)]
pub struct VerifiedRequest {
    der: Vec<u8>,
    subject: Name,
    public_key: PublicKey,
    extensions: Vec<Extension>,
}

/// Why a request is refused before any profile looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// Not a CertificationRequest in DER.
    Malformed(DerError),
    /// Its public key cannot be read.
    Key(KeyError),
    /// The signature does not fit: the request was changed, or its sender lacks the private key.
    Signature(VerifyError),
    /// Its public key is unfit, so that the signature proves nothing or cannot be checked.
    Unfit(Vec<Weakness>),
    /// Signed with SHA-1, which proves nothing any more.
    Sha1,
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(fault) => write!(f, "not a certificate request: {fault}"),
            Self::Key(fault) => write!(f, "the request's public key cannot be used: {fault}"),
            Self::Signature(fault @ VerifyError::Unsupported { .. }) => {
                write!(
                    f,
                    "the request does not prove that its key is its own: {fault}"
                )
            }
            Self::Signature(fault) => {
                write!(f, "the request's own signature does not hold: {fault}")
            }
            Self::Unfit(weaknesses) => {
                let said: Vec<String> = weaknesses.iter().map(ToString::to_string).collect();
                write!(f, "the request's public key is unfit: {}", said.join("; "))
            }
            Self::Sha1 => f.write_str(
                "the request is signed with SHA-1, which can be forged; make it again with SHA-256",
            ),
        }
    }
}

impl std::error::Error for RequestError {}

impl From<DerError> for RequestError {
    fn from(fault: DerError) -> Self {
        Self::Malformed(fault)
    }
}

impl VerifiedRequest {
    /// Reads a request and checks its signature before anything else is looked at.
    ///
    /// # Errors
    /// When it is malformed, its key unusable, or the signature wrong.
    pub fn from_der(input: &[u8]) -> Result<Self, RequestError> {
        let mut outer = der::only(input, tag::SEQUENCE, "no CertificationRequest")?.reader();
        let info = outer.require(tag::SEQUENCE, "no CertificationRequestInfo")?;
        let algorithm = outer.require(tag::SEQUENCE, "no signature algorithm")?.raw;
        let signature = outer.bit_string("no signature")?;
        outer.finish()?;

        let mut fields = info.reader();
        let version = fields.require(tag::INTEGER, "no version")?;
        if version.value != [0] {
            return Err(DerError {
                offset: 0,
                fault: "its version is not 1",
            }
            .into());
        }
        let subject = fields.require(tag::SEQUENCE, "no subject")?.raw;
        let key = fields.require(tag::SEQUENCE, "no public key")?.raw;
        let attributes = fields.optional(tag::context_constructed(0))?;
        fields.finish()?;

        let public_key = PublicKey::from_spki(key).map_err(RequestError::Key)?;
        if crate::keys::rests_on_sha1(algorithm) {
            return Err(RequestError::Sha1);
        }
        public_key
            .verify(algorithm, info.raw, signature)
            .map_err(|fault| why_not(&public_key, fault))?;

        let extensions = attributes.map_or(Ok(Vec::new()), |a| requested_extensions(a.reader()))?;
        Ok(Self {
            der: input.to_vec(),
            subject: Name::from_der(subject)?,
            public_key,
            extensions,
        })
    }

    /// The whole request.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The subject that it asks for.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// Its public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// Every extension that it asks for.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }
}

/// What is wrong with the key says more than that its signature does not verify.
fn why_not(key: &PublicKey, fault: VerifyError) -> RequestError {
    let telling = |w: &Weakness| !matches!(w, Weakness::Unknown { .. } | Weakness::RsaShort { .. });
    let weaknesses: Vec<Weakness> = quality::check(key).into_iter().filter(telling).collect();
    if weaknesses.is_empty() {
        RequestError::Signature(fault)
    } else {
        RequestError::Unfit(weaknesses)
    }
}

/// No request asks for more; each is named in the output.
const MOST_EXTENSIONS: usize = 100;

/// The extensions of the extensionRequest attribute (RFC 2985, 5.4.2), or of Microsoft's twin of it.
fn requested_extensions(mut attributes: Reader<'_>) -> Result<Vec<Extension>, DerError> {
    let mut requested: Option<Vec<Extension>> = None;
    while !attributes.is_empty() {
        let offset = attributes.offset();
        let mut fields = attributes.sequence("an attribute is no SEQUENCE")?;
        let oid = fields.oid("an attribute has no type")?;
        let mut values = fields
            .require(tag::SET, "an attribute has no values")?
            .reader();
        fields.finish()?;
        if ![known::EXTENSION_REQUEST, known::MS_EXTENSION_REQUEST].contains(&oid) {
            continue;
        }
        let extensions = Extension::read_all(values.any()?.raw)?;
        values.finish()?;
        if extensions.len() > MOST_EXTENSIONS {
            return Err(DerError {
                offset,
                fault: "it asks for more than 100 extensions",
            });
        }
        // a request that says it twice means two different things to two readers
        if requested.replace(extensions).is_some() {
            return Err(DerError {
                offset,
                fault: "it asks for extensions twice",
            });
        }
    }
    Ok(requested.unwrap_or_default())
}
