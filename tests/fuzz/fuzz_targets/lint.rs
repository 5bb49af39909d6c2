//! The lints over anything, taken for each of the three kinds: they end, say the same twice, and stay
//! on their line.

#![no_main]

use libfuzzer_sys::fuzz_target;
use privca::x509::draft::kind;
use privca::x509::lint::{self, Finding};

fuzz_target!(|input: &[u8]| {
    said(lint::check::<kind::Certificate>, input);
    said(lint::check::<kind::Request>, input);
    said(lint::check::<kind::RevocationList>, input);
});

fn said(check: fn(&[u8]) -> Vec<Finding>, input: &[u8]) {
    let lines = |findings: Vec<Finding>| -> Vec<String> {
        findings.iter().map(ToString::to_string).collect()
    };
    let first = lines(check(input));
    assert_eq!(lines(check(input)), first);
    for line in first {
        assert!(!line.contains(['\n', '\u{1b}', '\u{202e}']), "{line:?}");
    }
}
