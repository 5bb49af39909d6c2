//! `set-pass`.

use serde_json::json;

use super::output::Summary;
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, NameOrCa};
use super::{Run, Session};
use crate::ops::set_pass::{self, Request};

/// Change, set or remove the passphrase of a key
///
/// private/NAME.key is written anew as PKCS#8 and replaced whole: whatever happens, it opens with
/// the old passphrase or with the new one. Copies elsewhere, .p12 files among them, keep theirs.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  $ privca set-pass alice
  $ privca set-pass ca --passin file:old.pass --passout file:new.pass
  $ privca set-pass web01 --no-pass")]
pub(super) struct SetPass {
    /// Name of the key; ca for the CA's own
    #[arg(value_parser = values::name_or_ca)]
    name: NameOrCa,

    #[command(flatten)]
    pass_in: PassIn,
    #[command(flatten)]
    pass_out: PassOut,
}

impl SetPass {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let request = Request {
            pki: &session.pki,
            name: match self.name {
                NameOrCa::Name(name) => Some(name),
                NameOrCa::Ca => None,
            },
        };
        let mut secrets = SecretInput::new(output, &self.pass_in, &self.pass_out);
        let changed = set_pass::run(&session.context, &request, &mut secrets)?;
        let done = match (changed.was_encrypted, changed.encrypted) {
            (true, true) => "Changed the passphrase of",
            (false, true) => "Set a passphrase for",
            (true, false) => "Removed the passphrase of",
            (false, false) => "Wrote anew, still without passphrase,",
        };
        let summary = Summary::new(&format!("{done} '{}'", changed.name))
            .line("key", changed.path.display().to_string());
        let json = json!({
            "name": changed.name,
            "key": changed.path,
            "was_encrypted": changed.was_encrypted,
            "encrypted": changed.encrypted,
        });
        Ok(output.outcome(&json, &summary)?)
    }
}
