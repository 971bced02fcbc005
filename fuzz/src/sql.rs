//! scim-filter's SQL: what a filter becomes is a statement of ours and nothing of its own.

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, ToSql, params_from_iter};
use scim_core::{AttrPath, Comparison, ComparisonKey, Policy, Resource, Value, builtin};
use scim_filter::sql::{Column, ColumnType, Dialect, Held, Sql, SqlValue, Table};
use scim_filter::{Checked, Parser, SortBy, SortOrder};

pub use crate::filter::{WORDS, seeds};

/// The columns of a user's row, called by the paths of what they hold.
const COLUMNS: &[(&str, ColumnType)] = &[
    ("id", ColumnType::Text),
    ("externalId", ColumnType::Text),
    ("userName", ColumnType::FoldedText),
    ("displayName", ColumnType::FoldedText),
    ("title", ColumnType::FoldedText),
    ("active", ColumnType::Boolean),
    ("name.familyName", ColumnType::FoldedText),
    ("name.givenName", ColumnType::FoldedText),
    ("meta.created", ColumnType::Seconds),
    ("meta.lastModified", ColumnType::Milliseconds),
    (
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        ColumnType::FoldedText,
    ),
    (
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
        ColumnType::FoldedText,
    ),
];

/// The tables of lists, called by their paths, and the columns of their sub-attributes; "" is the value itself.
const TABLES: &[(&str, &[(&str, ColumnType)])] = &[
    ("schemas", &[("", ColumnType::FoldedText)]),
    (
        "emails",
        &[
            ("value", ColumnType::FoldedText),
            ("type", ColumnType::FoldedText),
            ("primary", ColumnType::Boolean),
        ],
    ),
    // Nothing is stated for the other sub-attributes.
    ("phoneNumbers", &[("type", ColumnType::FoldedText)]),
    ("addresses", &[("locality", ColumnType::FoldedText)]),
];

/// What a statement consists of, beside the names above and the numbers of its parameters.
const VOCABULARY: &[&str] = &[
    "AND", "AS", "ASC", "BINARY", "BLOB", "C", "CAST", "COLLATE", "DESC", "EXISTS", "FALSE",
    "FIRST", "FROM", "IN", "IS", "LAST", "LIMIT", "NOT", "NULL", "NULLS", "OR", "SELECT", "TRUE",
    "WHERE", "bigint", "boolean", "instr", "integer", "right", "scim_row", "strpos", "substr",
    "text", "user", "users",
];

/// Every policy and both dialects: no panic, a statement of known words, a value for each parameter, and in SQLite the
/// users that match. The text is also taken for what users are sorted by.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for policy in [Policy::strict(), Policy::lenient(), Policy::interop()] {
        if let Ok(parsed) = Parser::new().policy(&policy).parse(text) {
            let checked = parsed.check(builtin::user_schema(), &policy);
            for filter in [checked, parsed.check_without_schema()].iter().flatten() {
                conditions(filter);
            }
        }
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            if let Ok(by) = SortBy::check(text, order, builtin::user_schema(), &policy) {
                orders(&by);
            }
        }
    }
}

fn conditions(filter: &Checked) {
    of_known_words(filter.to_sql(&tables, Dialect::Postgres).condition());
    let sql = filter.to_sql(&tables, Dialect::Sqlite);
    of_known_words(sql.condition());
    assert!(!sql.explain().is_empty());
    DATABASE.with(|database| {
        let found = database.select(sql.condition(), "");
        let not = database.select(sql.condition(), "NOT ");
        assert_eq!(found.len() + not.len(), database.users.len(), "never NULL");
        for (at, user) in database.users.iter().enumerate() {
            let rest = sql.residual().is_none_or(|rest| rest.matches(user));
            assert_eq!(
                found.contains(&at) && rest,
                filter.matches(user),
                "{user} by {}",
                sql.explain()
            );
        }
    });
}

