//! The signature: takes what was linted, signs it, and reads the result back.

use std::fmt;

use super::certificate::{Certificate, NotACertificate};
use super::draft::ToBeSigned;
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
pub fn certificate(linted: Linted, key: &PrivateKey) -> Result<Certificate, SignError> {
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
pub fn request(to_be_signed: &ToBeSigned, key: &PrivateKey) -> Result<Vec<u8>, SignError> {
    signed(to_be_signed, key)
}

/// Signs a revocation list.
///
/// # Errors
/// When the key does not sign.
pub fn revocation_list(to_be_signed: &ToBeSigned, key: &PrivateKey) -> Result<Vec<u8>, SignError> {
    signed(to_be_signed, key)
}

/// SEQUENCE { what is signed, the algorithm, the signature }.
fn signed(to_be_signed: &ToBeSigned, key: &PrivateKey) -> Result<Vec<u8>, SignError> {
    let signature = key.sign(&to_be_signed.der).map_err(SignError::Key)?;
    Ok(der::sequence(&[
        to_be_signed.der.as_slice(),
        to_be_signed.signature_algorithm,
        &der::bit_string(&signature),
    ]))
}
