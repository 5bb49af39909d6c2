//! `sign`.

use std::path::PathBuf;

use serde_json::json;

use super::import_csr::name_of;
use super::output::{Output, Summary};
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, CertificateOut, Force, Wishes};
use super::{Run, Session, issued};
use crate::ops::sign::{self, Item, Preview, Request};
use crate::ops::{Error, inspect, read};
use crate::pki::FileName;
use crate::primitives::pem;
use crate::profile::ProfileName;

/// Sign certificate requests under a profile
///
/// Checks each request's own signature, asks the profile what may be certified, signs the result
/// with the CA key and records it. Only the public key and the permitted names are taken from the
/// request; whatever else it asks for is named as left out. Several requests are signed only if the
/// profile accepts every one.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "privca sign [OPTIONS] <NAME>...\n       privca sign [OPTIONS] --csr <FILE>... [NAME]..."
)]
#[command(after_long_help = "Examples:
  Sign the request made earlier with gen-csr:
    $ privca sign alice

  Sign a request from the mail, and send back the certificate with its intermediates:
    $ privca sign --csr incoming/johndoe.csr --out johndoe.pem

  See what a stranger's request would become, without signing it:
    $ privca sign --csr incoming/db7.csr --profile server --dry-run")]
pub(super) struct Sign {
    /// Names of requests in reqs/; with --csr, the names to keep those files under
    #[arg(value_name = "NAME", value_parser = values::file_name, required_unless_present = "csr")]
    names: Vec<FileName>,

    /// Request from elsewhere; - for standard input (can be repeated)
    ///
    /// PEM or DER. Without a NAME it is kept under the file's stem.
    #[arg(long, value_name = "FILE")]
    csr: Vec<PathBuf>,

    /// Profile that decides what the certificate may say
    #[arg(long, short, value_name = "PROFILE", value_parser = values::profile_name, default_value = "1year")]
    profile: ProfileName,

    /// Show what would be signed, or why not, and change nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    wishes: Wishes,
    #[command(flatten)]
    pass_in: PassIn,
    #[command(flatten)]
    out: CertificateOut,
    #[command(flatten)]
    force: Force,
}

impl Sign {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let items = self.items(output)?;
        if self.out.file().is_some() && items.len() > 1 {
            let said = "--out FILE takes one certificate; sign one request, or use --out -";
            return Err(Error::Usage(said.to_owned()).into());
        }
        let request = Request {
            pki: &session.pki,
            items,
            profile: self.profile,
            changes: self.wishes.changes(),
            out: self.out.file(),
            overwrite: self.force.overwrite(),
        };
        if self.dry_run {
            return show_previews(output, &sign::preview(&session.context, &request)?);
        }
        let mut secrets = SecretInput::new(output, &self.pass_in, &PassOut::default());
        let signed = sign::run(&session.context, &request, &mut secrets)?;
        issued::show(
            &session.context,
            output,
            &signed,
            &self.out,
            request.overwrite,
        )
    }

    /// Names without files are requests in `reqs/`; names with files say where those are kept.
    fn items(&self, output: &Output<'_>) -> Result<Vec<Item>, Error> {
        if self.csr.is_empty() {
            let own = |name: &FileName| Item {
                name: name.clone(),
                handed_in: None,
            };
            return Ok(self.names.iter().map(own).collect());
        }
        if !self.names.is_empty() && self.names.len() != self.csr.len() {
            let (names, files) = (self.names.len(), self.csr.len());
            return Err(Error::Usage(format!(
                "{names} names for {files} files; give a name for each --csr, or none"
            )));
        }
        let mut items = Vec::new();
        for (i, file) in self.csr.iter().enumerate() {
            let name = match self.names.get(i) {
                Some(name) => name.clone(),
                None => name_of(file)?,
            };
            let bytes = read::bytes(file, &mut *output.terminal().stdin())?;
            items.push(Item {
                name,
                handed_in: Some((bytes, file.display().to_string())),
            });
        }
        Ok(items)
    }
}

fn show_previews(output: &Output<'_>, previews: &[Preview]) -> Run {
    let mut list = Vec::new();
    let mut summary = Summary::new("Nothing was signed; this is what would be:");
    for preview in previews {
        let grant = &preview.planned.grant;
        let text = inspect::certificate_text(&preview.unsigned)?;
        summary = summary.text(&text);
        for note in &grant.notes {
            summary = summary.line("note", note.to_string());
        }
        list.push(json!({
            "name": preview.name,
            "not_before": grant.not_before.to_string(),
            "not_after": grant.not_after.to_string(),
            "notes": grant.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "text": text,
            "unsigned": pem::encode("CERTIFICATE", &preview.unsigned),
        }));
    }
    Ok(output.outcome(&json!({ "would_issue": list }), &summary)?)
}
