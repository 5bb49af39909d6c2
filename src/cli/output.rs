//! The only place that prints: results, notices, and how quiet and JSON change them.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Mutex;

use serde_json::Value;

use super::terminal::Terminal;
use crate::ops::Notices;
use crate::x509::attribute::is_invisible;

/// What the global options say about output.
pub(super) struct Output<'a> {
    terminal: &'a dyn Terminal,
    json: bool,
    quiet: bool,
    cautions: Mutex<BTreeSet<String>>,
    /// What stands on the screen until something is said.
    passing: Mutex<String>,
}

impl<'a> Output<'a> {
    /// For one run.
    pub(super) fn new(terminal: &'a dyn Terminal, json: bool, quiet: bool) -> Self {
        Self {
            terminal,
            json,
            quiet,
            cautions: Mutex::default(),
            passing: Mutex::default(),
        }
    }

    /// The streams.
    pub(super) fn terminal(&self) -> &'a dyn Terminal {
        self.terminal
    }

    /// True if the result is to be JSON.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// True if only errors and what was asked for are to be said.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A command's outcome: its JSON, or its summary for people.
    ///
    /// # Errors
    /// When standard output is closed.
    pub(super) fn outcome(&self, json: &Value, summary: &Summary) -> io::Result<()> {
        if self.json {
            return self.json(json);
        }
        if self.quiet {
            return Ok(());
        }
        write!(self.terminal.stdout(), "{}", summary.0)
    }

    /// One JSON object on a line of its own.
    ///
    /// # Errors
    /// When standard output is closed.
    pub(super) fn json(&self, value: &Value) -> io::Result<()> {
        writeln!(self.terminal.stdout(), "{value}")
    }

    /// What was asked for: printed whatever the options say.
    ///
    /// # Errors
    /// When standard output is closed.
    pub(super) fn result(&self, text: &str) -> io::Result<()> {
        write!(self.terminal.stdout(), "{text}")
    }

    /// Says something on standard error, whoever made the names in it.
    pub(super) fn say(&self, text: &str) {
        self.show_passing("");
        let text = escaped_lines(text);
        drop(self.terminal.stderr().write_all(text.as_bytes()));
    }

    /// Shows a line on the screen that whatever is said or asked next takes the place of; an empty one
    /// takes it away.
    pub(super) fn show_passing(&self, line: &str) {
        let Ok(mut shown) = self.passing.lock() else {
            return;
        };
        if *shown == line {
            return;
        }
        let mut stream = self.terminal.stderr();
        let text = format!("\r\x1b[K{line}");
        drop(
            stream
                .write_all(text.as_bytes())
                .and_then(|()| stream.flush()),
        );
        line.clone_into(&mut shown);
    }

    /// The summary on standard error, where the result itself takes standard output.
    pub(super) fn summary_aside(&self, summary: &Summary) {
        if !self.quiet {
            self.say(&summary.0);
        }
    }
}

impl Notices for Output<'_> {
    fn warn(&self, text: &str) {
        if !self.quiet {
            self.say(&format!("note: {text}\n"));
        }
    }

    fn caution(&self, text: &str) {
        let mut said = self.cautions.lock();
        let new = said
            .as_mut()
            .map_or(true, |said| said.insert(text.to_owned()));
        if new && !self.quiet {
            self.say(&format!("warning: {text}\n"));
        }
    }
}

/// A headline, then labelled lines below it.
pub(super) struct Summary(String);

impl Summary {
    /// Begins with what was done.
    pub(super) fn new(headline: &str) -> Self {
        Self(format!("{}\n", escaped(headline)))
    }

    /// A labelled line; an empty value is left out.
    pub(super) fn line(mut self, label: &str, value: impl AsRef<str>) -> Self {
        if !value.as_ref().is_empty() {
            self.0
                .push_str(&format!("  {label:<12} {}\n", escaped(value.as_ref())));
        }
        self
    }

    /// Text as it is.
    pub(super) fn text(mut self, text: &str) -> Self {
        self.0.push_str(text);
        self
    }

    /// Another summary below this one.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.0.push_str(&other.0);
        self
    }
}

/// A stranger's text without control characters and what turns the direction of writing.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_invisible(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Several lines of such text.
pub(super) fn escaped_lines(text: &str) -> String {
    let lines = text
        .split_inclusive('\n')
        .map(|line| match line.strip_suffix('\n') {
            Some(line) => escaped(line) + "\n",
            None => escaped(line),
        });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(escaped("a\u{1b}[2Jb\u{202e}"), "a\\u{1b}[2Jb\\u{202e}");
        assert_eq!(escaped("a\u{61c}b\u{ad}"), "a\\u{61c}b\\u{ad}");
    }
}
