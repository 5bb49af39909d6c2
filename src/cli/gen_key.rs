//! `gen-key`.

use serde_json::json;

use super::output::Summary;
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, Force, NewKeyType};
use super::{Run, Session};
use crate::ops::gen_key::{self, Request};
use crate::pki::FileName;

/// Make a private key in private/NAME.key
///
/// The key is PKCS#8, encrypted with AES-256 under a passphrase unless --no-pass is given.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca gen-key alice\n  $ privca gen-key web01 --key-type rsa-3072 --no-pass"
)]
pub(super) struct GenKey {
    /// Name of the file, without folder and suffix
    #[arg(value_parser = values::file_name)]
    name: FileName,

    #[command(flatten)]
    key_type: NewKeyType,
    #[command(flatten)]
    pass_out: PassOut,
    #[command(flatten)]
    force: Force,
}

impl GenKey {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let mut secrets = SecretInput::new(output, &PassIn::default(), &self.pass_out);
        let request = Request {
            pki: &session.pki,
            name: self.name,
            key_type: self.key_type.key_type,
            overwrite: self.force.overwrite(),
        };
        let made = gen_key::run(&session.context, request, &mut secrets)?;
        let protection = if made.encrypted {
            "encrypted"
        } else {
            "not encrypted"
        };
        let summary = Summary::new(&format!("Made the key '{}'", made.name))
            .line("type", made.key_type.to_string())
            .line("key", format!("{} ({protection})", made.path.display()));
        let json = json!({
            "name": made.name,
            "key": made.path,
            "key_type": made.key_type.to_string(),
            "encrypted": made.encrypted,
        });
        Ok(output.outcome(&json, &summary)?)
    }
}
