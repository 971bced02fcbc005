//! Walks over the attribute values that a request carries, before anything is known to be valid.

use scim_core::{
    Attribute, Object, PatchOp, Policy, Resolved, Resource, ResourceSchema, Schema, Value,
};
use scim_filter::Parser;

/// Shows `see` every attribute of a body with its value, as the client wrote it.
pub(crate) fn body<E>(
    schema: &ResourceSchema,
    resource: &mut Resource,
    mut see: impl FnMut(&Attribute, &mut Value) -> Result<(), E>,
) -> Result<(), E> {
    members(schema, None, resource, None, &mut see)
}

/// Shows `see` every attribute that an operation gives a value, with the `op` of the operation. A
/// value filter in a path makes no difference; what the schema does not know is left out.
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
        let named = match &operation.path {
            None => Some(Resolved::Resource),
            Some(path) => named(schema, policy, path),
        };
        match (named, value) {
            (Some(Resolved::Attribute(place)), value) => see(place.definition(), value)?,
            (Some(Resolved::Extension(extension)), Value::Object(object)) => {
                members(schema, Some(extension), object, Some(policy), &mut see)?;
            }
            (Some(Resolved::Resource), Value::Object(object)) => {
                members(schema, None, object, Some(policy), &mut see)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// What a path of a PATCH names, apart from the filter in it.
fn named<'s>(schema: &'s ResourceSchema, policy: &Policy, path: &str) -> Option<Resolved<'s>> {
    let path = Parser::new().policy(policy).parse_path(path).ok()?;
    let path = path.into_inner();
    let Resolved::Attribute(mut place) = schema.resolve(&path.attr, policy).ok()? else {
        return schema.resolve(&path.attr, policy).ok();
    };
    if let Some(sub) = &path.sub {
        place.sub_attribute = Some(place.attribute.sub_attribute(sub.as_str())?);
    }
    Some(Resolved::Attribute(place))
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
                continue;
            }
            // Inside an extension's object a path is relative to the extension.
            let qualified = format!("{}:{name}", extension.id);
            let place = paths.and_then(|policy| named(schema, policy, &qualified));
            if let Some(Resolved::Attribute(place)) = place {
                see(place.definition(), value)?;
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
        let place = paths.and_then(|policy| named(schema, policy, name));
        if let Some(Resolved::Attribute(place)) = place {
            see(place.definition(), value)?;
        }
    }
    Ok(())
}
