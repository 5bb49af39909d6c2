//! `import-csr`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::output::Summary;
use super::values::{self, Force};
use super::{Run, Session};
use crate::ops::import_csr::{self, Request};
use crate::ops::{Error, read};
use crate::pki::FileName;

/// Check a request from elsewhere and keep it in reqs/NAME.req
///
/// PEM or DER, found in a file with text around it. The request's own signature must hold.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca import-csr ~/mail/johndoe.csr\n  $ privca import-csr - alice < request.pem"
)]
pub(super) struct ImportCsr {
    /// File with the request; - for standard input
    file: PathBuf,

    /// Name to keep it under; the file's stem without it
    #[arg(value_parser = values::file_name)]
    name: Option<FileName>,

    #[command(flatten)]
    force: Force,
}

/// The name that a file's stem gives.
pub(super) fn name_of(file: &Path) -> Result<FileName, Error> {
    let stem = file
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or_default();
    if stem == "-" || stem.is_empty() {
        return Err(Error::Usage(
            "standard input has no name; give NAME behind the file".to_owned(),
        ));
    }
    stem.parse().map_err(|fault| {
        Error::Usage(format!(
            "{} gives no name: {fault}; give NAME behind the file",
            file.display()
        ))
    })
}

impl ImportCsr {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let name = match self.name {
            Some(name) => name,
            None => name_of(&self.file)?,
        };
        let file = read::bytes(&self.file, &mut *output.terminal().stdin())?;
        let request = Request {
            pki: &session.pki,
            name,
            file: &file,
            what: &self.file.display().to_string(),
            overwrite: self.force.overwrite(),
        };
        let imported = import_csr::run(&session.context, &request)?;
        let names: Vec<String> = imported.names.iter().map(ToString::to_string).collect();
        let summary = Summary::new(&format!("Imported the request '{}'", imported.name))
            .line("subject", imported.subject.to_string())
            .line("names", names.join(", "))
            .line("key", &imported.key)
            .line("request", imported.path.display().to_string());
        let warn =
            |s: Summary, w: &String| s.line("warning", format!("{w}; no profile will take it"));
        let summary = imported.weaknesses.iter().fold(summary, warn);
        let json = json!({
            "name": imported.name,
            "request": imported.path,
            "subject": imported.subject.rfc4514(),
            "names": names,
            "key": imported.key,
            "weaknesses": imported.weaknesses,
        });
        Ok(output.outcome(&json, &summary)?)
    }
}
