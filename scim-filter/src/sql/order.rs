//! [`SortBy`] as `ORDER BY`.

use scim_core::{Comparison, ComparisonKey, Value};

use super::columns::{Column, Columns, Held};
use super::test;
use super::text::{Dialect, Sql};
use crate::eval::Predicate;
use crate::{SortBy, SortKey, SortOrder};

impl SortBy {
    /// The terms of an `ORDER BY` that put rows in the order of [`SortBy::compare`]; `None` if the
    /// columns cannot tell it. The column of `id` is needed, since equal resources are ordered by it
    /// (decision Q09).
    ///
    /// An attribute of one value may lie in a table of its own. Of one with several values the
    /// primary element counts, which no column tells (Q11).
    ///
    /// ```
    /// use scim_core::{AttrPath, Policy, builtin};
    /// use scim_filter::sql::{Column, Dialect, Held, Holds};
    /// use scim_filter::{SortBy, SortOrder};
    /// let users = |path: &AttrPath| match path.as_str() {
    ///     "id" => Some(Held::from(Column::new("users", "id", Holds::Text))),
    ///     "title" => Some(Column::new("users", "title_folded", Holds::FoldedText).into()),
    ///     _ => None,
    /// };
    /// let by = SortBy::check("title", SortOrder::Ascending, builtin::user_schema(), &Policy::strict())?;
    /// let order = by.to_sql(&users, Dialect::Sqlite).ok_or("no order")?;
    /// assert_eq!(
    ///     order.text(),
    ///     r#""users"."title_folded" COLLATE BINARY ASC NULLS LAST, "users"."id" COLLATE BINARY ASC"#,
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_sql(&self, columns: &impl Columns, dialect: Dialect) -> Option<Sql> {
        let Order { value, id } = self.columns(columns, dialect)?;
        let id = ordered(&id, dialect).and_text(" ASC");
        Some(match value {
            None => id,
            Some(value) => ordered(&value, dialect)
                .and_text(match self.order() {
                    SortOrder::Descending => " DESC NULLS FIRST, ",
                    _ => " ASC NULLS LAST, ",
                })
                .with(&id),
        })
    }

    /// The condition of the rows that come behind a place in the order, for the next page of a
    /// result; `None` if the columns cannot tell. Under [`SortBy::to_sql`] the rows of a page and
    /// those behind its last are all, whatever was written in between.
    ///
    /// ```
    /// use scim_core::{AttrPath, Policy, builtin};
    /// use scim_filter::sql::{Column, Dialect, Held, Holds};
    /// use scim_filter::{SortBy, SortOrder};
    /// let users = |path: &AttrPath| match path.as_str() {
    ///     "id" => Some(Held::from(Column::new("users", "id", Holds::Text))),
    ///     _ => None,
    /// };
    /// let by = SortBy::check("id", SortOrder::Ascending, builtin::user_schema(), &Policy::strict())?;
    /// let last = by.key(&r#"{"id":"u7"}"#.parse()?);
    /// let behind = by.to_sql_after(&last, &users, Dialect::Sqlite).ok_or("no order")?;
    /// assert_eq!(behind.values().len(), 3); // a greater `id`, or an equal one and a greater `id`
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_sql_after(
        &self,
        place: &SortKey,
        columns: &impl Columns,
        dialect: Dialect,
    ) -> Option<Sql> {
        let Order { value, id } = self.columns(columns, dialect)?;
        let text = Value::from(place.id());
        let greater = Predicate::Greater(ComparisonKey::new(&text, Comparison::CaseExact)?);
        let behind_id = test::predicate(&id, &greater, dialect)?;
        let Some(value) = value else {
            return Some(behind_id);
        };
        let is_descending = self.order() == SortOrder::Descending;
        let null = value.sql(dialect).and_text(" IS NULL");
        let (equal, behind) = match (place.value(), is_descending) {
            (None, false) => (null, None),
            (None, true) => (null, Some(value.sql(dialect).and_text(" IS NOT NULL"))),
            (Some(key), _) => {
                let of = |predicate: Predicate| test::predicate(&value, &predicate, dialect);
                let equal = of(Predicate::Equals(key.clone()))?;
                let behind = match is_descending {
                    true => of(Predicate::Less(key.clone()))?,
                    false => {
                        let greater = of(Predicate::Greater(key.clone()))?;
                        Sql::list(dialect, vec![greater, null], false)
                    }
                };
                (equal, Some(behind))
            }
        };
        let tied = Sql::list(dialect, vec![equal, behind_id], true);
        let all = behind.into_iter().chain([tied]);
        Some(Sql::list(dialect, all.collect(), false))
    }

    fn columns(&self, columns: &impl Columns, dialect: Dialect) -> Option<Order> {
        let Some(Held::Column(id)) = columns.find(&"id".parse().ok()?) else {
            return None;
        };
        let (Some(path), Some(comparison)) = (self.path(), self.comparison()) else {
            // The type lacks the attribute (Q14).
            return Some(Order { value: None, id });
        };
        let value = match columns.find(&path)? {
            Held::Column(column) => column,
            Held::Table(table) => table.only(dialect)?,
        };
        let fits = value.holds().answers(comparison, dialect) && !self.is_multi_valued();
        fits.then_some(Order {
            value: Some(value),
            id,
        })
    }
}

/// The columns that rows are ordered by.
struct Order {
    value: Option<Column>,
    id: Column,
}

fn ordered(column: &Column, dialect: Dialect) -> Sql {
    let value = column.sql(dialect);
    match column.holds().is_text() {
        true => test::bytewise(value, dialect),
        false => value,
    }
}
