//! SIGKILL at every system call that changes something or opens a file, to the real binary.

use std::path::Path;

use super::aftermath;
use super::changes::{CASES, Case};
use super::extent::{chosen, on_all_cores};
use super::strace::{self, Call, Ran};
use super::support;
use super::tree::{self, Tree};

#[test]
#[ignore = "needs strace"]
fn killed_at_any_system_call_nothing_is_lost() {
    let kills = on_all_cores(CASES, sweep);
    println!("killed at {kills} system calls, violations 0");
}

fn sweep(case: &Case) -> usize {
    let folder = support::memory();
    let before = aftermath::template(case, folder.path());
    let work = folder.path().join("work");
    tree::restore(&before, &work);
    let points = points(case, strace::changing(&work, case.words));
    let mut kills = 0;
    for call in &points {
        let what = format!("{} killed at {} ({})", case.name, call.number, call.text);
        if let Some(ran) = kill(case, &before, &work, call) {
            aftermath::stopped(case, &work, &before, &ran.stdout, &what);
            kills += 1;
        }
    }
    println!(
        "{}: killed at {kills} system calls, violations 0",
        case.name
    );
    kills
}

/// Files are synced side by side, so that which thread makes the last of those calls differs from
/// run to run: `None` where the main thread made fewer of them this time, too.
fn kill(case: &Case, before: &Tree, work: &Path, call: &Call) -> Option<Ran> {
    for _ in 0..3 {
        tree::restore(before, work);
        let ran = strace::kill_at(work, case.words, call);
        if ran.killed {
            return Some(ran);
        }
        let shared = ["fsync", "openat"].contains(&call.name.as_str());
        assert!(
            shared && ran.code == Some(0),
            "{} was not killed at {} ({}): {ran:?}",
            case.name,
            call.number,
            call.text
        );
    }
    None
}

/// In the short form every third call, and of the opens only those that make a file.
fn points(case: &Case, calls: Vec<Call>) -> Vec<Call> {
    let (reading, changing): (Vec<_>, Vec<_>) = calls.into_iter().partition(Call::only_reads);
    let mut points = chosen(changing, case.name, 3);
    if super::extent::full() {
        points.extend(reading);
    }
    assert!(points.len() > 2, "{}: hardly a call", case.name);
    points
}
