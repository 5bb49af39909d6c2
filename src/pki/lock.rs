//! One writer at a time: an advisory lock (flock) on `.privca/lock`, and EasyRSA's `lock.file`
//! made and honoured beside it.
//!
//! The flock is what counts among privca's own runs: the kernel lets go of it with the process.
//! `lock.file` (EasyRSA 3.2.3 and later: O_EXCL, PID, LF) has no such end, so a dead one must be
//! told from a live one: its PID is no process, or is our own, or is the one that the last privca
//! wrote into `.privca/lock`, which cannot be at work while we hold the flock.
//!
//! Who waits holds a flock on the folder `.privca/` the while, and who comes takes that first: one
//! that gives the lock back and wants it again at once (`batch`) finds itself behind the one that
//! waits.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::error::PkiError;
use super::layout::Layout;
use crate::primitives::disk::{self, Action, Disk, DiskError};
use crate::primitives::process;
use crate::primitives::time::Timestamp;

/// Who is changing the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its process, where it wrote that.
    pub pid: Option<u32>,
    /// Since when, where the file system says.
    pub since: Option<Timestamp>,
    /// Which program.
    pub program: Program,
}

/// The programs that take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Another privca.
    Privca,
    /// EasyRSA, or whatever else made a `lock.file`.
    EasyRsa,
}

impl fmt::Display for Holder {
    /// `another privca (pid 4312, since 2026-11-21T14:02:11Z)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.program {
            Program::Privca => "another privca",
            Program::EasyRsa => "EasyRSA",
        })?;
        match (self.pid, self.since) {
            (Some(pid), Some(since)) => write!(f, " (pid {pid}, since {since})"),
            (Some(pid), None) => write!(f, " (pid {pid})"),
            (None, Some(since)) => write!(f, " (since {since})"),
            (None, None) => Ok(()),
        }
    }
}

/// The right to change a directory; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Lock {
    // held for its flock
    _file: File,
    disk: Disk,
    layout: Layout,
    /// The PID in a `lock.file` that nobody stood behind.
    pub(super) stale: Option<u32>,
    /// EasyRSA's half is given back.
    left: bool,
}

impl Lock {
    /// Takes the lock, waiting up to `wait`; `.privca/` must be there. `on_wait` is called once,
    /// when there is something to wait for.
    pub(super) fn take(
        disk: &Disk,
        layout: &Layout,
        wait: Duration,
        on_wait: &mut dyn FnMut(&Holder),
    ) -> Result<Self, PkiError> {
        let mut patience = Patience::new(wait, layout, on_wait);
        let turn = queue(layout, &mut patience)?;
        let path = layout.lock();
        let (file, made) = loop {
            let (file, made) = disk.open_lock(&path)?;
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => break (file, made),
                // a create that failed took its folder away again
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => patience.pause(|| privca_holder(&path))?,
                Err(TryLockError::Error(source)) => {
                    if made {
                        let _gone = disk.remove(&path);
                    }
                    return Err(PkiError::Disk(DiskError {
                        action: Action::Lock,
                        path,
                        source,
                    }));
                }
            }
        };
        drop(turn);
        match announce(disk, layout, &file, &mut patience) {
            Ok(stale) => Ok(Self {
                _file: file,
                disk: disk.clone(),
                layout: layout.clone(),
                stale,
                left: false,
            }),
            Err(error) => {
                if made {
                    let _gone = disk.remove(&path);
                }
                Err(error)
            }
        }
    }

    /// Gives back EasyRSA's half early.
    pub(super) fn leave_easyrsa(&mut self) {
        // left behind, it is recognised as stale by the PID in .privca/lock
        let _left = self.disk.remove(&self.layout.easyrsa_lock());
        self.left = true;
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if !self.left {
            self.leave_easyrsa();
        }
    }
}

/// While it lives no privca writes, and other readers may hold still too.
#[derive(Debug)]
pub struct Still {
    // held for its flock
    _file: File,
}

impl Still {
    pub(super) fn take(
        layout: &Layout,
        wait: Duration,
        on_wait: &mut dyn FnMut(&Holder),
    ) -> Result<Option<Self>, PkiError> {
        let mut patience = Patience::new(wait, layout, on_wait);
        let _turn = queue(layout, &mut patience)?;
        let path = layout.lock();
        loop {
            let Ok(file) = disk::open_regular(&path) else {
                return Ok(None);
            };
            match file.try_lock_shared() {
                Ok(()) => return Ok(Some(Self { _file: file })),
                Err(TryLockError::WouldBlock) => patience.pause(|| privca_holder(&path))?,
                Err(TryLockError::Error(_)) => return Ok(None),
            }
        }
    }
}

