//! How much of a sweep is done: `tests/run --full` does all of it.

/// Whether every point of every sweep is wanted (`PRIVCA_TESTS=full`); only tests read that.
pub fn full() -> bool {
    std::env::var("PRIVCA_TESTS").is_ok_and(|wanted| wanted == "full")
}

/// Every nth of the points, from a place that differs from case to case; all of them in full.
pub fn chosen<T>(points: Vec<T>, salt: &str, nth: usize) -> Vec<T> {
    if full() || nth <= 1 {
        return points;
    }
    let start = salt.bytes().map(usize::from).sum::<usize>() % nth;
    points.into_iter().skip(start).step_by(nth).collect()
}

/// Does `work` for every item on as many threads as there are processors, and adds up what it gives.
pub fn on_all_cores<T: Sync>(items: &[T], work: impl Fn(&T) -> usize + Sync) -> usize {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let total = std::sync::atomic::AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(item) =
                    items.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
                {
                    total.fetch_add(work(item), std::sync::atomic::Ordering::SeqCst);
                }
            });
        }
    });
    total.into_inner()
}
