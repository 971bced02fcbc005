//! The SCIM service provider made runnable: HTTP, SQLite, credentials.

mod limits;
mod sqlite;

pub use sqlite::{OpenError, SqliteStore};
