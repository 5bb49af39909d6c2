//! The export commands as a user runs them: words, exit codes, files left behind. Needs no other
//! program; `interop_export.rs` has those.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

#[path = "support/screen.rs"]
mod screen;
#[path = "support/mod.rs"]
mod support;

#[path = "export_cli/bundles.rs"]
mod bundles;
#[path = "export_cli/forms.rs"]
mod forms;
#[path = "export_cli/import.rs"]
mod import;
#[path = "export_cli/later.rs"]
mod later;
#[path = "export_cli/set_pass.rs"]
mod set_pass;

use std::os::unix::fs::PermissionsExt as _;

use support::Bench;

/// A CA without passphrase, and `alice` likewise.
fn with_alice() -> Bench {
    let bench = Bench::with_ca();
    bench
        .privca("issue alice --san email:alice@example.com --no-pass")
        .ok();
    bench
}

fn mode(bench: &Bench, name: &str) -> u32 {
    bench.path(name).metadata().unwrap().permissions().mode() & 0o777
}

/// Marks every certificate of the directory as revoked, as `openssl ca` writes it.
fn revoke_all(bench: &Bench) {
    let rows = bench.read("pki/index.txt");
    let revoked = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        format!(
            "R\t{}\t260101000000Z\t{}\n",
            fields[1],
            fields[3..].join("\t")
        )
    };
    bench.write(
        "pki/index.txt",
        rows.lines().map(revoked).collect::<String>(),
    );
}
