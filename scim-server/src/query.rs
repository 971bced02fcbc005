//! GET of a type or of the root, and POST to `/.search` (RFC 7644 §3.4.2, §3.4.3).

use http::{Method, StatusCode};
use scim_core::{
    AttrPath, Attribute, Departure, ListResponse, Policy, Resolved, ResourceSchema, ScimError,
    ScimType, SearchRequest, Tolerance, Value, write_json_string,
};
use scim_filter::{Checked, Filter, Parser, SortBy};

use crate::authorize::Action;
use crate::call::{Call, Shown};
use crate::context::Context;
use crate::cursor::Question;
use crate::error::Fault;
use crate::form::member;
use crate::literals;
use crate::provider::{ServiceProvider, Shared};
use crate::references;
use crate::respond::Answer;
use crate::sight::Sight;
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
        let sights = shared.sights(call.context, schemas)?;
        let schemas: Vec<_> = sights.iter().map(|sight| sight.schema.clone()).collect();
        let seen: Vec<_> = sights.iter().map(|sight| &sight.seen).collect();
        let shown = Shown::of(&search);
        let projections = sights.iter().map(|sight| shown.projection(sight, shared));
        let projections = projections.collect::<Result<Vec<_>, ScimError>>()?;
        let limits = &shared.limits;
        let count = search.count.map_or(limits.default_results, |count| {
            usize::try_from(count).unwrap_or(usize::MAX)
        });
        let mut query = Query::new(schemas.clone(), count.min(limits.max_results));
        let question = Question::new(call.context, &schemas, &search, query.count);
        query.start = self.start(&search, &question, &mut departures)?;
        let start = query.start.clone();
        query.filters = self.filters(call.context, &sights, &search, &mut departures)?;
        if *call.method() != Method::POST {
            shared.check_uri(&seen, &query.filters)?;
        }
        query.sorts = self.sorts(&seen, &search, &mut departures)?;
        if let [only] = &*projections {
            query.wants = Wants::of(only.clone());
        }
        if asks_for_places(&query) || sights.iter().any(|sight| sight.is_limited) {
            let (shared, base_url) = (shared.clone(), call.context.base_url.clone());
            let sights = sights.clone();
            query = query.seen_as(move |stored, schema| {
                let name = &schema.resource_type().name;
                let sight = sights
                    .iter()
                    .find(|s| s.schema.resource_type().name == *name);
                match sight {
                    Some(sight) => shared.complete(&sight.see(stored), schema, &base_url),
                    None => shared.complete(stored, schema, &base_url),
                }
            });
        }
        let page = self.store.query(&call.context.tenant, query).await?;
        let resources = page.resources.iter().filter_map(|stored| {
            let mut types = sights.iter().zip(&projections);
            let (sight, projection) = types
                .find(|(sight, _)| sight.schema.resource_type().name == *stored.resource_type)?;
            Some(shared.text(stored, sight, projection, &call.context.base_url))
        });
        let resources: Vec<_> = resources.collect();
        let next = match &shared.cursors {
            Some(cursors) => page.next.map(|place| cursors.seal(&question, &place)),
            None => None,
        };
        let counters = Counters {
            total: page.total,
            start_index: match start {
                Start::Index(index) => Some(index),
                Start::After(_) => None,
            },
            next_cursor: next.transpose()?,
        };
        let body = list(counters, &resources);
        Ok(Answer::json(StatusCode::OK, body).report(departures))
    }

    /// Where the page begins (decisions C01, C02).
    fn start(
        &self,
        search: &SearchRequest,
        question: &Question<'_>,
        departures: &mut Vec<Departure>,
    ) -> Result<Start, Fault> {
        let Some(cursor) = &search.cursor else {
            return Ok(Start::Index(search.start_index.unwrap_or(1)));
        };
        let Some(cursors) = &self.shared.cursors else {
            return Err(Fault::not_supported("paging by cursor"));
        };
        if search.start_index.is_some() {
            if !self.shared.protocol.cursor_and_start_index {
                let detail = "`cursor` and `startIndex` exclude each other";
                return Err(ScimError::of(ScimType::InvalidValue, detail).into());
            }
            let tolerance = Tolerance::CursorAndStartIndex;
            departures.push(Departure::new(tolerance, "startIndex", "the cursor wins"));
        }
        Ok(Start::After(match cursor.is_empty() {
            true => None,
            false => Some(cursors.open(question, cursor)?),
        }))
    }

    fn filters(
        &self,
        context: &Context,
        sights: &[Sight],
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
        let parser = Parser::new().policy(&shared.policy);
        let mut parsed = parser.parse(text).map_err(ScimError::from)?;
        for Sight { schema, .. } in sights {
            if let Some(replaced) = shared.compared(context, schema, &parsed)? {
                departures.extend_from_slice(parsed.departures());
                parsed = parser.parse(&replaced).map_err(ScimError::from)?;
            }
        }
        let seen: Vec<_> = sights.iter().map(|sight| &sight.seen).collect();
        let checked = match &*seen {
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
        schemas: &[&ResourceSchema],
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
        let sorts = SortBy::check_types(path, search.sort_order, schemas, &shared.policy);
        let sorts = sorts.map_err(ScimError::from)?;
        if let Some(first) = sorts.first() {
            departures.extend_from_slice(first.departures());
        }
        Ok(sorts)
    }
}

