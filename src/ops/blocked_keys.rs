//! `blocked-keys.txt`: keys that are never certified, as the operator lists them. The compromised ones,
//! and Debian's weak ones of 2006 to 2008 (CVE-2008-0166), which only a list can tell.
//!
//! A line is the SHA-256 of a SubjectPublicKeyInfo, or a line of Debian's openssl-blacklist; blank
//! lines and those that begin with `#` say nothing.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Error;
use crate::keys::PublicKey;
use crate::pki::Pki;
use crate::primitives::{disk, hex};

/// Debian's lists of one key size have some hundred thousand lines of 21 bytes.
const MOST: u64 = 64 << 20;

/// The keys of the list, read once in a run: it may be long, and a batch has many rows.
#[derive(Debug)]
pub struct BlockedKeys {
    path: PathBuf,
    by_sha256: Vec<Blocked<32>>,
    by_debian: Vec<Blocked<10>>,
}

/// A digest, and the line that it stands in; sorted, for a search.
type Blocked<const N: usize> = ([u8; N], u64);

impl BlockedKeys {
    /// Reads the list; where there is none, no key is blocked.
    ///
    /// # Errors
    /// When it cannot be read, or a line is none: a list that is not understood protects nobody.
    pub fn read(pki: &Pki) -> Result<Self, Error> {
        let path = pki.layout().blocked_keys();
        let list = match disk::read_bounded(&path, MOST) {
            Ok(list) => list,
            Err(fault) if fault.kind() == ErrorKind::NotFound => Vec::new(),
            Err(fault) => return Err(fault.into()),
        };
        let (mut by_sha256, mut by_debian) = (Vec::new(), Vec::new());
        for (number, line) in (1u64..).zip(list.split(|byte| *byte == b'\n')) {
            let line = line.trim_ascii();
            if line.is_empty() || line.starts_with(b"#") {
                continue;
            }
            if let Some(digest) = hex::array(line) {
                by_debian.push((digest, number));
            } else if let Some(digest) = hex::array(line) {
                by_sha256.push((digest, number));
            } else {
                return Err(not_a_line(&path, number));
            }
        }
        by_sha256.sort_unstable();
        by_debian.sort_unstable();
        Ok(Self {
            path,
            by_sha256,
            by_debian,
        })
    }

    /// Why the key is not certified, if a line means it.
    pub(super) fn find(&self, key: &PublicKey) -> Option<String> {
        let by_debian = key.openssl_blacklist_digest();
        let by_debian = by_debian.and_then(|digest| line_of(&self.by_debian, &digest));
        let number = line_of(&self.by_sha256, &key.sha256()).or(by_debian)?;
        let path = self.path.display();
        Some(format!("the key is blocked by line {number} of {path}"))
    }
}

fn line_of<const N: usize>(blocked: &[Blocked<N>], digest: &[u8; N]) -> Option<u64> {
    let at = blocked.partition_point(|(other, _)| other < digest);
    let (found, number) = blocked.get(at)?;
    (found == digest).then_some(*number)
}

fn not_a_line(path: &Path, number: u64) -> Error {
    Error::failed(
        "bad-blocked-keys",
        format!("{}:{number}: no fingerprint of a key", path.display()),
        "a line has 64 hex digits (SHA-256 of a public key in DER) or 20 (openssl-blacklist)",
    )
}
