//! Any file, shown in each form: detection, text, data and lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use privca::ops::inspect;
use privca::primitives::time::Timestamp;

fuzz_target!(|input: &[u8]| {
    inspect::of_bytes(input, &mut |object| {
        let mut text = Vec::new();
        drop(object.write_text(true, &mut text));
        if let Ok(report) = object.report(true, Timestamp::EPOCH) {
            serde_json_is_written(&report);
        }
        drop(object.summaries());
        drop(object.ending_by(Timestamp::MAX));
    });
});

fn serde_json_is_written(report: &inspect::Report<'_>) {
    let written = report.to_json();
    assert!(written.starts_with('{'), "a report is an object");
}
