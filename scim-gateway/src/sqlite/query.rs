//! Queries: which resources, in which order, and the page of them.

use rusqlite::{Connection, OptionalExtension as _, params_from_iter};
use scim_core::ResourceSchema;
use scim_filter::sql::{Dialect, Sql, SqlFilter};
use scim_filter::{Checked, SortBy, SortKey};
use scim_server::{Page, Query, Start, StoreError, Stored, Tenant};

use super::columns::Tables;
use super::failure;
use super::judge::Judge;
use super::rows::{self, Parts, Row};
use super::statement::Statement;

/// The page a query asks for, and how many resources it selects in all.
pub(super) fn page(
    connection: &Connection,
    tenant: &Tenant,
    query: &Query,
) -> Result<Page, StoreError> {
    let selection = Selection::new(connection, tenant, query);
    match selection.order() {
        Some(order) if selection.is_exact() => selection.page_of_database(&order),
        _ => selection.page_of_rows(),
    }
}

/// The statements that answer the query.
#[cfg(test)]
pub(super) fn plan(connection: &Connection, tenant: &Tenant, query: &Query) -> Vec<Statement> {
    let selection = Selection::new(connection, tenant, query);
    let order = selection.order().unwrap_or(Order::Created);
    vec![
        selection.rows_on_page(&order).unwrap(),
        selection.rows_of("SELECT count(*)", &selection.parts),
    ]
}

/// What a query asks of the database.
struct Selection<'q> {
    connection: &'q Connection,
    tenant: &'q Tenant,
    query: &'q Query,
    parts: Vec<Part<'q>>,
}

/// What it asks of one type.
pub(super) struct Part<'q> {
    pub(super) schema: &'q ResourceSchema,
    filter: Option<SqlFilter>,
    pub(super) sort: Option<&'q SortBy>,
    order: Option<Sql>,
}

/// How the database orders the rows.
enum Order<'s> {
    /// By creation (decision Q08).
    Created,
    By(&'s Sql),
}

impl<'q> Selection<'q> {
    fn new(connection: &'q Connection, tenant: &'q Tenant, query: &'q Query) -> Self {
        let parts = query.parts().map(|(schema, filter, sort)| {
            let tables = Tables { tenant, schema };
            Part {
                schema,
                sort,
                filter: filter.map(|filter| filter.to_sql(&tables, Dialect::Sqlite)),
                order: sort.and_then(|sort| sort.to_sql(&tables, Dialect::Sqlite)),
            }
        });
        Self {
            connection,
            tenant,
            query,
            parts: parts.collect(),
        }
    }

    /// Whether the conditions alone say what matches.
    fn is_exact(&self) -> bool {
        self.parts.iter().all(|part| part.residual().is_none())
    }

