//! The `privca` binary: builds the real host and hands over.

use std::process::ExitCode;

use privca::cli::{self, Host, SystemTerminal};
use privca::primitives::disk::Disk;
use privca::primitives::operator::Operator;
use privca::primitives::random::SystemRandomness;
use privca::primitives::time::SystemClock;

fn main() -> ExitCode {
    let host = Host {
        clock: &SystemClock,
        random: &SystemRandomness::new(),
        disk: &Disk::new(),
        operator: &Operator::current(),
        terminal: &SystemTerminal::default(),
    };
    cli::run(std::env::args_os(), &host).into()
}
