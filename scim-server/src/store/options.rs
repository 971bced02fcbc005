//! [`StoreOptions`]: what the stores of this project do beyond what every store has to.

/// What a [`MemoryStore`](crate::MemoryStore) does beyond the contract of [`Store`](crate::Store), and the SQLite store of
/// `scim-gateway` with it. Nothing of it by default.
///
/// ```
/// use scim_server::{MemoryStore, StoreOptions};
/// let options = StoreOptions { revive_deleted: true, ..StoreOptions::default() };
/// let store = MemoryStore::with(options);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreOptions {
    /// A deleted resource comes back when one of its type is created with a unique value, such as a `userName`, that
    /// none had after it: with its id and its time of creation, and with the attributes of the new request (decision
    /// G06). Of what is deleted the store keeps these, the time of its last change, and the keys of its unique values;
    /// its attributes are gone. Resources of [`Store::create_all`](crate::Store::create_all) are always new.
    pub revive_deleted: bool,
    /// [`Stored::groups`](crate::Stored::groups) also names the groups that hold a resource through other groups, after
    /// those that list it (decision G04). Each group on the way is looked at once, so that circles end (G03).
    pub indirect_groups: bool,
}
