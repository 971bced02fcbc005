//! A test suite that any [`Store`] can run against itself.
//!
//! ```
//! use scim_server::{MemoryStore, contract};
//!
//! let checks = contract::run(MemoryStore::new)?;
//! assert!(checks >= 60);
//! # Ok::<(), contract::Failures>(())
//! ```
//!
//! Every check gets a store of its own without resources. A store whose futures need a runtime takes
//! [`run_with`] and hands in how to wait for one.

mod bench;
mod circles;
mod cursors;
mod deltas;
mod members;
mod order;
mod races;
mod reads;
mod tenants;
mod writes;

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use bench::Bench;

use crate::store::Store;

/// A future of a check, to be driven to its end.
pub type Job<'j> = Pin<Box<dyn Future<Output = ()> + Send + 'j>>;

/// The checks that a store failed, with what was wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failures(Vec<(&'static str, String)>);

impl Failures {
    /// Name of the check and what was wrong.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, fault)| (*name, fault.as_str()))
    }
}

impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store fails {} checks", self.0.len())?;
        self.0
            .iter()
            .try_for_each(|(name, fault)| write!(f, "\n  {name}: {fault}"))
    }
}

impl std::error::Error for Failures {}

/// Runs every check against a store of `make` of its own, and returns how many there were.
///
/// # Errors
/// [`Failures`] with all checks that failed.
pub fn run<S: Store>(make: impl FnMut() -> S) -> Result<usize, Failures> {
    run_with(&|job| block_on(job), make)
}

/// As [`run`], with a way to wait for a future: checks call it from several threads at once.
///
/// # Errors
/// [`Failures`] with all checks that failed.
pub fn run_with<S: Store>(
    wait: &(dyn Fn(Job<'_>) + Sync),
    mut make: impl FnMut() -> S,
) -> Result<usize, Failures> {
    let checks = reads::checks()
        .into_iter()
        .chain(writes::checks())
        .chain(circles::checks())
        .chain(order::checks())
        .chain(cursors::checks())
        .chain(members::checks())
        .chain(tenants::checks())
        .chain(deltas::checks())
        .chain(races::checks());
    let mut count = 0;
    let mut failures = Vec::new();
    for (name, check) in checks {
        count += 1;
        let store = make();
        if let Err(fault) = check(&Bench::new(&store, wait)) {
            failures.push((name, fault));
        }
    }
    match failures.is_empty() {
        true => Ok(count),
        false => Err(Failures(failures)),
    }
}

/// A check: its name says what must hold.
type Check<S> = (&'static str, fn(&Bench<'_, S>) -> Outcome);

/// What a check found wrong.
type Outcome = Result<(), String>;

/// Waits for a future on the current thread, which sleeps meanwhile: enough for stores that block
/// and for futures that are woken from other threads.
///
/// ```
/// assert_eq!(scim_server::contract::block_on(async { 6 * 7 }), 42);
/// ```
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Fails a check with a message unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!($($message)+));
        }
    };
}
use ensure;

/// Fails a check unless both sides are equal.
macro_rules! ensure_eq {
    ($left:expr, $right:expr, $what:expr) => {{
        let (left, right) = (&$left, &$right);
        if left != right {
            return Err(format!("{}: {left:?}, not {right:?}", $what));
        }
    }};
}
use ensure_eq;

/// The list of checks of a module: each under its name, with the underscores read as spaces.
macro_rules! checks {
    ($($name:ident,)+) => {
        pub(super) fn checks<S: $crate::Store>() -> Vec<super::Check<S>> {
            vec![$((stringify!($name), $name::<S>),)+]
        }
    };
}
use checks;
