//! `man`.

use std::path::PathBuf;

use clap::CommandFactory;
use serde_json::json;

use super::output::Summary;
use super::values::Force;
use super::{Cli, Run, Session};
use crate::ops::{Error, check_target};
use crate::primitives::disk;

/// Write man pages, one for each command
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  $ privca man /usr/local/share/man/man1")]
pub(super) struct Man {
    /// Folder to write them to
    directory: PathBuf,

    #[command(flatten)]
    force: Force,
}

impl Man {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let mut command = Cli::command();
        command.build();
        let mut pages = vec![("privca.1".to_owned(), command.clone())];
        for sub in command
            .get_subcommands()
            .filter(|sub| sub.get_name() != "help")
        {
            let title = format!("privca-{}", sub.get_name());
            pages.push((format!("{title}.1"), sub.clone().name(title)));
        }
        for (file, _) in &pages {
            check_target(&self.directory.join(file), self.force.overwrite())?;
        }
        for (file, command) in &pages {
            let mut page = Vec::new();
            clap_mangen::Man::new(command.clone()).render(&mut page)?;
            let path = self.directory.join(file);
            let written = session.context.disk.write_whole(
                &path,
                &page,
                disk::PUBLIC,
                self.force.overwrite(),
            );
            written.map_err(Error::from)?;
        }
        let summary = Summary::new(&format!(
            "Wrote {} man pages to {}",
            pages.len(),
            self.directory.display()
        ));
        let files: Vec<&String> = pages.iter().map(|(file, _)| file).collect();
        Ok(session.output.outcome(
            &json!({ "directory": self.directory, "files": files }),
            &summary,
        )?)
    }
}
