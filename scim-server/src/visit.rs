//! Walks over the attribute values that a request carries, before anything is known to be valid.

use scim_core::{
    Attribute, Object, PatchOp, PatchOperation, Place, Policy, Resolved, Resource, ResourceSchema,
    Schema, Value,
};
use scim_filter::{Filter, Parser, Path};

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

/// Shows `see` every path of a PATCH that holds `mark`, in any case, with the `op` of its operation and the value that
/// goes there: the paths of operations, and the keys of their values that are paths too (decision N09). What `see`
/// returns takes the place of the path.
pub(crate) fn paths<E>(
    schema: &ResourceSchema,
    policy: &Policy,
    patch: &mut PatchOp,
    mark: &str,
    mut see: impl FnMut(&str, &str, Option<&mut Value>) -> Result<Option<String>, E>,
) -> Result<(), E> {
    for operation in &mut patch.operations {
        let op = &*operation.op;
        let inside = match &operation.path {
            None => Some(None),
            Some(path) => container(schema, policy, path),
        };
        match (inside, &mut operation.path, &mut operation.value) {
            (Some(inside), _, Some(Value::Object(object))) => {
                let mut see = |path: &str, value: &mut Value| see(op, path, Some(value));
                keys(schema, policy, inside, object, mark, &mut see)?;
            }
            (None, Some(path), value) if holds(path, mark) => {
                if let Some(new) = see(op, path, value.as_mut())? {
                    *path = new;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Is shown a path and its value, and says what takes the place of the path.
type SeePath<'s, E> = dyn FnMut(&str, &mut Value) -> Result<Option<String>, E> + 's;

/// The keys of a value whose keys are paths; in the object of an extension they are relative to the extension.
fn keys<E>(
    schema: &ResourceSchema,
    policy: &Policy,
    inside: Option<&Schema>,
    object: &mut Object,
    mark: &str,
    see: &mut SeePath<'_, E>,
) -> Result<(), E> {
    for (key, value) in object.iter_mut().filter(|_| inside.is_none()) {
        if let Value::Object(object) = value
            && let Some(inside) = container(schema, policy, key.as_str())
        {
            keys(schema, policy, inside, object, mark, see)?;
        }
    }
    if !object.iter().any(|(key, _)| holds(key.as_str(), mark)) {
        return Ok(());
    }
    let prefix = inside.map_or(String::new(), |extension| format!("{}:", extension.id));
    for (key, mut value) in std::mem::take(object) {
        let new = match holds(key.as_str(), mark) {
            true => see(&format!("{prefix}{key}"), &mut value)?,
            false => None,
        };
        match new {
            Some(new) => object.insert(new.strip_prefix(&*prefix).unwrap_or(&new), value),
            None => object.insert(key, value),
        };
    }
    Ok(())
}

/// What a name stands for that holds attributes of its own: an extension, or the whole resource (decision N02).
fn container<'s>(
    schema: &'s ResourceSchema,
    policy: &Policy,
    name: &str,
) -> Option<Option<&'s Schema>> {
    if !name.contains(':') {
        return None;
    }
    match named(schema, policy, name)? {
        Resolved::Extension(extension) => Some(Some(extension)),
        Resolved::Resource => Some(None),
        _ => None,
    }
}

/// Whether the text holds the mark, in any case.
fn holds(text: &str, mark: &str) -> bool {
    let mut windows = text.as_bytes().windows(mark.len());
    windows.any(|window| window.eq_ignore_ascii_case(mark.as_bytes()))
}

/// An attribute that a PATCH leads to: by the path of an operation, or by a key of its value (decision N09).
pub(crate) struct Target<'p, 's> {
    pub(crate) op: &'p str,
    pub(crate) place: Place<'s>,
    /// The filter that selects elements of it.
    pub(crate) filter: Option<Filter>,
    pub(crate) value: Option<&'p Value>,
}

impl Target<'_, '_> {
    pub(crate) fn removes(&self) -> bool {
        self.op.eq_ignore_ascii_case("remove")
    }
}

/// The attributes that a PATCH leads to, in order. What the schema does not know is left out.
pub(crate) fn targets<'p, 's>(
    schema: &'s ResourceSchema,
    policy: &Policy,
    patch: &'p PatchOp,
) -> Vec<Target<'p, 's>> {
    let mut targets = Vec::new();
    for PatchOperation {
        op, path, value, ..
    } in &patch.operations
    {
        match (path, value) {
            (Some(path), value) => {
                add_targets(schema, policy, op, path, value.as_ref(), &mut targets);
            }
            (None, Some(Value::Object(object))) => {
                for (key, value) in object.iter() {
                    add_targets(schema, policy, op, key.as_str(), Some(value), &mut targets);
                }
            }
            (None, _) => {}
        }
    }
    targets
}

fn add_targets<'p, 's>(
    schema: &'s ResourceSchema,
    policy: &Policy,
    op: &'p str,
    path: &str,
    value: Option<&'p Value>,
    targets: &mut Vec<Target<'p, 's>>,
) {
    let Some((path, resolved)) = resolved(schema, policy, path) else {
        return;
    };
    let prefix = match resolved {
        Resolved::Attribute(place) => {
            let filter = path.filter;
            targets.push(Target {
                op,
                place,
                filter,
                value,
            });
            return;
        }
        Resolved::Extension(extension) => format!("{}:", extension.id),
        Resolved::Resource => String::new(),
    };
    let members = value.and_then(Value::as_object).into_iter();
    for (key, value) in members.flat_map(Object::iter) {
        let path = format!("{prefix}{key}");
        add_targets(schema, policy, op, &path, Some(value), targets);
    }
}

/// What a path of a PATCH names, apart from the filter in it.
fn named<'s>(schema: &'s ResourceSchema, policy: &Policy, path: &str) -> Option<Resolved<'s>> {
    resolved(schema, policy, path).map(|(_, resolved)| resolved)
}

/// A path of a PATCH, and what it names.
fn resolved<'s>(
    schema: &'s ResourceSchema,
    policy: &Policy,
    path: &str,
) -> Option<(Path, Resolved<'s>)> {
    let path = Parser::new().policy(policy).parse_path(path).ok()?;
    let path = path.into_inner();
    let mut resolved = schema.resolve(&path.attr, policy).ok()?;
    if let (Resolved::Attribute(place), Some(sub)) = (&mut resolved, &path.sub) {
        place.sub_attribute = Some(place.attribute.sub_attribute(sub.as_str())?);
    }
    Some((path, resolved))
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
        match (paths.and_then(|policy| named(schema, policy, name)), value) {
            (Some(Resolved::Attribute(place)), value) => see(place.definition(), value)?,
            (Some(Resolved::Resource), Value::Object(object)) => {
                members(schema, None, object, paths, see)?;
            }
            _ => {}
        }
    }
    Ok(())
}
