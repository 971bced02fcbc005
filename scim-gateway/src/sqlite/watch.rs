//! [`Watch`]: tells of work that takes long while it does.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// When the work under way began. Cloning shares.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch(Arc<Begun>);

type Begun = Mutex<Option<Instant>>;

impl Watch {
    /// Looks from now on, on a thread of its own, and tells once of each work that takes longer than `limit`.
    pub(super) fn start(
        limit: Duration,
        tell: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let watch = Self::default();
        let begun = Arc::downgrade(&watch.0);
        thread::Builder::new()
            .name("scim-watch".into())
            .spawn(move || look(&begun, limit, tell))?;
        Ok(watch)
    }

    /// Does some work and returns how long it took as well.
    pub(super) fn during<T>(&self, work: impl FnOnce() -> T) -> (T, Duration) {
        let begun = Instant::now();
        self.set(Some(begun));
        let result = work();
        self.set(None);
        (result, begun.elapsed())
    }

    fn set(&self, begun: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = begun;
    }
}

/// Ends when nobody works any more.
fn look(begun: &Weak<Begun>, limit: Duration, tell: impl Fn()) {
    let mut told = None;
    while let Some(shared) = begun.upgrade() {
        let begun = *shared.lock().unwrap_or_else(PoisonError::into_inner);
        drop(shared);
        if begun != told && begun.is_some_and(|begun| begun.elapsed() >= limit) {
            told = begun;
            tell();
        }
        thread::sleep(limit / 4);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn what_takes_long_is_told_of_before_it_ends() {
        let (sender, told) = channel();
        let tell = move || sender.send(()).unwrap();
        let watch = Watch::start(Duration::from_millis(20), tell).unwrap();
        assert_eq!(watch.during(|| 1).0, 1);
        // The work ends when it was told of.
        watch.during(|| told.recv()).0.unwrap();
        watch.during(|| told.recv()).0.unwrap();
    }
}
