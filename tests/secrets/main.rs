//! What becomes of keys and passphrases: in memory, in files, on the screen, and in what other
//! processes may see. The real binary each time, looked at from outside.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod exposure;
mod memory;
mod modes;
mod process;
mod said;
