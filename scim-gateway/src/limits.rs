//! Every bound of the gateway, with its default and its reason.

use std::time::Duration;

/// Longest time for a client to send the head of a request. A connection that stays silent holds a socket for nothing.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// The same when few connections are left: a head that does not come to its end holds its connection for less long.
pub(crate) const HEAD_TIMEOUT_UNDER_PRESSURE: Duration = Duration::from_secs(5);

/// When less than this part of the connections is left, those that are idle make room for new ones.
pub(crate) const PRESSURE: usize = 4;

/// How long a connection has to be idle before it makes room for another: a client that sends one request after the other
/// should not find its connection closed under way.
pub(crate) const SPARED: Duration = Duration::from_secs(1);

/// Least time between two lines in the log about the same shortage.
pub(crate) const WARNING_INTERVAL: Duration = Duration::from_secs(60);

/// Longest time for a client to send the body after the head.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(60);

/// How often the longest body may be read and dropped before a body that is too long is refused: far enough for a client
/// that sends first and reads afterwards, and no endless stream.
pub(crate) const DRAINED_BODIES: usize = 4;

/// Most connections at once; one more waits to be accepted. Each may hold a body in memory.
pub(crate) const CONNECTIONS: u32 = 1024;

/// How long a cursor is good for: time enough to work on the largest page before the next is asked for, and short enough
/// that a cursor found in an old log is worth nothing.
pub(crate) const CURSOR_TIMEOUT: Duration = Duration::from_secs(3600);

/// How long a shutdown waits for the requests under way and for the database to close. Service managers kill what has
/// not ended after ten seconds or more.
pub(crate) const SHUTDOWN_GRACE: Duration = Duration::from_secs(9);

/// How long a store that is dropped waits for the work under way.
pub(crate) const CLOSING: Duration = Duration::from_secs(9);

/// How old the credentials may be that a process accepts, when another one on the same file has replaced them.
pub(crate) const CREDENTIALS_AGE: Duration = Duration::from_secs(1);

/// A write that keeps all others waiting for longer than this is worth a line in the log.
pub(crate) const LONG_WRITE: Duration = Duration::from_secs(3);

/// Threads that read: more than this many reads at once gain nothing on the machines an embedded database is for.
pub(crate) const READERS: usize = 4;

/// Page cache of one connection: the pages that most requests need of a few ten thousand users.
pub(crate) const PAGE_CACHE_KIB: i64 = 16 * 1024;

/// Steps of SQLite's machine between two looks at how long a read takes.
pub(crate) const STEPS: i32 = 1_000;

/// Looks after which a read moves from the thread of its request to one of its own: what is shorter, some tenths of a
/// millisecond, costs less than to change threads.
pub(crate) const LOOKS: u32 = 4;

/// Reads that may wait; one more is answered with 503.
pub(crate) const WAITING_READS: usize = 4096;

/// Writes that may wait; one more is answered with 503.
pub(crate) const WAITING_WRITES: usize = 4096;

/// A transaction waits for the writes that it expects for this part of the time that a flush to disk takes, at most: it
/// is what waiting may cost when they do not come. Beside no waiting, of five pairs of runs that took turns, 32 clients
/// wrote 15 % more a second in the middle one and more in each; with one client or eight there was no difference.
pub(crate) const PATIENCE: u32 = 4;

/// Most writes in one transaction: enough to share a flush to disk among all clients of a busy moment, few enough
/// that nobody waits long for the commit.
pub(crate) const WRITES_PER_COMMIT: usize = 256;

/// Memory of argon2id for a password: with [`PASSWORD_PASSES`] and [`PASSWORD_LANES`] the least that the OWASP cheat sheet
/// on password storage names. It is the memory that makes guessing dear; for us it is some 20 ms of work.
pub(crate) const PASSWORD_MEMORY_KIB: u32 = 19 * 1024;

/// Passes of argon2id over that memory.
pub(crate) const PASSWORD_PASSES: u32 = 2;

/// Lanes of argon2id: one, as each hash has one thread.
pub(crate) const PASSWORD_LANES: u32 = 1;

/// Passwords that are hashed at once; the others wait. More would need memory and give no speed: each keeps a processor
/// busy, and some should be left for the rest.
pub(crate) const PASSWORDS_AT_ONCE: usize = 2;
