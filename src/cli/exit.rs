//! The exit codes as a type, and how several merge.

use std::process::ExitCode;

/// What a command's end means to the script that ran it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done.
    Done,
    /// Not done; or checked, and the answer is no.
    Failed,
    /// The command line is wrong.
    Usage,
    /// The profile refuses.
    Refused,
    /// A passphrase is missing or wrong.
    Passphrase,
    /// A bug in privca.
    Bug,
}

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Refused => 3,
            Self::Passphrase => 4,
            Self::Bug => 70,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
