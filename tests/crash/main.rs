//! Stops privca at every write point, and fails every write point once: the directory is whole
//! after each, and the next command goes on.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

#[path = "../support/screen.rs"]
mod screen;
#[path = "../support/memory.rs"]
mod support;

mod aftermath;
mod changes;
mod crowd;
mod extent;
mod failing;
mod host;
mod hostile;
mod killed;
mod listed;
mod strace;
mod tree;
mod whole;

use std::sync::Arc;

use changes::{CASES, Case};
use host::{Fault, Faulty, run};

#[test]
fn stopped_anywhere_the_directory_is_whole() {
    sweep_all(Fault::Stop, "stopped");
}

#[test]
fn stopped_in_the_middle_of_a_write() {
    sweep_all(Fault::Torn, "torn");
}

fn sweep_all(fault: Fault, how: &str) {
    let points = extent::on_all_cores(CASES, |case| {
        let points = sweep(case, fault);
        println!(
            "{}: {how} at {points} write points, violations 0",
            case.name
        );
        points
    });
    println!("{how} at {points} write points, violations 0");
}

/// Runs the case once for every write point, until a run meets no fault.
fn sweep(case: &Case, fault: Fault) -> usize {
    let folder = support::memory();
    let before = aftermath::template(case, folder.path());
    let work = folder.path().join("work");
    for n in 0.. {
        tree::restore(&before, &work);
        let gate = Arc::new(Faulty::new(n, fault));
        let (code, said) = run(&work, case.words, Some(gate.clone()));
        let what = format!("{} at {n} ({fault:?}, exit {code})\n{said}", case.name);
        if !gate.met() {
            assert_eq!(code, 0, "{what}");
            assert!(n > 2, "{what}: there is hardly a write point");
            return n;
        }
        assert!(code == 0 || code == 1, "{what}");
        aftermath::goes_on(case, &work, &what);
        aftermath::nothing_is_damaged(&before, &tree::read(&work), &what);
    }
    unreachable!()
}
