//! Every bound of the gateway, with its default and its reason.

/// Threads that read: more than this many reads at once gain nothing on the machines an embedded database is for.
pub(crate) const READERS: usize = 4;

/// Reads that may wait; one more is answered with 503.
pub(crate) const WAITING_READS: usize = 4096;

/// Writes that may wait; one more is answered with 503.
pub(crate) const WAITING_WRITES: usize = 4096;

/// Most writes in one transaction: enough to share a flush to disk among all clients of a busy moment, few enough
/// that nobody waits long for the commit.
pub(crate) const WRITES_PER_COMMIT: usize = 256;
