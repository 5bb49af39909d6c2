//! A bar on standard error while a person watches it; nothing anywhere else.

use std::io::Write as _;

use super::output::Output;
use crate::primitives::time::{Clock, Timestamp};

/// How many characters the bar itself has.
const WIDTH: usize = 30;

/// The bar of one run.
pub(super) struct Bar<'a> {
    output: &'a Output<'a>,
    clock: &'a dyn Clock,
    began: Timestamp,
    on: bool,
    /// What stands on the screen now.
    shown: String,
}

impl<'a> Bar<'a> {
    /// None is drawn where nobody watches, or the run is to be quiet.
    pub(super) fn new(output: &'a Output<'a>, clock: &'a dyn Clock) -> Self {
        let watched = output.terminal().stderr_is_terminal();
        Self {
            output,
            clock,
            began: clock.now(),
            on: watched && !output.is_quiet() && !output.is_json(),
            shown: String::new(),
        }
    }

    /// Shows how far it is.
    pub(super) fn draw(&mut self, done: usize, total: usize, failed: usize) {
        if !self.on {
            return;
        }
        let filled = (WIDTH * done).checked_div(total).unwrap_or(WIDTH);
        let mut line = format!("[{:-<WIDTH$}] {done}/{total}", "#".repeat(filled));
        if failed > 0 {
            line.push_str(&format!(", {failed} failed"));
        }
        let elapsed = self.clock.now().seconds_since(self.began);
        let elapsed = usize::try_from(elapsed).unwrap_or(0);
        if let Some(left) = (elapsed * (total - done.min(total))).checked_div(done)
            && elapsed >= 2
        {
            line.push_str(&format!(", {left} s left"));
        }
        if line != self.shown {
            self.write(&format!("\r\x1b[K{line}"));
            self.shown = line;
        }
    }

    /// Takes it off the screen, for something else to be said.
    pub(super) fn clear(&mut self) {
        if !self.shown.is_empty() {
            self.write("\r\x1b[K");
            self.shown.clear();
        }
    }

    fn write(&self, text: &str) {
        let mut stream = self.output.terminal().stderr();
        drop(
            stream
                .write_all(text.as_bytes())
                .and_then(|()| stream.flush()),
        );
    }
}
