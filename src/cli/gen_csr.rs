//! `gen-csr`.

use std::path::PathBuf;

use serde_json::json;

use super::output::Summary;
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, Force, NewKeyType, SanList};
use super::{Run, Session};
use crate::ops::gen_csr::{self, KeySource, Request};
use crate::ops::init_ca::subject_of_cn;
use crate::pki::FileName;
use crate::x509::name::Name;

/// Make a certificate request in reqs/NAME.req
///
/// The key is private/NAME.key if it exists, the one of --key, or a new one.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca gen-csr alice --san email:alice@example.com\n  $ privca gen-csr web01 --key /etc/ssl/web01.key --cn web01.example.com --san dns:web01.example.com"
)]
pub(super) struct GenCsr {
    /// Name of the files, without folder and suffix
    #[arg(value_parser = values::file_name)]
    name: FileName,

    /// Private key of the request, where it lies elsewhere
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Subject: /C=DE/O=Example/CN=x or CN=x,O=Example,C=DE; NAME as CN without it
    #[arg(long, value_name = "DN", value_parser = values::subject, conflicts_with = "cn")]
    subject: Option<Name>,

    /// Subject with nothing but this common name
    #[arg(long, value_name = "NAME")]
    cn: Option<String>,

    /// Alternative name, such as email:alice@example.com (can be repeated)
    #[arg(long, value_name = "TYPE:VALUE", value_parser = values::san_list)]
    san: Vec<SanList>,

    #[command(flatten)]
    key_type: NewKeyType,
    #[command(flatten)]
    pass_in: PassIn,
    #[command(flatten)]
    pass_out: PassOut,
    #[command(flatten)]
    force: Force,
}

impl GenCsr {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let subject = match self.cn {
            Some(cn) => Some(subject_of_cn(&cn)?),
            None => self.subject,
        };
        let key = match self.key {
            Some(file) => KeySource::File(file),
            None => KeySource::OwnOrNew(self.key_type.key_type),
        };
        let request = Request {
            pki: &session.pki,
            name: self.name,
            key,
            subject,
            names: values::names(&self.san),
            overwrite: self.force.overwrite(),
        };
        let mut secrets = SecretInput::new(output, &self.pass_in, &self.pass_out);
        let made = gen_csr::run(&session.context, request, &mut secrets)?;
        let names: Vec<String> = made.names.iter().map(ToString::to_string).collect();
        let key = made
            .key_path
            .as_ref()
            .map(|path| path.display().to_string());
        let summary = Summary::new(&format!("Made the request '{}'", made.name))
            .line("subject", made.subject.to_string())
            .line("names", names.join(", "))
            .line("request", made.path.display().to_string())
            .line("new key", key.unwrap_or_default());
        let json = json!({
            "name": made.name,
            "request": made.path,
            "key": made.key_path,
            "subject": made.subject.rfc4514(),
            "names": names,
            "pem": made.pem,
        });
        Ok(output.outcome(&json, &summary)?)
    }
}
