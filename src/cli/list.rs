//! `list`.

use serde_json::{Value, json};

use super::{Failure, Run, Session, values};
use crate::ops::list::{self, List, Listed, Request, State};
use crate::pki::index::Revocation;
use crate::primitives::time::{Span, Timestamp};
use crate::x509::revocation::Reason;

/// List certificates, by their end
///
/// PATTERN is a part of a name, subject, alternative name or serial, in any letter case; with * or ?
/// it is the whole of one. The name is the CN where EasyRSA or openssl issued the certificate.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:
  What ends next month:
    $ privca list --expires-within 30d

  For monitoring: exit 1 if something ends within a week and was not renewed:
    $ privca list --current --expires-within 7d --fail --quiet

  Everybody at example.com, for a spreadsheet:
    $ privca list '*@example.com' --format csv")]
pub(super) struct ListArgs {
    /// Part of a name, subject, alternative name or serial
    pattern: Option<String>,

    /// Only these: valid, revoked, expired (can be repeated)
    #[arg(long, value_name = "STATUS", value_enum)]
    status: Vec<Status>,

    /// Only valid ones that end within this time
    #[arg(long, value_name = "DURATION", value_parser = values::span)]
    expires_within: Option<Span>,

    /// Only those issued under this profile
    #[arg(long, short, value_name = "PROFILE")]
    profile: Option<String>,

    /// Only the certificate in issued/ of each name, and not those that were renewed
    #[arg(long)]
    current: bool,

    /// How to print them
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,

    /// Exit with 1 if something matches
    #[arg(long)]
    fail: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Status {
    Valid,
    Revoked,
    Expired,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

impl ListArgs {
    pub(super) fn run(self, session: &Session<'_>) -> Run {
        let output = session.output;
        let state = |status: &Status| match status {
            Status::Valid => State::Valid,
            Status::Revoked => State::Revoked,
            Status::Expired => State::Expired,
        };
        let request = Request {
            pki: &session.pki,
            pattern: self.pattern,
            states: self.status.iter().map(state).collect(),
            expires_within: self.expires_within,
            profile: self.profile,
            current: self.current,
        };
        let list = list::run(&session.context, &request)?;
        match self.format {
            _ if output.is_json() => output.json(&to_json(&list))?,
            Format::Json => output.json(&to_json(&list))?,
            Format::Csv => output.result(&csv(&list))?,
            Format::Table if output.is_quiet() => {}
            Format::Table => output.result(&table(&list, output.terminal().stdout_width()))?,
        }
        match self.fail && !list.certificates.is_empty() {
            true => Err(Failure::AnswerIsNo),
            false => Ok(()),
        }
    }
}

fn to_json(list: &List) -> Value {
    let one = |one: &Listed| {
        json!({
            "status": one.state.word(),
            "name": one.name,
            "profile": one.profile,
            "serial": one.serial.to_string(),
            "subject": one.subject,
            "names": one.names,
            "not_after": one.not_after.to_string(),
            "days_left": one.not_after.seconds_since(list.now).div_euclid(DAY),
            "revoked_at": one.revocation.as_ref().map(|r| r.at.to_string()),
            "reason": one.revocation.as_ref().map(|r| reason(r).word()),
        })
    };
    json!({ "certificates": list.certificates.iter().map(one).collect::<Vec<_>>() })
}

fn reason(revocation: &Revocation) -> Reason {
    revocation.reason().unwrap_or(Reason::Unspecified)
}

const HEADER: &str = "status,name,profile,serial,subject,names,not_after,revoked_at,reason\n";

/// RFC 4180, with LF; names are separated by blanks.
fn csv(list: &List) -> String {
    let mut text = HEADER.to_owned();
    for one in &list.certificates {
        let revocation = one.revocation.as_ref();
        let fields = [
            one.state.word().to_owned(),
            one.name.clone().unwrap_or_default(),
            one.profile.clone().unwrap_or_default(),
            one.serial.to_string(),
            one.subject.clone(),
            one.names.join(" "),
            one.not_after.to_string(),
            revocation.map(|r| r.at.to_string()).unwrap_or_default(),
            revocation
                .map(|r| reason(r).word().to_owned())
                .unwrap_or_default(),
        ];
        let quoted: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
        text.push_str(&quoted.join(","));
        text.push('\n');
    }
    text
}

/// A spreadsheet takes a leading `=`, `+`, `-` or `@` for a formula: an apostrophe keeps it text.
fn quoted(field: &str) -> String {
    let field = match field.starts_with(['=', '+', '-', '@']) {
        true => format!("'{field}"),
        false => field.to_owned(),
    };
    match field.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field,
    }
}

/// Columns as wide as they need; the last one is cut to what the terminal leaves.
fn table(list: &List, width: Option<usize>) -> String {
    if list.certificates.is_empty() {
        return "No certificate matches\n".to_owned();
    }
    let head = [
        "STATUS",
        "ENDS",
        "NAME",
        "PROFILE",
        "SERIAL",
        "SUBJECT, NAMES",
    ];
    let mut rows: Vec<[String; 6]> = vec![head.map(str::to_owned)];
    rows.extend(list.certificates.iter().map(|one| row(one, list.now)));
    let mut widths = [0; 5];
    for row in &rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let pad = widths.get(at).map_or(0, |w| w + 2 - cell.chars().count());
            line.push_str(cell);
            line.push_str(&" ".repeat(pad));
        }
        let line = cut(line.trim_end(), width);
        text.push_str(&line);
        text.push('\n');
    }
    text
}

fn row(one: &Listed, now: Timestamp) -> [String; 6] {
    let ends = match (&one.state, &one.revocation) {
        (State::Revoked, Some(revocation)) => {
            format!("since {}, {}", revocation.at.date(), reason(revocation))
        }
        _ => in_words(one.not_after, now),
    };
    let names = one.names.join(" ");
    [
        one.state.word().to_owned(),
        ends,
        one.name.clone().unwrap_or_default(),
        one.profile.clone().unwrap_or_else(|| "-".to_owned()),
        one.serial.to_string(),
        format!("{} {names}", one.subject).trim_end().to_owned(),
    ]
}

fn cut(line: &str, width: Option<usize>) -> String {
    match width {
        Some(width) if line.chars().count() > width && width > 1 => {
            let kept: String = line.chars().take(width - 1).collect();
            format!("{kept}…")
        }
        _ => line.to_owned(),
    }
}

/// `in 29 days`, `3 days ago`.
fn in_words(end: Timestamp, now: Timestamp) -> String {
    let seconds = end.seconds_since(now);
    let (count, unit) = match seconds.abs() {
        s if s < 2 * 3600 => (s / 60, "minutes"),
        s if s < 2 * DAY => (s / 3600, "hours"),
        s => (s / DAY, "days"),
    };
    match seconds < 0 {
        true => format!("{count} {unit} ago"),
        false => format!("in {count} {unit}"),
    }
}

const DAY: i64 = 86_400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_times() {
        let now = Timestamp::EPOCH;
        for (seconds, words) in [
            (90, "in 1 minutes"),
            (30 * DAY, "in 30 days"),
            (DAY, "in 24 hours"),
            (-3 * DAY, "3 days ago"),
        ] {
            assert_eq!(in_words(Timestamp::from_unix(seconds).unwrap(), now), words);
        }
        assert_eq!(cut("abcdef", Some(4)), "abc…");
        assert_eq!(cut("abcd", Some(4)), "abcd");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
