//! [`Store`]: the contract between the service provider and whoever keeps the resources.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use scim_core::{Changes, Resource, ResourceSchema, ScimError, Valid};
use scim_filter::{Checked, SortBy};
use scim_schema::Projection;

use crate::conditional::Precondition;

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
    fn query(
        &self,
        tenant: &Tenant,
        query: Query,
    ) -> impl Future<Output = Result<Page, StoreError>> + Send;

    /// Keeps a new resource, which comes last in creation order, and returns it as `get` would.
    ///
    /// [`StoreError::Conflict`] if a unique value is taken; a deleted resource takes none.
    fn create<F>(
        &self,
        scope: &Scope,
        build: F,
    ) -> impl Future<Output = Result<Stored, StoreError>> + Send
    where
        F: FnMut(&dyn View) -> Result<NewResource, StoreError> + Send + 'static;

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

/// Which attributes the reader of an answer will look at.
#[derive(Clone, Debug, Default)]
pub struct Wants {
    projection: Option<Arc<Projection>>,
}

impl Wants {
    /// All attributes.
    pub fn everything() -> Self {
        Self::default()
    }

    /// What a projection shows.
    pub fn of(projection: Arc<Projection>) -> Self {
        Self {
            projection: Some(projection),
        }
    }

    /// Whether the top-level attribute of that name (or the extension of that URI) is looked at.
    pub fn wants(&self, attribute: &str) -> bool {
        match &self.projection {
            Some(projection) => projection.wants(attribute),
            None => true,
        }
    }
}

/// A query over the resources of one or several types (RFC 7644 §3.4.2).
#[derive(Clone)]
#[non_exhaustive]
pub struct Query {
    /// The types it covers.
    pub types: Vec<ResourceSchema>,
    /// The filter as each of the types understands it, in their order; empty without a filter.
    pub filters: Vec<Checked>,
    /// The order of the results as each of the types understands it, in their order; creation order
    /// if empty (decision Q08). The keys of all types compare with each other.
    pub sorts: Vec<SortBy>,
    /// Index of the first resource of the page, counted from 1.
    pub start_index: u64,
    /// Most resources on the page; 0 asks for the total alone.
    pub count: usize,
    /// What the answer will show.
    pub wants: Wants,
    /// How filter and order see a resource, if not as [`Stored::complete`] shows it.
    view: Option<Arc<Seen>>,
}

/// A stored resource as filter and order see it.
type Seen = dyn Fn(&Stored, &ResourceSchema) -> Resource + Send + Sync;

impl Query {
    /// The first page over `types`, in creation order.
    pub fn new(types: Vec<ResourceSchema>, count: usize) -> Self {
        Self {
            types,
            filters: Vec::new(),
            sorts: Vec::new(),
            start_index: 1,
            count,
            wants: Wants::everything(),
            view: None,
        }
    }

    /// The same query with another view of the resources: where it asks for a location or a `$ref`,
    /// which are not stored, the view shows them.
    #[must_use]
    pub fn seen_as(
        mut self,
        view: impl Fn(&Stored, &ResourceSchema) -> Resource + Send + Sync + 'static,
    ) -> Self {
        self.view = Some(Arc::new(view));
        self
    }

    /// The resource as the filters and orders of this query see it: what a store runs them on.
    ///
    /// `meta.location` and everything called `$ref` are known to this view alone; all else can be
    /// read from what is stored. [`Stored::groups`] has to be filled before, if it is asked for.
    pub fn complete(&self, stored: &Stored, schema: &ResourceSchema) -> Resource {
        match &self.view {
            Some(view) => view(stored, schema),
            None => stored.complete(schema),
        }
    }

    /// Each type with its filter and its order, where there are such.
    pub fn parts(
        &self,
    ) -> impl Iterator<Item = (&ResourceSchema, Option<&Checked>, Option<&SortBy>)> {
        let parts = self.types.iter().enumerate();
        parts.map(|(at, schema)| (schema, self.filters.get(at), self.sorts.get(at)))
    }
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("types", &self.types)
            .field("filters", &self.filters)
            .field("sorts", &self.sorts)
            .field("start_index", &self.start_index)
            .field("count", &self.count)
            .field("wants", &self.wants)
            .finish_non_exhaustive()
    }
}

/// One page of a query.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Page {
    /// How many resources the query selects in all, exactly (decision Q22).
    pub total: u64,
    /// Those of the page, in the order of the query; without one, in creation order (Q08).
    pub resources: Vec<Stored>,
}

