//! `profile`.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::output::{Summary, escaped};
use super::values;
use super::{Run, Session};
use crate::ops::policies::{self, Found};
use crate::profile::ProfileName;

/// List, show and check the signing profiles
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca profile list\n  $ privca profile show 1year\n  $ privca profile check pki/profiles/vpn.json"
)]
pub(super) struct Profile {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the profiles of the PKI directory, or the built-in ones
    #[command(
        after_help = "Examples:\n  $ privca profile list\n  $ privca --pki /etc/privca/pki --json profile list"
    )]
    List,
    /// Print a profile
    #[command(
        after_help = "Examples:\n  $ privca profile show 1year\n  $ privca profile show server > pki/profiles/intranet.json"
    )]
    Show {
        /// Name of the profile
        #[arg(value_parser = values::profile_name)]
        name: ProfileName,
    },
    /// Check a profile file, wherever it lies
    #[command(after_help = "Examples:\n  $ privca profile check pki/profiles/vpn.json")]
    Check {
        /// The file
        file: PathBuf,
    },
}

impl Profile {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        match self.action {
            Action::List => list(session),
            Action::Show { name } => show(session, &name),
            Action::Check { file } => check(session, &file),
        }
    }
}

fn list(session: &Session<'_>) -> Run {
    let mut rows = Vec::new();
    let mut text = String::new();
    for listed in policies::list(&session.context, &session.pki)? {
        let said = match &listed.description {
            Ok(description) => description.clone(),
            Err(fault) => format!("cannot be used: {fault}"),
        };
        text.push_str(&format!("{:<14} {}\n", listed.name, escaped(&said)));
        rows.push(json!({
            "name": listed.name,
            "usable": listed.description.is_ok(),
            "description": said,
        }));
    }
    if session.output.is_json() {
        return Ok(session.output.json(&json!({ "profiles": rows }))?);
    }
    Ok(session.output.result(&text)?)
}

fn show(session: &Session<'_>, name: &ProfileName) -> Run {
    let Found { text, path, .. } = policies::show(&session.context, &session.pki, name)?;
    if session.output.is_json() {
        let profile: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let json = json!({ "name": name.to_string(), "file": path, "profile": profile });
        return Ok(session.output.json(&json)?);
    }
    Ok(session.output.result(&format!("{}\n", text.trim_end()))?)
}

fn check(session: &Session<'_>, file: &Path) -> Run {
    let found = policies::check(file)?;
    let summary = Summary::new(&format!("{} is a sound profile", file.display())).line(
        "description",
        found.profile.description().unwrap_or_default(),
    );
    let json = json!({ "name": found.profile.name().to_string(), "file": file, "ok": true });
    Ok(session.output.outcome(&json, &summary)?)
}
