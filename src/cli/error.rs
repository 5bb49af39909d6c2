//! How an error reads: `error[code]: what, which file`, the facts below it, then what to do.

use serde_json::{Value, json};

use super::exit::Exit;
use super::output::{Output, escaped, escaped_lines};
use crate::keys::KeyError;
use crate::ops::Error;

/// An error as people and scripts see it.
pub(super) struct Report {
    /// The exit code.
    pub(super) exit: Exit,
    code: &'static str,
    headline: String,
    facts: Vec<String>,
    hints: Vec<String>,
    refusals: Value,
}

impl Report {
    /// The error of one row of many: others may well have been written.
    pub(super) fn of_row(error: &Error) -> Self {
        let mut report = Self::from(error);
        for hint in &mut report.hints {
            if let Some(rest) = hint.strip_prefix("nothing was written;") {
                *hint = format!("nothing was written for this row;{rest}");
            }
        }
        report
    }

    /// Says the error on standard error, and as JSON on standard output where that was asked for.
    pub(super) fn show(&self, output: &Output<'_>) {
        self.say(output, "");
        if output.is_json() {
            drop(output.json(&json!({ "error": self.to_json() })));
        }
    }

    /// Says the error on standard error, with what it is about in front.
    pub(super) fn say(&self, output: &Output<'_>, about: &str) {
        // what has a fault on each line names what strangers made on one line already
        let headline = match self.code {
            "bad-manifest" | "bad-profile" => escaped_lines(&self.headline),
            _ => escaped(&self.headline),
        };
        let mut text = match self.exit {
            Exit::Bug => format!("internal error: {about}{headline}\n"),
            _ => format!("error[{}]: {about}{headline}\n", self.code),
        };
        for fact in &self.facts {
            text.push_str(&format!("  {}\n", escaped(fact)));
        }
        for hint in &self.hints {
            text.push_str(&format!("hint: {}\n", escaped(hint)));
        }
        output.say(&text);
    }

    /// `code`, `message`, `hints` and, where a profile refused, `refusals`.
    pub(super) fn to_json(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.headline, "hints": self.hints });
        if !self.refusals.is_null()
            && let Some(map) = error.as_object_mut()
        {
            map.insert("refusals".to_owned(), self.refusals.clone());
        }
        error
    }
}

impl From<&Error> for Report {
    fn from(error: &Error) -> Self {
        let mut report = Self {
            exit: Exit::Failed,
            code: code(error),
            headline: error.to_string(),
            facts: Vec::new(),
            hints: Vec::new(),
            refusals: Value::Null,
        };
        match error {
            Error::Usage(_) => report.exit = Exit::Usage,
            Error::Refused {
                profile, refusals, ..
            } => {
                report.exit = Exit::Refused;
                report.facts = refusals
                    .iter()
                    .map(|r| format!("{:<24} {r}", r.code))
                    .collect();
                report.hints = vec![format!(
                    "nothing was written; `privca profile show {profile}` has the limits"
                )];
                report.refusals = serde_json::to_value(refusals).unwrap_or_default();
            }
            Error::NoPassphrase(_, why) => {
                report.exit = Exit::Passphrase;
                report.hints = vec![why.hint.clone()];
            }
            Error::Key(_, KeyError::WrongPassphrase | KeyError::PassphraseNeeded) => {
                report.exit = Exit::Passphrase;
                report.hints =
                    vec!["nothing was written; try again, or give --passin SOURCE".to_owned()];
            }
            Error::Key(_, KeyError::EmptyPassphrase) => {
                report.exit = Exit::Passphrase;
                report.hints =
                    vec!["nothing was written; --no-pass makes a key without one".to_owned()];
            }
            Error::NoProfile(_, known) => {
                report.hints = vec![format!("those that exist: {}", known.join(", "))];
            }
            Error::Failed { hint, .. } => report.hints = hint.iter().cloned().collect(),
            Error::Disk(fault) => {
                report.hints = fault.hint().map(str::to_owned).into_iter().collect()
            }
            Error::Pki(fault) => report.hints = fault.hint().into_iter().collect(),
            Error::Bug(_) => {
                report.exit = Exit::Bug;
                report.hints = vec!["this is a bug in privca; please report it with the output of `privca --version`".to_owned()];
            }
            _ => {}
        }
        report
    }
}

/// The stable name of an error, for scripts; `docs/errors.md` lists them.
fn code(error: &Error) -> &'static str {
    match error {
        Error::Usage(_) => "usage",
        Error::Refused { .. } => "profile-refused",
        Error::NoPassphrase(..) => "no-passphrase",
        Error::Key(_, KeyError::WrongPassphrase) => "wrong-passphrase",
        Error::Key(_, KeyError::PassphraseNeeded | KeyError::EmptyPassphrase) => "no-passphrase",
        Error::Key(..) => "bad-key",
        Error::Request(..) => "bad-request",
        Error::Certificate(..) => "bad-certificate",
        Error::Profile(_) => "bad-profile",
        Error::NoProfile(..) => "no-profile",
        Error::Pki(fault) => fault.code(),
        Error::Disk(_) => "disk",
        Error::Failed { code, .. } => code,
        Error::Inspect(_) => "cannot-show",
        Error::Bug(_) => "bug",
    }
}