/// Goes to the head of the queue, which is a courtesy and no lock: nobody stands in it for long
/// (its head may be a stopped process), and a file system that cannot lock folders has none.
fn queue(layout: &Layout, patience: &mut Patience<'_>) -> Result<Option<File>, PkiError> {
    let Ok(turn) = disk::open_folder(&layout.state()) else {
        return Ok(None);
    };
    for _ in 0..LONGEST_QUEUE {
        match turn.try_lock() {
            Ok(()) => {
                // only one looks at the lock now, and had better see soon that it is free
                patience.pause = FIRST_PAUSE;
                return Ok(Some(turn));
            }
            Err(TryLockError::WouldBlock) if !patience.left.is_zero() => {
                patience.pause(|| privca_holder(&layout.lock()))?;
            }
            Err(_) => break,
        }
    }
    Ok(None)
}

/// Says who holds the lock, to EasyRSA too, and returns the PID in a stale `lock.file`.
fn announce(
    disk: &Disk,
    layout: &Layout,
    file: &File,
    patience: &mut Patience<'_>,
) -> Result<Option<u32>, PkiError> {
    let path = layout.lock();
    let last = privca_holder(&path).pid;
    let stale = await_easyrsa(disk, layout, last, patience)?;
    disk.note_holder(file, &path, &pid_line())?;
    while !make_easyrsa(disk, layout)? {
        await_easyrsa(disk, layout, None, patience)?;
    }
    Ok(stale)
}

/// Waits until there is no `lock.file`, and returns the PID in a stale one that was in the way.
fn await_easyrsa(
    disk: &Disk,
    layout: &Layout,
    last: Option<u32>,
    patience: &mut Patience<'_>,
) -> Result<Option<u32>, PkiError> {
    let path = layout.easyrsa_lock();
    while disk::exists(&path)? {
        let holder = Holder {
            pid: read_pid(&path),
            since: changed(&path),
            program: Program::EasyRsa,
        };
        match holder.pid {
            Some(pid)
                if pid == std::process::id() || Some(pid) == last || !process::is_alive(pid) =>
            {
                disk.remove(&path)?;
                return Ok(Some(pid));
            }
            _ => patience.pause(|| holder)?,
        }
    }
    Ok(None)
}

/// Makes `lock.file` with our PID in it from the first moment; false where someone was quicker.
fn make_easyrsa(disk: &Disk, layout: &Layout) -> Result<bool, PkiError> {
    let path = layout.easyrsa_lock();
    // made in our own folder, where one that a kill leaves is swept; not synced, since a lock needs
    // not outlive the machine
    let mut temporary = disk.temporary(&layout.lock())?;
    let made = disk
        .write(&mut temporary, pid_line().as_bytes())
        .and_then(|()| disk.rename_new(temporary.path(), &path));
    match made {
        Ok(()) => Ok(true),
        Err(e) => {
            let _swept = disk.remove(temporary.path());
            if e.kind() == io::ErrorKind::AlreadyExists {
                return Ok(false);
            }
            Err(e.into())
        }
    }
}

/// The waiting: polls with growing pauses, tells once, and ends.
struct Patience<'a> {
    layout: &'a Layout,
    left: Duration,
    pause: Duration,
    on_wait: Option<&'a mut dyn FnMut(&Holder)>,
}

impl<'a> Patience<'a> {
    fn new(wait: Duration, layout: &'a Layout, on_wait: &'a mut dyn FnMut(&Holder)) -> Self {
        Self {
            layout,
            left: wait,
            pause: FIRST_PAUSE,
            on_wait: Some(on_wait),
        }
    }

    fn pause(&mut self, holder: impl FnOnce() -> Holder) -> Result<(), PkiError> {
        if self.left.is_zero() {
            return Err(PkiError::Busy {
                root: self.layout.root().to_owned(),
                holder: holder(),
            });
        }
        if let Some(tell) = self.on_wait.take() {
            tell(&holder());
        }
        let pause = self.pause.min(self.left);
        thread::sleep(pause);
        self.left -= pause;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// How often the queue is looked at: some two seconds long.
const LONGEST_QUEUE: u32 = 30;
/// A PID and a line feed, with room for what others may write.
const MAX_PID_FILE: u64 = 64;

fn privca_holder(path: &Path) -> Holder {
    Holder {
        pid: read_pid(path),
        since: changed(path),
        program: Program::Privca,
    }
}

fn pid_line() -> String {
    format!("{}\n", std::process::id())
}

fn read_pid(path: &Path) -> Option<u32> {
    let bytes = disk::read_bounded(path, MAX_PID_FILE).ok()?;
    std::str::from_utf8(&bytes).ok()?.trim().parse().ok()
}

fn changed(path: &Path) -> Option<Timestamp> {
    Timestamp::from_unix(fs::symlink_metadata(path).ok()?.mtime())
}

fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}
