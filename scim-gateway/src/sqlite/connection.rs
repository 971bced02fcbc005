//! Opening a connection, and bringing the file to the present form.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::OpenError;
use crate::limits;

/// How long a statement waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Each statement of the store is prepared once for a connection.
const CACHED_STATEMENTS: usize = 64;

/// One entry for each form the file has had; `user_version` counts those that are done.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/1.sql")];

/// Says in the head of the file whose it is: "SCIM" in ASCII.
const APPLICATION_ID: u32 = 0x5343_494d;

/// The connection that writes. Creates the file if there is none.
pub(super) fn writer(path: &Path) -> Result<Connection, OpenError> {
    check_name(path)?;
    create_private(path)?;
    let mut connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Before anything is written to it.
    check_owner(&connection)?;
    // The journal mode is answered with the mode that holds from now on.
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(OpenError::NoWriteAheadLog);
    }
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// A connection that cannot write.
pub(super) fn reader(path: &Path) -> Result<Connection, OpenError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, OpenError> {
    // Each connection stays on one thread at a time, so SQLite need not lock it.
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Otherwise SQLite plans some statements anew whenever a bound value differs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cache_size", -limits::PAGE_CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    Ok(connection)
}

/// SQLite takes some names for databases that are no files.
fn check_name(path: &Path) -> Result<(), OpenError> {
    let name = path.to_string_lossy();
    match name.starts_with(':') || name.starts_with("file:") {
        true => Err(OpenError::Name(name.into_owned())),
        false => Ok(()),
    }
}

/// An empty file can become ours; one with tables of others cannot.
fn check_owner(connection: &Connection) -> Result<(), OpenError> {
    let id: u32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let is_empty = || {
        let count = "SELECT count(*) FROM sqlite_schema";
        connection.query_row(count, [], |row| Ok(row.get::<_, u32>(0)? == 0))
    };
    match id == APPLICATION_ID || (id == 0 && is_empty()?) {
        true => Ok(()),
        false => Err(OpenError::NotOurs),
    }
}

/// The file holds personal data: a new one is for its owner alone.
fn create_private(path: &Path) -> Result<(), OpenError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(OpenError::File(error)),
    }
}

/// Brings the file to the present form.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let done: usize =
        transaction.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0))? as usize;
    if done > MIGRATIONS.len() {
        return Err(OpenError::FromTheFuture);
    }
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as u32)?;
    transaction.commit()?;
    Ok(())
}
