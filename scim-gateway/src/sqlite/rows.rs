//! The table `resource`: one row for each resource.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, params};
use scim_core::{Document, Object, Resource, ResourceSchema, Value, write_json_string};
use scim_server::{
    NewResource, Scope, StoreError, StoreOptions, Stored, Tenant, Wants, Write, groups_attribute,
    later, members_attribute,
};

use super::{failure, members};

/// A row as it stands in the table.
pub(super) struct Row {
    pub(super) seq: i64,
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) last_modified: i64,
    pub(super) document: String,
}

impl Row {
    /// The columns that [`Row::read`] expects, in this order.
    pub(super) const COLUMNS: &str = "seq, id, created, last_modified, document";

    pub(super) fn read(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            id: row.get(1)?,
            created: row.get(2)?,
            last_modified: row.get(3)?,
            document: row.get(4)?,
        })
    }

    pub(super) fn version(&self) -> String {
        version(self.last_modified)
    }

    pub(super) fn resource(&self) -> Result<Resource, StoreError> {
        self.document.parse().map_err(StoreError::failed)
    }
}

pub(super) fn find(connection: &Connection, scope: &Scope, id: &str) -> Result<Row, StoreError> {
    found(connection, scope, id, Ok)
}

/// What `then` makes of a row, before the statement ends: what it reads is of the same moment.
pub(super) fn found<T>(
    connection: &Connection,
    scope: &Scope,
    id: &str,
    then: impl FnOnce(Row) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection
        .prepare_cached(
            "SELECT seq, id, created, last_modified, document FROM resource
             WHERE tenant = ?1 AND id = ?2 AND type = ?3",
        )
        .and_then(|mut statement| {
            let key = params![scope.tenant.as_str(), id, scope.resource_type()];
            let read = |row: &SqlRow<'_>| Row::read(row).map(then);
            statement.query_row(key, read).optional()
        })
        .map_err(failure)?
        .ok_or(StoreError::NotFound)?
}

/// The type of a resource of any type.
pub(super) fn resource_type(
    connection: &Connection,
    tenant: &Tenant,
    id: &str,
) -> Result<Option<Arc<str>>, StoreError> {
    connection
        .prepare_cached("SELECT type FROM resource WHERE tenant = ?1 AND id = ?2")
        .and_then(|mut statement| {
            statement
                .query_row(params![tenant.as_str(), id], |row| row.get(0))
                .optional()
        })
        .map_err(failure)
}

/// A new row, last changed when it was created unless `changed` says otherwise.
pub(super) fn insert(
    connection: &Connection,
    scope: &Scope,
    new: &NewResource,
    changed: Option<i64>,
) -> Result<Row, StoreError> {
    let created = new.created.timestamp_millis();
    let last_modified = changed.unwrap_or(created);
    let document = document(&new.resource);
    connection
        .prepare_cached(
            "INSERT INTO resource (tenant, type, id, created, last_modified, document)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .and_then(|mut statement| {
            statement.insert(params![
                scope.tenant.as_str(),
                scope.resource_type(),
                new.id,
                created,
                last_modified,
                document
            ])
        })
        .map(|seq| Row {
            seq,
            id: new.id.clone(),
            created,
            last_modified,
            document,
        })
        .map_err(failure)
}

pub(super) fn replace(connection: &Connection, seq: i64, write: &Write) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE resource SET last_modified = ?2, document = ?3 WHERE seq = ?1")
        .and_then(|mut statement| {
            statement.execute(params![
                seq,
                write.last_modified.timestamp_millis(),
                document(&write.resource)
            ])
        })
        .map_err(failure)?;
    Ok(())
}

/// A new version of a resource whose members changed.
pub(super) fn touch(
    connection: &Connection,
    seq: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let previous: i64 = connection
        .prepare_cached("SELECT last_modified FROM resource WHERE seq = ?1")
        .and_then(|mut statement| statement.query_row([seq], |row| row.get(0)))
        .map_err(failure)?;
    renew(connection, seq, later(time(previous)?, now))
}

/// A new version of a resource at a time.
pub(super) fn renew(
    connection: &Connection,
    seq: i64,
    time: DateTime<Utc>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE resource SET last_modified = ?2 WHERE seq = ?1")
        .and_then(|mut statement| statement.execute([seq, time.timestamp_millis()]))
        .map_err(failure)?;
    Ok(())
}

/// Its keys and members go along.
pub(super) fn delete(connection: &Connection, seq: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM resource WHERE seq = ?1")
        .and_then(|mut statement| statement.execute([seq]))
        .map_err(failure)?;
    Ok(())
}

/// The parts of a resource that lie in the table of members.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    pub(super) members: bool,
    pub(super) groups: bool,
    /// Whether those that hold it through other groups are groups of a resource as well.
    pub(super) indirect: bool,
}

impl Parts {
    /// What the reader of an answer will look at, of what the type has.
    pub(super) fn wanted(schema: &ResourceSchema, wants: &Wants, options: StoreOptions) -> Self {
        Self {
            members: members_attribute(schema).is_some() && wants.wants(members::ATTRIBUTE),
            groups: groups_attribute(schema).is_some() && wants.wants("groups"),
            indirect: options.indirect_groups,
        }
    }

    pub(super) fn all(schema: &ResourceSchema, options: StoreOptions) -> Self {
        Self::wanted(schema, &Wants::everything(), options)
    }
}

/// The resource of a row, completed from the table of members.
pub(super) fn load(
    connection: &Connection,
    tenant: &Tenant,
    schema: &ResourceSchema,
    row: Row,
    parts: Parts,
) -> Result<Stored, StoreError> {
    let mut document = Document::assume_canonical(row.document).map_err(StoreError::failed)?;
    if parts.members
        && let Some(members) = members::text(connection, row.seq)?
    {
        document = document.assume_spliced(&[(members::ATTRIBUTE, &[&members])]);
    }
    let groups = match parts.groups {
        true if parts.indirect => members::all_groups_of(connection, tenant, &row.id)?,
        true => members::groups_of(connection, tenant, &row.id)?,
        false => Vec::new(),
    };
    let resource_type: &str = &schema.resource_type().name;
    let version = version(row.last_modified);
    let created = time(row.created)?;
    let mut stored = Stored::of_document(row.id, resource_type, document, created, version);
    stored.last_modified = time(row.last_modified)?;
    stored.groups = groups;
    Ok(stored)
}

/// The text of a resource without its members, which lie in a table of their own.
fn document(resource: &Object) -> String {
    let mut out = String::from("{");
    for (key, value) in resource.iter() {
        if *key == *members::ATTRIBUTE {
            continue;
        }
        if out.len() > 1 {
            out.push(',');
        }
        write_json_string(key.as_str(), &mut out);
        out.push(':');
        Value::write_json(value, &mut out);
    }
    out.push('}');
    out
}

/// Every write of a resource makes its `last_modified` later, so that time is the version.
fn version(last_modified: i64) -> String {
    format!("{last_modified:x}")
}

pub(super) fn time(milliseconds: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_millis(milliseconds)
        .ok_or_else(|| StoreError::failed("a time beyond the calendar"))
}
