//! [`Connections`]: those that are open, and which of them can be spared.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::limits;

/// The open connections, a bounded number of them. Cloning shares.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    most: u32,
    places: Arc<Semaphore>,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    by_number: BTreeMap<u64, Arc<State>>,
}

/// What is known of an open connection.
#[derive(Debug)]
struct State {
    /// `None` while a request is under way, or when it has been asked to leave.
    idle_since: Mutex<Option<Instant>>,
    leave: Notify,
}

/// The place of an open connection, which is free when this is dropped.
#[derive(Debug)]
pub(crate) struct Connection {
    number: u64,
    state: Arc<State>,
    connections: Connections,
    _place: OwnedSemaphorePermit,
}

impl Connections {
    pub(crate) fn new(most: u32) -> Self {
        Self {
            most,
            places: Arc::new(Semaphore::new(most as usize)),
            open: Arc::default(),
        }
    }

    /// How many more may be opened.
    pub(crate) fn left(&self) -> usize {
        self.places.available_permits()
    }

    /// Whether so few are left that idle ones have to make room.
    pub(crate) fn are_short(&self) -> bool {
        self.left() < self.most as usize / limits::PRESSURE
    }

    /// Waits for a place.
    pub(crate) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().acquire_owned().await.ok()
    }

    /// Notes a connection that was opened and is silent so far.
    pub(crate) fn open(&self, place: OwnedSemaphorePermit) -> Connection {
        let state = Arc::new(State {
            idle_since: Mutex::new(Some(Instant::now())),
            leave: Notify::new(),
        });
        let mut open = lock(&self.open);
        let number = open.next;
        open.next += 1;
        open.by_number.insert(number, state.clone());
        Connection {
            number,
            state,
            connections: self.clone(),
            _place: place,
        }
    }

    /// Asks the connection that has been idle for longest to leave, if it has been for long enough.
    pub(crate) fn spare_one(&self) {
        let open = lock(&self.open);
        let idle = open.by_number.values();
        let idle = idle.filter_map(|state| Some((lock(&state.idle_since).to_owned()?, state)));
        let longest = idle.min_by_key(|(since, _)| *since);
        if let Some((since, state)) = longest
            && since.elapsed() >= limits::SPARED
        {
            state.leave();
        }
    }

    /// Asks all to leave when they are done, and waits until they are gone.
    pub(crate) async fn finish(&self) {
        lock(&self.open)
            .by_number
            .values()
            .for_each(|state| state.leave());
        let _ = self.places.acquire_many(self.most).await;
    }
}

impl State {
    fn leave(&self) {
        *lock(&self.idle_since) = None;
        self.leave.notify_one();
    }
}

impl Connection {
    /// A request is under way until what is answered is dropped.
    pub(crate) fn busy(&self) -> Busy {
        *lock(&self.state.idle_since) = None;
        Busy(self.state.clone())
    }

    /// Completes when the connection is asked to leave.
    pub(crate) async fn leave(&self) {
        self.state.leave.notified().await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        lock(&self.connections.open).by_number.remove(&self.number);
    }
}

/// That a request is under way on a connection.
#[derive(Debug)]
pub(crate) struct Busy(Arc<State>);

impl Drop for Busy {
    fn drop(&mut self) {
        *lock(&self.0.idle_since) = Some(Instant::now());
    }
}

/// No panic leaves anything half done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
