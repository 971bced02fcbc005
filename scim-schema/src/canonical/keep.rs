//! Objects beside what a PUT replaces, and when two values are the same.

use scim_core::{AttrType, Attribute, Comparison, ElementIndex, Key, Mutability, Object, Value};

use crate::value::{Definitions, Lacks as _, Required, reference};

/// Decisions W03, W09 and W10: what a PUT cannot or does not change stays, to the letter. A null that
/// was written is still there and clears.
pub(super) fn keep(definitions: &Definitions<'_>, object: &mut Object, current: &Object) {
    for (key, value) in object.iter_mut() {
        let definition = definitions.find(key.as_str());
        let Some((definition, before)) = definition
            .and_then(|definition| Some((definition, assigned(current, &definition.name)?)))
        else {
            continue;
        };
        if definition.mutability == Mutability::Immutable || is_same_number(value, before) {
            *value = before.clone();
        }
    }
    let names_another = match definitions {
        Definitions::Sub(definition) => put_names_another(definition, current, object),
        _ => false,
    };
    let mut kept: Vec<(Key, Value)> = Vec::new();
    for definition in definitions.attributes() {
        if object.get(definition.name.as_str()).is_some() {
            continue;
        }
        let value = match stays(definition, names_another) {
            true => assigned(current, &definition.name).cloned(),
            false => left_out(definition, current.get(definition.name.as_str())),
        };
        kept.extend(value.map(|value| (Key::from(&definition.name), value)));
    }
    if !kept.is_empty() {
        let members = std::mem::take(object);
        *object = members.into_iter().chain(kept).collect();
    }
}

/// Attributes and extensions that the type does not know, any more or yet: a client that cannot name them cannot
/// mean to clear them (decision W08). Sub-attributes are part of a value, which is written as a whole.
pub(super) fn keep_unknown(definitions: &Definitions<'_>, object: &mut Object, current: &Object) {
    if matches!(definitions, Definitions::Sub(_)) {
        return;
    }
    for (key, value) in current.iter() {
        let name = key.as_str();
        if definitions.spelling(name).is_none() && object.get(name).is_none() {
            object.insert(key.clone(), value.clone());
        }
    }
}

/// Whether both are one number, however it is written: `1.0` and `1.00` (decision S02).
pub(super) fn is_same_number(value: &Value, before: &Value) -> bool {
    matches!(value, Value::Number(_)) && value == before
}

/// Whether a PUT may leave the attribute out and yet keep a part of it.
pub(crate) fn is_kept_in_part(definition: &Attribute) -> bool {
    definition.is_complex()
        && !definition.multi_valued
        && definition.mutability == Mutability::ReadWrite
}

/// What a PUT keeps of a singular complex value that it leaves out: as with an extension, what it does
/// not clear (decision W09), unless that would lack what is required beside it.
pub(crate) fn left_out(definition: &Attribute, current: Option<&Value>) -> Option<Value> {
    let current = current?
        .as_object()
        .filter(|_| is_kept_in_part(definition))?;
    let mut object = Object::new();
    keep(&Definitions::Sub(definition), &mut object, current);
    let lacks = |sub: &Attribute| {
        let required = Some(Required::Written).applies_to(sub);
        required && object.get(sub.name.as_str()).is_none()
    };
    let stays = !object.is_empty() && !definition.sub_attributes.iter().any(lacks);
    stays.then_some(Value::Object(object))
}

/// Whether a PUT that does not mention the attribute leaves it as it is.
pub(crate) fn stays(definition: &Attribute, names_another: bool) -> bool {
    match definition.mutability {
        Mutability::ReadOnly => !names_another,
        Mutability::Immutable | Mutability::WriteOnly => true,
        _ => false,
    }
}

/// The value of a member unless it is unassigned.
pub(crate) fn assigned(object: &Object, name: impl AsRef<str>) -> Option<&Value> {
    object
        .get(name.as_ref())
        .filter(|value| value.is_assigned())
}

/// Whether a client changed the `value`: what a service provider computed from it goes with it.
pub(crate) fn names_another(definition: &Attribute, before: &Object, after: &Object) -> bool {
    let value = definition.sub_attribute("value");
    let Some(value) = value.filter(|value| value.mutability != Mutability::ReadOnly) else {
        return false;
    };
    match (assigned(before, "value"), assigned(after, "value")) {
        (Some(before), Some(after)) => !same_value(value, before, after),
        (before, _) => before.is_some(),
    }
}

/// Whether a PUT does: a `value` that it leaves out may stay (decision W09).
pub(crate) fn put_names_another(definition: &Attribute, before: &Object, given: &Object) -> bool {
    let stays = definition
        .sub_attribute("value")
        .is_some_and(|value| match value.mutability {
            Mutability::Immutable => true,
            Mutability::WriteOnly => given.get("value").is_none(),
            _ => false,
        });
    !stays && names_another(definition, before, given)
}

/// Whether two values of an attribute are the same: compared as filters compare them, references by
/// where they lead (decision W10), elements in any order, nulls as absent.
///
/// ```
/// use scim_core::{Value, builtin};
/// use scim_schema::same_value;
/// let members = builtin::group().attribute("members").ok_or("members")?;
/// let one: Value = r#"[{"value":"a","$ref":"../Users/a"},{"value":"b","type":"User"}]"#.parse()?;
/// let other: Value = r#"[{"type":"user","value":"b"},{"value":"a","$ref":"/v2/Users/a"}]"#.parse()?;
/// assert!(same_value(members, &one, &other));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Complexity
/// Linear in the size of the values.
pub fn same_value(definition: &Attribute, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            let mut index = ElementIndex::new(definition, a);
            // Each stands for one other.
            a.len() == b.len()
                && b.iter().all(|element| {
                    let mut alike = index.positions(element, |at| a.get(at)).into_iter();
                    let same = alike.find_map(|at| {
                        let other = a.get(at)?;
                        same_value(definition, other, element).then_some((at, other))
                    });
                    same.is_some_and(|(at, other)| {
                        index.remove(other, at);
                        true
                    })
                })
        }
        (Value::Object(a), Value::Object(b)) => {
            definition.sub_attributes.iter().all(|sub| {
                match (assigned(a, &sub.name), assigned(b, &sub.name)) {
                    (None, None) => true,
                    (Some(a), Some(b)) => same_value(sub, a, b),
                    _ => false,
                }
            })
        }
        (Value::String(a), Value::String(b)) if definition.attr_type == AttrType::Reference => {
            reference::same_reference(definition, a, b)
        }
        _ => match Comparison::of(definition).and_then(|by| by.compare(a, b)) {
            Some(order) => order.is_eq(),
            None => a == b,
        },
    }
}
