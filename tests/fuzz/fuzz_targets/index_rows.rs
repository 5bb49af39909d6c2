//! `index.txt` from anywhere: no byte is lost, and a row that privca writes again reads back as it
//! was; one without quirks keeps its bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use privca::pki::index::{Entry, Record, Rows};

fuzz_target!(|input: &[u8]| {
    let mut copy = Vec::new();
    for entry in Rows::new("index.txt", input) {
        let entry = entry.unwrap();
        copy.extend_from_slice(entry.raw());
        match &entry {
            Entry::Row(record) => printed(record),
            Entry::Odd(odd) => drop((odd.text(), odd.why.to_string())),
        }
    }
    assert_eq!(copy, input);
});

fn printed(record: &Record) {
    let Ok(line) = record.row.to_line() else {
        return;
    };
    if record.quirks.is_empty() && record.row.revocation.is_none() {
        assert_eq!(line.as_bytes(), record.raw);
    }
    let mut again = Rows::new("index.txt", line.as_bytes());
    match again.next() {
        Some(Ok(Entry::Row(read))) => {
            assert_eq!(read.row, record.row);
            assert_eq!(read.quirks, []);
        }
        other => panic!("{line:?} reads back as {other:?}"),
    }
    assert!(again.next().is_none());
}
