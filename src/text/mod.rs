//! The texts that OpenSSL 3.0 prints for certificates, requests, revocation lists and keys, to the
//! letter.
//!
//! Everything here is pure: DER in, text out, no files, no clock, no terminal. What OpenSSL cannot
//! read is an error before anything is written; what it can read is written as it writes it,
//! however odd. The one exception: beneath `Unable to load Public Key` OpenSSL prints its error
//! queue, with thread numbers and source lines, which has no place here.
//!
//! The writers write many small pieces: give them something buffered. A revocation list takes no
//! memory for its entries; other objects take some in proportion to their size.
//!
//! Where this stops short of OpenSSL on purpose: private DSA and Diffie-Hellman keys without a public
//! part are refused above 10,000 bits, for which OpenSSL would compute for hours.
//!
//! `schema` reads an object by its description in `items`; one file for each part writes it.

mod certificate;
mod crl;
mod extension;
mod general_name;
mod items;
mod key;
mod layout;
mod name;
mod number;
mod object;
pub mod pkcs7;
mod private_key;
mod request;
mod schema;
mod signature;
mod string;
mod time;

use std::fmt;
use std::io;

use crate::primitives::ber::BerError;

pub use certificate::{certificate, certificate_with, trust};
pub use crl::{crl, crl_with};
pub use key::public_key;
pub use private_key::{private_key, private_key_with_secrets};
pub use request::{request, request_with};

/// How distinguished names are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameStyle {
    /// `C = DE, O = Example, CN = x`: the default of `openssl x509`, `req` and `crl`.
    #[default]
    Oneline,
    /// `C=DE, O=Example, CN=x`: the default of `openssl ca`, and so what EasyRSA leaves in
    /// `issued/`.
    Compat,
}

/// Why there is no text.
#[derive(Debug)]
pub enum TextError {
    /// OpenSSL rejects the object, too.
    Malformed {
        /// What it was taken for.
        object: &'static str,
        /// Where in its DER.
        offset: usize,
        /// What is wrong there.
        fault: &'static str,
    },
    /// The text could not be written.
    Io(io::Error),
}

impl TextError {
    fn malformed(object: &'static str) -> impl Fn(BerError) -> Self {
        move |error| Self::Malformed {
            object,
            offset: error.offset,
            fault: error.fault,
        }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed {
                object,
                offset,
                fault,
            } => write!(f, "not a {object}: {fault} at byte {offset}"),
            Self::Io(error) => write!(f, "cannot write the text: {error}"),
        }
    }
}

impl std::error::Error for TextError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed { .. } => None,
            Self::Io(error) => Some(error),
        }
    }
}

impl From<io::Error> for TextError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
