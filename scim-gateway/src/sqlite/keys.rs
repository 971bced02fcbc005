//! The table `attribute_key`: comparison keys of the attributes that are looked up or unique.

use std::collections::BTreeSet;

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};
use scim_core::{
    AttrPath, Comparison, ComparisonKey, Object, Policy, Resolved, ResourceSchema, Uniqueness,
    Value,
};
use scim_server::{Scope, StoreError, Tenant, UniqueValue, unique_values};

use super::rows::Row;
use super::{OpenError, failure};

/// Looked up by clients, beside the unique attributes: (attribute, sub-attribute) of a base schema.
const LOOKED_UP: [(&str, Option<&str>); 4] = [
    ("externalId", None),
    ("userName", None),
    ("displayName", None),
    ("emails", Some("value")),
];

/// Counts the changes of [`LOOKED_UP`]: keys that were written under another choice are rebuilt.
const CHOICE: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    attribute: String,
    key: String,
    is_unique: bool,
}

/// The name under which the keys of an attribute stand, and how they compare; `None` if it is not indexed.
pub(super) fn look_up_name(
    schema: &ResourceSchema,
    path: &AttrPath,
) -> Option<(String, Comparison)> {
    let Ok(Resolved::Attribute(place)) = schema.resolve(path, &Policy::strict()) else {
        return None;
    };
    let definition = place.definition();
    let is_unique = definition.uniqueness != Uniqueness::None;
    let sub = place.sub_attribute.map(|sub| sub.name.as_str());
    let attribute = place.attribute.name.as_str();
    let is_listed = place.extension.is_none() && LOOKED_UP.contains(&(attribute, sub));
    let name = (is_unique || is_listed).then(|| match place.extension {
        None => name(schema, attribute, sub),
        Some(_) => place.path().to_string(),
    });
    name.zip(Comparison::of(definition))
}

fn name(schema: &ResourceSchema, attribute: &str, sub_attribute: Option<&str>) -> String {
    let base = &schema.base().id;
    match sub_attribute {
        None => format!("{base}:{attribute}"),
        Some(sub) => format!("{base}:{attribute}.{sub}"),
    }
}

fn wanted(schema: &ResourceSchema, unique: &[UniqueValue], resource: &Object) -> BTreeSet<Key> {
    let mut keys: BTreeSet<Key> = unique
        .iter()
        .map(|value| Key {
            attribute: value.attribute.clone(),
            key: value.key.clone(),
            is_unique: true,
        })
        .collect();
    for (attribute, sub_attribute) in LOOKED_UP {
        let Some(definition) = schema.attribute(attribute) else {
            continue;
        };
        let definition = match sub_attribute {
            None => definition,
            Some(sub) => match definition.sub_attribute(sub) {
                Some(definition) => definition,
                None => continue,
            },
        };
        let name = name(schema, attribute, sub_attribute);
        let Some(comparison) = Comparison::of(definition) else {
            continue;
        };
        if unique.iter().any(|value| value.attribute == name) {
            continue;
        }
        for element in resource
            .get(attribute)
            .into_iter()
            .flat_map(Value::elements)
        {
            let value = match sub_attribute {
                None => Some(element),
                Some(sub) => element.as_object().and_then(|object| object.get(sub)),
            };
            if let Some(key) = value.and_then(|value| ComparisonKey::new(value, comparison)) {
                keys.insert(Key {
                    attribute: name.clone(),
                    key: key.to_text().into_owned(),
                    is_unique: false,
                });
            }
        }
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
    resource: &Object,
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

/// Rebuilds all keys if they were made by other tables of comparison, or by another choice of attributes.
pub(super) fn bring_up_to_date(
    connection: &mut Connection,
    schemas: &[ResourceSchema],
) -> Result<(), OpenError> {
    let present = format!("{}/{CHOICE}", ComparisonKey::VERSION);
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
        rebuild(&transaction, schema).map_err(OpenError::Keys)?;
    }
    transaction.execute(
        "INSERT INTO setting (name, value) VALUES ('keys', ?1)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [present],
    )?;
    transaction.commit()?;
    Ok(())
}

fn rebuild(connection: &Connection, schema: &ResourceSchema) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT {}, tenant FROM resource WHERE type = ?1",
        Row::COLUMNS
    );
    let mut statement = connection.prepare(&sql).map_err(failure)?;
    let rows = statement
        .query_map([&schema.resource_type().name], |row| {
            Ok((Row::read(row)?, row.get::<_, String>(5)?))
        })
        .map_err(failure)?;
    for row in rows {
        let (row, tenant) = row.map_err(failure)?;
        let resource = row.resource()?;
        let keys = wanted(schema, &unique_values(schema, &resource), &resource);
        replace(connection, &Tenant::new(&tenant), row.seq, &keys)?;
    }
    Ok(())
}
