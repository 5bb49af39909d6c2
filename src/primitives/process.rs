//! Other processes.

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// Is there such a process? One of another user counts.
pub fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}
