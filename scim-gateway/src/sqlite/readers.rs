//! The threads that read, each with a connection of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use rusqlite::Connection;
use scim_server::StoreError;
use tokio::sync::oneshot;

use super::{OpenError, closing, connection, failure};
use crate::limits;

type Work = Box<dyn FnOnce(&Connection) + Send>;

/// A few threads that answer reads in parallel, beside the writer. Each read sees one commit throughout.
#[derive(Debug)]
pub(super) struct Readers {
    /// `None` only while the readers are dropped.
    queue: Option<SyncSender<Work>>,
    threads: Vec<JoinHandle<()>>,
}

impl Readers {
    pub(super) fn start(path: &Path) -> Result<Self, OpenError> {
        let (queue, work) = sync_channel(limits::WAITING_READS);
        let work = Arc::new(Mutex::new(work));
        let mut readers = Self {
            queue: Some(queue),
            threads: Vec::new(),
        };
        for number in 0..limits::READERS {
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

    /// Does `work` inside a transaction, so that all it reads is of the same moment.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let result = catch_unwind(AssertUnwindSafe(|| {
                let _snapshot = connection.unchecked_transaction().map_err(failure)?;
                work(connection)
            }));
            let result = result.unwrap_or_else(|_| Err(StoreError::failed("a read panicked")));
            // A receiver that is gone belongs to a request that was given up.
            let _ = sender.send(result);
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

fn gone() -> StoreError {
    StoreError::failed("the readers have stopped")
}
