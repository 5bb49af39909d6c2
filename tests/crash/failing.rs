//! A disk that is full, broken, read-only or out of quota, at every write point in process and at
//! every system call of the real binary: an error that names the file, and the directory as it was.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::aftermath;
use super::changes::{CASES, Case};
use super::extent::{chosen, full, on_all_cores};
use super::host::{Fault, Faulty, run};
use super::strace::{self, Call};
use super::support;
use super::tree::{self, Tree};

const EIO: i32 = 5;
const EACCES: i32 = 13;
const ENOSPC: i32 = 28;
const EROFS: i32 = 30;
const EDQUOT: i32 = 122;

#[test]
fn a_step_that_fails_once_leaves_the_directory_as_it_was() {
    for errno in [ENOSPC, EIO, EDQUOT, EROFS, EACCES] {
        // the short form tries the others at every fourth point
        let nth = if errno == ENOSPC { 1 } else { 4 };
        sweep_all(Fault::Once(errno), nth);
    }
}

#[test]
fn a_disk_that_stays_full_or_is_gone_leaves_the_directory_as_it_was() {
    sweep_all(Fault::Full(ENOSPC), 1);
    sweep_all(Fault::Gone(EROFS), 3);
}

/// What the points came to.
#[derive(Default)]
struct Tally {
    as_it_was: AtomicUsize,
    unfinished: AtomicUsize,
    done: AtomicUsize,
}

fn sweep_all(fault: Fault, nth: usize) {
    let tally = Tally::default();
    let points = on_all_cores(CASES, |case| sweep(case, fault, nth, &tally));
    println!(
        "{fault:?} at {points} write points: {} as before, {} told as unfinished and finished by the next command, {} done all the same, violations 0",
        tally.as_it_was.into_inner(),
        tally.unfinished.into_inner(),
        tally.done.into_inner()
    );
}

fn sweep(case: &Case, fault: Fault, nth: usize, tally: &Tally) -> usize {
    let folder = support::memory();
    let before = aftermath::template(case, folder.path());
    let work = folder.path().join("work");
    let mut points = 0;
    let step = if full() { 1 } else { nth };
    for n in (case.name.len() % step..).step_by(step) {
        tree::restore(&before, &work);
        let gate = Arc::new(Faulty::new(n, fault));
        let (code, said) = run(&work, case.words, Some(gate.clone()));
        let what = format!("{} at {n} ({fault:?}, exit {code})\n{said}", case.name);
        if !gate.met() {
            assert_eq!(code, 0, "{what}");
            break;
        }
        points += 1;
        // what a disk that is gone does not remove is removed by the next command
        let may_stay = |change: &str| matches!(fault, Fault::Gone(_)) && change.starts_with("new ");
        failed(
            case,
            &may_stay,
            &work,
            &before,
            (i32::from(code), &said),
            &what,
            tally,
        );
    }
    points
}

/// Looks at what a command that met a fault says and leaves.
fn failed(
    case: &Case,
    may_stay: &dyn Fn(&str) -> bool,
    work: &Path,
    before: &Tree,
    (code, said): (i32, &str),
    what: &str,
    tally: &Tally,
) {
    assert!(code == 0 || code == 1, "{what}");
    let left = tree::at_rest(work);
    if code == 0 {
        tally.done.fetch_add(1, Ordering::SeqCst);
    } else {
        assert!(said.contains("error["), "{what}");
        assert!(said.contains(work.to_str().unwrap()), "{what}: which file?");
        if said.contains("error[unfinished]") {
            tally.unfinished.fetch_add(1, Ordering::SeqCst);
        } else {
            tally.as_it_was.fetch_add(1, Ordering::SeqCst);
            let changed = tree::difference(&tree::resting(before.clone()), &left);
            assert!(
                changed.iter().all(|change| may_stay(change)) || has_parts(case),
                "{what}: {changed:?}"
            );
        }
    }
    aftermath::every_new_certificate_has_its_row(before, &left, b"", what);
    aftermath::goes_on(case, work, what);
    aftermath::nothing_is_damaged(before, &tree::read(work), what);
}

/// Commands of several commits, or with an output file beside the directory: what was committed
/// before the fault stays, and is whole.
fn has_parts(case: &Case) -> bool {
    [
        "batch",
        "--parent",
        "--out",
        "sign",
        "export",
        "quickstart",
        "lost index",
    ]
    .iter()
    .any(|part| case.name.contains(part))
}

