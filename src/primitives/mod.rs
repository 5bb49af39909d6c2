//! What everything else stands on: encodings, time, randomness, secrets, durable files.

pub mod base64;
pub mod ber;
pub mod ber_to_der;
pub mod der;
pub mod disk;
pub mod hex;
pub mod memory;
pub mod oid;
mod oid_table;
pub mod operator;
pub mod pem;
pub mod pem_stream;
pub mod process;
pub mod random;
pub mod secret;
pub mod shell;
pub mod time;
