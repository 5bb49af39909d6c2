//! `lint`.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::output::{Summary, escaped};
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::{Failure, Run, Session};
use crate::ops::inspect::{Ended, Fault};
use crate::ops::lint::{self, Looked, Outcome, Request};
use crate::x509::lint::{ALL, About, Finding, Rule, Severity};

/// Hold certificates, requests and CRLs against RFC 5280 and its kin
///
/// The rules are those that everything privca issues passes before it is signed; docs/lint.md has
/// them all. Files are told by content, as `inspect` does: PEM, DER, bundles, PKCS#7, PKCS#12.
/// Nothing is verified but a request's own signature: a certificate without findings may be
/// expired, revoked or a stranger's.
#[derive(Debug, clap::Args)]
#[command(after_long_help = AFTER_HELP)]
pub(super) struct Lint {
    /// Files, or names in the PKI directory; - for standard input
    #[arg(required_unless_present = "list", value_name = "FILE|NAME")]
    files: Vec<PathBuf>,

    /// Exit with 1 where there is a finding this grave, or graver
    #[arg(
        long,
        value_name = "SEVERITY",
        default_value = "error",
        value_parser = severity,
        help_heading = "Rules"
    )]
    fail_on: Severity,

    /// Leave a rule out (can be repeated)
    #[arg(long, value_name = "RULE", value_parser = rule, help_heading = "Rules")]
    except: Vec<String>,

    /// Print every rule with its clause, and stop
    #[arg(long, conflicts_with = "files", help_heading = "Rules")]
    list: bool,

    #[command(flatten)]
    passin: PassIn,
}

const AFTER_HELP: &str = "\
Severities:
  error    a clause is broken, and software refuses it or takes it for something else
  warning  a clause is broken in a way that most software puts up with
  notice   allowed, but something else is better

Exit status:
  0  nothing as grave as --fail-on says
  1  there is, or a file cannot be read

Examples:
  $ privca lint www.crt
  $ privca lint --fail-on warning alice crl ca
  $ openssl s_client -connect example.com:443 -showcerts < /dev/null | privca lint -
  $ privca lint --json --except serial-entropy bundle.pem | jq '.objects[].findings[].rule'
  $ privca lint --list";

fn severity(word: &str) -> Result<Severity, String> {
    let found = Severity::ALL.into_iter().find(|s| s.word() == word);
    found.ok_or_else(|| "a severity is error, warning or notice".to_owned())
}

fn rule(name: &str) -> Result<String, String> {
    let known = ALL.iter().any(|rule| rule.name == name);
    let unknown = || "there is no such rule; --list has them all".to_owned();
    known.then(|| name.to_owned()).ok_or_else(unknown)
}

impl Lint {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        if self.list {
            return match output.is_json() {
                true => Ok(output.json(&json!({ "rules": rules_in_json() }))?),
                false => Ok(output.result(&rules_in_words())?),
            };
        }
        let request = Request {
            inputs: self.files,
            pki: session.pki.clone(),
            must_open: self.passin.passin.is_some(),
            except: self.except,
        };
        let terminal = output.terminal();
        let mut secrets = SecretInput::new(output, &self.passin, &PassOut::default());
        let stdin = || terminal.stdin();
        let outcome = match lint::run(&request, &stdin, &mut secrets, output) {
            Ok(outcome) => outcome,
            Err(Ended::Output(error)) => return Err(Failure::Output(error)),
            Err(Ended::Operation(error)) => return Err(Failure::Operation(error)),
        };
        for fault in &outcome.faults {
            let hint = fault.hint.map(|hint| format!("hint: {hint}\n"));
            let fault = escaped(&fault.to_string());
            output.say(&format!(
                "error[cannot-lint]: {fault}\n{}",
                hint.unwrap_or_default()
            ));
        }
        let summaries = outcome.objects.iter().map(summary);
        let text = summaries.reduce(|all, next| all.and(&next));
        let text = text.unwrap_or_else(|| Summary::new("nothing was held against the rules"));
        output.outcome(&in_json(&outcome), &text)?;
        let all = outcome.objects.iter().flat_map(|object| &object.findings);
        let grave = all.filter(|f| f.rule.severity >= self.fail_on).count();
        if grave > 0 || !outcome.faults.is_empty() || outcome.objects.is_empty() {
            return Err(Failure::AnswerIsNo);
        }
        Ok(())
    }
}

fn summary(object: &Looked) -> Summary {
    let place = &object.place;
    let headline = format!(
        "{}, object {}, {}: {}",
        place.file,
        place.number,
        escaped(&object.title),
        counts(&object.findings)
    );
    let summary = Summary::new(&headline);
    object.findings.iter().fold(summary, |summary, finding| {
        summary.line(finding.rule.severity.word(), escaped(&finding.to_string()))
    })
}

/// `2 errors, 1 notice`.
fn counts(findings: &[Finding]) -> String {
    let counted = Severity::ALL.into_iter().filter_map(|severity| {
        let count = findings.iter().filter(|f| f.rule.severity == severity);
        match count.count() {
            0 => None,
            1 => Some(format!("1 {severity}")),
            count => Some(format!("{count} {severity}s")),
        }
    });
    let counted: Vec<String> = counted.collect();
    if counted.is_empty() {
        return "no findings".to_owned();
    }
    counted.join(", ")
}

fn in_json(outcome: &Outcome) -> Value {
    let finding = |f: &Finding| {
        json!({
            "severity": f.rule.severity.word(),
            "rule": f.rule.name,
            "clause": f.rule.clause,
            "place": f.place.to_string(),
            "message": f.said,
        })
    };
    let object = |object: &Looked| {
        json!({
            "file": object.place.file,
            "number": object.place.number,
            "kind": object.about.word(),
            "title": object.title,
            "findings": object.findings.iter().map(finding).collect::<Vec<_>>(),
        })
    };
    let fault = |fault: &Fault| {
        json!({
            "file": fault.file,
            "number": fault.number,
            "offset": fault.offset,
            "message": fault.said,
        })
    };
    json!({
        "objects": outcome.objects.iter().map(object).collect::<Vec<_>>(),
        "errors": outcome.faults.iter().map(fault).collect::<Vec<_>>(),
    })
}

fn rules_in_json() -> Vec<Value> {
    let one = |rule: &&Rule| {
        json!({
            "name": rule.name,
            "severity": rule.severity.word(),
            "about": rule.about().word(),
            "clause": rule.clause,
            "asks": rule.asks,
            "always_kept": rule.forbids_signing(),
        })
    };
    ALL.iter().map(one).collect()
}

/// A line for each rule, and its clause below.
fn rules_in_words() -> String {
    let one = |rule: &&Rule| {
        let about = match rule.about() {
            About::All => String::new(),
            about => format!(" ({})", about.word()),
        };
        let severity = rule.severity.word();
        format!(
            "{severity:<8} {}{about}: {}\n         {}\n",
            rule.name, rule.asks, rule.clause
        )
    };
    ALL.iter().map(one).collect()
}
