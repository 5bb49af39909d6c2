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
    let read = X509Req::from_der(request.der()).and_then(|theirs| Ok((theirs.public_key()?, theirs)));
    let Ok((key, theirs)) = read else {
        // no profile grants such a name, or such a key
        let refused = request.subject().attributes().any(|a| a.check().is_err())
            || !quality::check(request.public_key()).is_empty();
        assert!(refused, "OpenSSL reads it");
        return;
    };
    assert!(theirs.verify(&key).unwrap(), "the signature holds");
    // OpenSSL writes the parameters of a key anew, also where they were wrong
    if quality::check(request.public_key()).is_empty() {
        assert_eq!(key.public_key_to_der().unwrap(), request.public_key().spki());
    }
    same_name(theirs.subject_name(), request.subject());
    drop(request.subject().rfc4514());
    drop(extension::read_subject_alt_names(request.extensions()));
    for extension in request.extensions() {
        drop(extension.label());
    }
}
