//! Queries: which resources, in which order, and the page of them.

use std::collections::BTreeSet;

use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};
use scim_core::{Resource, ResourceSchema};
use scim_filter::{Checked, SortBy, SortKey};
use scim_server::{Page, Query, Start, StoreError, Tenant};

use super::failure;
use super::keys;
use super::members;
use super::rows::{self, Parts, Row};

/// The page a query asks for, and how many resources it selects in all.
pub(super) fn page(
    connection: &Connection,
    tenant: &Tenant,
    query: &Query,
) -> Result<Page, StoreError> {
    if query.filters.is_empty() && query.sorts.is_empty() {
        return page_of_all(connection, tenant, query);
    }
    let mut found: Vec<(Option<SortKey>, i64)> = Vec::new();
    for (schema, filter, sort) in query.parts() {
        let selection = Selection {
            connection,
            tenant,
            query,
            schema,
            filter,
            sort,
        };
        selection.collect(&mut found)?;
    }
    // Without a sort by creation order alone (decision Q08).
    found.sort();
    let total = found.len() as u64;
    let skip = match &query.start {
        Start::Index(index) => usize::try_from(index.saturating_sub(1)).unwrap_or(usize::MAX),
        Start::After(None) => 0,
        Start::After(Some(text)) => {
            let after = read_place(text, !query.sorts.is_empty())?;
            found.partition_point(|at| *at <= after)
        }
    };
    let rest = found.get(skip..).unwrap_or_default();
    let (on_page, more) = rest.split_at(query.count.min(rest.len()));
    let next = match (&query.start, on_page.last()) {
        (Start::After(_), Some((key, seq))) if !more.is_empty() => {
            let key = key.as_ref().map(SortKey::to_string);
            Some(key.unwrap_or_else(|| seq.to_string()))
        }
        _ => None,
    };
    let mut resources = Vec::new();
    for (_, seq) in on_page {
        let Some((row, name)) = row_and_type(connection, *seq)? else {
            continue;
        };
        let schema = schema_of(&query.types, &name)?;
        let parts = Parts::wanted(schema, &query.wants);
        resources.push(rows::load(connection, tenant, schema, row, parts)?);
    }
    Ok(Page::new(total, resources).followed_by(next))
}

/// The place in the order that a page named as its last.
fn read_place(text: &str, sorted: bool) -> Result<(Option<SortKey>, i64), StoreError> {
    let place = match sorted {
        // The key ends in the id, so no other resource has it.
        true => text.parse().ok().map(|key| (Some(key), i64::MAX)),
        false => text.parse().ok().map(|seq| (None, seq)),
    };
    place.ok_or(StoreError::Place)
}

/// A page in creation order, counted and cut by the database.
fn page_of_all(
    connection: &Connection,
    tenant: &Tenant,
    query: &Query,
) -> Result<Page, StoreError> {
    let marks = vec!["?"; query.types.len()].join(", ");
    let mut values: Vec<SqlValue> = vec![tenant.as_str().to_owned().into()];
    let types = query.types.iter().map(|schema| schema.resource_type());
    values.extend(types.map(|of| of.name.clone().into()));
    let count = format!("SELECT count(*) FROM resource WHERE tenant = ? AND type IN ({marks})");
    let total: i64 = connection
        .prepare_cached(&count)
        .and_then(|mut s| s.query_row(params_from_iter(&values), |row| row.get(0)))
        .map_err(failure)?;
    let sql = format!(
        "SELECT {}, type FROM resource WHERE tenant = ? AND type IN ({marks}) AND seq > ?
         ORDER BY seq LIMIT ? OFFSET ?",
        Row::COLUMNS
    );
    let (after, offset) = match &query.start {
        Start::Index(index) => (i64::MIN, index.saturating_sub(1)),
        Start::After(None) => (i64::MIN, 0),
        Start::After(Some(text)) => (read_place(text, false)?.1, 0),
    };
    // One more than the page holds tells whether another follows.
    let limit = query.count.saturating_add(1);
    values.push(after.into());
    values.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    values.push(i64::try_from(offset).unwrap_or(i64::MAX).into());
    let mut statement = connection.prepare_cached(&sql).map_err(failure)?;
    let found = statement
        .query_map(params_from_iter(&values), |row| {
            Ok((Row::read(row)?, row.get::<_, String>(5)?))
        })
        .map_err(failure)?;
    let mut resources = Vec::new();
    let mut last = None;
    let mut next = None;
    for row in found {
        let (row, name) = row.map_err(failure)?;
        if resources.len() == query.count {
            next = last.map(|seq: i64| seq.to_string());
            break;
        }
        last = Some(row.seq);
        let schema = schema_of(&query.types, &name)?;
        let parts = Parts::wanted(schema, &query.wants);
        resources.push(rows::load(connection, tenant, schema, row, parts)?);
    }
    let page = Page::new(u64::try_from(total).unwrap_or_default(), resources);
    Ok(match query.start {
        Start::Index(_) => page,
        Start::After(_) => page.followed_by(next),
    })
}

