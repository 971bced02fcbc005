//! SQLite in memory.

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use scim_filter::sql::{Dialect, SqlValue};

pub(crate) struct Database(Connection);

impl Database {
    pub(crate) const DIALECT: Dialect = Dialect::Sqlite;

    /// Collations that are not the order of bytes.
    pub(crate) const COLLATIONS: [&'static str; 2] = ["NOCASE", "RTRIM"];

    pub(crate) fn new() -> Self {
        Self(Connection::open_in_memory().unwrap())
    }

    /// Runs statements that yield nothing.
    pub(crate) fn run(&mut self, statements: &str) {
        self.0.execute_batch(statements).unwrap();
    }

    pub(crate) fn insert(&mut self, table: &str, row: &[Option<SqlValue>]) {
        let places = vec!["?"; row.len()].join(", ");
        let sql = format!("INSERT INTO {table} VALUES ({places})");
        let cells = row.iter().map(|value| value.as_ref().map(cell));
        self.0.execute(&sql, params_from_iter(cells)).unwrap();
    }

    /// The numbers that a statement yields.
    pub(crate) fn numbers(&mut self, sql: &str, values: &[SqlValue]) -> Vec<usize> {
        let mut statement = self
            .0
            .prepare(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        let rows = statement.query_map(params_from_iter(values.iter().map(cell)), |row| {
            row.get::<_, u32>(0)
        });
        rows.unwrap().map(|row| row.unwrap() as usize).collect()
    }
}

fn cell(value: &SqlValue) -> Cell {
    match value {
        SqlValue::Text(text) => Cell::Text(text.clone()),
        SqlValue::Integer(integer) => Cell::Integer(*integer),
        SqlValue::Boolean(boolean) => Cell::Integer((*boolean).into()),
    }
}
