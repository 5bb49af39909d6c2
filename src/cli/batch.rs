//! `batch`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::error::Report;
use super::exit::Exit;
use super::output::Summary;
use super::progress::Bar;
use super::secret_input::{PassIn, PassOut, SecretInput};
use super::values::{self, NewKeyType};
use super::{Failure, Run, Session, issued};
use crate::keys::pkcs12::Strength;
use crate::ops::batch::manifest::{self, Format};
use crate::ops::batch::{self, Defaults, Made, Outcome, Request, RowOutcome};
use crate::ops::passphrase_source::Source;
use crate::ops::{Error, read};
use crate::primitives::disk;
use crate::primitives::time::Span;
use crate::profile::ProfileName;

/// Issue or sign for every row of a CSV or JSON-lines manifest
///
/// A row with a csr is signed; for any other a key is made. All rows are read and decided on before
/// the first is issued, and one that fails does not stop the others. Run again with the same manifest
/// it goes on where it stopped: what a name has already is not issued twice.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = "Columns, or members of each JSON object; only the name must be there:
  name           stem of the files; of a row with a csr, that of its file
  csr            request to sign; paths are relative to the manifest
  profile        policy, in place of --profile
  cn, subject    subject, as CN alone or in whole; the name as CN without either
  san            alternative names, as --san takes them; several with blanks or ; between them, or a
                 JSON list
  validity, not_before, not_after
                 dates, as `privca issue` takes them
  key_type       of the new key, in place of --key-type
  p12            yes, no, modern or legacy: a private/NAME.p12, under the key's passphrase
  friendly_name  what importers of the .p12 show
  out            file for the certificate and its intermediates
  passout        source of the new key's passphrase, in place of --passout

Exit status: the worst of all rows
  0  every row has its certificate, now or already
  1  a row failed, or the manifest has faults (then nothing was written)
  3  the profile refuses a row
  4  a passphrase is missing or wrong

