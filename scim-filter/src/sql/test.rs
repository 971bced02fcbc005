//! Tests of one column. Each is true or false, never NULL.

use super::columns::{Column, ColumnType};
use super::operand::Operand;
use super::text::{Dialect, Sql, SqlValue};
use crate::eval::Predicate;
use scim_core::ComparisonKey;

/// Whether the column has a value that is not empty (decision F16).
pub(super) fn present(column: &Column, sql: &mut Sql) {
    match column.column_type().is_text() {
        true => guarded(column, sql, |sql| {
            bytewise(column, sql);
            sql.push(" <> ''");
        }),
        false => {
            column.write(sql);
            sql.push(" IS NOT NULL");
        }
    }
}

/// Whether the column has a value of which the predicate holds; `None` if the column cannot tell.
pub(super) fn predicate(column: &Column, predicate: &Predicate, sql: &mut Sql) -> Option<()> {
    match predicate {
        Predicate::Equals(key) => among(column, std::slice::from_ref(key), sql),
        Predicate::Among(keys) => among(column, keys, sql),
        Predicate::Contains(key) => contains(column, key, sql),
        Predicate::StartsWith(key) => starts_with(column, key, sql),
        Predicate::EndsWith(key) => ends_with(column, key, sql),
        Predicate::Greater(key) => ordered(column, key, (" > ", " > "), sql),
        Predicate::GreaterOrEqual(key) => ordered(column, key, (" >= ", " > "), sql),
        Predicate::Less(key) => ordered(column, key, (" < ", " <= "), sql),
        Predicate::LessOrEqual(key) => ordered(column, key, (" <= ", " <= "), sql),
    }
}

/// The column; text compares byte by byte, whatever collation it was declared with.
pub(super) fn bytewise(column: &Column, sql: &mut Sql) {
    column.write(sql);
    if column.column_type().is_text() {
        sql.push(match sql.dialect() {
            Dialect::Sqlite => " COLLATE BINARY",
            Dialect::Postgres => " COLLATE \"C\"",
        });
    }
}

/// A test, false where there is no value.
fn guarded(column: &Column, sql: &mut Sql, test: impl FnOnce(&mut Sql)) {
    sql.push("(");
    column.write(sql);
    sql.push(" IS NOT NULL AND ");
    test(sql);
    sql.push(")");
}

fn bind(column: &Column, value: SqlValue, sql: &mut Sql) {
    sql.push_value(value);
    match column.column_type() {
        ColumnType::Numeric => sql.push("::numeric"),
        ColumnType::Timestamp => sql.push("::timestamptz"),
        _ => {}
    }
}

fn among(column: &Column, keys: &[ComparisonKey], sql: &mut Sql) -> Option<()> {
    let operand = |key| Operand::new(key, column.column_type(), sql.dialect());
    let mut operands = keys.iter().map(operand).collect::<Option<Vec<_>>>()?;
    // No value of the column lies between two that it can hold.
    operands.retain(|operand| operand.is_exact);
    if operands.is_empty() {
        sql.push("FALSE");
        return Some(());
    }
    guarded(column, sql, |sql| {
        match sql.dialect() {
            Dialect::Sqlite => bytewise(column, sql),
            // Texts are equal byte by byte under every collation that PostgreSQL has unless told
            // otherwise, and an index answers under its own collation only.
            Dialect::Postgres => column.write(sql),
        }
        let is_list = operands.len() > 1;
        sql.push(if is_list { " IN (" } else { " = " });
        for (index, operand) in operands.into_iter().enumerate() {
            sql.push(if index > 0 { ", " } else { "" });
            bind(column, operand.value, sql);
        }
        sql.push(if is_list { ")" } else { "" });
    });
    Some(())
}

/// An order: by the first operator where the literal is a value that the column can hold, by the
/// second where it lies behind that value and before the next.
fn ordered(
    column: &Column,
    key: &ComparisonKey,
    (if_exact, if_between): (&str, &str),
    sql: &mut Sql,
) -> Option<()> {
    let operand = Operand::new(key, column.column_type(), sql.dialect())?;
    guarded(column, sql, |sql| {
        bytewise(column, sql);
        sql.push(if operand.is_exact {
            if_exact
        } else {
            if_between
        });
        bind(column, operand.value, sql);
    });
    Some(())
}

/// The operand of a search in text.
fn text(column: &Column, key: &ComparisonKey, dialect: Dialect) -> Option<String> {
    match Operand::new(key, column.column_type(), dialect)?.value {
        SqlValue::Text(text) if column.column_type().is_text() => Some(text),
        _ => None,
    }
}

fn contains(column: &Column, key: &ComparisonKey, sql: &mut Sql) -> Option<()> {
    let text = text(column, key, sql.dialect())?;
    guarded(column, sql, |sql| {
        sql.push(match sql.dialect() {
            Dialect::Sqlite => "instr(",
            Dialect::Postgres => "strpos(",
        });
        bytewise(column, sql);
        sql.push(", ");
        sql.push_value(SqlValue::Text(text));
        sql.push(") > 0");
    });
    Some(())
}

/// A range, which an index answers.
fn starts_with(column: &Column, key: &ComparisonKey, sql: &mut Sql) -> Option<()> {
    let text = text(column, key, sql.dialect())?;
    let end = after_prefix(&text);
    guarded(column, sql, |sql| {
        bytewise(column, sql);
        sql.push(" >= ");
        sql.push_value(SqlValue::Text(text));
        if let Some(end) = end {
            sql.push(" AND ");
            bytewise(column, sql);
            sql.push(" < ");
            sql.push_value(SqlValue::Text(end));
        }
    });
    Some(())
}

/// The end of the text against the operand: no wildcard means anything here.
fn ends_with(column: &Column, key: &ComparisonKey, sql: &mut Sql) -> Option<()> {
    let text = text(column, key, sql.dialect())?;
    if text.is_empty() {
        column.write(sql);
        sql.push(" IS NOT NULL");
        return Some(());
    }
    guarded(column, sql, |sql| match sql.dialect() {
        // SQLite's `substr` of a text stops at U+0000, that of bytes does not; that of no bytes is
        // NULL.
        Dialect::Sqlite => {
            sql.push("substr(CAST(");
            bytewise(column, sql);
            sql.push(" AS BLOB), ");
            sql.push_value(SqlValue::Integer(count(text.len()).saturating_neg()));
            sql.push(") IS CAST(");
            sql.push_value(SqlValue::Text(text));
            sql.push(" AS BLOB)");
        }
        Dialect::Postgres => {
            sql.push("right(");
            bytewise(column, sql);
            sql.push(", ");
            sql.push_value(SqlValue::Integer(count(text.chars().count())));
            sql.push("::integer) = ");
            sql.push_value(SqlValue::Text(text));
        }
    });
    Some(())
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
