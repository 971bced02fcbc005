//! The server that the task started.

use std::error::Error;

use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, NoTls, Row};
use scim_filter::sql::{Dialect, SqlValue};

/// How to reach the server: `host=… user=…`, as libpq reads it.
const SERVER: &str = "SCIM_TEST_POSTGRES";

/// A connection, with tables of its own.
pub(crate) struct Database(Client);

impl Database {
    pub(crate) const DIALECT: Dialect = Dialect::Postgres;

    /// Collations that are not the order of bytes.
    pub(crate) const COLLATIONS: [&'static str; 2] = ["\"en-x-icu\"", "\"sv-x-icu\""];

    pub(crate) fn new() -> Self {
        let server = std::env::var(SERVER);
        let server =
            server.unwrap_or_else(|_| panic!("{SERVER} is not set: run `cargo xtask postgres`"));
        Self(Client::connect(&server, NoTls).unwrap())
    }

    /// Runs statements that yield nothing.
    pub(crate) fn run(&mut self, statements: &str) {
        self.0.batch_execute(statements).unwrap();
    }

    pub(crate) fn insert(&mut self, table: &str, row: &[Option<SqlValue>]) {
        let places: Vec<_> = (1..=row.len()).map(|number| format!("${number}")).collect();
        let sql = format!("INSERT INTO {table} VALUES ({})", places.join(", "));
        let cells: Vec<_> = row.iter().map(|value| Cell(value.as_ref())).collect();
        self.0.execute(&sql, &parameters(&cells)).unwrap();
    }

    /// The numbers that a statement yields.
    pub(crate) fn numbers(&mut self, sql: &str, values: &[SqlValue]) -> Vec<usize> {
        let rows = self.rows(sql, values);
        let numbers = rows.iter().map(|row| row.get::<_, i64>(0));
        numbers.map(|seq| usize::try_from(seq).unwrap()).collect()
    }

    /// The lines of text that a statement yields.
    pub(crate) fn lines(&mut self, sql: &str, values: &[SqlValue]) -> Vec<String> {
        self.rows(sql, values)
            .iter()
            .map(|row| row.get(0))
            .collect()
    }

    fn rows(&mut self, sql: &str, values: &[SqlValue]) -> Vec<Row> {
        let cells: Vec<_> = values.iter().map(|value| Cell(Some(value))).collect();
        let rows = self.0.query(sql, &parameters(&cells));
        rows.unwrap_or_else(|error| panic!("{sql}: {error:?}"))
    }
}

fn parameters<'c>(cells: &'c [Cell<'_>]) -> Vec<&'c (dyn ToSql + Sync)> {
    cells.iter().map(|cell| cell as _).collect()
}

/// A value, or none.
#[derive(Debug)]
struct Cell<'v>(Option<&'v SqlValue>);

impl ToSql for Cell<'_> {
    fn to_sql(
        &self,
        of: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            None => Ok(IsNull::Yes),
            Some(SqlValue::Text(text)) => text.to_sql_checked(of, out),
            Some(SqlValue::Integer(integer)) => integer.to_sql_checked(of, out),
            Some(SqlValue::Boolean(boolean)) => boolean.to_sql_checked(of, out),
        }
    }

    /// Each kind of value knows its own types.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
