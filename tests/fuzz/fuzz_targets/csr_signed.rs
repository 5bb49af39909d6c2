//! What a stranger with a key can ask for: the subject and the attributes are the fuzzer's, the
//! signature over them is made here. Refused, or certified with a client's rights and no others, the
//! subject byte for byte.
//!
//! Input: two bytes, the length of the subject's element; the subject; the attributes.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use openssl::x509::X509;
use privca::ops::issuance::key_facts;
use privca::primitives::der::{self, tag};
use privca::primitives::oid::known;
use privca::profile::{Profile, Wish};
use privca::x509::certificate::Certificate;
use privca::x509::extension;
use privca::x509::general_name::GeneralName;
use privca::x509::request::VerifiedRequest;
use privca_fuzz::{REQUEST_KEY, built_in, certify, has_a_clients_rights_only};

static CLIENT: LazyLock<Profile> = LazyLock::new(|| built_in("client"));

fuzz_target!(|input: &[u8]| {
    let Some(request) = signed(input) else {
        return;
    };
    let Ok(request) = VerifiedRequest::from_der(&request) else {
        return;
    };
    let Ok(names) = extension::read_subject_alt_names(request.extensions()) else {
        return;
    };
    if !names.is_empty() {
        let value = &extension::find(request.extensions(), &known::SUBJECT_ALT_NAME)
            .unwrap()
            .value;
        assert_eq!(extension::general_names(&names), *value);
    }
    let facts = key_facts(request.public_key());
    let mut wish = Wish::new(request.subject().clone(), names.clone(), facts);
    wish.requested = request
        .extensions()
        .iter()
        .filter(|e| e.oid != known::SUBJECT_ALT_NAME)
        .cloned()
        .collect();
    let Some(certificate) = certify(&CLIENT, &wish, request.public_key()) else {
        return;
    };
    has_a_clients_rights_only(&certificate);
    assert_eq!(certificate.subject(), request.subject());
    assert!(certificate.names().iter().all(|name| names.contains(name)));
    as_openssl_reads_it(&certificate);
});

fn signed(input: &[u8]) -> Option<Vec<u8>> {
    let (length, rest) = input.split_first_chunk::<2>()?;
    let (subject, attributes) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let key = &*REQUEST_KEY;
    let info = der::sequence(&[
        &[2, 1, 0][..],
        subject,
        key.public().spki(),
        &der::tlv(tag::context_constructed(0), attributes),
    ]);
    let signature = der::bit_string(&key.sign(&info).ok()?);
    let parts = [&info[..], key.signature_algorithm(), &signature];
    Some(der::sequence(&parts))
}

/// The names are the same for a reader in C, which a null byte would fool.
fn as_openssl_reads_it(certificate: &Certificate) {
    let theirs = X509::from_der(certificate.der()).unwrap();
    let Some(theirs) = theirs.subject_alt_names() else {
        assert!(certificate.names().is_empty());
        return;
    };
    assert_eq!(theirs.len(), certificate.names().len());
    for (theirs, ours) in theirs.iter().zip(certificate.names()) {
        match &ours {
            GeneralName::Email(text) => assert_eq!(theirs.email(), Some(&text[..])),
            GeneralName::Dns(text) => assert_eq!(theirs.dnsname(), Some(&text[..])),
            GeneralName::Uri(text) => assert_eq!(theirs.uri(), Some(&text[..])),
            GeneralName::Ip(_) => assert!(theirs.ipaddress().is_some()),
            GeneralName::Upn(_) | GeneralName::Rid(_) | GeneralName::DirName(_) => {}
            GeneralName::Other(raw) => panic!("certified: {raw:02x?}"),
        }
        let text = ours.value();
        assert!(!text.contains(['\0', '\n', '\u{202e}']), "{text:?}");
    }
}
