//! privca in process, on a disk that fails where it is told to.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use privca::cli::{self, Host};
use privca::primitives::disk::{Action, Disk, Gate, Step};
use privca::primitives::operator::Operator;
use privca::primitives::random::SystemRandomness;
use privca::primitives::time::SystemClock;

use super::changes;
use super::screen::Screen;

/// How a write point fails.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// It and everything after it: the process was killed.
    Stop,
    /// Likewise, with half of the bytes written.
    Torn,
    /// It alone, with this errno.
    Once(i32),
    /// It and everything after it, with this errno: a disk that is gone, or read-only from now on.
    Gone(i32),
    /// It and every later step that needs space, with this errno and half of the bytes written.
    Full(i32),
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
    fn pass(&self, step: &Step<'_>) -> io::Result<()> {
        use Action::{Append, CreateFile, CreateFolder, Link, Rename, Write};
        let now = match (self.fault, step.action) {
            (Fault::Full(_), CreateFolder | CreateFile | Write | Append | Rename | Link)
            | (Fault::Stop | Fault::Torn | Fault::Once(_) | Fault::Gone(_), _) => {
                self.seen.fetch_add(1, Ordering::SeqCst)
            }
            (Fault::Full(_), _) => return Ok(()),
        };
        let errno = match self.fault {
            Fault::Stop | Fault::Torn => 4,
            Fault::Once(errno) if now == self.at => errno,
            Fault::Once(_) => return Ok(()),
            Fault::Gone(errno) | Fault::Full(errno) => errno,
        };
        if now < self.at {
            return Ok(());
        }
        self.met.store(true, Ordering::SeqCst);
        Err(io::Error::from_raw_os_error(errno))
    }

    fn torn(&self, step: &Step<'_>) -> usize {
        match self.fault {
            Fault::Torn if self.seen.load(Ordering::SeqCst) == self.at + 1 => step.length / 2,
            Fault::Full(_) => step.length / 2,
            _ => 0,
        }
    }
}

/// Runs privca in process on the words of a case, all of whose paths lie in `folder`. Gives the exit
/// code and what was said on standard error.
pub fn run(folder: &Path, words: &str, gate: Option<Arc<dyn Gate>>) -> (u8, String) {
    let disk = match gate {
        Some(gate) => Disk::with_gate(gate),
        None => Disk::new(),
    };
    let terminal = Screen::default();
    let host = Host {
        clock: &SystemClock,
        random: &SystemRandomness::new(),
        disk: &disk,
        operator: &Operator::current(),
        terminal: &terminal,
    };
    let exit = cli::run(changes::arguments(folder, words), &host);
    (exit.code(), terminal.said())
}
