//! The real binary, run as a user runs it: words, exit codes, files left behind.

#[path = "../support/mod.rs"]
mod support;

mod bad_input;
mod init_ca;
mod passphrases;
mod profiles;
mod quickstart;
mod requests;
mod sign;
