//! `revoke` and `unrevoke`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::gen_crl::{self, CrlTerms};
use super::output::{Output, Summary};
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::{Run, Session, values};
use crate::ops::targets::Wanted;
use crate::ops::{Error, Notices as _, read, revoke, unrevoke};
use crate::pki::FileName;
use crate::pki::index::{Revocation, Row};
use crate::primitives::time::Timestamp;
use crate::x509::revocation::Reason;
use crate::x509::serial::Serial;

/// Revoke certificates and publish the revocation list
///
/// Rows, files and crl.pem change in one commit. The certificate, its key and its request move to
/// revoked/, as EasyRSA lays them; the name is free for a new one then. A certificate that is revoked
/// already stays as it is, and so do older ones of its name that are still valid, as after `renew`: a
/// warning has their serials. One on hold is revoked for good, since the day of the hold.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  Somebody has left:
    $ privca revoke alice --reason cessationOfOperation

  A laptop was stolen a week ago:
    $ privca revoke bob --reason keyCompromise --invalidity-date 2026-11-14

  The certificate of a name, and the older ones that were renewed:
    $ privca revoke --all-of alice --reason cessationOfOperation

  An older certificate of a name that has a newer one:
    $ privca revoke --serial 4F1C09D2E87B

  On hold, and released again:
    $ privca revoke carol --reason certificateHold
    $ privca unrevoke carol")]
pub(super) struct Revoke {
    #[command(flatten)]
    which: Which,

    /// Every certificate of this name that is not revoked yet (can be repeated)
    #[arg(long, value_name = "NAME", value_parser = values::file_name)]
    all_of: Vec<FileName>,

    /// Why
    ///
    /// One of unspecified, keyCompromise, CACompromise, affiliationChanged, superseded,
    /// cessationOfOperation, certificateHold.
    #[arg(long, short, value_name = "REASON", value_parser = values::reason, default_value = "unspecified")]
    reason: Reason,

    /// Since when the key is known or feared to be someone else's, in RFC 3339
    #[arg(long, value_name = "TIME", value_parser = values::timestamp)]
    invalidity_date: Option<Timestamp>,

    #[command(flatten)]
    terms: CrlTerms,
    #[command(flatten)]
    pass_in: PassIn,
}

/// Release certificates that are on hold
///
/// Only what was revoked with --reason certificateHold can be released. The files move back, and the
/// revocation list is published anew, in one commit.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca unrevoke carol\n  $ privca unrevoke --serial 4F1C09D2E87B"
)]
pub(super) struct Unrevoke {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    terms: CrlTerms,
    #[command(flatten)]
    pass_in: PassIn,
}

/// Which certificates.
#[derive(Clone, Debug, clap::Args)]
struct Which {
    /// Names: the certificate in issued/NAME.crt, else the newest of that name
    ///
    /// Where nothing lies in issued/ and several are not revoked, --serial says which.
    #[arg(value_name = "NAME", value_parser = values::file_name)]
    names: Vec<FileName>,

    /// Serial in hex, with 0x or colons if you like (can be repeated)
    #[arg(long, value_name = "HEX", value_parser = values::serial)]
    serial: Vec<Serial>,

    /// File of the certificate; - for standard input (can be repeated)
    #[arg(long, value_name = "FILE")]
    cert: Vec<PathBuf>,
}

impl Which {
    fn wanted(&self, output: &Output<'_>) -> Result<Vec<Wanted>, Error> {
        let mut wanted: Vec<Wanted> = self.names.iter().cloned().map(Wanted::Name).collect();
        wanted.extend(self.serial.iter().cloned().map(Wanted::Serial));
        for file in &self.cert {
            let bytes = read::bytes(file, &mut *output.terminal().stdin())?;
            wanted.push(Wanted::Certificate(bytes, file.display().to_string()));
        }
        Ok(wanted)
    }
}

fn at_least_one(wanted: Vec<Wanted>, options: &str) -> Result<Vec<Wanted>, Error> {
    match wanted.is_empty() {
        true => Err(Error::Usage(format!("say which certificate: {options}"))),
        false => Ok(wanted),
    }
}

