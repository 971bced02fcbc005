//! Queries: which resources, in which order, and the page of them.

use rusqlite::{Connection, OptionalExtension as _, params_from_iter};
use scim_core::ResourceSchema;
use scim_filter::sql::{Dialect, Sql, SqlFilter};
use scim_filter::{Checked, SortBy};
use scim_server::{Page, Position, Query, Start, StoreError, StoreOptions, Stored, Tenant};

use super::columns::Tables;
use super::failure;
use super::judge::Judge;
use super::readers;
use super::rows::{self, Parts, Row};
use super::statement::Statement;

/// The page a query asks for, and how many resources it selects in all.
pub(super) fn page(
    connection: &Connection,
    tenant: &Tenant,
    query: &Query,
    options: StoreOptions,
) -> Result<Page, StoreError> {
    let selection = Selection::new(connection, tenant, query, options);
    readers::begin(connection)?;
    match selection.order() {
        Some(order) if selection.is_exact() => selection.page_of_database(&order),
        _ => selection.page_of_rows(),
    }
}

/// The statements that answer the query.
#[cfg(test)]
pub(super) fn plan(connection: &Connection, tenant: &Tenant, query: &Query) -> Vec<Statement> {
    let selection = Selection::new(connection, tenant, query, StoreOptions::default());
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
    options: StoreOptions,
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
    fn new(
        connection: &'q Connection,
        tenant: &'q Tenant,
        query: &'q Query,
        options: StoreOptions,
    ) -> Self {
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
            options,
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
        let is_filtered = parts.iter().any(|part| part.filter.is_some());
        if let ([_, _, ..], true) = (parts, is_filtered) {
            // SQLite would look for several types at once without the index of any condition.
            statement.text(" FROM resource WHERE seq IN (");
            for (index, part) in parts.iter().enumerate() {
                statement.text(if index > 0 { " UNION ALL " } else { "" });
                statement.text("SELECT seq");
                self.rows_among(std::slice::from_ref(part), &mut statement);
            }
            statement.text(")");
        } else {
            self.rows_among(parts, &mut statement);
        }
        statement
    }

    fn rows_among(&self, parts: &[Part<'_>], statement: &mut Statement) {
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
    }

    /// The rows of the page and one more, which tells whether another page follows.
    fn rows_on_page(&self, order: &Order<'_>) -> Result<Statement, StoreError> {
        let mut statement = self.rows_of(&Self::columns(), &self.parts);
        if let Some(last) = self.query.position()? {
            self.behind(last, &mut statement)?;
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

    /// Adds that rows come behind the last one of the page before.
    fn behind(&self, last: Position, statement: &mut Statement) -> Result<(), StoreError> {
        match (last.key, self.parts.as_slice()) {
            (None, _) => {
                statement.text(" AND seq > ");
                statement.value(i64::try_from(last.number).unwrap_or(i64::MAX));
            }
            (Some(key), [Part { schema, sort, .. }]) => {
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
        let mut found = Vec::new();
        for part in &self.parts {
            let judge = Judge::new(self.connection, self.tenant, self.query, self.options, part);
            let statement = self.rows_of(&Self::columns(), std::slice::from_ref(part));
            self.each(&statement, |row, _| {
                let seq = row.seq;
                let at = |key| Position::new(key, u64::try_from(seq).unwrap_or_default());
                found.extend(judge.matching(row)?.map(|key| (at(key), seq)));
                Ok(())
            })?;
        }
        let cut = self.query.cut(found)?;
        let mut resources = Vec::new();
        for seq in cut.resources {
            if let Some((row, name)) = row_and_type(self.connection, seq)? {
                resources.push(self.load(row, &name)?);
            }
        }
        Ok(Page::new(cut.total, resources).followed_by(cut.next))
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
        let parts = Parts::wanted(schema, &self.query.wants, self.options);
        rows::load(self.connection, self.tenant, schema, row, parts)
    }
}

impl Part<'_> {
    /// What the database leaves to be decided on the rows.
    pub(super) fn residual(&self) -> Option<&Checked> {
        self.filter.as_ref().and_then(SqlFilter::residual)
    }
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
