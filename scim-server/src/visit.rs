//! Walks over the attribute values that a request carries, before anything is known to be valid.

use scim_core::{
    AttrPath, Attribute, Object, PatchOp, Policy, Resolved, Resource, ResourceSchema, Schema, Value,
};

/// Shows `see` every attribute of a body with its value, as the client wrote it.
pub(crate) fn body<E>(
    schema: &ResourceSchema,
    resource: &mut Resource,
    mut see: impl FnMut(&Attribute, &mut Value) -> Result<(), E>,
) -> Result<(), E> {
    members(schema, None, resource, None, &mut see)
}

/// Shows `see` every attribute that an operation with a plain path, or none, gives a value, with the
/// `op` of the operation. Paths
/// with a value filter are left out, and so is what the schema does not know.
pub(crate) fn patch<E>(
    schema: &ResourceSchema,
    policy: &Policy,
    patch: &mut PatchOp,
    mut see: impl FnMut(&str, &Attribute, &mut Value) -> Result<(), E>,
) -> Result<(), E> {
    for operation in &mut patch.operations {
        let op = &*operation.op;
        let mut see = |attribute: &Attribute, value: &mut Value| see(op, attribute, value);
        let Some(value) = &mut operation.value else {
            continue;
        };
        let Some(path) = &operation.path else {
            if let Value::Object(object) = value {
                members(schema, None, object, Some(policy), &mut see)?;
            }
            continue;
        };
        let Ok(path) = path.parse::<AttrPath>() else {
            continue;
        };
        match (schema.resolve(&path, policy), value) {
            (Ok(Resolved::Attribute(place)), value) => see(place.definition(), value)?,
            (Ok(Resolved::Extension(extension)), Value::Object(object)) => {
                members(schema, Some(extension), object, Some(policy), &mut see)?;
            }
            (Ok(Resolved::Resource), Value::Object(object)) => {
                members(schema, None, object, Some(policy), &mut see)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// The members of a resource, or of an extension's object. With a policy the names are those of a
/// PATCH value, where they may be paths (decision N09).
fn members<E>(
    schema: &ResourceSchema,
    inside: Option<&Schema>,
    object: &mut Object,
    paths: Option<&Policy>,
    see: &mut impl FnMut(&Attribute, &mut Value) -> Result<(), E>,
) -> Result<(), E> {
    for (key, value) in object.iter_mut() {
        let name = key.as_str();
        if let Some(extension) = inside {
            if let Some(attribute) = extension.attribute(name) {
                see(attribute, value)?;
            }
            continue;
        }
        if let Some(attribute) = schema.attribute(name) {
            see(attribute, value)?;
            continue;
        }
        if let Some(extension) = schema.extension(name) {
            if let Value::Object(object) = value {
                members(schema, Some(&extension.schema), object, paths, see)?;
            }
            continue;
        }
        let Some(policy) = paths else {
            continue;
        };
        if let Ok(path) = name.parse::<AttrPath>()
            && let Ok(Resolved::Attribute(place)) = schema.resolve(&path, policy)
        {
            see(place.definition(), value)?;
        }
    }
    Ok(())
}