impl Revoke {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let mut wanted = self.which.wanted(output)?;
        wanted.extend(self.all_of.into_iter().map(Wanted::AllOf));
        let request = revoke::Request {
            pki: &session.pki,
            wanted: at_least_one(wanted, "NAME, --serial HEX, --cert FILE or --all-of NAME")?,
            reason: self.reason,
            invalidity: self.invalidity_date,
            terms: self.terms.terms(),
        };
        let mut secrets = SecretInput::new(output, &self.pass_in, &PassOut::default());
        let outcome = revoke::run(&session.context, &request, &mut secrets)?;
        for one in &outcome.certificates {
            warn_of_others(output, one);
        }
        let parts = outcome.certificates.iter().map(summary);
        let mut all = parts
            .reduce(|all, one| all.and(&one))
            .unwrap_or_else(|| Summary::new("Nothing to revoke"));
        let mut crl = Value::Null;
        if let Some(made) = &outcome.crl {
            all = all
                .and(&gen_crl::lines(
                    Summary::new("Published the revocation list"),
                    made,
                ))
                .line("crl", outcome.path.display().to_string());
            crl = gen_crl::to_json(made);
        }
        let list: Vec<Value> = outcome.certificates.iter().map(to_json).collect();
        Ok(output.outcome(&json!({ "revoked": list, "crl": crl }), &all)?)
    }
}

impl Unrevoke {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let request = unrevoke::Request {
            pki: &session.pki,
            wanted: at_least_one(
                self.which.wanted(output)?,
                "NAME, --serial HEX or --cert FILE",
            )?,
            terms: self.terms.terms(),
        };
        let mut secrets = SecretInput::new(output, &self.pass_in, &PassOut::default());
        let outcome = unrevoke::run(&session.context, &request, &mut secrets)?;
        let mut all = Summary::new(&match outcome.certificates.len() {
            1 => "Released 1 certificate".to_owned(),
            count => format!("Released {count} certificates"),
        });
        let mut list = Vec::new();
        for (name, row) in &outcome.certificates {
            all = all
                .line("name", name.as_deref().unwrap_or_default())
                .line("subject", &row.subject)
                .line("serial", row.serial.to_string());
            list.push(
                json!({ "name": name, "serial": row.serial.to_string(), "subject": row.subject }),
            );
        }
        let all = all
            .and(&gen_crl::lines(
                Summary::new("Published the revocation list"),
                &outcome.crl,
            ))
            .line("crl", outcome.path.display().to_string());
        let json = json!({ "released": list, "crl": gen_crl::to_json(&outcome.crl) });
        Ok(output.outcome(&json, &all)?)
    }
}

/// What is told of each certificate; `docs/json.md` documents the members.
pub(super) fn to_json(revoked: &revoke::Revoked) -> Value {
    let row = &revoked.row;
    json!({
        "name": revoked.name,
        "serial": row.serial.to_string(),
        "subject": row.subject,
        "not_after": row.not_after.to_string(),
        "revoked_at": row.revocation.as_ref().map(|r| r.at.to_string()),
        "reason": reason(row).word(),
        "invalidity_date": row.revocation.as_ref().and_then(Revocation::invalidity).map(|t| t.to_string()),
        "already": revoked.already,
        "moved": revoked.moved,
        "others": revoked.others.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn reason(row: &Row) -> Reason {
    let reason = row.revocation.as_ref().and_then(Revocation::reason);
    reason.unwrap_or(Reason::Unspecified)
}

/// Who was revoked by name may still come in with an older certificate.
fn warn_of_others(output: &Output<'_>, revoked: &revoke::Revoked) {
    let serials: Vec<String> = revoked.others.iter().map(ToString::to_string).collect();
    let Some(name) = revoked.name.as_deref().filter(|_| !serials.is_empty()) else {
        return;
    };
    output.caution(&format!(
        "'{name}' has other certificates that are still valid ({}): `privca revoke --all-of {name}` \
         revokes them all, --serial HEX one",
        serials.join(", ")
    ));
}

fn summary(revoked: &revoke::Revoked) -> Summary {
    let row = &revoked.row;
    let what = match &revoked.name {
        Some(name) => format!("'{name}'"),
        None => row.serial.to_string(),
    };
    let since = row
        .revocation
        .as_ref()
        .map(|r| r.at.to_string())
        .unwrap_or_default();
    let headline = match revoked.already {
        true => format!("{what} is already revoked since {since} ({})", reason(row)),
        false => format!("Revoked {what} ({})", reason(row)),
    };
    let summary = Summary::new(&headline)
        .line("subject", &row.subject)
        .line("serial", row.serial.to_string())
        .line("ends", row.not_after.to_string());
    revoked.moved.iter().fold(summary, |summary, path| {
        summary.line("moved to", path.display().to_string())
    })
}
