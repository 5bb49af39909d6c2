//! `export-p12`.

use std::path::PathBuf;

use serde_json::json;

use super::exported::{self, ChainWish};
use super::output::Summary;
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, Force};
use super::{Failure, Run, Session};
use crate::keys::pkcs12::Strength;
use crate::ops::export_material::Source;
use crate::ops::export_p12::{self, Exported, Out, Request};
use crate::ops::{self};
use crate::pki::FileName;

/// Bundle key, certificate and chain into private/NAME.p12
///
/// AES-256 with PBKDF2 under a SHA-256 MAC; --legacy for devices that do not read that. Key and
/// certificate carry NAME as their friendly name and the same local key id. The file is opened
/// again with its passphrase before it is written.
///
/// An expired or revoked certificate, or a key of another one, is an error.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct ExportP12 {
    /// Name of the certificate
    #[arg(value_parser = values::file_name, required_unless_present = "cert")]
    name: Option<FileName>,

    /// Certificate from a file instead of the PKI directory; what follows in it is chain
    #[arg(
        long,
        value_name = "FILE",
        requires = "key",
        requires = "out",
        conflicts_with = "name"
    )]
    cert: Option<PathBuf>,

    /// Key that belongs to --cert
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,

    /// More CA certificates for --cert, in any order
    #[arg(long, value_name = "FILE", requires = "cert")]
    chain: Option<PathBuf>,

    /// Encrypt with 3DES under a SHA-1 MAC, for iOS, macOS, Windows before 2019 and Java 8
    #[arg(long)]
    legacy: bool,

    /// Name that importers show; NAME without it
    #[arg(long, value_name = "TEXT")]
    friendly_name: Option<String>,

    #[command(flatten)]
    chain_wish: ChainWish,

    /// Write the bundle here; - for standard output
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,

    #[command(flatten)]
    pass_in: PassIn,
    #[command(flatten)]
    pass_out: PassOut,

    /// Draw a passphrase and print it on standard output; nothing else keeps it
    #[arg(long, conflicts_with_all = ["passout", "no_pass"], help_heading = "Passphrases")]
    generate_passphrase: bool,

    #[command(flatten)]
    force: Force,
}

const EXAMPLES: &str = "\
Examples:
  A bundle beside the key, with a passphrase that privca asks for:
    $ privca export-p12 alice

  For an iPhone or a Mac, with a passphrase to read out:
    $ privca export-p12 alice --legacy --generate-passphrase --out alice.p12

  In a script:
    $ privca export-p12 alice --passin file:key.pass --passout file:p12.pass --json

  From files that no PKI directory holds:
    $ privca export-p12 --cert web.crt --key web.key --chain ca.crt --out web.p12

Without a passphrase (--no-pass) the file has the empty one, as with OpenSSL.
See also: privca export (other forms), docs/guides/";

impl ExportP12 {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let to_stdout = self.out.as_ref().is_some_and(|out| out.as_os_str() == "-");
        exported::check_stdout(output, to_stdout, true)?;
        if to_stdout && self.generate_passphrase {
            let said = "--generate-passphrase prints on standard output: give the bundle a file with --out FILE";
            return Err(Failure::Operation(ops::Error::Usage(said.to_owned())));
        }
        if self.legacy {
            session.context.notices.warn(exported::WEAK);
        }
        let source = match (self.name, self.cert, self.key) {
            (Some(name), ..) => Source::Name(name),
            (None, Some(certificate), Some(key)) => Source::Files {
                certificate,
                key,
                chain: self.chain,
            },
            _ => {
                return Err(Failure::Operation(ops::Error::Usage(
                    "give a NAME, or --cert and --key".to_owned(),
                )));
            }
        };
        let request = Request {
            pki: &session.pki,
            source,
            strength: if self.legacy {
                Strength::Legacy
            } else {
                Strength::Modern
            },
            friendly_name: self.friendly_name,
            chain: self.chain_wish.chain(),
            out: match self.out {
                Some(_) if to_stdout => Out::Caller,
                Some(path) => Out::File(path),
                None => Out::Pki,
            },
            generate: self.generate_passphrase,
            overwrite: self.force.overwrite(),
        };
        let mut secrets = SecretInput::new(output, &self.pass_in, &self.pass_out);
        let made = export_p12::run(&session.context, &request, &mut secrets)?;
        show(session, &made, self.legacy)
    }
}

fn show(session: &Session<'_>, made: &Exported, legacy: bool) -> Run {
    let output = session.output;
    let path = made.path.as_ref().map(|path| path.display().to_string());
    let others = match made.certificates.saturating_sub(1) {
        0 => "no chain".to_owned(),
        1 => "1 certificate above it".to_owned(),
        n => format!("{n} certificates above it"),
    };
    let summary = Summary::new(&format!("Exported '{}'", made.name))
        .line(
            "bundle",
            path.unwrap_or_else(|| "standard output".to_owned()),
        )
        .line("called", made.friendly_name.escape_debug().to_string())
        .line("holds", format!("the key, its certificate, {others}"));
    if let Some(file) = &made.file {
        output.summary_aside(&summary);
        return exported::print(output, file);
    }
    let passphrase = made.passphrase.as_ref().and_then(|p| p.expose_str());
    let mut json = json!({
        "name": made.name,
        "p12": made.path,
        "friendly_name": made.friendly_name,
        "certificates": made.certificates,
        "legacy": legacy,
    });
    if let (Some(passphrase), Some(members)) = (passphrase, json.as_object_mut()) {
        members.insert("passphrase".to_owned(), passphrase.into());
    }
    match passphrase {
        // a script takes the passphrase from standard output, so nothing else goes there
        Some(passphrase) if !output.is_json() => {
            output.summary_aside(&summary);
            Ok(output.result(&format!("{passphrase}\n"))?)
        }
        _ => Ok(output.outcome(&json, &summary)?),
    }
}
