//! Work done ahead on every core, and taken in order: keys are made here while others are signed.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::super::parallel;

/// Where the threads are.
struct Front {
    next: usize,
    /// Nobody goes further for the moment.
    limit: usize,
}

struct Shared {
    front: Mutex<Front>,
    moved: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Front> {
        self.front.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next item's number, once it may be begun; `None` at the end.
    fn next(&self, count: usize) -> Option<usize> {
        let mut front = self.lock();
        while front.next >= front.limit && front.next < count {
            front = self
                .moved
                .wait(front)
                .unwrap_or_else(PoisonError::into_inner);
        }
        let next = front.next;
        front.next += 1;
        (next < count).then_some(next)
    }

    /// Lets the threads go this far.
    fn open(&self, limit: usize) {
        self.lock().limit = limit;
        self.moved.notify_all();
    }
}

/// Sends the threads home, however the consumer ends.
struct Closing<'a> {
    shared: &'a Shared,
    count: usize,
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.shared.lock().next = self.count;
        self.shared.moved.notify_all();
    }
}

/// What comes out of the pool.
pub(super) struct Outlet<'p, T, R> {
    items: &'p [T],
    work: &'p (dyn Fn(&T) -> R + Sync),
    shared: &'p Shared,
    lookahead: usize,
    made: Receiver<(usize, R)>,
    early: HashMap<usize, R>,
}

impl<T, R> Outlet<'_, T, R> {
    /// What was made of these items; waits for it.
    pub(super) fn take(&mut self, range: Range<usize>) -> Vec<R> {
        self.shared.open(range.end + self.lookahead);
        let mut taken = Vec::with_capacity(range.len());
        for at in range {
            while !self.early.contains_key(&at) {
                match self.made.recv() {
                    Ok((at, made)) => drop(self.early.insert(at, made)),
                    // no thread was to be had
                    Err(_) => break,
                }
            }
            let made = self.early.remove(&at);
            let here = || self.items.get(at).map(self.work);
            taken.extend(made.or_else(here));
        }
        taken
    }
}

/// Runs `consume` while threads do `work` on the items, at most `lookahead` of them ahead of what
/// was taken.
pub(super) fn run<T: Sync, R: Send, O>(
    items: &[T],
    lookahead: usize,
    work: &(dyn Fn(&T) -> R + Sync),
    consume: impl FnOnce(&mut Outlet<'_, T, R>) -> O,
) -> O {
    let shared = Shared {
        front: Mutex::new(Front {
            next: 0,
            limit: lookahead,
        }),
        moved: Condvar::new(),
    };
    let (sender, made) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..parallel::width().min(items.len()) {
            let (sender, shared) = (sender.clone(), &shared);
            let body = move || {
                while let Some(at) = shared.next(items.len()) {
                    let Some(item) = items.get(at) else { break };
                    if sender.send((at, work(item))).is_err() {
                        break;
                    }
                }
            };
            if thread::Builder::new().spawn_scoped(scope, body).is_err() {
                break;
            }
        }
        drop(sender);
        let mut outlet = Outlet {
            items,
            work,
            shared: &shared,
            lookahead,
            made,
            early: HashMap::new(),
        };
        let _closing = Closing {
            shared: &shared,
            count: items.len(),
        };
        consume(&mut outlet)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_taken_in_order() {
        let items: Vec<usize> = (0..500).collect();
        let taken = run(&items, 7, &|n| n * 2, |outlet| {
            let groups = [0..1, 1..64, 64..300, 300..500];
            groups
                .into_iter()
                .flat_map(|g| outlet.take(g))
                .collect::<Vec<_>>()
        });
        assert_eq!(taken, items.iter().map(|n| n * 2).collect::<Vec<_>>());
    }

    #[test]
    fn whoever_stops_early_leaves_nobody_waiting() {
        let items: Vec<usize> = (0..500).collect();
        let first = run(&items, 3, &|n| *n, |outlet| outlet.take(0..2));
        assert_eq!(first, [0, 1]);
    }
}