impl Shared {
    /// The types of a query that the client may ask about, as it sees them.
    fn sights(
        &self,
        context: &Context,
        schemas: &[ResourceSchema],
    ) -> Result<Vec<Sight>, ScimError> {
        let mut refused = None;
        let sights = schemas.iter().filter_map(|schema| {
            let sight = self.sight(context, Action::Query, schema, None);
            sight.map_err(|error| refused = Some(error)).ok()
        });
        let sights: Vec<_> = sights.collect();
        match refused {
            Some(error) if sights.is_empty() => Err(error),
            _ => Ok(sights),
        }
    }
}

impl Shared {
    /// The filter with the references that are stored as they lie there; `None` if it names none of a type.
    fn compared(
        &self,
        context: &Context,
        schema: &ResourceSchema,
        filter: &Filter,
    ) -> Result<Option<String>, ScimError> {
        if !self.stores_references(schema) {
            return Ok(None);
        }
        let (registry, base_url) = (&self.registry, &context.base_url);
        let mut filter = filter.clone();
        let see = &mut |of: &Attribute, sub: Option<&Attribute>, text: &str| {
            Ok(references::compared(of, sub, text, registry, base_url))
        };
        let replaced = literals::in_query(schema, &self.policy, &mut filter, see)?;
        Ok(replaced.then(|| filter.to_string()))
    }

    /// Refuses filters that should not stand in a URI (decision Q21).
    fn check_uri(&self, schemas: &[&ResourceSchema], filters: &[Checked]) -> Result<(), ScimError> {
        if self.sensitive.is_empty() {
            return Ok(());
        }
        let of = |name: &String, schema: &ResourceSchema| {
            let path = name.parse::<AttrPath>().ok()?;
            match schema.resolve(&path, &Policy::strict()).ok()? {
                Resolved::Attribute(place) => Some(place.path()),
                _ => None,
            }
        };
        for (schema, filter) in schemas.iter().zip(filters) {
            let asked = filter.attributes();
            let sensitive = self.sensitive.iter().filter_map(|name| of(name, schema));
            for path in sensitive {
                let is_asked = |asked: &AttrPath| {
                    asked.schema() == path.schema()
                        && asked.attr() == path.attr()
                        // Whether all of it is there tells of what is in it.
                        && (path.sub().is_none() || asked.sub().is_none() || asked.sub() == path.sub())
                };
                if asked.iter().any(is_asked) {
                    let detail =
                        format!("a GET may not filter by `{path}`, use POST to `/.search`");
                    return Err(ScimError::of(ScimType::Sensitive, detail));
                }
            }
        }
        Ok(())
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

/// What a list says of itself beside how long it is.
pub(crate) struct Counters {
    pub(crate) total: Option<u64>,
    pub(crate) start_index: Option<u64>,
    pub(crate) next_cursor: Option<String>,
}

/// The message of a page (decisions Q01, Q02).
pub(crate) fn list(counters: Counters, resources: &[String]) -> String {
    let len: usize = resources.iter().map(|resource| resource.len() + 1).sum();
    let mut text = String::with_capacity(len + COUNTERS);
    text.push('{');
    member("schemas", &mut text);
    text.push('[');
    write_json_string(ListResponse::<Value>::SCHEMA, &mut text);
    text.push(']');
    let per_page = u64::try_from(resources.len()).unwrap_or(u64::MAX);
    for (name, number) in [
        ("totalResults", counters.total),
        ("startIndex", counters.start_index),
        ("itemsPerPage", Some(per_page)),
    ] {
        if let Some(number) = number {
            member(name, &mut text);
            text.push_str(&number.to_string());
        }
    }
    if let Some(cursor) = &counters.next_cursor {
        member("nextCursor", &mut text);
        write_json_string(cursor, &mut text);
    }
    member("Resources", &mut text);
    text.push('[');
    for (index, resource) in resources.iter().enumerate() {
        text.push_str(if index > 0 { "," } else { "" });
        text.push_str(resource);
    }
    text.push_str("]}");
    text
}

/// Room for what a list says beside its resources, most times.
const COUNTERS: usize = 256;
