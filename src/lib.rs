//! A private certificate authority: keys, requests, certificates, revocation lists and .p12
//! bundles in one on-disk PKI directory, under signing profiles.
//!
//! The order inside, each room importing only from those to its right:
//! `cli` → `ops` → `pki`, `profile` → `text` → `x509` → `keys` → `primitives`.
//! See `docs/ARCHITECTURE.md`.

// tests of this crate and those beside it share a fake terminal
#[cfg(test)]
extern crate self as privca;

pub mod cli;
pub mod keys;
pub mod ops;
pub mod pki;
pub mod primitives;
pub mod profile;
pub mod text;
pub mod x509;
