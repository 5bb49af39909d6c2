//! SafeBags (RFC 7292, 4.2): a certificate or an encrypted key, with its attributes.

use crate::primitives::der::{self, tag};
use crate::primitives::oid::Oid;

/// What importers are told about a bag.
#[derive(Clone, Copy, Default)]
pub(super) struct Attributes<'a> {
    /// What it is called.
    pub(super) friendly_name: Option<&'a str>,
    /// What pairs a key with its certificate.
    pub(super) local_key_id: Option<&'a [u8]>,
    /// Whether Java takes the certificate as one to trust.
    pub(super) trusted: bool,
}

/// A certBag with an X.509 certificate.
pub(super) fn certificate(certificate: &[u8], attributes: &Attributes<'_>) -> Vec<u8> {
    let octets = der::tlv(tag::OCTET_STRING, certificate);
    let value = der::constructed(tag::context_constructed(0), &[octets]);
    bag(
        &CERT_BAG,
        &der::sequence(&[X509_CERTIFICATE.to_der(), value]),
        attributes,
    )
}

/// A pkcs8ShroudedKeyBag with an EncryptedPrivateKeyInfo.
pub(super) fn shrouded_key(encrypted: &[u8], attributes: &Attributes<'_>) -> Vec<u8> {
    bag(&SHROUDED_KEY_BAG, encrypted, attributes)
}

fn bag(kind: &Oid, value: &[u8], attributes: &Attributes<'_>) -> Vec<u8> {
    let value = der::constructed(tag::context_constructed(0), &[value]);
    let mut parts = vec![kind.to_der(), value];
    let attributes = attributes.to_der();
    if !attributes.is_empty() {
        parts.push(der::set_of(attributes));
    }
    der::sequence(&parts)
}

impl Attributes<'_> {
    fn to_der(self) -> Vec<Vec<u8>> {
        let attribute =
            |oid: &Oid, value: Vec<u8>| der::sequence(&[oid.to_der(), der::set_of(vec![value])]);
        let mut all = Vec::new();
        if let Some(name) = self.friendly_name {
            // surrogates stand for what BMPString cannot hold, as OpenSSL and Windows write it
            let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
            all.push(attribute(&FRIENDLY_NAME, der::tlv(tag::BMP_STRING, &units)));
        }
        if let Some(id) = self.local_key_id {
            all.push(attribute(&LOCAL_KEY_ID, der::tlv(tag::OCTET_STRING, id)));
        }
        if self.trusted {
            let usage = crate::primitives::oid::known::ANY_EXTENDED_KEY_USAGE;
            all.push(attribute(&JAVA_TRUSTED, usage.to_der()));
        }
        all
    }
}

/// keyBag, a key without encryption.
pub(super) const KEY_BAG: Oid = bag_type::<1>();
/// pkcs8ShroudedKeyBag.
pub(super) const SHROUDED_KEY_BAG: Oid = bag_type::<2>();
/// certBag.
pub(super) const CERT_BAG: Oid = bag_type::<3>();
/// safeContentsBag, bags within a bag.
pub(super) const SAFE_CONTENTS_BAG: Oid = bag_type::<6>();

const fn bag_type<const N: u8>() -> Oid {
    Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, N])
}

const X509_CERTIFICATE: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 22, 1]);
const FRIENDLY_NAME: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 20]);
const LOCAL_KEY_ID: Oid = Oid::known(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 21]);
/// Oracle's trustedKeyUsage, 2.16.840.1.113894.746875.1.1.
const JAVA_TRUSTED: Oid = Oid::known(&[
    0x60, 0x86, 0x48, 1, 0x86, 0xf9, 0x66, 0xad, 0xca, 0x7b, 1, 1,
]);
