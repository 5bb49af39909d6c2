//! Where words come from and go to: standard streams and the passphrase prompt.

use std::io::{self, IsTerminal, Read, Write};
use std::sync::Mutex;

use crate::primitives::secret::Secret;

/// The streams of a run; a test hands in buffers.
pub trait Terminal: Send + Sync {
    /// Results go here.
    fn stdout(&self) -> Box<dyn Write + '_>;
    /// Progress, warnings and errors go here.
    fn stderr(&self) -> Box<dyn Write + '_>;
    /// Standard input.
    fn stdin(&self) -> Box<dyn Read + '_>;
    /// True if a person reads standard output.
    fn stdout_is_terminal(&self) -> bool;
    /// True if a person watches standard error.
    fn stderr_is_terminal(&self) -> bool {
        false
    }
    /// How many characters a line of standard output holds; `None` where nobody reads it on a screen.
    fn stdout_width(&self) -> Option<usize> {
        None
    }
    /// Asks for a passphrase without echo; `None` where nobody can be asked.
    ///
    /// # Errors
    /// When the terminal fails, or the person ends the input.
    fn prompt(&self, text: &str) -> io::Result<Option<Secret>>;
}

/// The process's own streams.
#[derive(Debug, Default)]
pub struct SystemTerminal {
    asking: Mutex<()>,
}

impl Terminal for SystemTerminal {
    fn stdout(&self) -> Box<dyn Write + '_> {
        Box::new(io::stdout().lock())
    }

    fn stderr(&self) -> Box<dyn Write + '_> {
        Box::new(io::stderr().lock())
    }

    fn stdin(&self) -> Box<dyn Read + '_> {
        Box::new(io::stdin().lock())
    }

    fn stdout_is_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    fn stderr_is_terminal(&self) -> bool {
        io::stderr().is_terminal()
    }

    fn stdout_width(&self) -> Option<usize> {
        let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
        Some(usize::from(size.ws_col)).filter(|width| *width > 0)
    }

    fn prompt(&self, text: &str) -> io::Result<Option<Secret>> {
        // a script's streams are no terminal even where the session has one: never wait there
        if !io::stdin().is_terminal() && !io::stderr().is_terminal() {
            return Ok(None);
        }
        let _one_at_a_time = self.asking.lock();
        match rpassword::prompt_password(text) {
            Ok(passphrase) => Ok(Some(passphrase.into())),
            Err(error) if error.raw_os_error() == Some(NO_SUCH_DEVICE) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// ENXIO: what /dev/tty answers to a process without a controlling terminal.
const NO_SUCH_DEVICE: i32 = 6;
