//! privca in process, on a disk that fails where it is told to.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use privca::cli::{self, Host, Terminal};
use privca::primitives::disk::{Disk, Gate, Step};
use privca::primitives::operator::Operator;
use privca::primitives::random::SystemRandomness;
use privca::primitives::secret::Secret;
use privca::primitives::time::{Clock, Timestamp};

/// How a write point fails.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// It and everything after it: the process was killed.
    Stop,
    /// Likewise, with half of the bytes written.
    Torn,
    /// It alone, with this errno.
    Once(i32),
}

pub struct Faulty {
    at: usize,
    fault: Fault,
    seen: AtomicUsize,
    met: AtomicBool,
}

impl Faulty {
    pub fn new(at: usize, fault: Fault) -> Self {
        Self {
            at,
            fault,
            seen: AtomicUsize::new(0),
            met: AtomicBool::new(false),
        }
    }

    /// True if the fault came up.
    pub fn met(&self) -> bool {
        self.met.load(Ordering::SeqCst)
    }
}

impl Gate for Faulty {
    fn pass(&self, _step: &Step<'_>) -> io::Result<()> {
        let now = self.seen.fetch_add(1, Ordering::SeqCst);
        let fails = match self.fault {
            Fault::Stop | Fault::Torn => now >= self.at,
            Fault::Once(_) => now == self.at,
        };
        if !fails {
            return Ok(());
        }
        self.met.store(true, Ordering::SeqCst);
        let errno = if let Fault::Once(errno) = self.fault {
            errno
        } else {
            4
        };
        Err(io::Error::from_raw_os_error(errno))
    }

    fn torn(&self, step: &Step<'_>) -> usize {
        match self.fault {
            Fault::Torn if self.seen.load(Ordering::SeqCst) == self.at + 1 => step.length / 2,
            _ => 0,
        }
    }
}

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }
}

#[derive(Default)]
struct Silent {
    said: Mutex<Vec<u8>>,
}

struct Said<'a>(&'a Mutex<Vec<u8>>);

impl Write for Said<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Terminal for Silent {
    fn stdout(&self) -> Box<dyn Write + '_> {
        Box::new(io::sink())
    }

    fn stderr(&self) -> Box<dyn Write + '_> {
        Box::new(Said(&self.said))
    }

    fn stdin(&self) -> Box<dyn Read + '_> {
        Box::new(io::empty())
    }

    fn stdout_is_terminal(&self) -> bool {
        false
    }

    fn prompt(&self, _text: &str) -> io::Result<Option<Secret>> {
        Ok(None)
    }
}

/// Runs privca; words in capitals (OUT, ROOT, ...) are paths in `folder`, as is the PKI directory.
/// Gives the exit code and what was said on standard error.
pub fn run(folder: &Path, words: &str, gate: Option<Arc<Faulty>>) -> (u8, String) {
    let disk = match gate {
        Some(gate) => Disk::with_gate(gate),
        None => Disk::new(),
    };
    let terminal = Silent::default();
    let host = Host {
        clock: &Fixed,
        random: &SystemRandomness::new(),
        disk: &disk,
        operator: &Operator::current(),
        terminal: &terminal,
    };
    let is_path = |word: &str| {
        word.split('/')
            .next()
            .unwrap()
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    let place = |word: &str| match word.strip_prefix("PKI") {
        Some(rest) => folder.join("pki").display().to_string() + rest,
        None => folder.join(word).display().to_string(),
    };
    let mut args: Vec<OsString> = vec!["privca".into()];
    if !words.starts_with("--pki") {
        args.extend(["--pki".into(), folder.join("pki").into_os_string()]);
    }
    args.extend(words.split_whitespace().map(|word| {
        if is_path(word) {
            place(word).into()
        } else {
            word.into()
        }
    }));
    let exit = cli::run(args, &host);
    let said = String::from_utf8_lossy(&terminal.said.lock().unwrap()).into_owned();
    (exit.code(), said)
}
