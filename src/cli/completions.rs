//! `completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Run, Session};

/// Print a shell's completions
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca completions bash > /etc/bash_completion.d/privca"
)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "privca", &mut script);
        Ok(session.output.result(&String::from_utf8_lossy(&script))?)
    }
}