fn orders(by: &SortBy) {
    DATABASE.with(|database| {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let Some(order) = by.to_sql(&tables, dialect) else {
                continue;
            };
            of_known_words(&order);
            for user in &database.users {
                let behind = by.to_sql_after(&by.key(user), &tables, dialect);
                let behind = behind.expect("what is sorted can be paged");
                of_known_words(&behind);
                if dialect == Dialect::Sqlite {
                    let found = database.select(&behind, "");
                    let expected = database.users.iter().enumerate();
                    let expected = expected.filter(|(_, other)| by.compare(other, user).is_gt());
                    let expected: Vec<usize> = expected.map(|(at, _)| at).collect();
                    assert_eq!(found, expected, "behind {user}");
                }
            }
        }
    });
}

/// Every token is one of ours, and the parameters are numbered as the values are.
fn of_known_words(sql: &Sql) {
    let text = sql.text();
    let mut rest = text.as_str();
    let mut parameters = 0;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' => 2 + rest[1..].find('"').expect("a name has an end"),
            '?' | '$' => 1 + length(&rest[1..], |c| c.is_ascii_digit()),
            '0'..='9' => length(rest, |c| c.is_ascii_digit()),
            'a'..='z' | 'A'..='Z' | '_' => length(rest, |c| c.is_ascii_alphanumeric() || c == '_'),
            '\'' => 2,
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        rest = after;
        let is_known = match first {
            '"' => is_name(token.trim_matches('"')),
            '?' | '$' => {
                parameters += 1;
                token[1..] == parameters.to_string()
            }
            '0'..='9' => matches!(token, "0" | "1"),
            'a'..='z' | 'A'..='Z' | '_' => VOCABULARY.contains(&token),
            '\'' => token == "''",
            _ => " (),.:<>=".contains(first),
        };
        assert!(is_known, "`{token}` in {text}");
    }
    assert_eq!(parameters, sql.values().len(), "{text}");
}

fn length(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

fn is_name(name: &str) -> bool {
    VOCABULARY.contains(&name)
        || name == "value"
        || COLUMNS.iter().any(|(column, _)| *column == name)
        || TABLES.iter().any(|(table, columns)| {
            *table == name || columns.iter().any(|(column, _)| *column == name)
        })
}

/// What the tables hold, by path.
fn tables(path: &AttrPath) -> Option<Held> {
    if let Some((name, holds)) = COLUMNS.iter().find(|(name, _)| *name == path.as_str()) {
        return Some(Column::new("users", name, *holds).into());
    }
    let (name, columns) = TABLES.iter().find(|(name, _)| *name == path.as_str())?;
    let table = Table::new(name).join("user", "users", "id");
    let table = columns
        .iter()
        .fold(table, |table, (sub, holds)| match *sub {
            "" => table.value("value", *holds),
            sub => table.column(sub, sub, *holds),
        });
    Some(table.into())
}

/// Users in SQLite.
struct Database {
    connection: Connection,
    /// By the numbers of their rows.
    users: Vec<Resource>,
}

thread_local! {
    static DATABASE: Database = Database::new();
}

impl Database {
    fn new() -> Self {
        let users = scim_testdata::resources().into_iter();
        let users = users.filter(|(_, text)| text.contains("core:2.0:User"));
        let users = users.enumerate().map(|(at, (_, text))| {
            let mut user: Resource = text.parse().expect("a user");
            // Some of them have the same.
            user.insert("id", format!("u{at}"));
            user
        });
        let database = Self {
            connection: Connection::open_in_memory().expect("a database"),
            users: users.collect(),
        };
        let columns = COLUMNS.iter().map(|(name, _)| *name);
        database.create("users", columns);
        for (table, columns) in TABLES {
            let columns = columns.iter().map(|(sub, _)| column_of(sub));
            database.create(table, ["user"].into_iter().chain(columns));
        }
        for user in &database.users {
            database.insert(user);
        }
        database
    }

    fn create<'n>(&self, table: &str, columns: impl Iterator<Item = &'n str>) {
        // Without a type they keep what they are given.
        let columns: Vec<String> = columns.map(|column| format!("{column:?}")).collect();
        let sql = format!("CREATE TABLE {table:?} ({})", columns.join(", "));
        self.connection.execute(&sql, []).expect("a table");
    }

    fn insert(&self, user: &Resource) {
        let row = COLUMNS.iter().map(|(path, holds)| {
            let path: AttrPath = path.parse().expect("a path");
            cell(value_at(user, &path)?, *holds)
        });
        self.fill("users", row.collect());
        for (table, columns) in TABLES {
            for element in user.get(table).into_iter().flat_map(Value::elements) {
                let row = columns.iter().map(|(sub, holds)| match *sub {
                    "" => cell(element, *holds),
                    sub => cell(element.as_object()?.get(sub)?, *holds),
                });
                let id = user.get("id").and_then(Value::as_str).expect("an id");
                if element.has_content() {
                    let id = Some(Cell::Text(id.to_owned()));
                    self.fill(table, [id].into_iter().chain(row).collect());
                }
            }
        }
    }

    fn fill(&self, table: &str, row: Vec<Option<Cell>>) {
        let places = vec!["?"; row.len()].join(", ");
        let sql = format!("INSERT INTO {table:?} VALUES ({places})");
        let inserted = self.connection.execute(&sql, params_from_iter(row));
        inserted.expect("a row");
    }

    /// The numbers of the users that satisfy a condition.
    fn select(&self, condition: &Sql, before: &str) -> Vec<usize> {
        let text = condition.text();
        let sql = format!("SELECT rowid - 1 FROM users WHERE {before}({text}) ORDER BY rowid");
        let mut statement = self.connection.prepare(&sql).expect("a statement");
        assert_eq!(statement.parameter_count(), condition.values().len());
        let values = condition.values().iter().map(|value| match value {
            SqlValue::Text(text) => text as &dyn ToSql,
            SqlValue::Integer(integer) => integer,
            SqlValue::Boolean(boolean) => boolean,
        });
        let rows = statement.query_map(params_from_iter(values), |row| row.get::<_, u32>(0));
        let numbers = rows
            .expect("rows")
            .map(|row| row.expect("a number") as usize);
        numbers.collect()
    }
}

