//! GET of a type or of the root, and POST to `/.search` (RFC 7644 §3.4.2, §3.4.3).

use std::sync::Arc;

use http::StatusCode;
use scim_core::{Departure, ListResponse, Object, ResourceSchema, ScimError, SearchRequest, Value};
use scim_filter::{Checked, Parser, SortBy};

use crate::call::{Call, Shown};
use crate::error::Fault;
use crate::provider::ServiceProvider;
use crate::respond::Answer;
use crate::store::{Query, Start, Store, Wants};

impl<S: Store> ServiceProvider<S> {
    /// The resources of one type, or of all (decision Q18).
    pub(crate) async fn query(
        &self,
        call: &Call<'_>,
        schemas: &[ResourceSchema],
    ) -> Result<Answer, Fault> {
        let (search, departures) = call.search()?;
        self.find(call, schemas, search, departures).await
    }

    /// The same, asked for in a body.
    pub(crate) async fn search(
        &self,
        call: &Call<'_>,
        schemas: &[ResourceSchema],
    ) -> Result<Answer, Fault> {
        let read = SearchRequest::from_value(call.body()?, &self.shared.policy);
        let (search, departures) = read?;
        self.find(call, schemas, search, departures).await
    }

    async fn find(
        &self,
        call: &Call<'_>,
        schemas: &[ResourceSchema],
        search: SearchRequest,
        mut departures: Vec<Departure>,
    ) -> Result<Answer, Fault> {
        let shared = &self.shared;
        let shown = Shown::of(&search);
        let projections = schemas.iter().map(|schema| {
            let projection = shown.projection(schema, shared);
            projection.map(Arc::new)
        });
        let projections = projections.collect::<Result<Vec<_>, ScimError>>()?;
        let limits = &shared.limits;
        let count = search.count.map_or(limits.default_results, |count| {
            usize::try_from(count).unwrap_or(usize::MAX)
        });
        let mut query = Query::new(schemas.to_vec(), count.min(limits.max_results));
        let start_index = search.start_index.unwrap_or(1);
        query.start = Start::Index(start_index);
        query.filters = self.filters(schemas, &search, &mut departures)?;
        query.sorts = self.sorts(schemas, &search, &mut departures)?;
        if let [only] = &*projections {
            query.wants = Wants::of(only.clone());
        }
        if asks_for_places(&query) {
            let (shared, base_url) = (shared.clone(), call.context.base_url.clone());
            query = query.seen_as(move |stored, schema| shared.complete(stored, schema, &base_url));
        }
        let page = self.store.query(&call.context.tenant, query).await?;
        let resources = page.resources.iter().filter_map(|stored| {
            let mut types = schemas.iter().zip(&projections);
            let (schema, projection) =
                types.find(|(schema, _)| schema.resource_type().name == *stored.resource_type)?;
            let resource = shared.complete(stored, schema, &call.context.base_url);
            Some(Value::from(projection.apply(&resource)))
        });
        let resources: Vec<_> = resources.collect();
        let body = list(page.total.unwrap_or_default(), start_index, resources);
        Ok(Answer::json(StatusCode::OK, body).report(departures))
    }

    fn filters(
        &self,
        schemas: &[ResourceSchema],
        search: &SearchRequest,
        departures: &mut Vec<Departure>,
    ) -> Result<Vec<Checked>, Fault> {
        let shared = &self.shared;
        let Some(text) = &search.filter else {
            return Ok(Vec::new());
        };
        if !shared.protocol.filter {
            return Err(Fault::not_supported("a filter"));
        }
        let parsed = Parser::new().policy(&shared.policy).parse(text);
        let parsed = parsed.map_err(ScimError::from)?;
        let types: Vec<_> = schemas.iter().collect();
        let checked = match &*types {
            [only] => parsed.check(only, &shared.policy).map(|one| vec![one]),
            all => parsed.check_types(all, &shared.policy),
        };
        let checked = checked.map_err(ScimError::from)?;
        if let Some(first) = checked.first() {
            departures.extend_from_slice(first.departures());
        }
        Ok(checked)
    }

    fn sorts(
        &self,
        schemas: &[ResourceSchema],
        search: &SearchRequest,
        departures: &mut Vec<Departure>,
    ) -> Result<Vec<SortBy>, Fault> {
        let shared = &self.shared;
        let Some(path) = &search.sort_by else {
            return Ok(Vec::new());
        };
        if !shared.protocol.sort {
            return match shared.protocol.ignore_disabled_sort {
                true => Ok(Vec::new()),
                false => Err(Fault::not_supported("sorting")),
            };
        }
        let types: Vec<_> = schemas.iter().collect();
        let sorts = SortBy::check_types(path, search.sort_order, &types, &shared.policy);
        let sorts = sorts.map_err(ScimError::from)?;
        if let Some(first) = sorts.first() {
            departures.extend_from_slice(first.departures());
        }
        Ok(sorts)
    }
}

/// Whether filter or order look at what depends on where the service provider is.
fn asks_for_places(query: &Query) -> bool {
    let filtered = query.filters.iter().flat_map(Checked::attributes);
    let sorted = query.sorts.iter().filter_map(SortBy::path);
    filtered.chain(sorted).any(|path| {
        let names = [Some(path.attr()), path.sub()];
        let is = |name: &str| {
            names
                .into_iter()
                .flatten()
                .any(|n| n.eq_ignore_ascii_case(name))
        };
        is("$ref") || is("location")
    })
}

/// The message of a page, every counter present (decisions Q01, Q02).
pub(crate) fn list(total: u64, start_index: u64, resources: Vec<Value>) -> String {
    let number = |number: u64| Value::Number(number.into());
    let per_page = u64::try_from(resources.len()).unwrap_or(u64::MAX);
    let message: Object = [
        ("schemas", vec![ListResponse::<Value>::SCHEMA].into()),
        ("totalResults", number(total)),
        ("startIndex", number(start_index)),
        ("itemsPerPage", number(per_page)),
        ("Resources", Value::Array(resources)),
    ]
    .into_iter()
    .collect();
    message.to_json()
}
