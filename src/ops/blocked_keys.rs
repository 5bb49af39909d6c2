//! `blocked-keys.txt`: keys that are never certified, as the operator lists them. The compromised ones,
//! and Debian's weak ones of 2006 to 2008 (CVE-2008-0166), which only a list can tell.
//!
//! A line is the SHA-256 of a SubjectPublicKeyInfo, or a line of Debian's openssl-blacklist; blank
//! lines and those that begin with `#` say nothing.

use std::io::ErrorKind;
use std::path::Path;

use super::Error;
use crate::keys::PublicKey;
use crate::pki::Pki;
use crate::primitives::{disk, hex};

/// Debian's lists of one key size have some hundred thousand lines of 21 bytes.
const MOST: u64 = 64 << 20;

/// Digits of a SHA-256, and of what openssl-blacklist keeps of a SHA-1.
const LENGTHS: [usize; 2] = [64, 20];

/// Why the key is not certified, if a line means it.
///
/// # Errors
/// When the list cannot be read, or a line is none: a list that is not understood protects nobody.
pub(super) fn find(pki: &Pki, key: &PublicKey) -> Result<Option<String>, Error> {
    let path = pki.layout().blocked_keys();
    let list = match disk::read_bounded(&path, MOST) {
        Ok(list) => list,
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(fault.into()),
    };
    let wanted = [
        Some(hex::lower(&key.sha256())),
        key.openssl_blacklist_digits(),
    ];
    let mut found = None;
    for (number, line) in (1u64..).zip(list.split(|byte| *byte == b'\n')) {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        if !LENGTHS.contains(&line.len()) || !line.iter().all(u8::is_ascii_hexdigit) {
            return Err(not_a_line(&path, number));
        }
        let means = |digits: &String| line.eq_ignore_ascii_case(digits.as_bytes());
        if found.is_none() && wanted.iter().flatten().any(means) {
            let said = format!("the key is blocked by line {number} of {}", path.display());
            found = Some(said);
        }
    }
    Ok(found)
}

fn not_a_line(path: &Path, number: u64) -> Error {
    Error::failed(
        "bad-blocked-keys",
        format!("{}:{number}: no fingerprint of a key", path.display()),
        "a line has 64 hex digits (SHA-256 of a public key in DER) or 20 (openssl-blacklist)",
    )
}