fn value_at<'u>(user: &'u Resource, path: &AttrPath) -> Option<&'u Value> {
    let object = match path.schema() {
        Some(uri) => user.get(uri)?.as_object()?,
        None => user,
    };
    let value = object.get(path.attr())?;
    match path.sub() {
        Some(sub) => value.as_object()?.get(sub),
        None => Some(value),
    }
}

fn column_of(sub: &'static str) -> &'static str {
    if sub.is_empty() { "value" } else { sub }
}

/// A value as a column of that kind holds it.
fn cell(value: &Value, holds: ColumnType) -> Option<Cell> {
    let key = |comparison| ComparisonKey::new(value, comparison);
    let time = || key(Comparison::Instant)?.as_instant()?.to_chrono();
    match holds {
        ColumnType::Text => key(Comparison::CaseExact)?
            .as_text()
            .map(|text| Cell::Text(text.to_owned())),
        ColumnType::FoldedText => {
            let key = key(Comparison::CaseInsensitive)?;
            key.as_text().map(|text| Cell::Text(text.to_owned()))
        }
        ColumnType::Boolean => Some(Cell::Integer(key(Comparison::Boolean)?.as_bool()?.into())),
        ColumnType::Seconds => Some(Cell::Integer(time()?.timestamp())),
        ColumnType::Milliseconds => Some(Cell::Integer(time()?.timestamp_millis())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stated_is_asked() {
        let of_columns = COLUMNS
            .iter()
            .map(|(path, holds)| (path.to_string(), *holds));
        let of_tables = TABLES.iter().flat_map(|(path, columns)| {
            let path_of = move |sub: &str| match sub {
                "" => path.to_string(),
                sub => format!("{path}.{sub}"),
            };
            columns
                .iter()
                .map(move |(sub, holds)| (path_of(sub), *holds))
        });
        for (path, holds) in of_columns.chain(of_tables) {
            let literal = match holds {
                ColumnType::Boolean => "true",
                ColumnType::Seconds | ColumnType::Milliseconds => "\"2024-01-01T00:00:00Z\"",
                _ => "\"a\"",
            };
            let filter: scim_filter::Filter = format!("{path} eq {literal}").parse().unwrap();
            let filter = filter.check(builtin::user_schema(), &Policy::strict());
            let sql = filter.unwrap().to_sql(&tables, Dialect::Sqlite);
            assert!(sql.residual().is_none(), "{}", sql.explain());
        }
    }
}
