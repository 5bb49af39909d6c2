//! A stranger's request as it comes: what privca takes, OpenSSL takes, with the same subject and a
//! signature that holds.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use openssl::x509::X509Req;
use privca::keys::quality;
use privca::ops::read;
use privca::x509::extension;
use privca::x509::request::VerifiedRequest;
use privca_fuzz::same_name;

fuzz_target!(|input: &[u8]| {
    if let Ok(request) = read::request(input, "fuzz") {
        look_at(&request);
    }
    if let Ok(request) = VerifiedRequest::from_der(input) {
        assert_eq!(request.der(), input);
        look_at(&request);
    }
    drop(read::certificates(input, Path::new("fuzz")));
});

fn look_at(request: &VerifiedRequest) {
    let Ok(theirs) = X509Req::from_der(request.der()) else {
        // no profile grants such a name
        assert!(request.subject().attributes().any(|a| a.check().is_err()), "OpenSSL reads it");
        return;
    };
    let Ok(key) = theirs.public_key() else {
        // no profile grants such a key
        assert!(!quality::check(request.public_key()).is_empty(), "OpenSSL reads its key");
        return;
    };
    assert!(theirs.verify(&key).unwrap(), "the signature holds");
    assert_eq!(key.public_key_to_der().unwrap(), request.public_key().spki());
    same_name(theirs.subject_name(), request.subject());
    drop(request.subject().rfc4514());
    drop(extension::read_subject_alt_names(request.extensions()));
    for extension in request.extensions() {
        drop(extension.label());
    }
}
