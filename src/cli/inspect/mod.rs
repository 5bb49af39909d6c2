//! `inspect`: words, JSON and colour.

mod short;
mod view;

use std::path::PathBuf;

use super::secret_input::{PassIn, PassOut, SecretInput};
use super::{Exit, Failure, Run, Session, values};
use crate::ops::inspect::{self, Ended};
use crate::ops::passphrase_source::Source;
use crate::primitives::time::Span;
use view::{Format, View, Wishes};

/// Show certificates, requests, CRLs, keys and bundles as `openssl -text` does
///
/// What a file holds is told by its content: PEM with anything around it, DER, or base64;
/// certificates, requests, CRLs, keys, PKCS#7 and PKCS#12. Every object in it is shown, in order.
/// What is broken is an error that names file, object and byte, and does not hide the others.
/// Nothing is verified.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca inspect alice.crt\n  $ openssl s_client -connect example.com:443 -showcerts < /dev/null | privca inspect -\n  $ privca inspect --format short /etc/ssl/certs/*.pem\n  $ privca inspect --expires-within 30d --format short alice crl || mail -s 'renew!' admin"
)]
pub(super) struct Inspect {
    /// Files to show, or names in the PKI directory; - for standard input
    ///
    /// Where no file of that name exists, issued/NAME.crt is shown, else reqs/NAME.req,
    /// private/NAME.key or private/NAME.p12; `ca`, `ca-chain` and `crl` are the CA's own.
    #[arg(required = true, value_name = "FILE|NAME")]
    files: Vec<PathBuf>,

    /// How to show it
    ///
    /// `text` is OpenSSL's -text, to the letter; `json` every field as data (docs/json.md), the same
    /// as --json; `short` one line an object.
    #[arg(long, value_name = "FORMAT", value_enum, help_heading = "Output")]
    format: Option<Format>,

    /// Print fingerprints as OpenSSL does (sha256 or =sha1); alone unless --format is given
    #[arg(
        long,
        value_name = "HASH",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "sha256",
        help_heading = "Output"
    )]
    fingerprint: Option<view::Hash>,

    /// Show the secret numbers of private keys, too
    #[arg(long, help_heading = "Output")]
    show_private: bool,

    /// Exit with 1 if anything shown ends within this time, or has ended
    ///
    /// A certificate ends at its notAfter, a CRL at its nextUpdate.
    #[arg(long, value_name = "DURATION", value_parser = values::span, help_heading = "What to check")]
    expires_within: Option<Span>,

    #[command(flatten)]
    passin: PassIn,
}

impl Inspect {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let now = session.context.now();
        let format = match (self.format, output.is_json()) {
            (Some(format), false) => Some(format),
            (_, true) => Some(Format::Json),
            (None, false) => None,
        };
        let limit = self.expires_within.map(|span| now.plus(span));
        let wishes = Wishes {
            format,
            fingerprint: self.fingerprint,
            show_private: self.show_private,
            // past the year 9999 everything ends
            limit: limit.map(|end| end.unwrap_or(crate::primitives::time::Timestamp::MAX)),
            now,
        };
        let request = inspect::Request {
            inputs: self.files,
            pki: session.pki.clone(),
            must_open: self.passin.passin.is_some(),
        };
        let terminal = output.terminal();
        let mut secrets = SecretInput::new(output, &self.passin, &PassOut::default());
        if self.passin.passin == Some(Source::Stdin)
            && request.inputs.iter().any(|i| i.as_os_str() == "-")
        {
            let said = "standard input cannot be both the file and the passphrase; give --passin fd:3 3<FILE";
            return Err(crate::ops::Error::Usage(said.to_owned()).into());
        }
        let mut view = View::new(output, wishes)?;
        let ended = inspect::run(&request, &|| terminal.stdin(), &mut secrets, &mut view);
        let faults = match ended {
            Ok(faults) => faults,
            Err(Ended::Output(error)) => return Err(Failure::Output(error)),
            Err(Ended::Operation(_)) => {
                view.finish()?;
                return Err(Failure::Said(Exit::Passphrase));
            }
        };
        let ending = view.finish()?;
        if faults > 0 || ending > 0 {
            return Err(Failure::Said(Exit::Failed));
        }
        Ok(())
    }
}
