//! What nobody here wrote judges what privca makes: OpenSSL, nginx, curl, GnuTLS, Java, EasyRSA.
//!
//! Each test names the tools it needs; `tests/run` installs them and runs all.

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

mod adopted;
mod apache_guide;
mod batch;
mod cost;
mod import_crl;
mod inspect;
mod lifecycle;
mod names;
mod nginx;
mod nginx_guide;
mod openssl_ca;
mod requests;
mod rotation;
mod server;
mod site;
