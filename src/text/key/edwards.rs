//! X25519, X448, Ed25519 and Ed448 (RFC 8410).

use std::io::{self, Write};

use crate::primitives::oid::Oid;
use crate::text::layout::{indent, key_octets};
use crate::text::schema::Value;

/// A public key of one of the four kinds.
pub(in crate::text) struct Edwards {
    pub(in crate::text) kind: &'static str,
    pub(in crate::text) public: Vec<u8>,
}

/// OpenSSL's name and the length of keys.
pub(in crate::text) fn edwards_kind(oid: &Oid) -> Option<(&'static str, usize)> {
    match oid.contents() {
        [0x2b, 0x65, 110] => Some(("X25519", 32)),
        [0x2b, 0x65, 111] => Some(("X448", 56)),
        [0x2b, 0x65, 112] => Some(("ED25519", 32)),
        [0x2b, 0x65, 113] => Some(("ED448", 57)),
        _ => None,
    }
}

impl Edwards {
    /// The public part of a private key.
    pub(in crate::text) fn of_private(kind: &'static str, private: &[u8]) -> Option<Self> {
        let public = super::derive::edwards(kind, private)?;
        Some(Self { kind, public })
    }

    pub(super) fn load(oid: &Oid, parameters: &Value<'_>, key: &[u8]) -> Option<Self> {
        let (kind, length) = edwards_kind(oid)?;
        (parameters.is_absent() && key.len() == length).then(|| Self {
            kind,
            public: key.to_vec(),
        })
    }

    pub(in crate::text) fn write(&self, out: &mut dyn Write, width: usize) -> io::Result<()> {
        indent(out, width)?;
        writeln!(out, "{} Public-Key:", self.kind)?;
        indent(out, width)?;
        out.write_all(b"pub:\n")?;
        key_octets(out, &self.public, width + 4)
    }
}
