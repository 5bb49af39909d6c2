//! `issue`.

use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, CertificateOut, Force, NewKeyType, Wishes};
use super::{Run, Session, issued};
use crate::ops::issue::{self, Request};
use crate::pki::FileName;
use crate::profile::ProfileName;

/// Make a key, a request and a certificate in one go
///
/// Writes private/NAME.key, reqs/NAME.req and issued/NAME.crt in one commit.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca issue alice --san email:alice@example.com\n  $ privca issue web01 --profile server --san dns:web01.example.com --no-pass"
)]
pub(super) struct Issue {
    /// Name of the files, without folder and suffix; the CN too, without --subject
    #[arg(value_parser = values::file_name)]
    name: FileName,

    /// Profile that decides what the certificate may say
    #[arg(long, short, value_name = "PROFILE", value_parser = values::profile_name, default_value = "1year")]
    profile: ProfileName,

    #[command(flatten)]
    wishes: Wishes,
    #[command(flatten)]
    key_type: NewKeyType,
    #[command(flatten)]
    pass_in: PassIn,
    #[command(flatten)]
    pass_out: PassOut,
    #[command(flatten)]
    out: CertificateOut,
    #[command(flatten)]
    force: Force,
}

impl Issue {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let request = Request {
            pki: &session.pki,
            name: self.name,
            profile: self.profile,
            key_type: self.key_type.key_type,
            changes: self.wishes.changes(),
            out: self.out.file(),
            overwrite: self.force.overwrite(),
        };
        let mut secrets = SecretInput::new(output, &self.pass_in, &self.pass_out);
        let issued = issue::run(&session.context, &request, &mut secrets)?;
        issued::show(
            &session.context,
            output,
            &[issued],
            &self.out,
            request.overwrite,
        )
    }
}
