//! `check`.

use serde_json::{Value, json};

use super::output::Summary;
use super::{Failure, Run, Session};
use crate::ops::check::{self, Finding};

/// Check that the PKI directory is consistent
///
/// Every row has its certificate and the other way round, serials are unique, files parse, keys that
/// are not encrypted match, nobody else can read keys, the revocation list is current and equal to
/// the revoked rows, the audit log's chain holds. Exits with 0 exactly when there is no problem.
/// What old EasyRSA directories are known to hold is a remark, no problem.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Examples:\n  $ privca check\n  $ privca --pki /etc/openvpn/pki check --repair"
)]
pub(super) struct Check {
    /// Mend what needs no guessing, and say what was mended
    ///
    /// Missing copies in certs_by_serial/, modes of keys, index.txt.attr, the index's last line feed,
    /// an index that a killed openssl ca left under another name, and what an interrupted privca left.
    #[arg(long)]
    repair: bool,
}

impl Check {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let checked = check::run(&session.context, &session.pki, self.repair)?;
        let consistent = checked.is_consistent();
        let count = checked.findings.iter().filter(|f| f.problem).count();
        let mut summary = Summary::new(&match count {
            0 => "The directory is consistent".to_owned(),
            1 => "There is a problem".to_owned(),
            count => format!("There are {count} problems"),
        })
        .line("rows", checked.rows.to_string())
        .line("certificates", checked.certificates.to_string());
        for finding in &checked.mended {
            summary = summary.line("mended", words(finding));
        }
        for finding in &checked.findings {
            let label = if finding.problem { "problem" } else { "remark" };
            summary = summary.line(label, words(finding));
            summary = summary.line("", finding.hint.clone().unwrap_or_default());
        }
        let json = json!({
            "consistent": consistent,
            "rows": checked.rows,
            "certificates": checked.certificates,
            "findings": checked.findings.iter().map(to_json).collect::<Vec<_>>(),
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

fn words(finding: &Finding) -> String {
    format!(
        "{} {} ({})",
        finding.path.display(),
        finding.said,
        finding.code
    )
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
