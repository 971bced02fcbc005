//! The one thread that writes, with group commit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use scim_server::StoreError;
use tokio::sync::oneshot;

use super::watch::Watch;
use super::{closing, failure};
use crate::limits;

/// A piece of work: writes inside a transaction that others share, and gives what to answer once that is committed.
/// Where no transaction could begin it is told so instead.
type Work = Box<dyn FnOnce(Result<&Connection, Failure>) -> Answer + Send>;

/// Sends the answer, after the commit or its failure.
type Answer = Box<dyn FnOnce(Result<(), Failure>) + Send>;

/// Shared by all who wait for one transaction.
type Failure = Arc<rusqlite::Error>;

/// SQLite has one writer at a time. A thread owns that connection and puts the work that waits into one transaction,
/// so many requests share one flush to disk. Nobody is answered before it.
#[derive(Debug)]
pub(super) struct Writer {
    /// `None` only while the writer is dropped.
    queue: Option<SyncSender<Work>>,
    thread: JoinHandle<()>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (queue, work) = sync_channel(limits::WAITING_WRITES);
        let tell = || tracing::warn!("one write keeps all others waiting");
        let watch = Watch::start(limits::LONG_WRITE, tell)?;
        let thread = std::thread::Builder::new()
            .name("scim-writer".into())
            .spawn(move || run(&connection, &work, &watch))?;
        Ok(Self {
            queue: Some(queue),
            thread,
        })
    }

    /// Does `work` in a transaction and answers when it is on disk. If `work` refuses or panics, none of its effects
    /// stay.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let result = connection
                .map_err(failure)
                .and_then(|connection| in_savepoint(connection, work));
            Box::new(move |committed: Result<(), Failure>| {
                // A receiver that is gone belongs to a request that was given up.
                let _ = sender.send(committed.map_err(failure).and(result));
            })
        });
        let queue = self.queue.as_ref().ok_or_else(gone)?;
        queue.try_send(work).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy { retry_after: 1 },
            TrySendError::Disconnected(_) => gone(),
        })?;
        receiver.await.map_err(|_| gone())?
    }
}

impl Drop for Writer {
    /// Lets the work that waits be done, so that closing a store loses nothing, unless that takes too long.
    fn drop(&mut self) {
        drop(self.queue.take());
        closing::join(std::slice::from_ref(&self.thread), limits::CLOSING);
    }
}

fn run(connection: &Connection, queue: &Receiver<Work>, watch: &Watch) {
    let mut last = Batch::default();
    while let Ok(first) = queue.recv() {
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            first(Err(Arc::new(error)))(Ok(()));
            continue;
        }
        let begun = Instant::now();
        let mut answers = vec![timed(watch, || first(Ok(connection)))];
        while answers.len() < limits::WRITES_PER_COMMIT
            && let Some(work) = last.next(queue, answers.len(), begun)
        {
            answers.push(timed(watch, || work(Ok(connection))));
        }
        let (result, flush) = watch.during(|| connection.execute_batch("COMMIT"));
        let result = result.map_err(Arc::new);
        last = Batch {
            writes: answers.len(),
            flush,
        };
        if result.is_err() && !connection.is_autocommit() {
            let _ = connection.execute_batch("ROLLBACK");
        }
        for answer in answers {
            answer(result.clone());
        }
    }
}

/// The transaction before, which tells what to expect: who was answered by it may well write again at once.
#[derive(Default)]
struct Batch {
    writes: usize,
    /// How long it took to reach the disk.
    flush: Duration,
}

impl Batch {
    /// One more write for the transaction that began at `begun` and has so many: one that waits already, or one that
    /// comes soon where as many are expected. Whoever comes after the commit has to wait for a flush of its own.
    fn next(&self, queue: &Receiver<Work>, writes: usize, begun: Instant) -> Option<Work> {
        if writes >= self.writes {
            return queue.try_recv().ok();
        }
        let patience = self.flush / limits::PATIENCE;
        queue
            .recv_timeout(patience.saturating_sub(begun.elapsed()))
            .ok()
    }
}

/// Does a piece of work, and says how long it kept the others waiting if it was for long.
fn timed<T>(watch: &Watch, work: impl FnOnce() -> T) -> T {
    let (result, elapsed) = watch.during(work);
    if elapsed > limits::LONG_WRITE {
        let seconds = elapsed.as_secs();
        tracing::warn!(seconds, "the write that kept all others waiting is done");
    }
    result
}

/// Others share the transaction: what this work did is undone alone.
fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let run = |sql: &str| {
        let statement = connection.prepare_cached(sql);
        let done = statement.and_then(|mut statement| statement.execute([]));
        done.map(drop).map_err(failure)
    };
    run("SAVEPOINT work")?;
    let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
        .unwrap_or_else(|_| Err(StoreError::failed("a write panicked")));
    if result.is_err() {
        run("ROLLBACK TO work")?;
    }
    run("RELEASE work")?;
    result
}

fn gone() -> StoreError {
    StoreError::failed("the writer has stopped")
}
