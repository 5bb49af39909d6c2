//! `inspect`.

use std::path::PathBuf;

use serde_json::json;

use super::{Run, Session};
use crate::ops::{inspect, read};

/// Show certificates, requests and CRLs as `openssl -text` does
///
/// What a file holds is told by its content: PEM with anything around it, DER, or base64. Every
/// object in it is shown, in order. Nothing is verified.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca inspect alice.crt\n  $ openssl s_client -connect example.com:443 < /dev/null | privca inspect -"
)]
pub(super) struct Inspect {
    /// Files to show; - for standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

impl Inspect {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let mut shown = Vec::new();
        for path in &self.files {
            let file = read::bytes(path, &mut *output.terminal().stdin())?;
            let mut text = Vec::new();
            let what = path.display().to_string();
            inspect::write_text(&file, &what, &mut text)?;
            let text = String::from_utf8_lossy(&text).into_owned();
            if output.is_json() {
                shown.push(json!({ "file": what, "text": text }));
            } else {
                output.result(&text)?;
            }
        }
        if output.is_json() {
            output.json(&json!({ "objects": shown }))?;
        }
        Ok(())
    }
}
