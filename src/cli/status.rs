//! `status`, and `privca` alone in a PKI directory.

use serde_json::{Value, json};

use super::output::Summary;
use super::{Run, Session};
use crate::ops::status::{self, Standing};

/// Show how the PKI directory stands and what needs doing
///
/// The CA and its end, how many certificates are valid, revoked and expired, which end next, the age
/// of the revocation list, and the command for whatever is due. `privca` alone does that too, where
/// there is a PKI directory.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca status\n  $ privca --pki /etc/openvpn/pki status --json"
)]
pub(super) struct Status {}

impl Status {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let standing = status::run(&session.context, &session.pki)?;
        Ok(session
            .output
            .outcome(&to_json(&standing), &summary(&standing))?)
    }
}

fn summary(standing: &Standing) -> Summary {
    let mut summary = Summary::new(&format!("The CA '{}'", standing.subject))
        .line("directory", standing.pki.display().to_string())
        .line("ends", standing.ca_end.to_string())
        .line(
            "certificates",
            format!(
                "{} valid, {} revoked, {} expired",
                standing.valid, standing.revoked, standing.expired
            ),
        );
    for (end, name, serial) in &standing.next {
        let name = name.clone().unwrap_or_else(|| serial.to_string());
        summary = summary.line("ends next", format!("{} {name}", end.date()));
    }
    let list = standing.list.map(|(made, next)| {
        let next = next
            .map(|next| format!(", next due {}", next.date()))
            .unwrap_or_default();
        format!("of {}{next}", made.date())
    });
    summary = summary.line("crl", list.unwrap_or_else(|| "none".to_owned()));
    if standing.to_do.is_empty() {
        return summary.line("to do", "nothing");
    }
    standing.to_do.iter().fold(summary, |summary, to_do| {
        let command = to_do
            .command
            .as_ref()
            .map(|c| format!(": {c}"))
            .unwrap_or_default();
        summary.line("to do", format!("{}{command}", to_do.why))
    })
}

fn to_json(standing: &Standing) -> Value {
    let next = standing.next.iter().map(|(end, name, serial)| {
        json!({ "not_after": end.to_string(), "name": name, "serial": serial.to_string() })
    });
    let to_do = standing
        .to_do
        .iter()
        .map(|t| json!({ "why": t.why, "command": t.command }));
    json!({
        "pki": standing.pki,
        "subject": standing.subject.rfc4514(),
        "not_after": standing.ca_end.to_string(),
        "valid": standing.valid,
        "revoked": standing.revoked,
        "expired": standing.expired,
        "ends_next": next.collect::<Vec<_>>(),
        "crl_this_update": standing.list.map(|(made, _)| made.to_string()),
        "crl_next_update": standing.list.and_then(|(_, next)| next).map(|next| next.to_string()),
        "to_do": to_do.collect::<Vec<_>>(),
    })
}
