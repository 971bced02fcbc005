//! Filters and sorting as SQL. What asks a database is run on SQLite here and on PostgreSQL by
//! `tests/postgres`.

mod bounds;
mod laws;
mod numbers;
mod odd_layouts;
mod odd_texts;
mod sqlite;
mod store;
mod text;

use sqlite::Database;
