//! [`SortBy`] as `ORDER BY`.

use scim_core::{Comparison, ComparisonKey};

use super::columns::{self, Column, ColumnType, Columns, Held};
use super::test;
use super::text::{Dialect, Sql};
use crate::eval::Predicate;
use crate::{SortBy, SortKey, SortOrder};

impl SortBy {
    /// The terms of an `ORDER BY` that put rows in the order of [`SortBy::compare`]; `None` if the
    /// columns cannot tell it. A column of `id` that holds [`ColumnType::Text`] is needed, since equal
    /// resources are ordered by it (decision Q09).
    ///
    /// An attribute of one value may lie in a table of its own. Of one with several values the
    /// primary element counts, which no column tells (Q11).
    ///
    /// ```
    /// use scim_core::{AttrPath, Policy, builtin};
    /// use scim_filter::sql::{Column, Dialect, Held, ColumnType};
    /// use scim_filter::{SortBy, SortOrder};
    /// let users = |path: &AttrPath| match path.as_str() {
    ///     "id" => Some(Held::from(Column::new("users", "id", ColumnType::Text))),
    ///     "title" => Some(Column::new("users", "title_folded", ColumnType::FoldedText).into()),
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
        let mut sql = Sql::new(dialect);
        if let Some(value) = value {
            test::bytewise(&value, &mut sql);
            sql.push(match self.order() {
                SortOrder::Descending => " DESC NULLS FIRST, ",
                _ => " ASC NULLS LAST, ",
            });
        }
        test::bytewise(&id, &mut sql);
        sql.push(" ASC");
        Some(sql)
    }

    /// The condition of the rows that come behind a place in the order, for the next page of a
    /// result; `None` if the columns cannot tell. Under [`SortBy::to_sql`] the rows of a page and
    /// those behind its last are all, whatever was written in between.
    ///
    /// ```
    /// use scim_core::{AttrPath, Policy, builtin};
    /// use scim_filter::sql::{Column, Dialect, Held, ColumnType};
    /// use scim_filter::{SortBy, SortOrder};
    /// let users = |path: &AttrPath| match path.as_str() {
    ///     "id" => Some(Held::from(Column::new("users", "id", ColumnType::Text))),
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
        let id_key = ComparisonKey::new(&place.id().into(), Comparison::CaseExact)?;
        let behind_id = |sql: &mut Sql| test::predicate(&id, &Predicate::Greater(id_key), sql);
        let mut sql = Sql::new(dialect);
        let Some(value) = value else {
            behind_id(&mut sql)?;
            return Some(sql);
        };
        sql.push("(");
        match (place.value(), self.order()) {
            (None, SortOrder::Descending) => {
                value.write(&mut sql);
                sql.push(" IS NOT NULL OR ");
            }
            (None, _) => {}
            (Some(key), SortOrder::Descending) => {
                test::predicate(&value, &Predicate::Less(key.clone()), &mut sql)?;
                sql.push(" OR ");
            }
            (Some(key), _) => {
                test::predicate(&value, &Predicate::Greater(key.clone()), &mut sql)?;
                sql.push(" OR ");
                value.write(&mut sql);
                sql.push(" IS NULL OR ");
            }
        }
        sql.push("(");
        match place.value() {
            Some(key) => test::predicate(&value, &Predicate::Equals(key.clone()), &mut sql)?,
            None => {
                value.write(&mut sql);
                sql.push(" IS NULL");
            }
        }
        sql.push(" AND ");
        behind_id(&mut sql)?;
        sql.push("))");
        Some(sql)
    }

    fn columns(&self, columns: &impl Columns, dialect: Dialect) -> Option<Order> {
        let Some(Held::Column(id)) = columns.find(&"id".parse().ok()?) else {
            return None;
        };
        // Ids that are stored as numbers have another order.
        if id.column_type() != ColumnType::Text {
            return None;
        }
        let (Some(path), Some(comparison)) = (self.path(), self.comparison()) else {
            // The type lacks the attribute (Q14).
            return Some(Order { value: None, id });
        };
        let value = match columns::locate(columns, &path)? {
            (Held::Column(column), _) => column,
            (Held::Table(table), sub) => table.only(sub, dialect)?,
        };
        let fits = value.column_type().answers(comparison, dialect) && !self.is_multi_valued();
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
