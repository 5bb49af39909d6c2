//! The `privca` binary: builds the real host and hands over.

use std::alloc::System;
use std::io::{self, Write as _};
use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

use privca::cli::{self, Host, SystemTerminal};
use privca::primitives::disk::Disk;
use privca::primitives::memory;
use privca::primitives::operator::Operator;
use privca::primitives::random::SystemRandomness;
use privca::primitives::time::SystemClock;
use zeroizing_alloc::ZeroAlloc;

/// Wipes every block of memory that is given back, also those that libraries kept a secret in.
#[global_allocator]
static WIPING: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    memory::close();
    panic::set_hook(Box::new(say_where));
    let host = Host {
        clock: &SystemClock,
        random: &SystemRandomness::new(),
        disk: &Disk::new(),
        operator: &Operator::current(),
        terminal: &SystemTerminal::default(),
    };
    cli::run(std::env::args_os(), &host).into()
}

/// The place of a panic, and not its words: those may quote a secret.
fn say_where(panic: &PanicHookInfo<'_>) {
    if let Some(place) = panic.location() {
        drop(writeln!(io::stderr(), "stopped at {place}"));
    }
}