/// Commands for the faults of the real binary's own system calls.
const REAL: [&str; 8] = [
    "init-ca",
    "issue",
    "sign",
    "batch",
    "revoke",
    "renew --rekey",
    "gen-crl",
    "set-pass",
];
const READERS: [&str; 4] = ["list", "check", "inspect alice", "verify alice"];

#[test]
#[ignore = "needs strace"]
fn a_system_call_that_fails_is_an_error_that_names_the_file() {
    let tally = Tally::default();
    let cases: Vec<&Case> = CASES.iter().filter(|c| REAL.contains(&c.name)).collect();
    let changing = on_all_cores(&cases, |case| real(case, &tally));
    println!(
        "{changing} system calls of commands that change something failed: {} as before, {} unfinished, {} done all the same, violations 0",
        tally.as_it_was.into_inner(),
        tally.unfinished.into_inner(),
        tally.done.into_inner()
    );
    let reading = on_all_cores(&READERS, |words| read(words));
    println!("{reading} system calls of commands that read failed, violations 0");
}

fn real(case: &Case, tally: &Tally) -> usize {
    let folder = support::memory();
    let before = aftermath::template(case, folder.path());
    let work = folder.path().join("work");
    tree::restore(&before, &work);
    let points = points(&work, case.words);
    for (call, errno) in &points {
        tree::restore(&before, &work);
        let ran = strace::fail_at(&work, case.words, call, errno, "");
        let what = format!("{} with {errno} at {}: {ran:?}", case.name, call.text);
        let code = ran.code.unwrap_or_else(|| panic!("{what}"));
        failed(
            case,
            &|_| false,
            &work,
            &before,
            (code, &ran.stderr),
            &what,
            tally,
        );
    }
    points.len()
}

fn read(words: &str) -> usize {
    let folder = support::memory();
    let case = CASES.iter().find(|c| c.name == "renew").unwrap();
    let before = aftermath::template(case, folder.path());
    let work = folder.path().join("work");
    tree::restore(&before, &work);
    let points = points(&work, words);
    for (call, errno) in &points {
        let ran = strace::fail_at(&work, words, call, errno, "");
        let what = format!("{words} with {errno} at {}: {ran:?}", call.text);
        assert!(matches!(ran.code, Some(0 | 1)), "{what}");
        let said = ran.stderr + &String::from_utf8_lossy(&ran.stdout);
        assert!(
            ran.code == Some(0) || said.contains(work.to_str().unwrap()),
            "{what}: which file?"
        );
    }
    assert_eq!(tree::read(&work), before, "{words}");
    points.len()
}

/// Every call on the directory's files with an errno that it can end with; what the loader and the
/// runtime do before the program begins, and what goes to the standard streams, is not meant.
fn points(work: &Path, words: &str) -> Vec<(Call, &'static str)> {
    let calls = strace::calls(work, words);
    // the whole path: the loader looks into the folder of the build, whatever that is called
    let folder = work.to_str().unwrap();
    let begins = calls
        .iter()
        .position(|call| !call.text.starts_with("execve") && call.text.contains(folder))
        .unwrap();
    let points: Vec<_> = calls
        .into_iter()
        .skip(begins)
        .filter(|call| !call.text.starts_with("write(1,") && !call.text.starts_with("write(2,"))
        .flat_map(|call| {
            let errors: &[&'static str] = match call.name.as_str() {
                "read" | "pread64" | "getdents64" | "statx" | "newfstatat" | "lseek" => &["EIO"],
                "openat" if call.only_reads() => &["EIO", "EACCES"],
                "openat" | "mkdir" => &["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EIO"],
                "write" | "pwrite64" | "fsync" | "ftruncate" => &["ENOSPC", "EDQUOT", "EIO"],
                "rename" | "renameat2" | "linkat" => &["ENOSPC", "EROFS", "EACCES", "EIO"],
                "unlink" | "rmdir" | "fchmod" | "fchown" | "lchown" => &["EROFS", "EACCES", "EIO"],
                "flock" => &["ENOLCK", "EIO"],
                _ => &[],
            };
            errors.iter().map(move |errno| (call.clone(), *errno))
        })
        .collect();
    chosen(points, words, 4)
}
