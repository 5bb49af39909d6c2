//! What privca exports, in the hands of those it is for. `cargo test -- --ignored` runs them;
//! `tests/run` installs what they drive.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

#[path = "interop/server.rs"]
mod server;
#[path = "support/mod.rs"]
mod support;

#[path = "interop_export/browser.rs"]
mod browser;
#[path = "interop_export/forms.rs"]
mod forms;
#[path = "interop_export/java.rs"]
mod java;
#[path = "interop_export/legacy.rs"]
mod legacy;
#[path = "interop_export/readers.rs"]
mod readers;
#[path = "interop_export/world.rs"]
mod world;
