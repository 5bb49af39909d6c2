//! The real binary, run as a user runs it: words, exit codes, files left behind.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

#[path = "../support/screen.rs"]
mod screen;
#[path = "../support/mod.rs"]
mod support;

mod audit;
mod bad_input;
mod batch;
mod check;
mod import_crl;
mod init_ca;
mod inspect;
mod lint;
mod list;
mod passphrases;
mod profiles;
mod progress;
mod quickstart;
mod renew;
mod requests;
mod revoke;
mod schema;
mod sign;
mod status;
mod verify;
