//! What an object is: by its PEM label, or by the structure of its DER.

use crate::primitives::ber::{self, Header};

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Kind {
    Certificate,
    Request,
    Crl,
    PublicKey,
    PrivateKey,
    EncryptedKey,
    EcParameters,
    OtherParameters,
    Pkcs7,
    Pkcs12,
}

impl Kind {
    /// The word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Certificate => "certificate",
            Self::Request => "request",
            Self::Crl => "crl",
            Self::PublicKey => "public-key",
            Self::PrivateKey | Self::EncryptedKey => "private-key",
            Self::EcParameters | Self::OtherParameters => "parameters",
            Self::Pkcs7 => "pkcs7",
            Self::Pkcs12 => "pkcs12",
        }
    }
}

/// What a PEM label says; `None` for one that privca does not know.
pub(super) fn by_label(label: &str) -> Option<Kind> {
    Some(match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => Kind::Certificate,
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => Kind::Request,
        "X509 CRL" => Kind::Crl,
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Kind::PublicKey,
        "PRIVATE KEY" | "ANY PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY"
        | "DSA PRIVATE KEY" => Kind::PrivateKey,
        "ENCRYPTED PRIVATE KEY" => Kind::EncryptedKey,
        "EC PARAMETERS" => Kind::EcParameters,
        "DH PARAMETERS" | "X9.42 DH PARAMETERS" | "DSA PARAMETERS" => Kind::OtherParameters,
        "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA" => Kind::Pkcs7,
        "PKCS12" => Kind::Pkcs12,
        _ => return None,
    })
}

const INTEGER: u32 = 2;
const BITS: u32 = 3;
const OCTETS: u32 = 4;
const OID: u32 = 6;
const SEQUENCE: u32 = 16;
const UTC_TIME: u32 = 23;
const GENERALIZED_TIME: u32 = 24;
/// The mark of an explicit tag [0] in a list of children.
const ZERO: u32 = 100;

/// What a DER element is, by its children and theirs; `None` for nothing that privca knows.
pub(super) fn by_structure(der: &[u8]) -> Option<Kind> {
    let outer = ber::header(der, 0, der.len()).ok()?;
    if outer.class == 0 && outer.tag == OID {
        return Some(Kind::EcParameters);
    }
    if outer.class != 0 || outer.tag != SEQUENCE {
        return None;
    }
    let (children, tags) = children(der, &outer);
    Some(match tags.as_slice() {
        [SEQUENCE, SEQUENCE, BITS, ..] => to_be_signed(der, children.first()?),
        [SEQUENCE, BITS] => Kind::PublicKey,
        [SEQUENCE, OCTETS] => Kind::EncryptedKey,
        [INTEGER, SEQUENCE, OCTETS, ..] => Kind::PrivateKey,
        [INTEGER, SEQUENCE] | [INTEGER, SEQUENCE, SEQUENCE] => Kind::Pkcs12,
        [INTEGER, OCTETS, ..] => Kind::PrivateKey,
        [INTEGER, INTEGER] => Kind::PublicKey,
        [INTEGER, INTEGER, INTEGER] => Kind::OtherParameters,
        [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, ..] => Kind::PrivateKey,
        [OID, ZERO] => Kind::Pkcs7,
        _ => return None,
    })
}

/// Which of the three signed objects begins so: a CRL has a time among its fields, a request ends
/// after the key or with attributes [0].
fn to_be_signed(der: &[u8], info: &Header) -> Kind {
    let (_, tags) = children(der, info);
    if tags
        .iter()
        .any(|t| matches!(*t, UTC_TIME | GENERALIZED_TIME))
    {
        return Kind::Crl;
    }
    match tags.as_slice() {
        [INTEGER, SEQUENCE, SEQUENCE] | [INTEGER, SEQUENCE, SEQUENCE, ZERO] => Kind::Request,
        _ => Kind::Certificate,
    }
}

/// The first children of an element, as many as tell what it is.
fn children(der: &[u8], outer: &Header) -> (Vec<Header>, Vec<u32>) {
    const MOST: usize = 10;
    let (mut headers, mut tags) = (Vec::new(), Vec::new());
    let mut at = outer.content;
    while at < outer.end && headers.len() < MOST {
        if outer.indefinite && ber::at_end_of_contents(der, at, outer.end) {
            break;
        }
        let Ok(header) = ber::header(der, at, outer.end) else {
            break;
        };
        let Ok(end) = ber::end_of(der, &header) else {
            break;
        };
        tags.push(match (header.class, header.tag) {
            (0, tag) => tag,
            (0x80, 0) => ZERO,
            (class, tag) => u32::from(class) << 16 | tag,
        });
        headers.push(header);
        at = end;
    }
    (headers, tags)
}
