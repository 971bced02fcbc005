//! [`Store`]: the contract between the service provider and whoever keeps the resources.

mod delta;
mod options;
mod query;
mod records;

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use scim_core::{ResourceSchema, ScimError};

use crate::conditional::Precondition;
pub use delta::Delta;
pub(crate) use delta::exact;
pub use options::StoreOptions;
pub use query::{Cut, Page, Position, Query, Start, Wants};
pub use records::{Membership, NewResource, Stored, UniqueValue, Update, Write};

/// Where resources are kept: the only part of the service provider that a host has to write.
///
/// Every method works inside one [`Tenant`]; ids of another tenant do not exist. The methods return
/// futures, and the service provider is bound to no runtime: a store that blocks may simply do its
/// work and answer with a ready future. Closures are synchronous, run inside the store's
/// transaction, and may run again when the transaction has to be repeated; they own what they need,
/// so a store may send them to a thread of its own. What they refuse is handed back unchanged.
///
/// Each method is atomic: all of its effects are visible, or none. `scim_server::contract` checks a
/// store against the sentences written here.
///
/// # What is stored
/// The attributes of a resource in canonical form, extensions in their objects: no `id`, `schemas`,
/// `meta` or `groups`, no base URL. `id`, times and version stand beside them. The version is the
/// store's: any text that is new after every write, fit for an entity tag (RFC 7644 §3.14).
pub trait Store: Send + Sync {
    /// One resource; [`StoreError::NotFound`] without one.
    ///
    /// [`Stored::groups`] is filled if `wants` asks for `groups` and the type has them. Attributes
    /// that are not wanted may be left out.
    fn get(
        &self,
        scope: &Scope,
        id: &str,
        wants: &Wants,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send;

    /// The resources a [`Query`] selects, one page of them, and how many there are in all.
    /// [`StoreError::Place`] if it is to continue after a place that the store never named.
    fn query(
        &self,
        tenant: &Tenant,
        query: Query,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send;

    /// Keeps a new resource, which comes last in creation order, and returns it as `get` would.
    ///
    /// [`StoreError::Conflict`] if a unique value is taken; a deleted resource takes none.
    ///
    /// A store may keep what was deleted and bring it back when the same person is created again: it
    /// then returns the resource with the id and the time of creation that it had, with a version that
    /// it never had and a later time of change. Until then nothing of it is to be seen (decision G06).
    fn create<F>(
        &self,
        scope: &Scope,
        build: F,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send
    where
        F: FnMut(&dyn View) -> Result<NewResource, StoreError> + Send + 'static;

    /// Keeps several new resources in one transaction, all of them or none: they refer to each other.
    ///
    /// `build` makes the resource of each of `schemas` by its index, in their order, which is the order
    /// of creation; the view does not show the others yet. Returns them as `get` would, in that order.
    /// Where one is refused, the error says which. They have the ids that `build` gave them, so none is
    /// one that was deleted.
    fn create_all<F>(
        &self,
        tenant: &Tenant,
        schemas: &[ResourceSchema],
        build: F,
    ) -> impl Future<Output = Result<Vec<Stored>, NotCreated>> + Send
    where
        F: FnMut(usize, &dyn View) -> Result<NewResource, StoreError> + Send + 'static;

    /// Compare and swap: shows `change` the current resource and writes what it answers, in one
    /// transaction, so that no other write comes between. Returns the resource as `get` would,
    /// written or kept.
    ///
    /// In this order: [`StoreError::NotFound`], the refusal of `expected`, that of `change`,
    /// [`StoreError::Conflict`]. [`Update::Keep`] changes nothing, neither version nor time.
    /// `change` sees every attribute; [`Stored::groups`] need not be filled for it.
    fn update<F>(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        change: F,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send
    where
        F: FnMut(&Stored, &dyn View) -> Result<Update, StoreError> + Send + 'static;

    /// [`update`](Self::update) for a write of some members of a group, which need not read the others.
    ///
    /// `change` is shown the resource with those members alone that the [`Delta`] names, in their
    /// order. Of the [`Write`] that it answers, `last_modified` and `changes` count: members to
    /// remove, to replace where they stand, and to append. Of the resource that is returned, members
    /// beyond `delta.shown` may be left out.
    ///
    /// The default is made of `update`, and costs as much.
    fn apply_delta<F>(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        delta: &Delta,
        mut change: F,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send
    where
        F: FnMut(&Stored, &dyn View) -> Result<Update, StoreError> + Send + 'static,
    {
        let delta = delta.clone();
        self.update(scope, id, expected, move |current, view| {
            Ok(match change(&current.narrowed(&delta), view)? {
                Update::Keep => Update::Keep,
                Update::Write(write) => Update::Write(write.widened(current)),
            })
        })
    }

    /// Removes a resource for good: later calls do not find it, its unique values are free.
    ///
    /// In the same transaction it leaves the `members` of every resource that listed it; each of
    /// these gets a new version and [`later`]`(last_modified, now)` as its time (decision G05).
    fn delete(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        now: DateTime<Utc>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// What a closure of [`Store::create`] or [`Store::update`] may look up inside the transaction.
pub trait View {
    /// The resource type that each of `ids` has in the tenant, `None` where there is no such
    /// resource. Answers in the order of `ids`.
    fn resource_types(&self, ids: &[&str]) -> Result<Vec<Option<Arc<str>>>, StoreError>;
}

/// The tenant a request belongs to (RFC 7644 §6); the default is the only one of a host without
/// tenants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tenant(Arc<str>);

impl Tenant {
    /// The tenant with that name.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name; empty for the default.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The resources an operation is about: one type of one tenant. Cloning shares.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Scope {
    /// The tenant.
    pub tenant: Tenant,
    /// The resource type with its schemas.
    pub schema: ResourceSchema,
}

impl Scope {
    /// The resources of one type of one tenant.
    pub fn new(tenant: Tenant, schema: ResourceSchema) -> Self {
        Self { tenant, schema }
    }

    /// The name of the resource type, as `meta.resourceType` holds it.
    pub fn resource_type(&self) -> &str {
        &self.schema.resource_type().name
    }
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The tenant has no resource of that type and id.
    #[error("no such resource")]
    NotFound,
    /// Another resource has the value of a unique attribute.
    #[error("the value of `{attribute}` is already in use")]
    Conflict {
        /// The attribute, as [`UniqueValue::attribute`] names it.
        attribute: String,
    },
    /// The query would cost more than the store allows (decision Q07).
    #[error("the query would read too many resources")]
    TooMany,
    /// The place in [`Start::After`] is none that this store named.
    #[error("the place to continue after is unknown")]
    Place,
    /// A precondition or a closure refused; the error goes to the client as it is.
    #[error(transparent)]
    Refused(#[from] ScimError),
    /// The store cannot answer now, a later attempt may succeed.
    #[error("the store is busy")]
    Busy {
        /// Seconds after which the client may try again.
        retry_after: u32,
    },
    /// The store failed. The cause is for the host's log; a client never sees it.
    #[error("the store failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why [`Store::create_all`] created nothing.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
#[non_exhaustive]
pub struct NotCreated {
    /// The index of the resource that was refused; `None` if the fault lies with none of them.
    pub index: Option<usize>,
    /// What was wrong.
    #[source]
    pub error: StoreError,
}

impl NotCreated {
    /// The resource of that index was refused, or the store failed as a whole.
    pub fn new(index: Option<usize>, error: StoreError) -> Self {
        Self { index, error }
    }
}

impl From<StoreError> for NotCreated {
    fn from(error: StoreError) -> Self {
        Self::new(None, error)
    }
}

impl StoreError {
    /// A failure with its cause.
    pub fn failed(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed(cause.into())
    }
}

/// The time of a change made at `now` to a resource last changed at `previous`: in whole
/// milliseconds, and later than `previous` even if the clock stood still or went back
/// (decision V11).
pub fn later(previous: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    let next = previous
        .checked_add_signed(TimeDelta::milliseconds(1))
        .unwrap_or(previous);
    whole_milliseconds(now).max(whole_milliseconds(next))
}

/// The time without what is finer than a millisecond.
pub fn whole_milliseconds(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(time.timestamp_millis()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v11_a_change_is_at_least_a_millisecond_later() {
        let time = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let previous = time("2026-01-02T03:04:05.006Z");
        for (now, expected) in [
            ("2026-01-02T03:04:05.006Z", "2026-01-02T03:04:05.007Z"),
            ("2025-01-02T03:04:05.006Z", "2026-01-02T03:04:05.007Z"),
            ("2026-01-02T03:04:05.007999Z", "2026-01-02T03:04:05.007Z"),
            ("2026-01-02T03:04:06Z", "2026-01-02T03:04:06Z"),
        ] {
            assert_eq!(later(previous, time(now)), time(expected), "{now}");
        }
    }
}
