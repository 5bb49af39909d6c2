//! `list`.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::output::escaped;
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

    /// Only certificates that stand like this (can be repeated)
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
        let mut out = BufWriter::new(output.terminal().stdout());
        match self.format {
            _ if output.is_json() => write_json(&list, &mut out)?,
            Format::Json => write_json(&list, &mut out)?,
            Format::Csv => write_csv(&list, &mut out)?,
            Format::Table if output.is_quiet() => {}
            Format::Table => write_table(&list, output.terminal().stdout_width(), &mut out)?,
        }
        out.flush()?;
        drop(out);
        match self.fail && !list.certificates.is_empty() {
            true => Err(Failure::AnswerIsNo),
            false => Ok(()),
        }
    }
}

/// One object, its certificates written one after the other.
fn write_json(list: &List, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"certificates\":[")?;
    for (at, one) in list.certificates.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        serde_json::to_writer(&mut *out, &Shown::of(one, list.now))?;
    }
    out.write_all(b"]}\n")
}

/// The members of a certificate; `docs/json.md` documents them.
#[derive(Serialize)]
struct Shown<'a> {
    days_left: i64,
    name: Option<&'a str>,
    names: &'a [String],
    not_after: String,
    profile: Option<&'a str>,
    reason: Option<&'static str>,
    revoked_at: Option<String>,
    serial: String,
    status: &'static str,
    subject: &'a str,
}

impl<'a> Shown<'a> {
    fn of(one: &'a Listed, now: Timestamp) -> Self {
        let revocation = one.revocation.as_ref();
        Self {
            days_left: one.not_after.seconds_since(now).div_euclid(DAY),
            name: one.name.as_deref(),
            names: &one.names,
            not_after: one.not_after.to_string(),
            profile: one.profile.as_deref(),
            reason: revocation.map(|r| reason(r).word()),
            revoked_at: revocation.map(|r| r.at.to_string()),
            serial: one.serial.to_string(),
            status: one.state.word(),
            subject: &one.subject,
        }
    }
}

fn reason(revocation: &Revocation) -> Reason {
    revocation.reason().unwrap_or(Reason::Unspecified)
}

const HEADER: &str = "status,name,profile,serial,subject,names,not_after,revoked_at,reason\n";

/// RFC 4180, with LF; names are separated by blanks.
fn write_csv(list: &List, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(HEADER.as_bytes())?;
    for one in &list.certificates {
        let shown = Shown::of(one, list.now);
        let names = one.names.join(" ");
        let fields = [
            shown.status,
            shown.name.unwrap_or_default(),
            shown.profile.unwrap_or_default(),
            &shown.serial,
            shown.subject,
            &names,
            &shown.not_after,
            shown.revoked_at.as_deref().unwrap_or_default(),
            shown.reason.unwrap_or_default(),
        ];
        for (at, field) in fields.into_iter().enumerate() {
            let separator = if at > 0 { "," } else { "" };
            write!(out, "{separator}{}", quoted(field))?;
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A spreadsheet takes a leading `=`, `+`, `-` or `@` for a formula: an apostrophe keeps it text.
fn quoted(field: &str) -> Cow<'_, str> {
    let field = match field.starts_with(['=', '+', '-', '@']) {
        true => Cow::Owned(format!("'{field}")),
        false => Cow::Borrowed(field),
    };
    match field.contains([',', '"', '\n', '\r']) {
        true => Cow::Owned(format!("\"{}\"", field.replace('"', "\"\""))),
        false => field,
    }
}

/// Columns as wide as they need; the last one is cut to what the terminal leaves.
fn write_table(list: &List, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    if list.certificates.is_empty() {
        return out.write_all(b"No certificate matches\n");
    }
    let head = [
        "STATUS",
        "ENDS",
        "NAME",
        "PROFILE",
        "SERIAL",
        "SUBJECT, NAMES",
    ];
    // made twice: a million rows are not kept for the sake of their widths
    let rows = || {
        let rows = list.certificates.iter().map(|one| row(one, list.now));
        std::iter::once(head.map(str::to_owned)).chain(rows)
    };
    let mut widths = [0; 5];
    for row in rows() {
        for (widest, cell) in widths.iter_mut().zip(&row) {
            *widest = (*widest).max(cell.chars().count());
        }
    }
    for row in rows() {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let pad = widths.get(at).map_or(0, |w| w + 2 - cell.chars().count());
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', pad));
        }
        writeln!(out, "{}", cut(line.trim_end(), width))?;
    }
    Ok(())
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
        escaped(one.name.as_deref().unwrap_or_default()),
        one.profile.clone().unwrap_or_else(|| "-".to_owned()),
        one.serial.to_string(),
        escaped(format!("{} {names}", one.subject).trim_end()),
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
