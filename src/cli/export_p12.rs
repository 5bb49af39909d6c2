//! `export-p12`.

use std::path::PathBuf;

use serde_json::json;

use super::output::Summary;
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, Force};
use super::{Run, Session};
use crate::keys::pkcs12::Strength;
use crate::ops::export_p12::{self, Request};
use crate::pki::FileName;

/// Bundle key, certificate and chain into private/NAME.p12
///
/// AES-256 with PBKDF2 and a SHA-256 MAC; --legacy for devices that do not read that.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca export-p12 alice\n  $ privca export-p12 alice --legacy --passout file:p12.pass --out alice.p12"
)]
pub(super) struct ExportP12 {
    /// Name of the certificate
    #[arg(value_parser = values::file_name)]
    name: FileName,

    /// Encrypt with 3DES under a SHA-1 MAC, for iOS, macOS, Windows before 2019 and Java 8
    #[arg(long)]
    legacy: bool,

    /// Name that importers show; NAME without it
    #[arg(long, value_name = "TEXT")]
    friendly_name: Option<String>,

    /// Leave the intermediates out
    #[arg(long)]
    no_chain: bool,

    /// Write the bundle here
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    pass_in: PassIn,
    #[command(flatten)]
    pass_out: PassOut,
    #[command(flatten)]
    force: Force,
}

impl ExportP12 {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        if self.legacy {
            session.context.notices.warn(
                "--legacy encrypts with 3DES, which is weak: the passphrase and the way it travels must carry it",
            );
        }
        let request = Request {
            pki: &session.pki,
            name: self.name,
            strength: if self.legacy {
                Strength::Legacy
            } else {
                Strength::Modern
            },
            friendly_name: self.friendly_name,
            chain: !self.no_chain,
            out: self.out,
            overwrite: self.force.overwrite(),
        };
        let mut secrets = SecretInput::new(output.terminal(), &self.pass_in, &self.pass_out);
        let exported = export_p12::run(&session.context, &request, &mut secrets)?;
        let summary = Summary::new(&format!("Exported '{}'", exported.name))
            .line("bundle", exported.path.display().to_string())
            .line(
                "holds",
                format!("the key and {} certificates", exported.certificates),
            );
        let json = json!({
            "name": exported.name,
            "p12": exported.path,
            "certificates": exported.certificates,
            "legacy": self.legacy,
        });
        Ok(output.outcome(&json, &summary)?)
    }
}
