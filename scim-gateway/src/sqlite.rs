//! [`SqliteStore`]: resources in one SQLite file.

mod closing;
mod columns;
mod connection;
mod credentials;
mod deleted;
mod judge;
mod keys;
mod members;
#[cfg(test)]
mod plans;
mod query;
mod readers;
mod rows;
mod statement;
mod watch;
mod writer;

use std::borrow::Borrow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode};
use scim_core::ResourceSchema;
use scim_server::{
    Delta, NewResource, NotCreated, Page, Precondition, Query, Scope, Store, StoreError,
    StoreOptions, Stored, Tenant, Update, View, Wants,
};

use self::readers::Readers;
use self::rows::{Parts, Row};
use self::writer::Writer;

/// A [`Store`] in one SQLite file, for one machine.
///
/// One thread writes and gathers the writes that wait into one transaction, so many requests share one flush to disk;
/// a write is answered after it, and survives a crash of the process or of the machine from then on. Readers run in
/// parallel and see the last commit. Filters and orders on `id`, `meta.created`, `meta.lastModified`, `members.value`,
/// `externalId`, `userName`, `displayName`, `emails.value` and unique attributes are put to SQLite, and so is paging where
/// they are all that a query asks; what they leave open is decided on the documents of the rows they select.
///
/// Cloning shares; when the last clone is dropped the writes that wait are done and the file is closed.
#[derive(Clone, Debug)]
pub struct SqliteStore(Arc<Threads>);

#[derive(Debug)]
struct Threads {
    writer: Writer,
    readers: Readers,
    options: StoreOptions,
}

/// Why a database file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file cannot be created.
    #[error("the database file cannot be created")]
    File(#[source] std::io::Error),
    /// The name means something else than a file to SQLite.
    #[error(
        "`{0}` does not name a file; to keep everything in memory there is `--in-memory`, `Database::Memory`"
    )]
    Name(String),
    /// The file is none of ours.
    #[error("the file belongs to another program")]
    NotOurs,
    /// SQLite refused.
    #[error("the database cannot be opened")]
    Sqlite(#[source] rusqlite::Error),
    /// The place of the file does not allow SQLite's write-ahead log; some network file systems do not.
    #[error("the database cannot use a write-ahead log where it lies")]
    NoWriteAheadLog,
    /// A newer version of this program wrote the file, or one from before the first release.
    #[error(
        "the database was written by a newer version of this program, or by one from before its first release"
    )]
    FromTheFuture,
    /// A thread could not be started.
    #[error("a thread of the database could not be started")]
    Thread(#[source] std::io::Error),
    /// Two stored resources share a value that is unique now.
    #[error(
        "the resources `{}` and `{}` have the same value of `{attribute}`, which the definitions make unique: start \
         with the definitions of before, change one of the two, and start again", ids[0], ids[1]
    )]
    NotUnique {
        /// What has to be unique.
        attribute: String,
        /// The ids of the two.
        ids: [String; 2],
    },
    /// The stored resources could not be indexed anew.
    #[error("the keys of the database cannot be rebuilt")]
    Keys(#[source] StoreError),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            error if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => Self::NotOurs,
            // What SQLite says, without the statement.
            rusqlite::Error::SqlInputError { error, msg, .. } => {
                Self::Sqlite(rusqlite::Error::SqliteFailure(error, Some(msg)))
            }
            error => Self::Sqlite(error),
        }
    }
}

impl SqliteStore {
    /// Opens the database at `path` and creates it if there is none. `schemas` are the types that are served: if the
    /// way values are compared has changed since the file was written, their keys are rebuilt.
    ///
    /// # Errors
    /// An [`OpenError`] if the file cannot be created, read or brought to the present form.
    pub fn open(path: impl AsRef<Path>, schemas: &[ResourceSchema]) -> Result<Self, OpenError> {
        Self::open_with(path, schemas, StoreOptions::default())
    }

