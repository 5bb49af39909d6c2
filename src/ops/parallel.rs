//! The same work on many items, on every core.

use std::num::NonZero;
use std::panic;
use std::thread;

/// How many threads do work at once.
pub(super) fn width() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

/// What `work` makes of each item, in their order.
pub(super) fn map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let share = items.len().div_ceil(width()).max(1);
    if items.len() <= 1 || share == items.len() {
        return items.into_iter().map(work).collect();
    }
    let mut items = items.into_iter();
    let work = &work;
    thread::scope(|scope| {
        let mut threads = Vec::new();
        loop {
            let part: Vec<T> = items.by_ref().take(share).collect();
            if part.is_empty() {
                break;
            }
            threads.push(scope.spawn(move || part.into_iter().map(work).collect::<Vec<R>>()));
        }
        let joined = threads.into_iter().map(|thread| match thread.join() {
            Ok(part) => part,
            Err(fault) => panic::resume_unwind(fault),
        });
        joined.flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_order_stays() {
        for count in [0, 1, 2, 3, 64, 1001] {
            let doubled = super::map((0..count).collect(), |n: u32| 2 * n);
            let wanted: Vec<u32> = (0..count).map(|n| 2 * n).collect();
            assert_eq!(doubled, wanted);
        }
    }
}
