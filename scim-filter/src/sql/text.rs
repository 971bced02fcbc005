//! [`Sql`]: text with the values it binds.

use std::fmt::Write as _;

/// Whose SQL is written. Databases that speak PostgreSQL's protocol take its dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite 3.30 or later, text in UTF-8. Parameters are `?1`, `?2`, ….
    Sqlite,
    /// PostgreSQL 12 or later, text in UTF-8. Parameters are `$1`, `$2`, …, each with its type.
    Postgres,
}

/// A value to bind.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever binds the values must meet every case"
)]
pub enum SqlValue {
    /// A text; `text` in PostgreSQL. It has no U+0000 there, which PostgreSQL does not take.
    Text(String),
    /// An integer; `bigint` in PostgreSQL.
    Integer(i64),
    /// A truth value; `boolean` in PostgreSQL, 0 or 1 in SQLite.
    Boolean(bool),
}

/// A piece of SQL and the values it binds, in the order of its parameters. No text of a filter ever
/// stands in the SQL itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sql {
    dialect: Dialect,
    text: String,
    /// Where in `text` each parameter stands. INVARIANT: ascending, one for each value.
    parameters: Vec<usize>,
    values: Vec<SqlValue>,
}

impl Sql {
    /// The text, its parameters numbered from 1.
    pub fn text(&self) -> String {
        self.text_from(1)
    }

    /// The text, its parameters numbered from `first`, to stand in a statement that has others.
    pub fn text_from(&self, first: usize) -> String {
        let mut out = String::with_capacity(self.text.len() + 12 * self.values.len());
        let mut rest = self.text.as_str();
        let mut written = 0;
        for (index, (value, at)) in self.values.iter().zip(&self.parameters).enumerate() {
            let (before, after) = rest.split_at_checked(at - written).unwrap_or((rest, ""));
            out.push_str(before);
            (rest, written) = (after, *at);
            let number = first + index;
            // Writing to a string cannot fail.
            let _ = match (self.dialect, value) {
                (Dialect::Sqlite, _) => write!(out, "?{number}"),
                (Dialect::Postgres, SqlValue::Text(_)) => write!(out, "${number}::text"),
                (Dialect::Postgres, SqlValue::Integer(_)) => write!(out, "${number}::bigint"),
                (Dialect::Postgres, SqlValue::Boolean(_)) => write!(out, "${number}::boolean"),
            };
        }
        out.push_str(rest);
        out
    }

    /// What to bind, in the order of the parameters.
    pub fn values(&self) -> &[SqlValue] {
        &self.values
    }

    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            // Room for a term or two.
            text: String::with_capacity(256),
            parameters: Vec::new(),
            values: Vec::new(),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A name, quoted.
    pub(super) fn push_name(&mut self, name: &str) {
        self.text.push('"');
        for (index, part) in name.split('"').enumerate() {
            self.text.push_str(if index > 0 { "\"\"" } else { "" });
            self.text.push_str(part);
        }
        self.text.push('"');
    }

    /// A column of a table, both quoted.
    pub(super) fn push_column(&mut self, table: &str, column: &str) {
        self.push_name(table);
        self.text.push('.');
        self.push_name(column);
    }

    /// A parameter.
    pub(super) fn push_value(&mut self, value: SqlValue) {
        self.parameters.push(self.text.len());
        self.values.push(value);
    }

    pub(super) fn push_sql(&mut self, other: &Self) {
        let start = self.text.len();
        self.text.push_str(&other.text);
        let parameters = other.parameters.iter().map(|at| start + at);
        self.parameters.extend(parameters);
        self.values.extend(other.values.iter().cloned());
    }

    /// How far it goes, for [`Sql::cut`].
    pub(super) fn mark(&self) -> Mark {
        Mark {
            text: self.text.len(),
            values: self.values.len(),
        }
    }

    /// Takes back what was written after the mark.
    pub(super) fn cut(&mut self, mark: Mark) {
        self.text.truncate(mark.text);
        self.parameters.truncate(mark.values);
        self.values.truncate(mark.values);
    }
}

/// A place in an [`Sql`] that is being written.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    text: usize,
    values: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_in_the_order_of_the_text() {
        let value = |text: &str| SqlValue::Text(text.to_owned());
        let mut inner = Sql::new(Dialect::Postgres);
        inner.push("b = ");
        inner.push_value(value("2"));
        inner.push(" + ");
        inner.push_value(SqlValue::Integer(3));
        let mut sql = Sql::new(Dialect::Postgres);
        sql.push_value(value("1"));
        sql.push(" = a");
        let mark = sql.mark();
        sql.push_sql(&inner);
        sql.cut(mark);
        sql.push(" AND ");
        sql.push_sql(&inner);
        sql.push(";");
        assert_eq!(sql.text(), "$1::text = a AND b = $2::text + $3::bigint;");
        assert_eq!(
            sql.text_from(5),
            "$5::text = a AND b = $6::text + $7::bigint;"
        );
        assert_eq!(sql.values(), [value("1"), value("2"), SqlValue::Integer(3)]);
    }

    #[test]
    fn names_are_quoted() {
        let mut sql = Sql::new(Dialect::Sqlite);
        sql.push_name("a\"; DROP TABLE b; --\"");
        assert_eq!(sql.text(), "\"a\"\"; DROP TABLE b; --\"\"\"");
    }
}
