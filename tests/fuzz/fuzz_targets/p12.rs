//! A PKCS#12 file, with and without a passphrase, by the reader that shows and the one that imports.
//! What asks for much work is left out: it is slow, not wrong.

#![no_main]

use libfuzzer_sys::fuzz_target;
use privca::keys::envelope::Envelope;
use privca::keys::pkcs12::info::Part;
use privca::keys::pkcs12::{self, info};
use privca::primitives::secret::Secret;

fuzz_target!(|input: &[u8]| {
    let Ok(visible) = info::read(input, None) else {
        return;
    };
    let of = |part: &Part| part.encryption.as_ref().map_or(0, Envelope::work);
    let work: u64 = visible.parts.iter().map(of).fold(0, u64::saturating_add);
    let mac = visible.mac.as_ref().map_or(0, |mac| mac.iterations);
    if work.saturating_add(mac) > 5000 {
        return;
    }
    let passphrase = Secret::from("test".to_owned());
    drop(info::read(input, Some(&passphrase)));
    if mac > 0 && mac < 5000 {
        drop(pkcs12::read(input, &passphrase));
    }
});