    /// The same with options, which may differ from those of the last time.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn open_with(
        path: impl AsRef<Path>,
        schemas: &[ResourceSchema],
        options: StoreOptions,
    ) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let mut connection = connection::writer(path)?;
        keys::bring_up_to_date(&mut connection, schemas)?;
        Ok(Self(Arc::new(Threads {
            writer: Writer::start(connection).map_err(OpenError::Thread)?,
            readers: Readers::start(path)?,
            options,
        })))
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// What keeps it from answering.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.0
            .readers
            .read(|connection| {
                connection
                    .query_row("SELECT 1", [], |_| Ok(()))
                    .map_err(failure)
            })
            .await
    }
}

impl Store for SqliteStore {
    async fn get(&self, scope: &Scope, id: &str, wants: &Wants) -> Result<Stored, StoreError> {
        let (scope, id, wants) = (scope.clone(), id.to_owned(), wants.clone());
        let options = self.0.options;
        self.0
            .readers
            .read(move |connection| {
                let parts = Parts::wanted(&scope.schema, &wants, options);
                rows::found(connection, &scope, &id, |row| {
                    rows::load(connection, &scope.tenant, &scope.schema, row, parts)
                })
            })
            .await
    }

    async fn query(&self, tenant: &Tenant, query: Query) -> Result<Page, StoreError> {
        let (tenant, options) = (tenant.clone(), self.0.options);
        self.0
            .readers
            .read(move |connection| query::page(connection, &tenant, &query, options))
            .await
    }

