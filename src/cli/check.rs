//! `check`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::output::Summary;
use super::{Failure, Run, Session};
use crate::ops::check::{self, Checked, Finding, LogEnd, More, Request};
use crate::primitives::hex;

/// How many findings of a kind are shown.
const SHOWN: usize = 20;

/// Check that the PKI directory is consistent
///
/// Every row has its certificate and the other way round, serials are unique, files parse, keys that
/// are not encrypted match, nobody else can read keys, the revocation list is current and equal to
/// the revoked rows, the audit log's chain holds and agrees with rows and certificates. Exits with 0
/// exactly when there is no problem. What old EasyRSA directories are known to hold is a remark, no problem.
/// Of a kind twenty are shown; --json names a thousand, and counts the rest.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca check\n  $ privca --pki /etc/openvpn/pki check --repair\n  $ privca check --log-line $(cat /mnt/elsewhere/last-line)"
)]
pub(super) struct Check {
    /// Mend what needs no guessing, and say what was mended
    ///
    /// Missing copies in certs_by_serial/, modes of keys, index.txt.attr, serial, crlnumber, a new
    /// ca.crt in ca-chain.crt, the index's last line feed, an index that a killed openssl ca left under
    /// another name, and what an interrupted privca left.
    #[arg(long)]
    repair: bool,

    /// Require that the audit log has the line with this hash
    ///
    /// The hash is what an earlier check printed, kept where whoever can write in the PKI directory
    /// cannot. So it shows even if lines were cut off the log's end, or the whole log was written anew.
    #[arg(long, value_name = "SHA256", value_parser = sha256)]
    log_line: Option<String>,
}

impl Check {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let request = Request {
            pki: &session.pki,
            repair: self.repair,
            log_line: self.log_line.as_deref(),
        };
        let checked = check::run(&session.context, &request)?;
        let consistent = checked.is_consistent();
        let named = checked.findings.iter().filter(|f| f.problem).count();
        let more = checked.more.iter().filter(|more| more.problem);
        let count = named + more.map(|more| more.count).sum::<usize>();
        let mut summary = Summary::new(&match count {
            0 => "The directory is consistent".to_owned(),
            1 => "There is a problem".to_owned(),
            count => format!("There are {count} problems"),
        })
        .line("rows", checked.rows.to_string())
        .line("certificates", checked.certificates.to_string())
        .line("log", log_end(&checked.log));
        for finding in &checked.mended {
            summary = summary.line("mended", words(finding));
        }
        summary = with_findings(summary, &checked);
        let json = json!({
            "consistent": consistent,
            "rows": checked.rows,
            "certificates": checked.certificates,
            "log": { "lines": checked.log.lines, "last": checked.log.last },
            "findings": checked.findings.iter().map(to_json).collect::<Vec<_>>(),
            "more": checked.more.iter().map(more_to_json).collect::<Vec<_>>(),
            "mended": checked.mended.iter().map(to_json).collect::<Vec<_>>(),
        });
        output.outcome(&json, &summary)?;
        if consistent {
            Ok(())
        } else {
            Err(Failure::AnswerIsNo)
        }
    }
}

/// The first of each kind with their hints, and how many more there are.
fn with_findings(mut summary: Summary, checked: &Checked) -> Summary {
    let label = |problem| if problem { "problem" } else { "remark" };
    let mut left: BTreeMap<_, usize> = BTreeMap::new();
    for more in &checked.more {
        left.insert((more.code, more.problem), more.count);
    }
    let mut shown: BTreeMap<_, usize> = BTreeMap::new();
    for finding in &checked.findings {
        let kind = (finding.code, finding.problem);
        let count = shown.entry(kind).or_default();
        *count += 1;
        if *count > SHOWN {
            *left.entry(kind).or_default() += 1;
            continue;
        }
        summary = summary.line(label(finding.problem), words(finding));
        summary = summary.line("", finding.hint.clone().unwrap_or_default());
    }
    for ((code, problem), count) in left {
        summary = summary.line(label(problem), format!("and {count} more ({code})"));
    }
    summary
}

fn log_end(end: &LogEnd) -> String {
    match &end.last {
        Some(last) => format!("{} lines, the last one {last}", end.lines),
        None => String::new(),
    }
}

/// A hash as `check` and `sha256sum` print it; for clap.
fn sha256(text: &str) -> Result<String, String> {
    match hex::decode(text) {
        Some(bytes) if bytes.len() == 32 => Ok(text.to_lowercase()),
        _ => Err("a SHA-256 has 64 hex digits".to_owned()),
    }
}

fn words(finding: &Finding) -> String {
    format!(
        "{} {} ({})",
        finding.path.display(),
        finding.said,
        finding.code
    )
}

fn more_to_json(more: &More) -> Value {
    json!({ "code": more.code, "problem": more.problem, "count": more.count })
}

fn to_json(finding: &Finding) -> Value {
    json!({
        "code": finding.code,
        "path": finding.path,
        "said": finding.said,
        "hint": finding.hint,
        "problem": finding.problem,
        "mendable": finding.is_mendable(),
    })
}
