//! Waiting for threads to end, though not for ever.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Waits until the threads have ended, at most so long. What a thread still does is left to it: SQLite undoes a
/// transaction that a process did not finish.
pub(super) fn join(threads: &[JoinHandle<()>], within: Duration) {
    let deadline = Instant::now() + within;
    while let Some(busy) = threads.iter().find(|thread| !thread.is_finished()) {
        if Instant::now() >= deadline {
            let name = busy.thread().name().unwrap_or_default();
            tracing::warn!(
                thread = name,
                "the database was not closed: work was given up"
            );
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_does_not_end_is_left_alone() {
        let begun = Instant::now();
        let (quick, slow) = (0, 60);
        let threads = [quick, slow].map(|seconds| {
            std::thread::spawn(move || std::thread::sleep(Duration::from_secs(seconds)))
        });
        join(&threads, Duration::from_millis(50));
        assert!(threads[0].is_finished() && !threads[1].is_finished());
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
