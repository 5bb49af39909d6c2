//! A terminal that keeps what is said on standard error, for privca in process.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test binary uses its own part"
)]

use std::io::{self, Read, Write};
use std::sync::Mutex;

use privca::cli::Terminal;
use privca::primitives::secret::Secret;

#[derive(Default)]
pub struct Screen {
    watched: bool,
    typed: Option<&'static str>,
    said: Mutex<Vec<u8>>,
}

impl Screen {
    /// One that a person watches, or a script's.
    pub fn new(watched: bool) -> Self {
        Self {
            watched,
            ..Self::default()
        }
    }

    /// With a person who types this wherever a passphrase is asked for.
    pub fn typing(typed: &'static str) -> Self {
        Self {
            typed: Some(typed),
            ..Self::new(true)
        }
    }

    /// What was said, and `PROMPT` for each question.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.said.lock().unwrap()).into_owned()
    }
}

impl Write for &Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.said.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Terminal for Screen {
    fn stdout(&self) -> Box<dyn Write + '_> {
        Box::new(io::sink())
    }

    fn stderr(&self) -> Box<dyn Write + '_> {
        Box::new(self)
    }

    fn stdin(&self) -> Box<dyn Read + '_> {
        Box::new(io::empty())
    }

    fn stdout_is_terminal(&self) -> bool {
        self.watched
    }

    fn stderr_is_terminal(&self) -> bool {
        self.watched
    }

    fn prompt(&self, _text: &str) -> io::Result<Option<Secret>> {
        let Some(typed) = self.typed else {
            return Ok(None);
        };
        self.said.lock().unwrap().extend_from_slice(b"PROMPT\n");
        Ok(Some(typed.to_owned().into()))
    }
}
