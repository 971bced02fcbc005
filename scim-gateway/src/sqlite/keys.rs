//! The table `attribute_key`: comparison keys of the attributes that are looked up or unique.

use std::collections::BTreeSet;

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};
use scim_core::{ComparisonKey, Resource, ResourceSchema};
use scim_server::{Indexed, Scope, StoreError, Tenant, UniqueValue, unique_values};

use super::rows::Row;
use super::{OpenError, failure};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    attribute: String,
    key: String,
    is_unique: bool,
}

fn wanted(schema: &ResourceSchema, unique: &[UniqueValue], resource: &Resource) -> BTreeSet<Key> {
    let unique = unique.iter().map(|value| Key {
        attribute: value.attribute.clone(),
        key: value.key.clone(),
        is_unique: true,
    });
    let mut keys: BTreeSet<Key> = unique.collect();
    for indexed in Indexed::all(schema).skip_while(Indexed::is_unique) {
        let attribute = indexed.name();
        keys.extend(indexed.keys(resource).map(|key| Key {
            attribute: attribute.clone(),
            key: key.to_text().into_owned(),
            is_unique: false,
        }));
    }
    keys
}

/// Makes the table say what the resource says, and touches only keys that differ.
///
/// # Errors
/// [`StoreError::Conflict`] if another resource has a unique value.
pub(super) fn write(
    connection: &Connection,
    scope: &Scope,
    seq: i64,
    unique: &[UniqueValue],
    resource: &Resource,
) -> Result<(), StoreError> {
    let keys = wanted(&scope.schema, unique, resource);
    replace(connection, &scope.tenant, seq, &keys)
}

fn replace(
    connection: &Connection,
    tenant: &Tenant,
    seq: i64,
    keys: &BTreeSet<Key>,
) -> Result<(), StoreError> {
    let present = stored(connection, seq).map_err(failure)?;
    let mut delete = connection
        .prepare_cached("DELETE FROM attribute_key WHERE rowid = ?1")
        .map_err(failure)?;
    let mut kept = BTreeSet::new();
    for (row, key) in present {
        if keys.contains(&key) {
            kept.insert(key);
        } else {
            delete.execute([row]).map_err(failure)?;
        }
    }
    let mut insert = connection
        .prepare_cached(
            "INSERT INTO attribute_key (resource, tenant, attribute, key, is_unique)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .map_err(failure)?;
    for key in keys.difference(&kept) {
        let values = params![seq, tenant.as_str(), key.attribute, key.key, key.is_unique];
        insert
            .execute(values)
            .map_err(|error| match error.sqlite_error_code() {
                Some(ErrorCode::ConstraintViolation) => StoreError::Conflict {
                    attribute: key.attribute.clone(),
                },
                _ => failure(error),
            })?;
    }
    Ok(())
}

fn stored(connection: &Connection, seq: i64) -> rusqlite::Result<Vec<(i64, Key)>> {
    let mut statement = connection.prepare_cached(
        "SELECT rowid, attribute, key, is_unique FROM attribute_key WHERE resource = ?1",
    )?;
    let rows = statement.query_map([seq], |row| {
        let key = Key {
            attribute: row.get(1)?,
            key: row.get(2)?,
            is_unique: row.get(3)?,
        };
        Ok((row.get(0)?, key))
    })?;
    rows.collect()
}

/// Rebuilds all keys if they were made by other tables of comparison, or of other attributes, or if other attributes are
/// unique: definitions may have changed since.
pub(super) fn bring_up_to_date(
    connection: &mut Connection,
    schemas: &[ResourceSchema],
) -> Result<(), OpenError> {
    let present = choice(schemas);
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let written: Option<String> = transaction
        .query_row("SELECT value FROM setting WHERE name = 'keys'", [], |row| {
            row.get(0)
        })
        .optional()?;
    if written.as_deref() == Some(&present) {
        return Ok(());
    }
    transaction.execute("DELETE FROM attribute_key", [])?;
    for schema in schemas {
        rebuild(&transaction, schema)?;
    }
    transaction.execute(
        "INSERT INTO setting (name, value) VALUES ('keys', ?1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [present],
    )?;
    transaction.commit()?;
    Ok(())
}

/// What the keys are of.
fn choice(schemas: &[ResourceSchema]) -> String {
    let mut choice = ComparisonKey::VERSION.to_string();
    for indexed in schemas.iter().flat_map(Indexed::all) {
        let unique = if indexed.is_unique() { " unique" } else { "" };
        choice += &format!("\n{} {:?}{unique}", indexed.name(), indexed.comparison());
    }
    choice
}

fn rebuild(connection: &Connection, schema: &ResourceSchema) -> Result<(), OpenError> {
    let sql = format!(
        "SELECT {}, tenant FROM resource WHERE type = ?1",
        Row::COLUMNS
    );
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([&schema.resource_type().name], |row| {
        Ok((Row::read(row)?, Tenant::new(&row.get::<_, String>(5)?)))
    })?;
    for row in rows {
        let (row, tenant) = row?;
        let resource = row.resource().map_err(OpenError::Keys)?;
        let keys = wanted(schema, &unique_values(schema, &resource), &resource);
        match replace(connection, &tenant, row.seq, &keys) {
            Ok(()) => {}
            Err(StoreError::Conflict { attribute }) => {
                let mut keys = keys.iter().filter(|key| key.attribute == attribute);
                let key = keys.next().map(|key| &*key.key).unwrap_or_default();
                let first = holder(connection, &tenant, &attribute, key)?;
                let ids = [first, row.id];
                return Err(OpenError::NotUnique { attribute, ids });
            }
            Err(error) => return Err(OpenError::Keys(error)),
        }
    }
    Ok(())
}

/// The id of the resource that has a unique value.
fn holder(
    connection: &Connection,
    tenant: &Tenant,
    attribute: &str,
    key: &str,
) -> rusqlite::Result<String> {
    connection.query_row(
        "SELECT id FROM resource WHERE seq =
             (SELECT resource FROM attribute_key
              WHERE tenant = ?1 AND attribute = ?2 AND key = ?3 AND is_unique = 1)",
        params![tenant.as_str(), attribute, key],
        |row| row.get(0),
    )
}
