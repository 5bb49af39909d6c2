//! PEM from a slice and from a reader: the same blocks; and key files.

#![no_main]

use std::io::BufReader;

use libfuzzer_sys::fuzz_target;
use privca::keys::file;
use privca::primitives::pem;
use privca::primitives::pem_stream::Stream;

fuzz_target!(|input: &[u8]| {
    let whole: Vec<_> = pem::blocks(input).collect();
    let mut stream = Stream::new(BufReader::with_capacity(13, input), 1 << 24);
    let mut streamed = Vec::new();
    while let Ok(Some(found)) = stream.next_block() {
        streamed.push(found);
    }
    assert_eq!(whole, streamed);
    drop(file::is_encrypted(input));
    drop(file::read(input, None));
    drop(file::read_public(input));
});
