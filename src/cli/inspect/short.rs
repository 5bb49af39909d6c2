//! One line an object, in words, with colour for a terminal.

use crate::cli::output::escaped;
use crate::ops::inspect::Summary;
use crate::primitives::time::Timestamp;

/// Colours are for a person who has not said no (<https://no-color.org>).
pub(super) fn colour_is_wanted(terminal: bool) -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    terminal && !refused && !dumb
}

const BOLD: &str = "\x1b[1m";
const RED: &str = "\x1b[31m";
const YELLOW: &str = "\x1b[33m";
const DIM: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";
const DAY: i64 = 86_400;
/// What ends sooner is worth a look.
const SOON: i64 = 30 * DAY;

/// The line of one object.
pub(super) fn line(summary: &Summary, now: Timestamp, sha1: bool, colour: bool) -> String {
    let paint = |code: &str, text: &str| match colour {
        true => format!("{code}{text}{PLAIN}"),
        false => text.to_owned(),
    };
    let mut parts = vec![paint(BOLD, &summary.kind)];
    if let Some(subject) = &summary.subject {
        let subject = if subject.is_empty() {
            "(no subject)"
        } else {
            subject
        };
        parts.push(escaped(subject));
    }
    if !summary.names.is_empty() {
        parts.push(escaped(&summary.names.join(" ")));
    }
    if summary.self_issued {
        parts.push("self-issued".to_owned());
    } else if let Some(issuer) = &summary.issuer {
        parts.push(format!("issued by {}", escaped(issuer)));
    }
    parts.extend(summary.details.iter().map(|detail| escaped(detail)));
    if let Some(begin) = summary.begins.filter(|begin| *begin > now) {
        let from = format!("begins {}", distance(begin.seconds_since(now)));
        parts.push(paint(YELLOW, &from));
    }
    if let Some(end) = summary.ends {
        let words = match summary.kind.as_str() {
            "CRL" => due(end, now),
            _ => ends(end, now),
        };
        let left = end.seconds_since(now);
        parts.push(match left {
            i64::MIN..0 => paint(RED, &words),
            0..SOON => paint(YELLOW, &words),
            _ => words,
        });
    }
    let (name, digest) = match sha1 {
        true => ("sha1", &summary.sha1),
        false => ("sha256", &summary.sha256),
    };
    if let Some(digest) = digest {
        parts.push(paint(DIM, &format!("{name}:{digest}")));
    }
    format!("{}{}", "  ".repeat(summary.depth), parts.join("  "))
}

/// `expires in 28 days`, `expired 3 days ago`.
pub(super) fn ends(end: Timestamp, now: Timestamp) -> String {
    if end == Timestamp::MAX {
        return "never expires".to_owned();
    }
    let left = end.seconds_since(now);
    let verb = if left < 0 { "expired" } else { "expires" };
    format!("{verb} {}", distance(left))
}

fn due(end: Timestamp, now: Timestamp) -> String {
    let left = end.seconds_since(now);
    let verb = if left < 0 { "was due" } else { "next due" };
    format!("{verb} {}", distance(left))
}

fn distance(seconds: i64) -> String {
    let away = seconds.unsigned_abs();
    let units = [
        (365 * 86_400, "year"),
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    // years only from two on: 400 days says more than 1 year
    let fits = |(length, unit): &&(u64, &str)| match *unit {
        "year" => away >= 2 * length,
        _ => away >= *length,
    };
    let (length, unit) = units.iter().find(fits).copied().unwrap_or((1, "second"));
    let count = away / length;
    let s = if count == 1 { "" } else { "s" };
    match seconds < 0 {
        true => format!("{count} {unit}{s} ago"),
        false => format!("in {count} {unit}{s}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_words() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let said = |text: &str| ends(text.parse().unwrap(), now);
        assert_eq!(said("2026-12-19T12:00:00Z"), "expires in 28 days");
        assert_eq!(said("2026-11-18T11:00:00Z"), "expired 3 days ago");
        assert_eq!(said("2026-11-21T12:00:00Z"), "expires in 0 seconds");
        assert_eq!(said("2026-11-21T11:00:00Z"), "expired 1 hour ago");
        assert_eq!(said("2036-11-21T12:00:00Z"), "expires in 10 years");
        assert_eq!(said("9999-12-31T23:59:59Z"), "never expires");
    }
}
