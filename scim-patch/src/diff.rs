//! [`diff`]: the PATCH that turns one state of a resource into another.

mod elements;
mod same;

use scim_core::{
    AttrName, AttrPath, Attribute, Mutability, Object, PatchOp, PatchOperation, Place, Policy,
    Resource, ResourceSchema, Schema, Value,
};
use scim_filter::Path;
use scim_schema::same_value;

use self::elements::of_elements;
use self::same::{is_same, is_written};
use crate::Plan;

/// No PATCH leads from one state to the other.
///
/// ```
/// use scim_core::{Resource, builtin};
/// let before: Resource = r#"{"displayName":"g","members":[{"value":"a","display":"x"}]}"#.parse()?;
/// let after: Resource = r#"{"displayName":"g","members":[{"value":"a","display":"y"}]}"#.parse()?;
/// let error = scim_patch::diff(&before, &after, builtin::group_schema()).unwrap_err();
/// assert_eq!(error.path().as_str(), "members");
/// # Ok::<(), scim_core::ReadError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no PATCH changes `{path}` so: {reason}")]
pub struct DiffError {
    path: AttrPath,
    reason: String,
}

impl DiffError {
    /// The attribute that cannot be changed so.
    pub fn path(&self) -> &AttrPath {
        &self.path
    }
}

/// The operations that turn `before` into `after`, element by element (RFC 7644 §3.5.2).
///
/// Elements are paired by identity (decision P12), whatever their order. readOnly attributes and
/// sub-attributes are left alone; an element that is added, or taken out and added again because
/// nothing tells it apart, comes without them. So is the spelling of an equal value that is immutable,
/// since it stays as it is stored (decision P21). The operations are in the strict form that every service
/// provider takes: lower-case names, a path each, arrays for multi-valued attributes. Of equal states
/// there are none, and [`Plan::new`] refuses a message without operations.
///
/// # Errors
/// [`DiffError`] names the first attribute that no PATCH can change so, for example an immutable one.
/// An extension that goes as a whole takes along such an attribute (decision P21), and readOnly ones.
///
/// # Complexity
/// Linear in the values, and sorting lists that changed. Elements without a `value` that go or change
/// cost a pass over their list each, and those that share their `value` with others a pass over
/// these: quadratic where many differ in `type` alone, bounded by
/// [`PatchLimits::comparisons`](crate::PatchLimits::comparisons). A list becomes one `replace` where no
/// filter tells an element that goes or changes from all others, or where so many do that the
/// operations would go beyond [`PatchLimits`](crate::PatchLimits).
///
/// ```
/// use scim_core::{Resource, builtin};
/// let before: Resource = r#"{"userName":"ada","title":"Miss","emails":[{"value":"a@x"}]}"#.parse()?;
/// let after: Resource = r#"{"userName":"ada","emails":[{"value":"a@x"},{"value":"b@x"}]}"#.parse()?;
/// let patch = scim_patch::diff(&before, &after, builtin::user_schema())?;
/// let paths: Vec<_> = patch.operations.iter().map(|o| (&*o.op, o.path.as_deref())).collect();
/// assert_eq!(paths, [("remove", Some("title")), ("add", Some("emails"))]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn diff(
    before: &Resource,
    after: &Resource,
    schema: &ResourceSchema,
) -> Result<PatchOp, DiffError> {
    let mut operations = of_container(before, after, schema, None, schema.attributes().iter())?;
    for extended in schema.extensions() {
        let extension = &extended.schema;
        let attributes = extension.attributes.iter();
        let is_held = |resource: &Resource| {
            let object = resource.get(extension.id.as_str());
            object.is_some_and(Value::has_content)
        };
        let goes = is_held(before) && !is_held(after) && !extended.required;
        let has_read_only = || {
            let object = before.get(extension.id.as_str()).and_then(Value::as_object);
            let mut attributes = extension.attributes.iter();
            attributes.any(|attribute| {
                attribute.mutability == Mutability::ReadOnly
                    && object.is_some_and(|object| assigned(object, attribute).is_some())
            })
        };
        match of_container(before, after, schema, Some(extension), attributes) {
            Err(error) if !goes => return Err(error),
            Ok(some) if some.is_empty() || !goes || !has_read_only() => {
                operations.extend(some);
            }
            // As a whole it may go with what is immutable (P21) or readOnly (P20) in it.
            _ => operations.push(PatchOperation::remove(extension.id.to_string())),
        }
    }
    Ok(PatchOp::new(operations))
}

/// The operations on the attributes of the resource or of one of its extensions.
fn of_container<'s>(
    before: &Resource,
    after: &Resource,
    schema: &ResourceSchema,
    extension: Option<&'s Schema>,
    attributes: impl Iterator<Item = &'s Attribute>,
) -> Result<Vec<PatchOperation>, DiffError> {
    let empty = Object::new();
    let mut operations = Vec::new();
    for attribute in attributes {
        let computed = extension.is_none() && attribute.name == *"schemas";
        if computed || attribute.mutability == Mutability::ReadOnly {
            continue;
        }
        let place = Place::new(extension, attribute, None);
        let old = place.container(before).unwrap_or(&empty);
        let new = place.container(after).unwrap_or(&empty);
        let (old, new) = (assigned(old, attribute), assigned(new, attribute));
        let attempt = of_attribute(&place, old, new);
        if attempt.is_empty() {
            continue;
        }
        let fitting = match leads_to(schema, &place, old, after, &attempt) {
            Ok(true) => attempt,
            // Filters could not tell the elements apart: the list as a whole.
            refused => {
                let whole = vec![write(&place, old, new)];
                match (leads_to(schema, &place, old, after, &whole), refused) {
                    (Ok(true), _) => whole,
                    (Err(reason), _) | (_, Err(reason)) => return Err(error(&place, reason)),
                    (Ok(false), Ok(_)) => {
                        return Err(error(&place, "its elements cannot be told apart"));
                    }
                }
            }
        };
        operations.extend(fitting);
    }
    Ok(operations)
}

