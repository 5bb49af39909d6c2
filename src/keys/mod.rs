//! Keys: what they are, whether they are fit to certify, how they are made, used, read and
//! written.
//!
//! No type of a cryptographic crate leaves this room.

mod algorithm;
mod cipher;
pub mod envelope;
mod error;
pub mod file;
mod forms;
pub mod generate;
mod pbes1;
mod pbes2;
pub mod pkcs12;
mod points;
pub mod private;
pub mod public;
pub mod quality;
pub mod spec;
mod traditional;
mod verify;
mod weakness;

pub use error::KeyError;
pub use private::PrivateKey;
pub use public::{KeyKind, PublicKey};
pub use spec::KeyType;
pub use verify::{VerifyError, rests_on_sha1};