impl Page {
    /// A page of `total` results.
    pub fn new(total: u64, resources: Vec<Stored>) -> Self {
        Self { total, resources }
    }
}

/// A resource as the store keeps it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stored {
    /// Its id.
    pub id: String,
    /// The name of its type.
    pub resource_type: Arc<str>,
    /// When it was created.
    pub created: DateTime<Utc>,
    /// When it last changed; equal to `created` if it never did.
    pub last_modified: DateTime<Utc>,
    /// Its version: the text between the quotes of the entity tag.
    pub version: String,
    /// The groups it belongs to, in creation order of the groups.
    pub groups: Vec<Membership>,
    resource: Arc<Resource>,
}

impl Stored {
    /// A resource that was just created: never modified, in no group.
    pub fn new(
        id: String,
        resource_type: impl Into<Arc<str>>,
        resource: impl Into<Arc<Resource>>,
        created: DateTime<Utc>,
        version: String,
    ) -> Self {
        Self {
            id,
            resource_type: resource_type.into(),
            created,
            last_modified: created,
            version,
            groups: Vec::new(),
            resource: resource.into(),
        }
    }

    /// The attributes, as described at [`Store`].
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The attributes, shared.
    pub fn shared_resource(&self) -> Arc<Resource> {
        self.resource.clone()
    }

    /// Takes over the state after a write.
    pub fn set(&mut self, resource: Arc<Resource>, last_modified: DateTime<Utc>, version: String) {
        self.resource = resource;
        self.last_modified = last_modified;
        self.version = version;
    }

    /// The attributes by themselves.
    pub fn into_resource(self) -> Resource {
        Arc::try_unwrap(self.resource).unwrap_or_else(|shared| (*shared).clone())
    }
}

/// That a resource belongs to a group (RFC 7643 §4.1.2, `groups`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Membership {
    /// The id of the group.
    pub group: String,
    /// The group's `displayName`.
    pub display: Option<String>,
    /// Whether the group lists the resource itself, rather than a group that holds it.
    pub direct: bool,
}

impl Membership {
    /// A direct membership.
    pub fn direct(group: impl Into<String>, display: Option<String>) -> Self {
        Self {
            group: group.into(),
            display,
            direct: true,
        }
    }
}

/// A resource to be created.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewResource {
    /// Its id, never used before.
    pub id: String,
    /// Its attributes.
    pub resource: Arc<Resource>,
    /// The values no other resource of the tenant may have.
    pub unique: Vec<UniqueValue>,
    /// The time of creation, in whole milliseconds.
    pub created: DateTime<Utc>,
}

impl NewResource {
    /// A resource with the unique values its schema asks for.
    pub fn new(
        id: String,
        schema: &ResourceSchema,
        resource: Valid<Resource>,
        created: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            unique: crate::unique::unique_values(schema, &resource),
            resource: Arc::new(resource.into_inner()),
            created,
        }
    }
}

/// What a change of [`Store::update`] wants done.
#[derive(Clone, Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a change writes or it does not; a store must handle both"
)]
pub enum Update {
    /// Nothing: the resource already is as it should be.
    Keep,
    /// Write this.
    Write(Write),
}

/// The new state of a resource.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Write {
    /// All attributes as they are now.
    pub resource: Arc<Resource>,
    /// The values no other resource of the tenant may have, all of them.
    pub unique: Vec<UniqueValue>,
    /// The time of the change.
    pub last_modified: DateTime<Utc>,
    /// What differs from the state that the change was shown.
    pub changes: Changes,
}

impl Write {
    /// The new state of `current`, changed at `now`.
    pub fn new(
        current: &Stored,
        schema: &ResourceSchema,
        resource: Valid<Resource>,
        changes: Changes,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            unique: crate::unique::unique_values(schema, &resource),
            resource: Arc::new(resource.into_inner()),
            last_modified: later(current.last_modified, now),
            changes,
        }
    }
}

/// A value that no other resource of the tenant may have (decisions W17, W18).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct UniqueValue {
    /// The attribute, qualified with the URI of its schema and spelt as there.
    pub attribute: String,
    /// The value's comparison key as text: equal keys mean equal values. It depends on the tables
    /// of [`ComparisonKey::VERSION`](scim_core::ComparisonKey::VERSION).
    pub key: String,
}

impl UniqueValue {
    /// A value by its comparison key.
    pub fn new(attribute: impl Into<String>, key: impl Into<String>) -> Self {
        Self {
            attribute: attribute.into(),
            key: key.into(),
        }
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