fn error(place: &Place<'_>, reason: impl Into<String>) -> DiffError {
    DiffError {
        path: place.path(),
        reason: reason.into(),
    }
}

/// Whether the operations, applied to the attribute alone, give its new value up to order.
fn leads_to(
    schema: &ResourceSchema,
    place: &Place<'_>,
    old: Option<&Value>,
    after: &Resource,
    operations: &[PatchOperation],
) -> Result<bool, String> {
    let new = place
        .container(after)
        .and_then(|object| assigned(object, place.attribute));
    let mut resource = Resource::default();
    let container: &mut Object = match place.extension {
        None => &mut resource,
        Some(extension) => {
            resource.insert(&extension.id, Object::new());
            match resource.get_mut(extension.id.as_str()) {
                Some(Value::Object(object)) => object,
                _ => return Ok(false),
            }
        }
    };
    if let Some(old) = old {
        container.insert(&place.attribute.name, old.clone());
    }
    // The other attributes that an extension has in the end are none of this one's business.
    if place.extension.is_some() {
        for (name, value) in place.container(after).into_iter().flat_map(Object::iter) {
            if place.attribute.name != *name.as_str() && value.is_assigned() {
                container.insert(name.clone(), "");
            }
        }
    }
    let patch = PatchOp::new(operations.to_vec());
    let plan = Plan::new(&patch, schema, &Policy::strict()).map_err(|e| e.detail().to_owned())?;
    plan.apply(&mut resource)
        .map_err(|e| e.detail().to_owned())?;
    let result = place.value(&resource);
    Ok(is_same(place.attribute, result, new))
}

fn of_attribute(
    place: &Place<'_>,
    old: Option<&Value>,
    new: Option<&Value>,
) -> Vec<PatchOperation> {
    let attribute = place.attribute;
    match (old, new) {
        (Some(Value::Array(old)), Some(Value::Array(new))) if attribute.multi_valued => {
            of_elements(place, old, new)
        }
        _ if is_same(attribute, old, new) => Vec::new(),
        (Some(Value::Object(old)), Some(Value::Object(new))) if attribute.is_complex() => {
            of_fields(attribute, &Path::new(place.path()), old, new)
        }
        _ => vec![write(place, old, new)],
    }
}

/// One operation on the whole attribute.
fn write(place: &Place<'_>, old: Option<&Value>, new: Option<&Value>) -> PatchOperation {
    let path = place.path().to_string();
    let new = new.filter(|new| is_written(place.attribute, new));
    let new = new.map(|new| writable(place.attribute, new.clone()));
    match (old, new) {
        (_, None) => PatchOperation::remove(path),
        (None, Some(new)) => PatchOperation::add(path, new),
        (Some(_), Some(new)) => PatchOperation::replace(path, new),
    }
}

/// The value without its readOnly sub-attributes, and without elements of nothing else.
fn writable(attribute: &Attribute, mut value: Value) -> Value {
    let is_read_only = |sub: &Attribute| sub.mutability == Mutability::ReadOnly;
    if !attribute.sub_attributes.iter().any(is_read_only) {
        return value;
    }
    let strip = |value: &mut Value| {
        if let Value::Object(object) = value {
            object.retain(|name, _| {
                let sub = attribute.sub_attribute(name.as_str());
                !sub.is_some_and(is_read_only)
            });
        }
        value.has_content()
    };
    match &mut value {
        Value::Array(elements) => elements.retain_mut(strip),
        value => {
            strip(value);
        }
    }
    value
}

/// Operations on the sub-attributes of one complex value or element.
fn of_fields(
    attribute: &Attribute,
    parent: &Path,
    old: &Object,
    new: &Object,
) -> Vec<PatchOperation> {
    let changes_value = attribute.sub_attribute("value").is_some_and(|value| {
        let (old, new) = (assigned(old, value), assigned(new, value));
        let stays = |old| new.is_some_and(|new| same_value(value, old, new));
        old.is_some_and(|old| !stays(old))
    });
    let mut operations = Vec::new();
    let mut subs: Vec<_> = attribute.sub_attributes.iter().collect();
    // A new value takes what described the old one away, so it comes first.
    subs.sort_by_key(|sub| sub.name != *"value");
    for sub in subs {
        if sub.mutability == Mutability::ReadOnly {
            continue;
        }
        let gone = changes_value && sub.name == *"$ref";
        let before = assigned(old, sub).filter(|_| !gone);
        let after = assigned(new, sub);
        if is_same(sub, before, after) {
            continue;
        }
        let path = below(parent, &sub.name);
        operations.push(match (before, after) {
            (_, None) => PatchOperation::remove(path),
            (None, Some(after)) => PatchOperation::add(path, after.clone()),
            (Some(_), Some(after)) => PatchOperation::replace(path, after.clone()),
        });
    }
    operations
}

fn below(parent: &Path, sub: &AttrName) -> String {
    match parent.filter {
        Some(_) => parent.clone().with_sub(sub.clone()).to_string(),
        None => format!("{}.{sub}", parent.attr),
    }
}

fn assigned<'v>(object: &'v Object, attribute: &Attribute) -> Option<&'v Value> {
    object
        .get(attribute.name.as_str())
        .filter(|value| value.is_assigned())
}
