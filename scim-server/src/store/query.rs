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
    /// The filter as each of the types understands it, in their order; empty without a filter.
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
            found.push((key, number, stored));
        }
        let cut = self.cut(found)?;
        Ok(Page::new(cut.total, cut.resources).followed_by(cut.next))
    }

    /// Sorts what was found, by key and by number in the order of creation, and cuts out the page.
    pub(crate) fn cut<T>(
        &self,
        mut found: Vec<(Option<SortKey>, u64, T)>,
    ) -> Result<Cut<T>, StoreError> {
        // Without a sort by creation order alone (decision Q08).
        found.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let skip = match &self.start {
            Start::Index(index) => usize::try_from(index.saturating_sub(1)).unwrap_or(usize::MAX),
            Start::After(None) => 0,
            Start::After(Some(text)) => {
                let (key, number) = self.read_place(text)?;
                found.partition_point(|at| (&at.0, at.1) <= (&key, number))
            }
        };
        let follows = found.len().saturating_sub(skip) > self.count;
        let page: Vec<_> = found.into_iter().skip(skip).take(self.count).collect();
        let next = match (&self.start, page.last()) {
            (Start::After(_), Some((key, number, _))) if follows => {
                let key = key.as_ref().map(SortKey::to_string);
                Some(key.unwrap_or_else(|| number.to_string()))
            }
            _ => None,
        };
        Ok(Cut {
            total,
            resources: page.into_iter().map(|(_, _, found)| found).collect(),
            next,
        })
    }

    /// The place in the order that a page named as its last.
    fn read_place(&self, text: &str) -> Result<(Option<SortKey>, u64), StoreError> {
        let place = match self.sorts.is_empty() {
            true => text.parse().ok().map(|number| (None, number)),
            // The key ends in the id, so no other resource has it.
            false => text.parse().ok().map(|key| (Some(key), u64::MAX)),
        };
        place.ok_or(StoreError::Place)
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

/// What [`Query::cut`] leaves.
pub(crate) struct Cut<T> {
    pub(crate) total: u64,
    pub(crate) resources: Vec<T>,
    pub(crate) next: Option<String>,
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