    /// The order, if the database can tell it. Rows of several types are merged by their keys.
    fn order(&self) -> Option<Order<'_>> {
        match self.parts.as_slice() {
            parts if parts.iter().all(|part| part.sort.is_none()) => Some(Order::Created),
            [part] => part.order.as_ref().map(Order::By),
            _ => None,
        }
    }

    /// ` FROM …` and the conditions of some of the types.
    fn rows_of(&self, select: &str, parts: &[Part<'_>]) -> Statement {
        let mut statement = Statement::new(select);
        statement.text(" FROM resource WHERE tenant = ");
        statement.value(self.tenant.as_str().to_owned());
        statement.text(" AND (");
        for (index, part) in parts.iter().enumerate() {
            statement.text(if index > 0 { " OR type = " } else { "type = " });
            statement.value(part.schema.resource_type().name.clone());
            if let Some(filter) = &part.filter {
                statement.text(" AND ");
                statement.sql(filter.condition());
            }
        }
        statement.text(")");
        statement
    }

    /// The rows of the page and one more, which tells whether another page follows.
    fn rows_on_page(&self, order: &Order<'_>) -> Result<Statement, StoreError> {
        let mut statement = self.rows_of(&Self::columns(), &self.parts);
        if let Start::After(Some(text)) = &self.query.start {
            self.behind(text, order, &mut statement)?;
        }
        statement.text(" ORDER BY ");
        match order {
            Order::Created => statement.text("seq"),
            Order::By(order) => statement.sql(order),
        }
        let limit = self.query.count.saturating_add(1);
        statement.text(" LIMIT ");
        statement.value(i64::try_from(limit).unwrap_or(i64::MAX));
        statement.text(" OFFSET ");
        statement.value(i64::try_from(self.offset()).unwrap_or(i64::MAX));
        Ok(statement)
    }

    fn offset(&self) -> u64 {
        match self.query.start {
            Start::Index(index) => index.saturating_sub(1),
            Start::After(_) => 0,
        }
    }

    fn columns() -> String {
        format!("SELECT {}, type", Row::COLUMNS)
    }

    /// Counted, ordered and cut by the database.
    fn page_of_database(&self, order: &Order<'_>) -> Result<Page, StoreError> {
        let statement = self.rows_on_page(order)?;
        let mut found = Vec::new();
        self.each(&statement, |row, name| {
            found.push((row, name));
            Ok(())
        })?;
        let more = found.len() > self.query.count;
        found.truncate(self.query.count);
        let last = found.last().map(|(row, _)| row.seq);
        let is_first = matches!(self.query.start, Start::Index(0..=1) | Start::After(None));
        let total = match is_first && !more {
            true => found.len() as u64,
            false => self.count()?,
        };
        let resources = found
            .into_iter()
            .map(|(row, name)| self.load(row, &name))
            .collect::<Result<Vec<_>, _>>()?;
        let next = match (&self.query.start, last, resources.last()) {
            (Start::After(_), Some(seq), Some(last)) if more => Some(self.place(seq, last)?),
            _ => None,
        };
        Ok(Page::new(total, resources).followed_by(next))
    }

    fn count(&self) -> Result<u64, StoreError> {
        let statement = self.rows_of("SELECT count(*)", &self.parts);
        let total: i64 = self
            .connection
            .prepare_cached(&statement.text)
            .and_then(|mut s| s.query_row(params_from_iter(&statement.values), |row| row.get(0)))
            .map_err(failure)?;
        Ok(u64::try_from(total).unwrap_or_default())
    }

    /// Adds that rows come behind the place that a page named as its last.
    fn behind(
        &self,
        text: &str,
        order: &Order<'_>,
        statement: &mut Statement,
    ) -> Result<(), StoreError> {
        let place = read_place(text, matches!(order, Order::By(_)))?;
        match (place, self.parts.as_slice()) {
            ((None, seq), _) => {
                statement.text(" AND seq > ");
                statement.value(seq);
            }
            ((Some(key), _), [Part { schema, sort, .. }]) => {
                let tables = Tables {
                    tenant: self.tenant,
                    schema,
                };
                let behind =
                    sort.and_then(|sort| sort.to_sql_after(&key, &tables, Dialect::Sqlite));
                statement.text(" AND ");
                statement.sql(&behind.ok_or(StoreError::Place)?);
            }
            _ => return Err(StoreError::Place),
        }
        Ok(())
    }

    /// The place of the last resource on a page.
    fn place(&self, seq: i64, last: &Stored) -> Result<String, StoreError> {
        let schema = schema_of(&self.query.types, &last.resource_type)?;
        Ok(match self.parts.first().and_then(|part| part.sort) {
            None => seq.to_string(),
            Some(sort) => sort.key(&self.query.complete(last, schema)).to_string(),
        })
    }

    /// Narrowed by the database, decided and ordered here.
    fn page_of_rows(&self) -> Result<Page, StoreError> {
        let mut found: Vec<(Option<SortKey>, i64)> = Vec::new();
        for part in &self.parts {
            let judge = Judge::new(self.connection, self.tenant, self.query, part);
            let statement = self.rows_of(&Self::columns(), std::slice::from_ref(part));
            self.each(&statement, |row, _| {
                let seq = row.seq;
                found.extend(judge.matching(row)?.map(|key| (key, seq)));
                Ok(())
            })?;
        }
        found.sort();
        let total = found.len() as u64;
        let skip = match &self.query.start {
            Start::Index(index) => usize::try_from(index.saturating_sub(1)).unwrap_or(usize::MAX),
            Start::After(None) => 0,
            Start::After(Some(text)) => {
                let after = read_place(text, !self.query.sorts.is_empty())?;
                found.partition_point(|at| *at <= after)
            }
        };
        let rest = found.get(skip..).unwrap_or_default();
        let (on_page, more) = rest.split_at(self.query.count.min(rest.len()));
        let next = match (&self.query.start, on_page.last()) {
            (Start::After(_), Some((key, seq))) if !more.is_empty() => {
                let key = key.as_ref().map(SortKey::to_string);
                Some(key.unwrap_or_else(|| seq.to_string()))
            }
            _ => None,
        };
        let mut resources = Vec::new();
        for (_, seq) in on_page {
            if let Some((row, name)) = row_and_type(self.connection, *seq)? {
                resources.push(self.load(row, &name)?);
            }
        }
        Ok(Page::new(total, resources).followed_by(next))
    }

    /// Shows every row of a statement, with its type.
    fn each(
        &self,
        statement: &Statement,
        mut show: impl FnMut(Row, String) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut prepared = self
            .connection
            .prepare_cached(&statement.text)
            .map_err(failure)?;
        let rows = prepared
            .query_map(params_from_iter(&statement.values), |row| {
                Ok((Row::read(row)?, row.get(5)?))
            })
            .map_err(failure)?;
        for row in rows {
            let (row, name) = row.map_err(failure)?;
            show(row, name)?;
        }
        Ok(())
    }

    fn load(&self, row: Row, name: &str) -> Result<Stored, StoreError> {
        let schema = schema_of(&self.query.types, name)?;
        let parts = Parts::wanted(schema, &self.query.wants);
        rows::load(self.connection, self.tenant, schema, row, parts)
    }
}

impl Part<'_> {
    /// What the database leaves to be decided on the rows.
    pub(super) fn residual(&self) -> Option<&Checked> {
        self.filter.as_ref().and_then(SqlFilter::residual)
    }
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
