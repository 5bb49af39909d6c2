//! A stranger's request: read, and its names and extensions looked at.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use privca::ops::read;
use privca::x509::extension;
use privca::x509::request::VerifiedRequest;

fuzz_target!(|input: &[u8]| {
    if let Ok(request) = read::request(input, "fuzz") {
        look_at(&request);
    }
    if let Ok(request) = VerifiedRequest::from_der(input) {
        look_at(&request);
    }
    drop(read::certificates(input, Path::new("fuzz")));
});

fn look_at(request: &VerifiedRequest) {
    drop(request.subject().rfc4514());
    drop(request.subject().oneline());
    drop(extension::read_subject_alt_names(request.extensions()));
    for extension in request.extensions() {
        drop(extension.label());
    }
}
