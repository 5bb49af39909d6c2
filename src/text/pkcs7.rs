//! The certificates and revocation lists inside a PKCS#7 SignedData (`.p7b`).

use super::schema::{self, Value};
use super::{TextError, items};

/// 1.2.840.113549.1.7.2
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];

/// One object of a bundle, as it was encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A certificate's DER.
    Certificate(Vec<u8>),
    /// A revocation list's DER.
    Crl(Vec<u8>),
}

/// The certificates, then the revocation lists, in the order of the bundle.
///
/// # Errors
/// When this is no PKCS#7 SignedData.
pub fn objects(der: &[u8]) -> Result<Vec<Object>, TextError> {
    let (bundle, _) =
        schema::read(der, &items::PKCS7).map_err(TextError::malformed("PKCS#7 bundle"))?;
    if bundle.field(0).bytes() != SIGNED_DATA {
        return Err(TextError::Malformed {
            object: "PKCS#7 bundle",
            offset: 0,
            fault: "not signed data",
        });
    }
    let content = bundle.field(1);
    let encoded = |value: &Value<'_>| value.bytes().to_vec();
    let certificates = content.field(3).list().iter().map(encoded);
    let lists = content.field(4).list().iter().map(encoded);
    Ok(certificates
        .map(Object::Certificate)
        .chain(lists.map(Object::Crl))
        .collect())
}
