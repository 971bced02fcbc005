//! The table `deleted`: who was deleted and may come back (decision G06). A trigger takes a unique value out of it when
//! another has it.

use rusqlite::{Connection, OptionalExtension as _, params};
use scim_server::{NewResource, Scope, StoreError, Tenant, later};

use super::failure;
use super::rows::{self, Row};

/// Notes who is about to be deleted, by the unique values that only it has.
pub(super) fn keep(connection: &Connection, scope: &Scope, row: &Row) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO deleted (tenant, type, attribute, key, id, created, last_modified)
             SELECT tenant, ?2, attribute, key, ?3, ?4, ?5 FROM attribute_key WHERE resource = ?1 AND is_unique = 1",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                row.seq,
                scope.resource_type(),
                row.id,
                row.created,
                row.last_modified
            ])
        })
        .map_err(failure)?;
    Ok(())
}

/// The new resource as the deleted one that had the first of its unique values that one had, and when it changes.
pub(super) fn revive(
    connection: &Connection,
    scope: &Scope,
    new: &mut NewResource,
) -> Result<Option<i64>, StoreError> {
    for value in &new.unique {
        let gone: Option<(String, i64, i64)> = connection
            .prepare_cached(
                "SELECT id, created, last_modified FROM deleted
                 WHERE tenant = ?1 AND attribute = ?3 AND key = ?4 AND type = ?2",
            )
            .and_then(|mut statement| {
                let (tenant, of) = (scope.tenant.as_str(), scope.resource_type());
                let columns = params![tenant, of, value.attribute, value.key];
                let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
                statement.query_row(columns, read).optional()
            })
            .map_err(failure)?;
        if let Some((id, created, last_modified)) = gone {
            forget(connection, &scope.tenant, &id)?;
            let changed = later(rows::time(last_modified)?, new.created);
            (new.id, new.created) = (id, rows::time(created)?);
            return Ok(Some(changed.timestamp_millis()));
        }
    }
    Ok(None)
}

fn forget(connection: &Connection, tenant: &Tenant, id: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM deleted WHERE tenant = ?1 AND id = ?2")
        .and_then(|mut statement| statement.execute(params![tenant.as_str(), id]))
        .map_err(failure)?;
    Ok(())
}
