//! Reading: at once on the thread of the request where it is quick, on threads of its own otherwise.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rusqlite::Connection;
use scim_server::StoreError;
use tokio::sync::oneshot;

use super::{OpenError, closing, connection, failure};
use crate::limits;

type Work = Box<dyn FnOnce(&Connection) + Send>;

/// Reads in parallel, beside the writer. One statement sees one commit throughout, and so do all that run before it ends;
/// a read of several in a row calls [`begin`] first.
///
/// Most reads are over sooner than another thread wakes up. So each begins where it is asked for; SQLite stops it when
/// it turns out to be long, and a thread does it from the start.
#[derive(Debug)]
pub(super) struct Readers {
    quick: Vec<Mutex<Quick>>,
    /// `None` only while the readers are dropped.
    queue: Option<SyncSender<Work>>,
    threads: Vec<JoinHandle<()>>,
}

/// A connection on which no read takes long.
#[derive(Debug)]
struct Quick {
    connection: Connection,
    /// How often SQLite looked at the time since the read began.
    looks: Arc<AtomicU32>,
}

impl Quick {
    fn of(mut connection: Connection) -> Result<Self, OpenError> {
        let looks = Arc::new(AtomicU32::new(0));
        let count = looks.clone();
        let is_long = move || count.fetch_add(1, Ordering::Relaxed) >= limits::LOOKS;
        connection.progress_handler(limits::STEPS, Some(is_long))?;
        Ok(Self { connection, looks })
    }

    /// The outcome, or `None` if the read takes long.
    fn read<T>(
        &self,
        work: &impl Fn(&Connection) -> Result<T, StoreError>,
    ) -> Option<Result<T, StoreError>> {
        self.looks.store(0, Ordering::Relaxed);
        let result = unwinding(&self.connection, work);
        // A transaction has to end, however long the read took.
        let is_long = self.looks.swap(0, Ordering::Relaxed) > limits::LOOKS;
        let result = ended(&self.connection, result);
        (!is_long).then_some(result)
    }
}

impl Readers {
    pub(super) fn start(path: &Path) -> Result<Self, OpenError> {
        let (queue, work) = sync_channel(limits::WAITING_READS);
        let work = Arc::new(Mutex::new(work));
        let mut readers = Self {
            quick: Vec::new(),
            queue: Some(queue),
            threads: Vec::new(),
        };
        for number in 0..limits::READERS {
            readers
                .quick
                .push(Mutex::new(Quick::of(connection::reader(path)?)?));
            let connection = connection::reader(path)?;
            let work = work.clone();
            let thread = std::thread::Builder::new()
                .name(format!("scim-reader-{number}"))
                .spawn(move || run(&connection, &work))
                .map_err(OpenError::Thread)?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    /// Does `work`, which may be stopped and run again, and ends the transaction that it began, if any.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut quick = self.quick.iter().filter_map(|quick| quick.try_lock().ok());
        if let Some(result) = quick.next().and_then(|quick| quick.read(&work)) {
            return result;
        }
        drop(quick);
        self.read_elsewhere(work).await
    }

    async fn read_elsewhere<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            // A receiver that is gone belongs to a request that was given up.
            let _ = sender.send(ended(connection, unwinding(connection, &work)));
        });
        let queue = self.queue.as_ref().ok_or_else(gone)?;
        queue.try_send(work).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy { retry_after: 1 },
            TrySendError::Disconnected(_) => gone(),
        })?;
        receiver.await.map_err(|_| gone())?
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        drop(self.queue.take());
        closing::join(&self.threads, limits::CLOSING);
    }
}

fn run(connection: &Connection, queue: &Mutex<Receiver<Work>>) {
    loop {
        // The lock is held while waiting and given back before the work begins.
        let next = match queue.lock() {
            Ok(queue) => queue.recv(),
            Err(_) => return,
        };
        match next {
            Ok(work) => work(connection),
            Err(_) => return,
        }
    }
}

/// Begins a transaction: all that a read sees from now on is of the same moment.
pub(super) fn begin(connection: &Connection) -> Result<(), StoreError> {
    run_statement(connection, "BEGIN")
}

fn unwinding<T>(
    connection: &Connection,
    work: &impl Fn(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let result = catch_unwind(AssertUnwindSafe(|| work(connection)));
    result.unwrap_or_else(|_| Err(StoreError::failed("a read panicked")))
}

/// The result of a read, whose connection is in no transaction afterwards.
fn ended<T>(connection: &Connection, result: Result<T, StoreError>) -> Result<T, StoreError> {
    // There may have been none, or a failure has ended it already.
    if !connection.is_autocommit() {
        run_statement(connection, "COMMIT").or_else(|_| run_statement(connection, "ROLLBACK"))?;
    }
    result
}

fn run_statement(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    let statement = connection.prepare_cached(sql);
    let done = statement.and_then(|mut statement| statement.execute([]));
    done.map(drop).map_err(failure)
}

fn gone() -> StoreError {
    StoreError::failed("the readers have stopped")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A read of about so many steps of SQLite's machine, times some ten.
    fn counted(connection: &Connection, rows: u32) -> Result<u32, StoreError> {
        let sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ?1) SELECT count(*) FROM n";
        let statement = connection.prepare_cached(sql);
        let row = statement.and_then(|mut statement| statement.query_row([rows], |row| row.get(0)));
        row.map_err(failure)
    }

    /// Wherever the count of looks runs out, also when all is read and the transaction ends.
    #[test]
    fn a_read_that_turns_long_at_any_step_leaves_its_connection_usable() {
        let quick = Quick::of(Connection::open_in_memory().unwrap()).unwrap();
        let mut lengths = [false; 2];
        for rows in 1..1_500 {
            let outcome = quick.read(&|connection: &Connection| {
                begin(connection)?;
                counted(connection, rows)
            });
            assert!(quick.connection.is_autocommit(), "after {rows} rows");
            lengths[usize::from(outcome.is_none())] = true;
            if let Some(outcome) = outcome {
                assert_eq!(outcome.unwrap(), rows);
            }
        }
        assert_eq!(lengths, [true; 2], "some reads are quick, some are long");
    }
}
