//! The PKI directory: EasyRSA's layout and OpenSSL's database, changed whole or not at all.
//!
//! Owns every file in the directory and the order in which they change
//! (`docs/pki-directory.md`). It never judges policy, knows no terminal, no clock and no
//! randomness of its own.

mod apply;
pub mod audit;
pub mod defaults;
mod digest;
mod directory;
pub mod error;
pub mod file_name;
pub mod index;
mod journal;
pub mod layout;
pub mod lock;
mod recover;
mod session;
mod txn;

pub use crate::primitives::disk::Overwrite;
pub use directory::Pki;
pub use error::PkiError;
pub use file_name::FileName;
pub use index::Row;
pub use layout::Layout;
pub use lock::{Holder, Still};
pub use recover::Recovered;
pub use session::Session;
pub use txn::{Intent, ToSign, Txn};