    async fn create<F>(&self, scope: &Scope, mut build: F) -> Result<Stored, StoreError>
    where
        F: FnMut(&dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    {
        let (scope, options) = (scope.clone(), self.0.options);
        self.0
            .writer
            .write(move |connection| {
                let mut new = build(&Snapshot::new(connection, &scope.tenant))?;
                let changed = match options.revive_deleted {
                    true => deleted::revive(connection, &scope, &mut new)?,
                    false => None,
                };
                let row = insert(connection, &scope, &new, changed)?;
                let parts = Parts::all(&scope.schema, options);
                rows::load(connection, &scope.tenant, &scope.schema, row, parts)
            })
            .await
    }

    async fn create_all<F>(
        &self,
        tenant: &Tenant,
        schemas: &[ResourceSchema],
        mut build: F,
    ) -> Result<Vec<Stored>, NotCreated>
    where
        F: FnMut(usize, &dyn View) -> Result<NewResource, StoreError> + Send + 'static,
    {
        let (count, options) = (schemas.len(), self.0.options);
        let refused = Arc::new(AtomicUsize::new(usize::MAX));
        let scopes = schemas
            .iter()
            .map(|schema| Scope::new(tenant.clone(), schema.clone()));
        let scopes: Vec<Scope> = scopes.collect();
        let written = self.0.writer.write({
            let refused = refused.clone();
            move |connection| {
                let made = scopes.iter().enumerate().map(|(index, scope)| {
                    let new = build(index, &Snapshot::new(connection, &scope.tenant));
                    new.inspect_err(|_| refused.store(index, Ordering::Relaxed))
                });
                let made = made.collect::<Result<Vec<_>, StoreError>>()?;
                let rows = scopes
                    .iter()
                    .zip(&made)
                    .enumerate()
                    .map(|(index, (scope, new))| {
                        let row = insert(connection, scope, new, None);
                        row.inspect_err(|_| refused.store(index, Ordering::Relaxed))
                    });
                let rows = rows.collect::<Result<Vec<_>, StoreError>>()?;
                let shown = rows.into_iter().zip(&scopes).map(|(row, scope)| {
                    let parts = Parts::all(&scope.schema, options);
                    rows::load(connection, &scope.tenant, &scope.schema, row, parts)
                });
                shown.collect()
            }
        });
        written.await.map_err(|error| {
            let index = refused.load(Ordering::Relaxed);
            NotCreated::new((index < count).then_some(index), error)
        })
    }

    async fn update<F>(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        mut change: F,
    ) -> Result<Stored, StoreError>
    where
        F: FnMut(&Stored, &dyn View) -> Result<Update, StoreError> + Send + 'static,
    {
        let (scope, id, expected) = (scope.clone(), id.to_owned(), expected.clone());
        let options = self.0.options;
        self.0
            .writer
            .write(move |connection| {
                let load = |row| {
                    let parts = Parts::all(&scope.schema, options);
                    rows::load(connection, &scope.tenant, &scope.schema, row, parts)
                };
                let row = rows::find(connection, &scope, &id)?;
                let seq = row.seq;
                expected.check(&row.version())?;
                let current = load(row)?.read().map_err(StoreError::failed)?;
                match change(&current, &Snapshot::new(connection, &scope.tenant))? {
                    Update::Keep => Ok(current),
                    Update::Write(write) => {
                        rows::replace(connection, seq, &write)?;
                        keys::write(connection, &scope, seq, &write.unique, &write.resource)?;
                        members::write(connection, &scope.tenant, seq, &write.resource)?;
                        load(rows::find(connection, &scope, &id)?)
                    }
                }
            })
            .await
    }

    async fn apply_delta<F>(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        delta: &Delta,
        mut change: F,
    ) -> Result<Stored, StoreError>
    where
        F: FnMut(&Stored, &dyn View) -> Result<Update, StoreError> + Send + 'static,
    {
        let (scope, id, expected) = (scope.clone(), id.to_owned(), expected.clone());
        let options = self.0.options;
        let delta = delta.clone();
        self.0
            .writer
            .write(move |connection| {
                let (tenant, schema) = (&scope.tenant, &scope.schema);
                let row = rows::find(connection, &scope, &id)?;
                let seq = row.seq;
                expected.check(&row.version())?;
                let alone = Parts {
                    members: false,
                    ..Parts::all(schema, options)
                };
                let named = members::named(connection, tenant, seq, &delta.ids)?;
                let elements = named.iter().map(|(_, element)| element.clone());
                let current = rows::load(connection, tenant, schema, row, alone)?;
                let current = current.read().map_err(StoreError::failed)?;
                let current = current.with_members(elements.collect());
                let snapshot = Snapshot::new(connection, tenant);
                let stored = match change(&current, &snapshot)? {
                    Update::Keep => current,
                    Update::Write(write) => {
                        members::change(connection, tenant, seq, named, &write.changes)?;
                        rows::renew(connection, seq, write.last_modified)?;
                        let row = rows::find(connection, &scope, &id)?;
                        rows::load(connection, tenant, schema, row, alone)?
                    }
                };
                Ok(stored.with_members(members::first(connection, seq, delta.shown)?))
            })
            .await
    }

    async fn delete(
        &self,
        scope: &Scope,
        id: &str,
        expected: &Precondition,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (scope, id, expected) = (scope.clone(), id.to_owned(), expected.clone());
        let options = self.0.options;
        self.0
            .writer
            .write(move |connection| {
                let row = rows::find(connection, &scope, &id)?;
                expected.check(&row.version())?;
                if options.revive_deleted {
                    deleted::keep(connection, &scope, &row)?;
                }
                for holder in members::remove_everywhere(connection, &scope.tenant, &id)? {
                    if holder != row.seq {
                        rows::touch(connection, holder, now)?;
                    }
                }
                rows::delete(connection, row.seq)
            })
            .await
    }
}

/// What a closure may look up inside the transaction.
struct Snapshot<'c> {
    connection: &'c Connection,
    tenant: &'c Tenant,
}

impl<'c> Snapshot<'c> {
    fn new(connection: &'c Connection, tenant: &'c Tenant) -> Self {
        Self { connection, tenant }
    }
}

impl View for Snapshot<'_> {
    fn resource_types(&self, ids: &[&str]) -> Result<Vec<Option<Arc<str>>>, StoreError> {
        ids.iter()
            .map(|id| rows::resource_type(self.connection, self.tenant, id))
            .collect()
    }
}

/// Writes a new resource with its keys and members.
fn insert(
    connection: &Connection,
    scope: &Scope,
    new: &NewResource,
    changed: Option<i64>,
) -> Result<Row, StoreError> {
    let row = rows::insert(connection, scope, new, changed)?;
    keys::write(connection, scope, row.seq, &new.unique, &new.resource)?;
    if new.resource.get(members::ATTRIBUTE).is_some() {
        members::write(connection, &scope.tenant, row.seq, &new.resource)?;
    }
    Ok(row)
}

/// A failure of SQLite in the words of the contract.
fn failure<E>(error: E) -> StoreError
where
    E: Borrow<rusqlite::Error> + Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match error.borrow().sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Busy { retry_after: 1 }
        }
        _ => StoreError::failed(error),
    }
}
