//! The signature: takes what was linted, signs it, and reads the result back.
//!
//! A draft that was not linted, or one of another kind, does not compile:
//!
//! ```compile_fail,E0308
//! use privca::{keys::PrivateKey, x509::draft::{ToBeSigned, kind}, x509::sign};
//! fn unlinted(draft: ToBeSigned<kind::Certificate>, key: &PrivateKey) {
//!     drop(sign::certificate(draft, key));
//! }
//! ```
//!
//! ```compile_fail,E0308
//! use privca::{keys::PrivateKey, x509::draft::{ToBeSigned, kind}, x509::sign};
//! fn unlinted(draft: ToBeSigned<kind::RevocationList>, key: &PrivateKey) {
//!     drop(sign::revocation_list(draft, key));
//! }
//! ```
//!
//! ```compile_fail,E0308
//! use privca::{keys::PrivateKey, x509::draft::kind, x509::lint::Linted, x509::sign};
//! fn of_another_kind(linted: Linted<kind::Certificate>, key: &PrivateKey) {
//!     drop(sign::request(linted, key));
//! }
//! ```
//!
//! ```
//! use privca::{keys::PrivateKey, x509::draft::{ToBeSigned, kind}, x509::{lint, sign}};
//! fn linted(draft: ToBeSigned<kind::Request>, key: &PrivateKey) {
//!     drop(lint::lint(draft).map(|linted| sign::request(linted, key)));
//! }
//! ```

use std::fmt;

use super::certificate::{Certificate, NotACertificate};
use super::draft::{ToBeSigned, kind};
use super::lint::Linted;
use crate::keys::{KeyError, PrivateKey};
use crate::primitives::der;

/// Why there is no signed object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignError {
    /// The key does not sign.
    Key(KeyError),
    /// The signed certificate does not read back, or differs from what was linted: a bug.
    ReadBack(String),
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(fault) => fault.fmt(f),
            Self::ReadBack(fault) => {
                write!(
                    f,
                    "the signed object differs from the one that was checked: {fault}"
                )
            }
        }
    }
}

impl std::error::Error for SignError {}

impl From<NotACertificate> for SignError {
    fn from(fault: NotACertificate) -> Self {
        Self::ReadBack(fault.0)
    }
}

/// Signs a certificate, reads it back and verifies it. The linted bytes are consumed: nothing is
/// signed twice.
///
/// # Errors
/// When the key does not sign, or the result is not what was linted.
pub fn certificate(
    linted: Linted<kind::Certificate>,
    key: &PrivateKey,
) -> Result<Certificate, SignError> {
    let to_be_signed = linted.into_inner();
    let certificate = Certificate::from_der(&signed(&to_be_signed, key)?)?;
    if certificate.to_be_signed() != to_be_signed.der {
        return Err(SignError::ReadBack("other bytes were signed".to_owned()));
    }
    if !certificate.is_signed_with(key.public()) {
        return Err(SignError::ReadBack(
            "the signature does not hold".to_owned(),
        ));
    }
    Ok(certificate)
}

/// Signs a request with the key that it carries.
///
/// # Errors
/// When the key does not sign.
pub fn request(linted: Linted<kind::Request>, key: &PrivateKey) -> Result<Vec<u8>, SignError> {
    signed(&linted.into_inner(), key)
}

/// Signs a revocation list. The result takes the memory of what was signed, which may be large.
///
/// # Errors
/// When the key does not sign.
pub fn revocation_list(
    linted: Linted<kind::RevocationList>,
    key: &PrivateKey,
) -> Result<Vec<u8>, SignError> {
    let to_be_signed = linted.into_inner();
    let signature = key.sign(&to_be_signed.der).map_err(SignError::Key)?;
    let back = [
        to_be_signed.signature_algorithm,
        &der::bit_string(&signature),
    ]
    .concat();
    Ok(der::wrapped(to_be_signed.der, &[], &back))
}

/// SEQUENCE { what is signed, the algorithm, the signature }.
fn signed<K>(to_be_signed: &ToBeSigned<K>, key: &PrivateKey) -> Result<Vec<u8>, SignError> {
    let signature = key.sign(&to_be_signed.der).map_err(SignError::Key)?;
    Ok(der::sequence(&[
        to_be_signed.der.as_slice(),
        to_be_signed.signature_algorithm,
        &der::bit_string(&signature),
    ]))
}
