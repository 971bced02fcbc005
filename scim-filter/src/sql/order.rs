//! [`SortBy`] as `ORDER BY`.

use super::columns::{Columns, Held};
use super::test::bytewise;
use super::text::{Dialect, Sql};
use crate::{SortBy, SortOrder};

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
        let ordered = |value: Sql, is_text: bool| match is_text {
            true => bytewise(value, dialect),
            false => value,
        };
        let Some(Held::Column(id)) = columns.find(&"id".parse().ok()?) else {
            return None;
        };
        let id = ordered(id.sql(dialect), id.holds().is_text()).and_text(" ASC");
        let (Some(path), Some(comparison)) = (self.path(), self.comparison()) else {
            // The type lacks the attribute (Q14).
            return Some(id);
        };
        let (value, holds) = match columns.find(&path)? {
            Held::Column(column) => (column.sql(dialect), column.holds()),
            Held::Table(table) => {
                let column = table.find(None)?;
                (table.only(&column, dialect), column.holds())
            }
        };
        (holds.answers(comparison, dialect) && !self.is_multi_valued()).then(|| {
            let direction = match self.order() {
                SortOrder::Descending => " DESC NULLS FIRST, ",
                _ => " ASC NULLS LAST, ",
            };
            ordered(value, holds.is_text())
                .and_text(direction)
                .with(&id)
        })
    }
}
