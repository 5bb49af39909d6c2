//! The lints over anything that is a certificate: they end, and say the same twice.

#![no_main]

use libfuzzer_sys::fuzz_target;
use privca::x509::certificate::Certificate;
use privca::x509::lint;

fuzz_target!(|input: &[u8]| {
    let Ok(certificate) = Certificate::from_der(input) else {
        return;
    };
    let findings = lint::check(&certificate);
    assert_eq!(lint::check(&certificate), findings);
    for finding in &findings {
        let line = finding.to_string();
        assert!(!line.contains(['\n', '\u{1b}', '\u{202e}']), "{line:?}");
    }
});
