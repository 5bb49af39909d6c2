//! The real binary under strace: which system calls it makes, and what happens where one of them
//! fails or the process is killed at it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::changes;

/// Calls that change what is on disk, or who may: the process is killed before each of them, which
/// is also after the one before it.
const CHANGING: &[&str] = &[
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "pwritev2",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "unlink",
    "unlinkat",
    "rmdir",
    "mkdir",
    "mkdirat",
    "openat",
    "chmod",
    "fchmod",
    "fchmodat",
    "chown",
    "lchown",
    "fchown",
    "fchownat",
    "truncate",
    "ftruncate",
    "fallocate",
    "copy_file_range",
    "sendfile",
    "flock",
];

/// Calls that change nothing on disk; a call of neither kind fails the test, so that none is missed.
const HARMLESS: &[&str] = &[
    "access",
    "arch_prctl",
    "brk",
    "clone3",
    "close",
    "dup",
    "execve",
    "exit",
    "exit_group",
    "fcntl",
    "fstat",
    "fstatfs",
    "futex",
    "getcwd",
    "getdents64",
    "geteuid",
    "getpid",
    "getrandom",
    "gettid",
    "getuid",
    "ioctl",
    "kill",
    "lseek",
    "madvise",
    "mlock",
    "mmap",
    "mprotect",
    "mremap",
    "munlock",
    "munmap",
    "newfstatat",
    "poll",
    "prctl",
    "pread64",
    "prlimit64",
    "read",
    "readlink",
    "readlinkat",
    "rseq",
    "rt_sigaction",
    "rt_sigprocmask",
    "sched_getaffinity",
    "sched_yield",
    "set_robust_list",
    "set_tid_address",
    "sigaltstack",
    "stat",
    "statx",
    "sysinfo",
    "uname",
];

/// One call of a run, in the words of strace.
#[derive(Clone, Debug)]
pub struct Call {
    pub name: String,
    pub text: String,
    /// Which one of its name, from 1.
    pub number: usize,
}

impl Call {
    /// An open that makes nothing leaves nothing to find.
    pub fn only_reads(&self) -> bool {
        self.name == "openat" && !self.text.contains("O_CREAT") && !self.text.contains("O_TMPFILE")
    }
}

/// What the run said and did.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub killed: bool,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

/// Every call of the main thread of a run that is not disturbed. strace counts for each thread, and
/// the others only open and sync what the main thread has written.
pub fn calls(folder: &Path, words: &str) -> Vec<Call> {
    let trace = folder.with_extension("trace");
    let ran = run(folder, words, &["-o", trace.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{words}: {}", ran.stderr);
    let text = fs::read_to_string(&trace).unwrap();
    fs::remove_file(&trace).unwrap();
    let mut numbers = BTreeMap::new();
    let mut calls = Vec::new();
    let of_thread = |line: &str| line.split_once(' ').map(|(thread, _)| thread.to_owned());
    let main = text.lines().next().and_then(of_thread).unwrap();
    for line in text.lines() {
        let (thread, line) = line.split_once(' ').unwrap();
        let line = line.trim_start();
        let Some((name, _)) = line.split_once('(').filter(|_| thread == main) else {
            continue;
        };
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            continue;
        }
        let number = numbers.entry(name.to_owned()).or_insert(0);
        *number += 1;
        calls.push(Call {
            name: name.to_owned(),
            text: line.to_owned(),
            number: *number,
        });
    }
    for call in &calls {
        let known = |list: &[&str]| list.contains(&call.name.as_str());
        assert!(
            known(CHANGING) || known(HARMLESS),
            "{words}: does {} change anything?",
            call.text
        );
    }
    calls
}

/// The calls of a run that change something or open a file.
pub fn changing(folder: &Path, words: &str) -> Vec<Call> {
    let mut calls = calls(folder, words);
    calls.retain(|call| CHANGING.contains(&call.name.as_str()));
    calls
}

/// Runs the case and has the kernel kill it as it makes the call.
pub fn kill_at(folder: &Path, words: &str, call: &Call) -> Ran {
    inject(folder, words, call, "signal=SIGKILL", "")
}

/// Runs the case and has the call fail, and with `more` ("+") every later one of its name.
pub fn fail_at(folder: &Path, words: &str, call: &Call, errno: &str, more: &str) -> Ran {
    inject(folder, words, call, &format!("error={errno}"), more)
}

fn inject(folder: &Path, words: &str, call: &Call, what: &str, more: &str) -> Ran {
    let Call { name, number, .. } = call;
    let inject = format!("inject={name}:{what}:when={number}{more}");
    let trace = format!("trace={name}");
    run(
        folder,
        words,
        &["-o", "/dev/null", "-e", &trace, "-e", &inject],
    )
}

/// Runs the real binary under strace with these options.
pub fn run(folder: &Path, words: &str, options: &[&str]) -> Ran {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq"]).args(options).arg("--");
    finish(&mut command, folder, words)
}

/// Runs the real binary behind this command.
pub fn finish(command: &mut Command, folder: &Path, words: &str) -> Ran {
    let args = changes::arguments(folder, words);
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .arg(env!("CARGO_BIN_EXE_privca"))
        .args(&args[1..])
        .current_dir(folder)
        .env_remove("PRIVCA_PKI")
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{command:?}: {e}"));
    Ran {
        code: status.code(),
        killed: status.signal() == Some(9),
        stdout,
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    }
}
