//! [`Query`] and [`Page`]: what is asked of a store, and what comes back.

use std::fmt;
use std::sync::Arc;

use scim_core::{Resource, ResourceSchema};
use scim_filter::{Checked, SortBy, SortKey};
use scim_schema::Projection;

use super::{StoreError, Stored};

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
    /// The filter as each of the types understands it, in their order; empty without a filter. A reference that is
    /// stored is compared as it is stored, without the base URL (decision E12).
    pub filters: Vec<Checked>,
    /// The order of the results as each of the types understands it, in their order; creation order
    /// if empty (decision Q08). The keys of all types compare with each other.
    pub sorts: Vec<SortBy>,
    /// Where the page begins.
    pub start: Start,
    /// Most resources on the page; 0 asks for the total alone.
    pub count: usize,
    /// What the answer will show.
    pub wants: Wants,
    /// How filter and order see a resource, if not as [`Stored::complete`] shows it.
    view: Option<Arc<Seen>>,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "SCIM has two ways of paging; a store must handle both"
)]
pub enum Start {
    /// At the resource of that number, counted from 1 (RFC 7644 §3.4.2.4).
    Index(u64),
    /// After the place that [`Page::next`] named, from the first resource without one (RFC 9865 §2).
    After(Option<String>),
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
            start: Start::Index(1),
            count,
            wants: Wants::everything(),
            view: None,
        }
    }

    /// The same query with another view of the resources: where it asks for a location or a `$ref`,
    /// which are not stored, the view shows them; where the client does not see all of a resource, the
    /// view leaves the rest out.
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
    /// `meta.location`, everything called `$ref`, `schemas`, and which element of a list an order looks
    /// at (decision Q11) are known to this view alone; all else can be read from what is stored.
    /// [`Stored::groups`] has to be filled before, if it is asked for.
    pub fn complete(&self, stored: &Stored, schema: &ResourceSchema) -> Resource {
        match &self.view {
            Some(view) => view(stored, schema),
            None => stored.complete(schema),
        }
    }

    /// Whether filters and orders see nothing but what is stored, and what [`Stored::complete`] adds to
    /// it: a store may then run them on its own form of a resource, as far as it has what they name.
    pub fn sees_what_is_stored(&self) -> bool {
        self.view.is_none()
    }

    /// The page of the query among `candidates`: every resource of its types that may match, each
    /// with its number in the order of creation. It filters, sorts, counts and cuts, which is all of
    /// [`Store::query`](super::Store::query) for a store that is small, or that narrows the candidates
    /// by an index.
    ///
    /// # Errors
    /// [`StoreError::Place`].
    ///
    /// # Complexity
    /// Every candidate is looked at for every page.
    pub fn page(
        &self,
        candidates: impl IntoIterator<Item = (u64, Stored)>,
    ) -> Result<Page, StoreError> {
        let mut found = Vec::new();
        for (number, stored) in candidates {
            let mut parts = self.parts();
            let part =
                parts.find(|(schema, _, _)| schema.resource_type().name == *stored.resource_type);
            let Some((schema, filter, sort)) = part else {
                continue;
            };
            let mut key = None;
            if filter.is_some() || sort.is_some() {
                let resource = self.complete(&stored, schema);
                if filter.is_some_and(|filter| !filter.matches(&resource)) {
                    continue;
                }
                key = sort.map(|sort| sort.key(&resource));
            }
            found.push((Position::new(key, number), stored));
        }
        let cut = self.cut(found)?;
        Ok(Page::new(cut.total, cut.resources).followed_by(cut.next))
    }

    /// Sorts what was found and cuts out the page.
    ///
    /// # Errors
    /// [`StoreError::Place`].
    pub fn cut<T>(&self, mut found: Vec<(Position, T)>) -> Result<Cut<T>, StoreError> {
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let skip = match (&self.start, self.position()?) {
            (Start::Index(index), _) => {
                usize::try_from(index.saturating_sub(1)).unwrap_or(usize::MAX)
            }
            (Start::After(_), None) => 0,
            (Start::After(_), Some(after)) => found.partition_point(|(at, _)| *at <= after),
        };
        let follows = found.len().saturating_sub(skip) > self.count;
        let page: Vec<_> = found.into_iter().skip(skip).take(self.count).collect();
        let next = match (&self.start, page.last()) {
            (Start::After(_), Some((last, _))) if follows => Some(last.to_string()),
            _ => None,
        };
        Ok(Cut {
            total,
            resources: page.into_iter().map(|(_, found)| found).collect(),
            next,
        })
    }

    /// The position that the page begins after, read from the text that [`Position`] wrote.
    ///
    /// # Errors
    /// [`StoreError::Place`].
    pub fn position(&self) -> Result<Option<Position>, StoreError> {
        let Start::After(Some(text)) = &self.start else {
            return Ok(None);
        };
        let position = match self.sorts.is_empty() {
            true => text.parse().ok().map(|number| Position::new(None, number)),
            // The key ends in the id, so no other resource has it.
            false => text
                .parse()
                .ok()
                .map(|key| Position::new(Some(key), u64::MAX)),
        };
        position.map(Some).ok_or(StoreError::Place)
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
            .field("start", &self.start)
            .field("count", &self.count)
            .field("wants", &self.wants)
            .finish_non_exhaustive()
    }
}

/// Where a resource stands in the order of a query, in a store that numbers its resources in the
/// order of creation: by its key, and without a sort by its number alone (decision Q08). Its text can
/// be [`Page::next`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Position {
    /// What it is sorted by, where there is a sort.
    pub key: Option<SortKey>,
    /// Its number.
    pub number: u64,
}

impl Position {
    /// The position of the resource with that number.
    pub fn new(key: Option<SortKey>, number: u64) -> Self {
        Self { key, number }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key {
            Some(key) => key.fmt(f),
            None => self.number.fmt(f),
        }
    }
}

/// What [`Query::cut`] leaves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cut<T> {
    /// How many there were.
    pub total: u64,
    /// Those on the page.
    pub resources: Vec<T>,
    /// [`Page::next`].
    pub next: Option<String>,
}

/// One page of a query.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Page {
    /// How many resources the query selects in all, exactly; `None` only after [`Start::After`], where
    /// a store may leave it out if counting is dear (decisions C09, Q22).
    pub total: Option<u64>,
    /// Those of the page, in the order of the query; without one, in creation order (Q08).
    pub resources: Vec<Stored>,
    /// After [`Start::After`]: the place of the last resource of the page, if others follow and the
    /// page has any. A text of the store's own, which comes back to it in the next query.
    ///
    /// It names a place in the order, not a number: whoever follows it meets every resource that was
    /// there all the while exactly once, whatever is created, changed or deleted meanwhile, unless
    /// the change moves the resource in the order.
    pub next: Option<String>,
}

impl Page {
    /// A page of `total` results.
    pub fn new(total: u64, resources: Vec<Stored>) -> Self {
        Self {
            total: Some(total),
            resources,
            next: None,
        }
    }

    /// The same page with the place after which the next one begins.
    #[must_use]
    pub fn followed_by(self, next: Option<String>) -> Self {
        Self { next, ..self }
    }
}
