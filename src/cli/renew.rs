//! `renew`.

use serde_json::{Value, json};

use super::gen_crl;
use super::issued;
use super::output::{Summary, escaped};
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::{Failure, Run, Session, values};
use crate::keys::KeyType;
use crate::ops::renew::{self, Outcome, Request, Which};
use crate::ops::sign::Changes;
use crate::pki::FileName;
use crate::primitives::time::{Span, Timestamp};
use crate::profile::ProfileName;

/// Renew certificates: the same subject and names, new dates
///
/// Each is signed anew under the profile it was issued under, as that is today; one that EasyRSA or
/// openssl issued keeps its own extensions unless --profile is given. The new certificate lies in
/// issued/NAME.crt; the old one stays in certs_by_serial/ and valid, unless --revoke-old is given.
#[derive(Debug, clap::Args)]
#[command(override_usage = "privca renew [OPTIONS] <NAME>...\n       privca renew [OPTIONS] --all")]
#[command(after_long_help = "Examples:
  One certificate, with the key it has:
    $ privca renew web01

  With a new key, and the old certificate revoked:
    $ privca renew web01 --rekey --revoke-old

  From a timer: whatever ends within 30 days
    $ privca renew --all --expires-within 30d --passin file:ca.pass --no-pass")]
pub(super) struct Renew {
    /// Names of the certificates in issued/
    #[arg(value_name = "NAME", value_parser = values::file_name, required_unless_present = "all", conflicts_with = "all")]
    names: Vec<FileName>,

    /// Every current certificate that ends soon; one that fails does not stop the others
    #[arg(long)]
    all: bool,

    /// With --all: how soon; what the profile says without it, or 30d
    #[arg(long, value_name = "DURATION", value_parser = values::span, requires = "all")]
    expires_within: Option<Span>,

    /// Profile in place of the one it was issued under
    #[arg(long, short, value_name = "PROFILE", value_parser = values::profile_name)]
    profile: Option<ProfileName>,

    /// Make a new key; the old one moves to renewed/
    #[arg(long)]
    rekey: bool,

    /// Algorithm and size of the new key; those of the old one without it
    #[arg(long, value_name = "TYPE", value_parser = values::key_type, requires = "rekey")]
    key_type: Option<KeyType>,

    /// Revoke the old certificate as superseded
    #[arg(long)]
    revoke_old: bool,

    /// Length of life, such as 90d or 1y; the profile's own without it
    #[arg(long, value_name = "DURATION", value_parser = values::span, conflicts_with = "not_after")]
    validity: Option<Span>,

    /// Last second of life, in RFC 3339
    #[arg(long, value_name = "TIME", value_parser = values::timestamp)]
    not_after: Option<Timestamp>,

    /// Refuse a life that would be cut to the CA's own end
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    pass_in: PassIn,
    #[command(flatten)]
    pass_out: PassOut,
}

impl Renew {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let request = Request {
            pki: &session.pki,
            which: match self.all {
                true => Which::Due(self.expires_within),
                false => Which::Names(self.names),
            },
            profile: self.profile,
            rekey: self.rekey,
            key_type: self.key_type,
            changes: Changes {
                validity: self.validity,
                not_after: self.not_after,
                strict: self.strict,
                ..Changes::default()
            },
            revoke_old: self.revoke_old,
        };
        let mut secrets = SecretInput::new(output, &self.pass_in, &self.pass_out);
        let outcome = renew::run(&session.context, &request, &mut secrets)?;
        output.outcome(&to_json(&outcome), &summary(&outcome))?;
        // an error is said however quiet the run is
        for (name, error) in &outcome.failed {
            let said = escaped(&format!("error: '{name}' is not renewed: {error}"));
            output.say(&format!("{said}\n"));
        }
        match outcome.failed.is_empty() {
            true => Ok(()),
            false => Err(Failure::AnswerIsNo),
        }
    }
}

fn summary(outcome: &Outcome) -> Summary {
    let renewed = outcome
        .renewed
        .iter()
        .map(|(new, old)| issued::summary(new).line("renews", old.to_string()));
    let all = renewed.reduce(|all, one| all.and(&one));
    let all = all.unwrap_or_else(|| {
        Summary::new(match outcome.failed.is_empty() {
            true => "Nothing is due",
            false => "Nothing was renewed",
        })
    });
    match &outcome.crl {
        None => all,
        Some(made) => all.and(&gen_crl::lines(
            Summary::new("Published the revocation list"),
            made,
        )),
    }
}

fn to_json(outcome: &Outcome) -> Value {
    let renewed = outcome.renewed.iter().map(|(new, old)| {
        let mut json = issued::to_json(new);
        if let Some(members) = json.as_object_mut() {
            members.insert("renews".to_owned(), old.to_string().into());
        }
        json
    });
    let failed = |(name, error): &(FileName, _)| json!({ "name": name.to_string(), "error": crate::ops::Error::to_string(error) });
    json!({
        "issued": renewed.collect::<Vec<_>>(),
        "failed": outcome.failed.iter().map(failed).collect::<Vec<_>>(),
        "crl": outcome.crl.as_ref().map(gen_crl::to_json),
    })
}
