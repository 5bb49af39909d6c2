//! What rules look at: the elements of a certificate, request or revocation list as they lie in its
//! DER, split but not judged. What another reader refuses can still be looked at here.

mod certificate;
mod crl;
mod extension;
mod general_name;
mod name;
mod request;

pub(super) use certificate::Certificate;
pub(super) use crl::{Crl, Entry};
pub(super) use extension::{Extension, first_twice};
pub(super) use general_name::{GeneralName, general_names};
pub(super) use name::{Attribute, Name, Rdn};
pub(super) use request::{Request, RequestAttribute};

use super::Place;
use crate::primitives::der::{self, DerError, Tlv, tag};
use crate::primitives::oid::known;

/// What the three have in common: what is signed, how, and the signature.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    /// What the signature covers.
    pub(super) to_be_signed: Tlv<'a>,
    /// The AlgorithmIdentifier beside the signature.
    pub(super) algorithm: &'a [u8],
    /// The BIT STRING's contents; `None` before there is a signature.
    pub(super) signature: Option<&'a [u8]>,
}

impl<'a> Frame<'a> {
    /// Splits a signed structure; nothing may follow it.
    pub(super) fn of_signed(der: &'a [u8]) -> Result<Self, DerError> {
        let mut outer = der::only(der, tag::SEQUENCE, "no SEQUENCE")?.reader();
        let to_be_signed = outer.require(tag::SEQUENCE, "nothing to be signed")?;
        let algorithm = outer.require(tag::SEQUENCE, "no signature algorithm")?.raw;
        let signature = outer.require(tag::BIT_STRING, "no signature")?.value;
        outer.finish()?;
        Ok(Self {
            to_be_signed,
            algorithm,
            signature: Some(signature),
        })
    }

    /// What will be signed.
    pub(super) fn of_draft(to_be_signed: &'a [u8], algorithm: &'a [u8]) -> Result<Self, DerError> {
        Ok(Self {
            to_be_signed: der::only(to_be_signed, tag::SEQUENCE, "nothing to be signed")?,
            algorithm,
            signature: None,
        })
    }
}

/// Any of the three.
#[derive(Debug)]
pub(super) enum Object<'a> {
    Certificate(Certificate<'a>),
    Request(Request<'a>),
    Crl(Crl<'a>),
}

impl<'a> Object<'a> {
    pub(super) fn frame(&self) -> &Frame<'a> {
        match self {
            Self::Certificate(c) => &c.frame,
            Self::Request(r) => &r.frame,
            Self::Crl(l) => &l.frame,
        }
    }

    /// Its extensions; those that a request asks for.
    pub(super) fn extensions(&self) -> &[Extension<'a>] {
        match self {
            Self::Certificate(c) => &c.extensions,
            Self::Request(r) => &r.extensions,
            Self::Crl(l) => &l.extensions,
        }
    }

    /// The names of issuer and subject, and directory names among the alternative ones.
    pub(super) fn names(&self) -> Vec<(Place, Name<'a>)> {
        let mut names = match self {
            Self::Certificate(c) => vec![
                (Place::Issuer, c.issuer.clone()),
                (Place::Subject, c.subject.clone()),
            ],
            Self::Request(r) => vec![(Place::Subject, r.subject.clone())],
            Self::Crl(l) => vec![(Place::Issuer, l.issuer.clone())],
        };
        let directory = self.alternative_names().into_iter().filter_map(|name| {
            let place = Place::AlternativeName(name.to_string());
            Some((place, name.directory_name()?))
        });
        names.extend(directory);
        names
    }

    /// Its dates; a list's entries have their own.
    pub(super) fn times(&self) -> Vec<(Place, Tlv<'a>)> {
        match self {
            Self::Certificate(c) => vec![
                (Place::Field("notBefore"), c.not_before),
                (Place::Field("notAfter"), c.not_after),
            ],
            Self::Request(_) => Vec::new(),
            Self::Crl(l) => {
                let next = l.next_update.map(|t| (Place::Field("nextUpdate"), t));
                let this = (Place::Field("thisUpdate"), l.this_update);
                std::iter::once(this).chain(next).collect()
            }
        }
    }

    /// The subject's alternative names; none where they cannot be read.
    pub(super) fn alternative_names(&self) -> Vec<GeneralName<'a>> {
        extension::find(self.extensions(), &known::SUBJECT_ALT_NAME)
            .and_then(|e| general_names(e.value).ok())
            .unwrap_or_default()
    }

    /// SubjectPublicKeyInfo, where it has one.
    pub(super) fn spki(&self) -> Option<&'a [u8]> {
        match self {
            Self::Certificate(c) => Some(c.spki),
            Self::Request(r) => Some(r.spki),
            Self::Crl(_) => None,
        }
    }
}

/// An INTEGER's contents, negative ones too.
fn integer<'a>(fields: &mut der::Reader<'a>, what: &'static str) -> Result<&'a [u8], DerError> {
    Ok(fields.require(tag::INTEGER, what)?.value)
}

fn fault(fields: &der::Reader<'_>, fault: &'static str) -> DerError {
    DerError {
        offset: fields.offset(),
        fault,
    }
}
