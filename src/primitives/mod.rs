//! What everything else stands on: encodings, time, randomness, secrets, durable files.

pub mod der;
pub mod disk;
pub mod hex;
pub mod oid;
mod oid_table;
pub mod random;
pub mod secret;
pub mod time;
