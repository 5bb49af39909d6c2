//! `init-ca`.

use std::path::PathBuf;

use serde_json::json;

use super::output::{Output, Summary};
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, NewKeyType};
use super::{Run, Session};
use crate::ops::Error;
use crate::ops::init_ca::{self, Founded, Request, subject_of_cn};
use crate::primitives::time::Span;
use crate::x509::name::Name;
use crate::x509::name_constraints::{NameConstraints, Subtree};

/// Make a PKI directory with its CA
///
/// The CA key and certificate, an empty CRL and the signing profiles. A root signs itself; --parent
/// has another PKI directory's CA sign an intermediate at once; --request and --certificate do the
/// same with a CA elsewhere.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  A root, and an intermediate below it that may certify names in one domain:
    $ privca --pki root init-ca --cn \"Example Root CA\"
    $ privca --pki clients init-ca --cn \"Example Client CA\" --parent root --permit email:example.com

  An intermediate of a root elsewhere:
    $ privca init-ca --cn \"Example Client CA\" --request
    $ privca init-ca --certificate signed.crt --chain root.crt")]
pub(super) struct InitCa {
    /// Common name of the CA
    #[arg(long, value_name = "NAME", conflicts_with = "subject", required_unless_present_any = ["subject", "certificate"])]
    cn: Option<String>,

    /// Whole subject of the CA: /C=DE/O=Example/CN=x or CN=x,O=Example,C=DE
    #[arg(long, value_name = "DN", value_parser = values::subject)]
    subject: Option<Name>,

    /// Length of life; 10y for a root, the subca profile's own for an intermediate
    #[arg(long, value_name = "DURATION", value_parser = values::span)]
    validity: Option<Span>,

    /// How many CAs may stand below this one; any number without it, none below --parent
    #[arg(long, value_name = "N")]
    path_len: Option<u32>,

    /// Certify only names in here, such as dns:example.com or ip:10.0.0.0/8 (can be repeated)
    #[arg(long, value_name = "TYPE:VALUE", value_parser = values::subtree)]
    permit: Vec<Subtree>,

    /// Certify no names in here (can be repeated)
    #[arg(long, value_name = "TYPE:VALUE", value_parser = values::subtree)]
    exclude: Vec<Subtree>,

    /// PKI directory whose CA signs this one as an intermediate (--passin opens its key)
    #[arg(long, value_name = "DIR", conflicts_with_all = ["request", "certificate"])]
    parent: Option<PathBuf>,

    /// Write reqs/ca.req for a CA elsewhere to sign, and wait for its answer
    #[arg(long, conflicts_with = "certificate")]
    request: bool,

    /// Complete a directory made with --request
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cn", "subject", "validity", "path_len", "permit", "exclude"])]
    certificate: Option<PathBuf>,

    /// CA certificates above the one of --certificate
    #[arg(long, value_name = "FILE", requires = "certificate")]
    chain: Option<PathBuf>,

    #[command(flatten)]
    key_type: NewKeyType,
    #[command(flatten)]
    pass_in: PassIn,
    #[command(flatten)]
    pass_out: PassOut,
}

impl InitCa {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let mut secrets = SecretInput::new(output, &self.pass_in, &self.pass_out);
        if let Some(certificate) = &self.certificate {
            let chain = self.chain.as_deref();
            let context = &session.context;
            let founded =
                init_ca::complete(context, &session.pki, certificate, chain, &mut secrets)?;
            return show(output, &founded, AFTER_CERTIFICATE);
        }
        let subject = match (&self.subject, &self.cn) {
            (Some(subject), _) => subject.clone(),
            (None, cn) => subject_of_cn(cn.as_deref().unwrap_or_default())?,
        };
        if subject.is_empty() {
            return Err(Error::Usage("a CA needs a subject".to_owned()).into());
        }
        let request = Request {
            pki: &session.pki,
            subject,
            key_type: self.key_type.key_type,
            validity: self.validity,
            path_len: self.path_len,
            constraints: NameConstraints {
                permitted: self.permit,
                excluded: self.exclude,
            },
        };
        let founded = match &self.parent {
            Some(parent) => init_ca::below(&session.context, &request, parent, &mut secrets)?,
            None if self.request => init_ca::request(&session.context, &request, &mut secrets)?,
            None => init_ca::root(&session.context, &request, &mut secrets)?,
        };
        let next = match self.request {
            true => AFTER_REQUEST,
            false => "",
        };
        show(output, &founded, next)
    }
}

const AFTER_REQUEST: &str =
    "have it signed as a CA, then: privca init-ca --certificate FILE [--chain FILE]";
const AFTER_CERTIFICATE: &str =
    "servers want the revocation list of the CA above, too: privca import-crl FILE";

fn show(output: &Output<'_>, founded: &Founded, next: &str) -> Run {
    let directory = founded.pki.display().to_string();
    let mut summary = match &founded.certificate {
        Some(_) => Summary::new(&format!("Made the CA '{}'", founded.subject)),
        None => Summary::new(&format!("Made the request of the CA '{}'", founded.subject)),
    }
    .line("directory", &directory);
    if let Some(certificate) = &founded.certificate {
        summary = summary
            .line(
                "valid",
                format!(
                    "{} to {}",
                    certificate.not_before(),
                    certificate.not_after()
                ),
            )
            .line("serial", certificate.serial().to_string());
    }
    if let Some(end) = founded.next_update {
        summary = summary.line("CRL", format!("revokes nothing, until {}", end.date()));
    }
    if let Some(request) = &founded.request {
        summary = summary.line("request", request.display().to_string());
    }
    summary = summary.line("next", next);
    let certificate = founded.certificate.as_ref();
    let json = json!({
        "pki": founded.pki,
        "subject": founded.subject.rfc4514(),
        "serial": certificate.map(|c| c.serial().to_string()),
        "not_before": certificate.map(|c| c.not_before().to_string()),
        "not_after": certificate.map(|c| c.not_after().to_string()),
        "request": founded.request,
        "key_encrypted": founded.encrypted,
        "crl_next_update": founded.next_update.map(|t| t.to_string()),
    });
    Ok(output.outcome(&json, &summary)?)
}
