//! What everything else stands on: encodings, time, randomness, secrets, durable files.

pub mod ber;
pub mod der;
pub mod hex;
pub mod oid;
mod oid_table;
pub mod random;
pub mod secret;
