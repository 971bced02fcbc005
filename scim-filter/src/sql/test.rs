//! Tests of one column. Each is true or false, never NULL.

use super::columns::{Column, Holds};
use super::operand::Operand;
use super::text::{Dialect, Sql, SqlValue};
use crate::eval::Predicate;
use scim_core::ComparisonKey;

/// Whether the column has a value that is not empty (decision F16).
pub(super) fn present(column: &Column, dialect: Dialect) -> Sql {
    let value = column.sql(dialect);
    match column.holds().is_text() {
        true => Test { column, dialect }.guarded(&bytewise(value, dialect).and_text(" <> ''")),
        false => value.and_text(" IS NOT NULL"),
    }
}

/// Whether the column has a value of which the predicate holds; `None` if the column cannot tell.
pub(super) fn predicate(column: &Column, predicate: &Predicate, dialect: Dialect) -> Option<Sql> {
    let test = Test { column, dialect };
    match predicate {
        Predicate::Equals(key) => test.among(std::slice::from_ref(key)),
        Predicate::Among(keys) => test.among(keys),
        Predicate::Contains(key) => test.contains(key),
        Predicate::StartsWith(key) => test.starts_with(key),
        Predicate::EndsWith(key) => test.ends_with(key),
        Predicate::Greater(key) => test.ordered(key, ">", ">"),
        Predicate::GreaterOrEqual(key) => test.ordered(key, ">=", ">"),
        Predicate::Less(key) => test.ordered(key, "<", "<="),
        Predicate::LessOrEqual(key) => test.ordered(key, "<=", "<="),
    }
}

/// The column as text that compares byte by byte, whatever collation it was declared with.
pub(super) fn bytewise(value: Sql, dialect: Dialect) -> Sql {
    value.and_text(match dialect {
        Dialect::Sqlite => " COLLATE BINARY",
        Dialect::Postgres => " COLLATE \"C\"",
    })
}

struct Test<'c> {
    column: &'c Column,
    dialect: Dialect,
}

impl Test<'_> {
    /// The test, false where there is no value.
    fn guarded(&self, test: &Sql) -> Sql {
        Sql::new(self.dialect, "(")
            .with(&self.column.sql(self.dialect))
            .and_text(" IS NOT NULL AND ")
            .with(test)
            .and_text(")")
    }

    fn operand(&self, key: &ComparisonKey) -> Option<Operand> {
        Operand::new(key, self.column.holds(), self.dialect)
    }

    /// The column on the left side of an order.
    fn left(&self) -> Sql {
        let value = self.column.sql(self.dialect);
        match self.column.holds().is_text() {
            true => bytewise(value, self.dialect),
            false => value,
        }
    }

    fn bind(&self, sql: Sql, value: SqlValue) -> Sql {
        let sql = sql.and_value(value);
        match self.column.holds() {
            Holds::Numeric => sql.and_text("::numeric"),
            Holds::Timestamp => sql.and_text("::timestamptz"),
            _ => sql,
        }
    }

    fn among(&self, keys: &[ComparisonKey]) -> Option<Sql> {
        let operands = keys.iter().map(|key| self.operand(key));
        let mut operands = operands.collect::<Option<Vec<_>>>()?;
        // No value of the column lies between two that it can hold.
        operands.retain(|operand| operand.is_exact);
        let mut values = operands.into_iter().map(|operand| operand.value);
        let Some(first) = values.next() else {
            return Some(Sql::new(self.dialect, "FALSE"));
        };
        // Texts are equal byte by byte under the collations that PostgreSQL uses unless told
        // otherwise, and an index answers under its own collation only.
        let left = match self.dialect {
            Dialect::Sqlite => self.left(),
            Dialect::Postgres => self.column.sql(self.dialect),
        };
        let test = match values.len() {
            0 => self.bind(left.and_text(" = "), first),
            _ => values
                .fold(self.bind(left.and_text(" IN ("), first), |sql, value| {
                    self.bind(sql.and_text(", "), value)
                })
                .and_text(")"),
        };
        Some(self.guarded(&test))
    }

    /// `if_exact` where the literal is a value the column can hold, `if_between` where it lies
    /// behind that value and before the next.
    fn ordered(&self, key: &ComparisonKey, if_exact: &str, if_between: &str) -> Option<Sql> {
        let operand = self.operand(key)?;
        let operator = if operand.is_exact {
            if_exact
        } else {
            if_between
        };
        let left = self.left().and_text(&format!(" {operator} "));
        Some(self.guarded(&self.bind(left, operand.value)))
    }

    fn text(&self, key: &ComparisonKey) -> Option<String> {
        match self.operand(key)?.value {
            SqlValue::Text(text) if self.column.holds().is_text() => Some(text),
            _ => None,
        }
    }

    fn contains(&self, key: &ComparisonKey) -> Option<Sql> {
        let text = self.text(key)?;
        let function = match self.dialect {
            Dialect::Sqlite => "instr(",
            Dialect::Postgres => "strpos(",
        };
        let test = Sql::new(self.dialect, function)
            .with(&self.left())
            .and_text(", ")
            .and_value(SqlValue::Text(text))
            .and_text(") > 0");
        Some(self.guarded(&test))
    }

    /// A range, which an index answers.
    fn starts_with(&self, key: &ComparisonKey) -> Option<Sql> {
        let text = self.text(key)?;
        let end = after_prefix(&text);
        let from = self.left().and_text(" >= ").and_value(SqlValue::Text(text));
        Some(
            self.guarded(&match end {
                None => from,
                Some(end) => from
                    .and_text(" AND ")
                    .with(&self.left())
                    .and_text(" < ")
                    .and_value(SqlValue::Text(end)),
            }),
        )
    }

    /// The end of the text against the operand: no wildcard means anything here.
    fn ends_with(&self, key: &ComparisonKey) -> Option<Sql> {
        let text = self.text(key)?;
        let value = self.left();
        let test = match self.dialect {
            _ if text.is_empty() => {
                return Some(self.column.sql(self.dialect).and_text(" IS NOT NULL"));
            }
            // SQLite's `substr` of a text stops at U+0000, that of bytes does not; that of no bytes is NULL.
            Dialect::Sqlite => Sql::new(self.dialect, "substr(CAST(")
                .with(&value)
                .and_text(" AS BLOB), ")
                .and_value(SqlValue::Integer(count(text.len()).saturating_neg()))
                .and_text(") IS CAST(")
                .and_value(SqlValue::Text(text))
                .and_text(" AS BLOB)"),
            Dialect::Postgres => Sql::new(self.dialect, "right(")
                .with(&value)
                .and_text(", ")
                .and_value(SqlValue::Integer(count(text.chars().count())))
                .and_text("::integer) = ")
                .and_value(SqlValue::Text(text)),
        };
        Some(self.guarded(&test))
    }
}

fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// The first text behind all that start with `prefix`; `None` if there is none.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // The step of a range leaves the surrogates out.
        if let Some(next) = (last..=char::MAX).nth(1) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_the_next_text() {
        for (prefix, end) in [
            ("", None),
            ("ab", Some("ac")),
            ("a\u{d7ff}", Some("a\u{e000}")),
            ("a\u{10ffff}\u{10ffff}", Some("b")),
            ("\u{10ffff}", None),
            ("%_", Some("%`")),
        ] {
            assert_eq!(after_prefix(prefix).as_deref(), end, "{prefix}");
        }
    }
}
