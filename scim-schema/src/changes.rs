//! [`changes`]: the effective difference between two states of a resource.

use scim_core::{
    Attribute, Change, Changes, ElementIndex, Object, Place, Resource, ResourceSchema, Schema,
    Value,
};

/// What differs between two states of a resource, in the order of the schema.
///
/// A singular attribute or sub-attribute is one change; in a list each element that was added,
/// removed or altered is one, elements being paired by identity (decision P12) whatever their order.
/// `schemas` and `meta` follow from the rest and are left out. A value that no answer may show
/// (decision J13) is reported without its value.
///
/// # Complexity
/// Linear in the number of values; of an object with `n` attributes `n log n`.
///
/// ```
/// use scim_core::{Resource, builtin};
/// let before: Resource = r#"{"userName":"ada","emails":[{"value":"a"},{"value":"b"}]}"#.parse()?;
/// let after: Resource = r#"{"userName":"ada","emails":[{"value":"b"},{"value":"c"}]}"#.parse()?;
/// let changes = scim_schema::changes(builtin::user_schema(), &before, &after);
/// assert_eq!(changes.len(), 2);
/// assert_eq!(changes[0].before.as_ref().unwrap().to_json(), r#"{"value":"a"}"#);
/// assert_eq!(changes[1].after.as_ref().unwrap().to_json(), r#"{"value":"c"}"#);
/// # Ok::<(), scim_core::ReadError>(())
/// ```
pub fn changes(schema: &ResourceSchema, before: &Resource, after: &Resource) -> Changes {
    let mut out = Changes::new();
    for attribute in schema.attributes() {
        if attribute.name != *"schemas" && attribute.name != *"meta" {
            compare(None, attribute, before, after, &mut out);
        }
    }
    let empty = Object::new();
    for extension in schema.extensions() {
        let schema = &*extension.schema;
        let before = before.get(schema.id.as_str()).and_then(Value::as_object);
        let after = after.get(schema.id.as_str()).and_then(Value::as_object);
        for attribute in &schema.attributes {
            let (before, after) = (before.unwrap_or(&empty), after.unwrap_or(&empty));
            compare(Some(schema), attribute, before, after, &mut out);
        }
    }
    out
}

fn compare(
    extension: Option<&Schema>,
    attribute: &Attribute,
    before: &Object,
    after: &Object,
    out: &mut Changes,
) {
    let (before, after) = (assigned(before, attribute), assigned(after, attribute));
    if before == after {
        return;
    }
    let place = Place::new(extension, attribute, None);
    if attribute.is_hidden() {
        return out.push(Change::at(&place, None, None));
    }
    if attribute.multi_valued {
        return elements(&place, before, after, out);
    }
    if !attribute.is_complex() {
        return out.push(Change::at(&place, before, after));
    }
    let empty = Object::new();
    let before = before.and_then(Value::as_object).unwrap_or(&empty);
    let after = after.and_then(Value::as_object).unwrap_or(&empty);
    for sub in &attribute.sub_attributes {
        let (before, after) = (assigned(before, sub), assigned(after, sub));
        if before != after {
            let place = Place::new(extension, attribute, Some(sub));
            out.push(Change::at(&place, before, after));
        }
    }
}

fn elements(place: &Place<'_>, before: Option<&Value>, after: Option<&Value>, out: &mut Changes) {
    let before: &[Value] = before.and_then(Value::as_array).unwrap_or_default();
    let after: &[Value] = after.and_then(Value::as_array).unwrap_or_default();
    let mut index = ElementIndex::new(place.attribute, before);
    let mut partner = vec![None; before.len()];
    let mut added = Vec::new();
    for element in after {
        match index.find(element, |at| before.get(at)) {
            Some(at) => {
                if let (Some(old), Some(place)) = (before.get(at), partner.get_mut(at)) {
                    index.remove(old, at);
                    *place = Some(element);
                }
            }
            None => added.push(element),
        }
    }
    let mut push = |before: Option<&Value>, after: Option<&Value>| {
        out.push(Change::at(place, before, after));
    };
    for (old, new) in before.iter().zip(partner) {
        if new != Some(old) {
            push(Some(old), new);
        }
    }
    for new in added {
        push(None, Some(new));
    }
}

fn assigned<'o>(object: &'o Object, attribute: &Attribute) -> Option<&'o Value> {
    object
        .get(attribute.name.as_str())
        .filter(|value| value.is_assigned())
}
