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
    /// Most tests that one condition has: 256, as many as the parser takes terms by default, so that
    /// the nesting of the expression stays far below SQLite's 1,000.
    pub const MAX_TERMS: usize = 256;

    /// Most values that the tests of one condition bind: 10,000, of the 32,766 that SQLite and the
    /// 65,535 that PostgreSQL allow in a statement.
    pub const MAX_VALUES: usize = 10_000;

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

    pub(super) fn new(dialect: Dialect, text: &str) -> Self {
        Self {
            dialect,
            text: text.to_owned(),
            parameters: Vec::new(),
            values: Vec::new(),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// All of the conditions, or any of them.
    pub(super) fn list(dialect: Dialect, conditions: Vec<Self>, all: bool) -> Self {
        let (word, of_none) = if all {
            ("AND", "TRUE")
        } else {
            ("OR", "FALSE")
        };
        let count = conditions.len();
        let mut conditions = conditions.into_iter();
        match (conditions.next(), count) {
            (None, _) => Self::new(dialect, of_none),
            (Some(only), 1) => only,
            (Some(first), _) => {
                let mut sql = Self::new(dialect, "(").with(&first);
                for condition in conditions {
                    sql = sql.and_text(&format!(" {word} ")).with(&condition);
                }
                sql.and_text(")")
            }
        }
    }

    pub(super) fn and_text(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// A name, quoted.
    pub(super) fn and_name(mut self, name: &str) -> Self {
        self.text.push('"');
        self.text.push_str(&name.replace('"', "\"\""));
        self.text.push('"');
        self
    }

    /// A parameter.
    pub(super) fn and_value(mut self, value: SqlValue) -> Self {
        self.parameters.push(self.text.len());
        self.values.push(value);
        self
    }

    /// The other piece behind this one.
    pub(super) fn with(mut self, other: &Self) -> Self {
        let start = self.text.len();
        self.text.push_str(&other.text);
        let parameters = other.parameters.iter().map(|at| start + at);
        self.parameters.extend(parameters);
        self.values.extend(other.values.iter().cloned());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_in_the_order_of_the_text() {
        let value = |text: &str| SqlValue::Text(text.to_owned());
        let inner = Sql::new(Dialect::Postgres, "b = ")
            .and_value(value("2"))
            .and_text(" + ")
            .and_value(SqlValue::Integer(3));
        let sql = Sql::new(Dialect::Postgres, "")
            .and_value(value("1"))
            .and_text(" = a AND ")
            .with(&inner)
            .and_text(";");
        assert_eq!(sql.text(), "$1::text = a AND b = $2::text + $3::bigint;");
        assert_eq!(
            sql.text_from(5),
            "$5::text = a AND b = $6::text + $7::bigint;"
        );
        assert_eq!(sql.values(), [value("1"), value("2"), SqlValue::Integer(3)]);
    }

    #[test]
    fn names_are_quoted() {
        let sql = Sql::new(Dialect::Sqlite, "").and_name("a\"; DROP TABLE b; --");
        assert_eq!(sql.text(), "\"a\"\"; DROP TABLE b; --\"");
    }
}
