//! `import-p12`.

use std::path::PathBuf;

use serde_json::json;

use super::output::Summary;
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, Force};
use super::{Run, Session};
use crate::ops::import_p12::{self, Request};
use crate::ops::read;
use crate::pki::FileName;
use crate::primitives::secret::Secret;

/// Take key and certificate out of a .p12 file
///
/// Into private/NAME.key and issued/NAME.crt, if this PKI's own CA issued the certificate; with
/// --out-dir into DIR/NAME.key, DIR/NAME.crt and DIR/NAME-chain.crt, whoever issued it. Reads what
/// OpenSSL, Java, Windows, macOS and Firefox write, RC2 and files without a MAC included.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  $ privca import-p12 alice.p12 alice
  $ privca import-p12 old.p12 web01 --out-dir . --passin file:old.pass --no-pass

--passin is for the .p12 file, --passout for the key file that is written.
A file with the empty passphrase, or none, is opened without being asked for one.")]
pub(super) struct ImportP12 {
    /// The .p12 file; - for standard input
    file: PathBuf,

    /// Name of the new files
    #[arg(value_parser = values::file_name)]
    name: FileName,

    /// Folder for the parts, instead of the PKI directory
    #[arg(long, value_name = "DIR")]
    out_dir: Option<PathBuf>,

    /// Which key to take, where the file holds several
    #[arg(long, value_name = "TEXT")]
    friendly_name: Option<String>,

    #[command(flatten)]
    pass_in: PassIn,
    #[command(flatten)]
    pass_out: PassOut,
    #[command(flatten)]
    force: Force,
}

impl ImportP12 {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let bytes = Secret::new(read::bytes(&self.file, &mut output.terminal().stdin())?);
        let request = Request {
            pki: &session.pki,
            file: &self.file,
            bytes,
            name: self.name,
            friendly_name: self.friendly_name,
            folder: self.out_dir,
            overwrite: self.force.overwrite(),
        };
        let mut secrets = SecretInput::new(output, &self.pass_in, &self.pass_out);
        let taken = import_p12::run(&session.context, &request, &mut secrets)?;
        let certificate = &taken.certificate;
        let protection = if taken.encrypted {
            "encrypted"
        } else {
            "not encrypted"
        };
        let chain = taken
            .chain_path
            .as_ref()
            .map(|path| path.display().to_string());
        let summary = Summary::new(&format!("Imported '{}'", taken.name))
            .line("subject", certificate.subject().to_string())
            .line("serial", certificate.serial().to_string())
            .line(
                "key",
                format!("{} ({protection})", taken.key_path.display()),
            )
            .line("certificate", taken.certificate_path.display().to_string())
            .line("chain", chain.unwrap_or_default());
        let json = json!({
            "name": taken.name,
            "subject": certificate.subject().rfc4514(),
            "serial": certificate.serial().to_string(),
            "key": taken.key_path,
            "encrypted": taken.encrypted,
            "certificate": taken.certificate_path,
            "chain": taken.chain_path,
        });
        Ok(output.outcome(&json, &summary)?)
    }
}
