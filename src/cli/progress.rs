//! A bar on standard error while a person watches it; nothing anywhere else.

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
        }
    }

    /// Shows how far it is.
    pub(super) fn draw(&self, done: usize, total: usize, failed: usize) {
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
        self.output.show_passing(&line);
    }

    /// Takes it off the screen.
    pub(super) fn clear(&self) {
        self.output.show_passing("");
    }
}

#[cfg(test)]
#[path = "../../tests/support/screen.rs"]
mod screen;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::screen::Screen;
    use super::*;
    use crate::ops::Notices as _;

    /// A second passes between two looks.
    #[derive(Default)]
    struct Ticking(AtomicI64);

    impl Clock for Ticking {
        fn now(&self) -> Timestamp {
            let second = self.0.fetch_add(1, Ordering::SeqCst);
            Timestamp::from_unix(1_800_000_000 + second).unwrap()
        }
    }

    fn shown(watched: bool, json: bool, quiet: bool) -> String {
        let screen = Screen::new(watched);
        let output = Output::new(&screen, json, quiet);
        let clock = Ticking::default();
        let bar = Bar::new(&output, &clock);
        bar.draw(0, 4, 0);
        bar.draw(1, 4, 0);
        output.warn("wait");
        bar.draw(2, 4, 1);
        bar.draw(4, 4, 1);
        bar.clear();
        bar.clear();
        screen.said()
    }

    #[test]
    fn it_says_how_far_how_long_and_how_many_failed_and_makes_room() {
        let lines = [
            "[------------------------------] 0/4",
            "[#######-----------------------] 1/4, 6 s left",
            "note: wait\n",
            "[###############---------------] 2/4, 1 failed, 3 s left",
            "[##############################] 4/4, 1 failed, 0 s left",
            "",
        ];
        let wanted: String = lines.map(|line| format!("\r\x1b[K{line}")).concat();
        assert_eq!(shown(true, false, false), wanted);
    }

    #[test]
    fn where_nobody_watches_there_is_none() {
        assert_eq!(shown(false, false, false), "note: wait\n");
        assert_eq!(shown(true, true, false), "note: wait\n");
        assert_eq!(shown(true, false, true), "");
    }
}
