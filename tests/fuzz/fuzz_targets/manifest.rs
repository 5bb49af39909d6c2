//! Manifests of `batch`, told by content and as each format: typed rows or faults, never a panic,
//! and no secret in what is said.

#![no_main]

use libfuzzer_sys::fuzz_target;
use privca::ops::batch::manifest::{self, Format};

fuzz_target!(|input: &[u8]| {
    for format in [None, Some(Format::Csv), Some(Format::JsonLines)] {
        match manifest::parse(input, format) {
            Ok(rows) => assert!(!rows.is_empty()),
            Err(faults) => {
                assert!(faults.iter().count() > 0);
                let said = faults.in_file("manifest");
                assert!(!said.contains("pass:hunter2"), "{said}");
                assert!(!said.contains('\0'), "{said}");
            }
        }
    }
});