Examples:
  Two hundred people: keys and .p12 files under passphrases that people.pass lists
    $ privca batch people.csv --p12 --legacy --passphrases-out people.pass --passin file:ca.pass

  What would be done, and what refused
    $ privca batch people.csv --dry-run

  A folder of requests
    $ ls incoming/*.csr | sed '1i csr' | privca batch - --profile client

  From a script, keys without passphrase
    $ jq -c '.hosts[] | {name, san, profile: \"server\"}' inventory.json | privca --json batch - --no-pass"
)]
pub(super) struct Batch {
    /// Manifest; - for standard input
    ///
    /// CSV (RFC 4180, UTF-8) begins with a line of column names; JSON-lines have an object on each
    /// line.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// How the manifest is written; told by its content without it
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,

    /// Decide on every row and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Issue anew for names whose certificates are all revoked
    ///
    /// Without it such a row fails: a list of people that is run again must not bring back those who
    /// have left.
    #[arg(long)]
    reissue_revoked: bool,

    /// Profile of rows that name none
    #[arg(long, short, value_name = "PROFILE", value_parser = values::profile_name, default_value = "1year", help_heading = ROWS)]
    profile: ProfileName,

    #[command(flatten)]
    key_type: NewKeyType,

    /// Length of life of rows that give no end; the profile's own without it
    #[arg(long, value_name = "DURATION", value_parser = values::span, help_heading = ROWS)]
    validity: Option<Span>,

    /// Refuse a life that would be cut to the CA's own end
    #[arg(long, help_heading = ROWS)]
    strict: bool,

    /// Make a private/NAME.p12 for every new key, under its passphrase
    #[arg(long, help_heading = ROWS)]
    p12: bool,

    /// Encrypt .p12 files as iOS, macOS, old Windows and Java 8 want them
    #[arg(long, help_heading = ROWS)]
    legacy: bool,

    #[command(flatten)]
    pass_in: PassIn,
    #[command(flatten)]
    pass_out: PassOut,

    /// Draw a passphrase for each new key, and list them in this file
    ///
    /// CSV with name and passphrase, mode 0600. A passphrase is in it before its key is written; a
    /// run that goes on takes those that are there.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["passout", "no_pass"], help_heading = "Passphrases")]
    passphrases_out: Option<PathBuf>,
}

const ROWS: &str = "Where a row says nothing";

fn format(text: &str) -> Result<Format, String> {
    match text {
        "csv" => Ok(Format::Csv),
        "jsonl" | "json-lines" => Ok(Format::JsonLines),
        _ => Err("formats are csv and jsonl".to_owned()),
    }
}

impl Batch {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let from_stdin = self.file.as_os_str() == "-";
        let sources = [&self.pass_in.passin, &self.pass_out.passout];
        if from_stdin && sources.contains(&&Some(Source::Stdin)) {
            let said = "standard input has the manifest: take the passphrase from elsewhere";
            return Err(Error::Usage(said.to_owned()).into());
        }
        let bytes = read::bytes(&self.file, &mut *output.terminal().stdin())?;
        let file = match from_stdin {
            true => "standard input".to_owned(),
            false => self.file.display().to_string(),
        };
        let rows = manifest::parse(&bytes, self.format)
            .map_err(|faults| batch::bad_manifest(&file, &faults))?;
        let request = Request {
            pki: &session.pki,
            rows: &rows,
            file: &file,
            folder: match from_stdin {
                true => Path::new("."),
                false => disk::folder_of(&self.file),
            },
            defaults: Defaults {
                profile: self.profile,
                key_type: self.key_type.key_type,
                validity: self.validity,
                strict: self.strict,
                p12: self.p12,
                strength: match self.legacy {
                    true => Strength::Legacy,
                    false => Strength::Modern,
                },
            },
            list: self.passphrases_out,
            reissue: self.reissue_revoked,
        };
        let bar = Bar::new(output, session.context.clock);
        let mut failed = 0;
        let mut watch = |outcome: &RowOutcome<'_>, done: usize, total: usize| {
            if let Some(error) = &outcome.error {
                failed += 1;
                let about = format!("{file}:{}: '{}': ", outcome.row.line, outcome.row.name);
                Report::of_row(error).say(output, &about);
            }
            bar.draw(done, total, failed);
        };
        let outcome = if self.dry_run {
            let outcome = batch::preview(&session.context, &request)?;
            for (done, row) in (1..).zip(&outcome.rows) {
                watch(row, done, rows.len());
            }
            outcome
        } else {
            let mut secrets = SecretInput::new(output, &self.pass_in, &self.pass_out);
            batch::run(&session.context, &request, &mut secrets, &mut watch)?
        };
        bar.clear();
        let stopped = outcome.stopped.as_ref().map(Report::from);
        if let Some(report) = &stopped {
            report.say(output, "");
        }
        let counts = Counts::of(&outcome, rows.len());
        let summary = counts.summary(&request, self.dry_run);
        output.outcome(&to_json(&outcome, &counts, stopped.as_ref()), &summary)?;
        match counts.worst(&outcome, stopped.as_ref()) {
            Exit::Done => Ok(()),
            exit => Err(Failure::Said(exit)),
        }
    }
}

/// How many rows came to what.
struct Counts {
    total: usize,
    issued: usize,
    already: usize,
    granted: usize,
    failed: usize,
    bundles: usize,
    not_reached: usize,
}

impl Counts {
    fn of(outcome: &Outcome<'_>, total: usize) -> Self {
        let count = |is: &dyn Fn(&RowOutcome<'_>) -> bool| {
            outcome.rows.iter().filter(|row| is(row)).count()
        };
        Self {
            total,
            issued: count(&|row| matches!(row.made, Made::Issued(_))),
            already: count(&|row| matches!(row.made, Made::Already(_))),
            granted: count(&|row| matches!(row.made, Made::Granted(_))),
            failed: count(&|row| row.error.is_some()),
            bundles: count(&|row| row.p12.is_some()),
            not_reached: total - outcome.rows.len().min(total),
        }
    }

    fn worst(&self, outcome: &Outcome<'_>, stopped: Option<&Report>) -> Exit {
        let rows = outcome.rows.iter().filter_map(|row| row.error.as_ref());
        let exits = rows.map(|error| Report::from(error).exit);
        exits
            .chain(stopped.map(|report| report.exit))
            .max()
            .unwrap_or(Exit::Done)
    }

    fn summary(&self, request: &Request<'_>, dry_run: bool) -> Summary {
        let (total, file) = (self.total, request.file);
        let rows = match total {
            1 => "1 row".to_owned(),
            _ => format!("{total} rows"),
        };
        let some = |count: usize| match count {
            0 => String::new(),
            count => count.to_string(),
        };
        let summary = match dry_run {
            true => Summary::new(&format!("Nothing was issued; of {rows} in {file}"))
                .line("would issue", self.granted.to_string()),
            false => Summary::new(&match self.issued {
                1 => format!("Issued 1 certificate for {rows} in {file}"),
                count => format!("Issued {count} certificates for {rows} in {file}"),
            })
            .line(".p12 files", some(self.bundles)),
        };
        let summary = summary
            .line("already done", some(self.already))
            .line("failed", some(self.failed))
            .line("not reached", some(self.not_reached));
        match &request.list {
            // nobody's passphrase was drawn where all was done already
            Some(list) if !dry_run && list.exists() => {
                summary.line("passphrases", list.display().to_string())
            }
            _ => summary,
        }
    }
}

fn to_json(outcome: &Outcome<'_>, counts: &Counts, stopped: Option<&Report>) -> Value {
    json!({
        "issued": counts.issued,
        "already": counts.already,
        "would_issue": counts.granted,
        "failed": counts.failed,
        "not_reached": counts.not_reached,
        "stopped": stopped.map(Report::to_json),
        "rows": outcome.rows.iter().map(row_to_json).collect::<Vec<_>>(),
    })
}

fn row_to_json(outcome: &RowOutcome<'_>) -> Value {
    let (word, certificate) = match &outcome.made {
        Made::Issued(made) => ("issued", issued::to_json(made)),
        Made::Already(certificate) => (
            "already",
            json!({
                "serial": certificate.serial().to_string(),
                "not_after": certificate.not_after().to_string(),
            }),
        ),
        Made::Granted(grant) => (
            "would-issue",
            json!({
                "not_before": grant.not_before.to_string(),
                "not_after": grant.not_after.to_string(),
                "notes": grant.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
            }),
        ),
        Made::Nothing => ("failed", json!({})),
    };
    let mut row = json!({
        "line": outcome.row.line,
        "name": outcome.row.name.to_string(),
        "outcome": word,
        "p12": outcome.p12,
        "out": outcome.out,
        "error": outcome.error.as_ref().map(|error| Report::of_row(error).to_json()),
    });
    if let (Some(row), Value::Object(certificate)) = (row.as_object_mut(), certificate) {
        row.extend(certificate);
    }
    row
}
