//! A PKCS#12 file, with and without a passphrase, by the reader that shows and the one that imports.
//! What asks for much work is left out: it is slow, not wrong.

#![no_main]

use libfuzzer_sys::fuzz_target;
use openssl::pkcs12::Pkcs12;
use privca::keys::envelope::Envelope;
use privca::keys::pkcs12::info::Part;
use privca::keys::pkcs12::{self, Contents, info};
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
    if mac > 0
        && let Ok(contents) = pkcs12::read(input, &passphrase)
    {
        as_openssl_reads_it(input, &contents);
    }
});

/// Where OpenSSL opens it too, it finds the same key. (It has no RC2 and no DES without its legacy
/// provider.)
fn as_openssl_reads_it(input: &[u8], contents: &Contents) {
    let theirs = Pkcs12::from_der(input).and_then(|file| file.parse2("test"));
    let Some(key) = theirs.ok().and_then(|theirs| theirs.pkey) else {
        return;
    };
    let ours = contents.key.as_ref().map(|key| key.public().spki());
    assert_eq!(ours, Some(&key.public_key_to_der().unwrap()[..]));
}
