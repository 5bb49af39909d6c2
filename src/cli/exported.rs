//! What the export commands share: how much chain, and standard output as the destination.

use std::io::Write;

use super::output::Output;
use super::{Failure, Run};
use crate::ops::Error;
use crate::ops::export_material::Chain;
use crate::primitives::secret::Secret;

/// Said where 3DES is used.
pub(super) const WEAK: &str =
    "the encryption (3DES) is weak: the passphrase and the way the file travels must carry it";

/// `--no-chain` and `--with-root`.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct ChainWish {
    /// Leave the intermediates out
    #[arg(long, conflicts_with = "with_root")]
    pub(super) no_chain: bool,

    /// Put the root in, too
    #[arg(long)]
    pub(super) with_root: bool,
}

impl ChainWish {
    pub(super) fn chain(self) -> Chain {
        match self {
            Self { no_chain: true, .. } => Chain::None,
            Self {
                with_root: true, ..
            } => Chain::WithRoot,
            Self { .. } => Chain::Intermediates,
        }
    }
}

/// Standard output takes one thing: not an export and JSON, and no bytes where a person reads it.
pub(super) fn check_stdout(output: &Output<'_>, to_stdout: bool, binary: bool) -> Run {
    let refuse = |said: &str| Err(Failure::Operation(Error::Usage(said.to_owned())));
    if to_stdout && output.is_json() {
        return refuse("--json prints on standard output: give the export a file with --out FILE");
    }
    if to_stdout && binary && output.terminal().stdout_is_terminal() {
        return refuse("these bytes are nothing for a terminal: redirect them, or give --out FILE");
    }
    Ok(())
}

/// Prints an export.
pub(super) fn print(output: &Output<'_>, contents: &Secret) -> Run {
    let mut stdout = output.terminal().stdout();
    stdout.write_all(contents.expose())?;
    Ok(stdout.flush()?)
}
