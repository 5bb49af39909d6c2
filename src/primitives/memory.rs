//! The process's own memory, which holds keys and passphrases while a command runs: who may see it,
//! and what stays in it.

use std::hint::black_box;

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// No core dump, and no other process of the same user that reads this one's memory or environment
/// or attaches to it (`prctl(2)`, `PR_SET_DUMPABLE`); root still can. For every command, from its
/// start: an argument can be a passphrase.
///
/// The kernel refuses neither; where a sandbox does, privca runs without.
pub fn close() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _core = setrlimit(Resource::Core, none);
    let _dumpable = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Does the work, and overwrites what it left on the stack: libraries move keys about by value, and
/// no destructor reaches the places that they were in.
pub fn wiping_the_stack<T>(work: impl FnOnce() -> T) -> T {
    let done = above(work);
    overwrite();
    done
}

/// A frame that is gone when it returns.
#[inline(never)]
fn above<T>(work: impl FnOnce() -> T) -> T {
    work()
}

#[inline(never)]
fn overwrite() {
    let dead = [0_u8; DEPTH];
    black_box(&dead);
}

/// Deeper than any command goes, and within the 2 MiB that Rust gives a thread.
const DEPTH: usize = 512 << 10;