/// What a query asks of one type.
struct Selection<'q> {
    connection: &'q Connection,
    tenant: &'q Tenant,
    query: &'q Query,
    schema: &'q ResourceSchema,
    filter: Option<&'q Checked>,
    sort: Option<&'q SortBy>,
}

impl Selection<'_> {
    /// Adds the resources that match, each with the key it sorts by. An index narrows what is read; the filter judges.
    fn collect(&self, found: &mut Vec<(Option<SortKey>, i64)>) -> Result<(), StoreError> {
        let view = self.view();
        let mut judge = |row: Row| {
            let seq = row.seq;
            let resource = self.resource(row, &view)?;
            if self.filter.is_none_or(|filter| filter.matches(&resource)) {
                found.push((self.sort.map(|sort| sort.key(&resource)), seq));
            }
            Ok::<(), StoreError>(())
        };
        let name = self.schema.resource_type().name.as_str();
        if let Some(candidates) = self.candidates()? {
            for seq in candidates {
                match row_and_type(self.connection, seq)? {
                    Some((row, of)) if of == name => judge(row)?,
                    _ => {}
                }
            }
            return Ok(());
        }
        let sql = format!(
            "SELECT {} FROM resource WHERE tenant = ?1 AND type = ?2 ORDER BY seq",
            Row::COLUMNS
        );
        let mut statement = self.connection.prepare_cached(&sql).map_err(failure)?;
        let rows = statement
            .query_map(params![self.tenant.as_str(), name], Row::read)
            .map_err(failure)?;
        for row in rows {
            judge(row.map_err(failure)?)?;
        }
        Ok(())
    }

    /// What may match, by the narrowest index that speaks of a term that has to hold; `None` if none does.
    fn candidates(&self) -> Result<Option<BTreeSet<i64>>, StoreError> {
        let mut narrowest: Option<BTreeSet<i64>> = None;
        for equality in self.filter.map(Checked::equalities).unwrap_or_default() {
            let texts = equality.keys().iter().map(|key| key.to_text());
            let path = equality.path();
            let found = match path.as_str() {
                "id" => rows::with_ids(self.connection, self.tenant, texts)?,
                "members" | "members.value" => {
                    members::holders(self.connection, self.tenant, texts)?
                }
                _ => match keys::look_up_name(self.schema, path) {
                    Some(name) => keys::look_up(self.connection, self.tenant, &name, texts)?,
                    None => continue,
                },
            };
            if narrowest
                .as_ref()
                .is_none_or(|narrowest| found.len() < narrowest.len())
            {
                narrowest = Some(found);
            }
        }
        Ok(narrowest)
    }

    /// What filter and sort look at beyond the document.
    fn view(&self) -> View {
        let mut names: Vec<String> = Vec::new();
        let mut references = false;
        let filtered = self.filter.map(Checked::attributes).unwrap_or_default();
        for path in filtered.iter().chain(&self.sort.and_then(SortBy::path)) {
            names.extend(path.schema().is_none().then(|| path.attr().to_owned()));
            references |= path.sub() == Some("$ref");
        }
        let touches = |name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
        View {
            parts: Parts {
                members: touches(members::ATTRIBUTE),
                groups: touches("groups"),
            },
            // A sort falls back on the id where its keys are equal (decision Q09).
            is_whole: self.sort.is_some()
                || references
                || ["schemas", "id", "meta", "groups"].into_iter().any(touches),
        }
    }

    fn resource(&self, row: Row, view: &View) -> Result<Resource, StoreError> {
        let stored = rows::load(self.connection, self.tenant, self.schema, row, view.parts)?;
        Ok(match view.is_whole {
            true => self.query.complete(&stored, self.schema),
            false => stored.into_resource(),
        })
    }
}

struct View {
    parts: Parts,
    /// Whether an attribute is looked at that is not stored.
    is_whole: bool,
}

fn row_and_type(connection: &Connection, seq: i64) -> Result<Option<(Row, String)>, StoreError> {
    let sql = format!("SELECT {}, type FROM resource WHERE seq = ?1", Row::COLUMNS);
    connection
        .prepare_cached(&sql)
        .and_then(|mut statement| {
            statement
                .query_row([seq], |row| Ok((Row::read(row)?, row.get(5)?)))
                .optional()
        })
        .map_err(failure)
}

fn schema_of<'s>(
    types: &'s [ResourceSchema],
    name: &str,
) -> Result<&'s ResourceSchema, StoreError> {
    types
        .iter()
        .find(|schema| schema.resource_type().name == name)
        .ok_or_else(|| StoreError::failed("a row of a type that was not asked for"))
}
