//! Rules that every certificate, request and revocation list passes before it is signed, and that
//! anybody's can be held against.
//!
//! A rule is a file: its clause, what it looks at, the test, and cases. `table.rs` lists them all.
//! An error in what privca is about to sign is a bug in privca: what a user can break is refused
//! earlier, by the profile's decision. How the issuer is called is the exception; that was settled
//! by whoever made the CA, and is copied byte for byte.

mod finding;
mod look;
mod rule;
mod table;
mod view;

mod attribute;
mod certificate;
mod crl;
mod general_name;
mod request;
mod signed;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod fixtures;

use super::draft::{ToBeSigned, kind};
use crate::primitives::der::{self, DerError};
pub use finding::{Finding, Place, Severity};
pub use rule::{About, Rule};
pub use table::ALL;
use view::{Certificate, Crl, Frame, Object, Request};

/// To-be-signed bytes that broke no rule. Only [`lint`] makes one, only signing takes it.
#[derive(Debug)]
pub struct Linted<K>(ToBeSigned<K>);

impl<K> Linted<K> {
    /// The bytes that will be signed.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    pub(super) fn into_inner(self) -> ToBeSigned<K> {
        self.0
    }
}

impl Linted<kind::Certificate> {
    /// A certificate of these bytes with an empty signature, to be shown.
    pub fn unsigned(&self) -> Vec<u8> {
        der::sequence(&[
            self.0.der.as_slice(),
            self.0.signature_algorithm,
            &der::bit_string(&[]),
        ])
    }
}

/// What can be linted and signed: the kinds of [`ToBeSigned`].
pub trait Kind: sealed::Read {}

impl<K: sealed::Read> Kind for K {}

mod sealed {
    use super::{Certificate, Crl, DerError, Frame, Object, Request, kind};

    pub trait Read {
        #[allow(private_interfaces, reason = "nobody outside can name this trait")]
        fn read(frame: Frame<'_>) -> Result<Object<'_>, DerError>;
    }

    impl Read for kind::Certificate {
        #[allow(private_interfaces, reason = "nobody outside can name this trait")]
        fn read(frame: Frame<'_>) -> Result<Object<'_>, DerError> {
            Certificate::read(frame).map(Object::Certificate)
        }
    }

    impl Read for kind::Request {
        #[allow(private_interfaces, reason = "nobody outside can name this trait")]
        fn read(frame: Frame<'_>) -> Result<Object<'_>, DerError> {
            Request::read(frame).map(Object::Request)
        }
    }

    impl Read for kind::RevocationList {
        #[allow(private_interfaces, reason = "nobody outside can name this trait")]
        fn read(frame: Frame<'_>) -> Result<Object<'_>, DerError> {
            Crl::read(frame).map(Object::Crl)
        }
    }
}

/// Lints what is about to be signed.
///
/// # Errors
/// With every finding that forbids the signature.
pub fn lint<K: Kind>(to_be_signed: ToBeSigned<K>) -> Result<Linted<K>, Vec<Finding>> {
    let frame = Frame::of_draft(&to_be_signed.der, to_be_signed.signature_algorithm);
    let mut findings = look_at::<K>(frame);
    findings.retain(Finding::forbids_signing);
    if findings.is_empty() {
        Ok(Linted(to_be_signed))
    } else {
        Err(findings)
    }
}

/// Why privca signs nothing with this extension, whatever else is in it: for what a request or a
/// profile brings.
pub fn extension_fault(extension: &super::extension::Extension) -> Option<String> {
    look::at_extension(&view::Extension {
        oid: extension.oid.clone(),
        flag: extension.critical.then_some(&[0xff]),
        value: &extension.value,
    })
}

/// Every finding in somebody's signed structure, given in DER; the gravest first.
pub fn check<K: Kind>(der: &[u8]) -> Vec<Finding> {
    look_at::<K>(Frame::of_signed(der))
}

fn look_at<K: Kind>(frame: Result<Frame<'_>, DerError>) -> Vec<Finding> {
    match frame.and_then(K::read) {
        Ok(object) => look::at(&object),
        Err(fault) => vec![Finding::of(&rule::PARSES, Place::Whole, fault.to_string())],
    }
}
