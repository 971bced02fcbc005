//! When two values are the same to a client that writes.

use scim_core::{Attribute, ElementIndex, Mutability, Value};
use scim_schema::same_value;

/// Whether a client has nothing to change between two values of an attribute: what is readOnly is left
/// alone, what is immutable keeps its spelling (decision P21), elements have no order (RFC 7643 §2.4).
pub(super) fn is_same(definition: &Attribute, a: Option<&Value>, b: Option<&Value>) -> bool {
    same(definition, a, b, false)
}

/// Whether anything is left of a value without what is readOnly.
pub(super) fn is_written(definition: &Attribute, value: &Value) -> bool {
    match value {
        Value::Array(elements) => elements.iter().any(|one| is_written(definition, one)),
        Value::Object(object) => {
            let mut subs = definition.sub_attributes.iter();
            subs.any(|sub| {
                let value = object.get(sub.name.as_str());
                sub.mutability != Mutability::ReadOnly && value.is_some_and(Value::has_content)
            })
        }
        simple => simple.is_assigned(),
    }
}

/// `fixed`: the values are a part of something immutable.
fn same(definition: &Attribute, a: Option<&Value>, b: Option<&Value>, fixed: bool) -> bool {
    let fixed = fixed || definition.mutability == Mutability::Immutable;
    let written = |value: &&Value| is_written(definition, value);
    match (a.filter(written), b.filter(written)) {
        (None, None) => true,
        (Some(Value::Array(a)), Some(Value::Array(b))) => same_elements(definition, a, b, fixed),
        (Some(a), Some(b)) => same_one(definition, a, b, fixed),
        _ => false,
    }
}

/// One simple or complex value.
fn same_one(definition: &Attribute, a: &Value, b: &Value, fixed: bool) -> bool {
    let (Value::Object(a), Value::Object(b)) = (a, b) else {
        return a == b || fixed && same_value(definition, a, b);
    };
    let subs = definition.sub_attributes.iter();
    let mut writable = subs.filter(|sub| sub.mutability != Mutability::ReadOnly);
    writable.all(|sub| {
        let name = sub.name.as_str();
        same(sub, a.get(name), b.get(name), fixed)
    })
}

fn same_elements(definition: &Attribute, a: &[Value], b: &[Value], fixed: bool) -> bool {
    let written = |one: &&Value| is_written(definition, one);
    let a: Vec<&Value> = a.iter().filter(written).collect();
    let b: Vec<&Value> = b.iter().filter(written).collect();
    let is_same = |a: &Value, b: &Value| same_one(definition, a, b, fixed);
    // Most stand where they stood.
    let Some(start) = a.iter().zip(&b).position(|(a, b)| !is_same(a, b)) else {
        return a.len() == b.len();
    };
    let mut index = ElementIndex::new(definition, &[]);
    for (at, element) in a.iter().enumerate().skip(start) {
        index.insert(element, at);
    }
    let at = |position: usize| a.get(position).copied();
    a.len() == b.len()
        && b.iter().skip(start).all(|element| {
            let mut twins = index.positions(element, at).into_iter();
            let twin = twins.find_map(|place| {
                Some((place, at(place)?)).filter(|(_, twin)| is_same(twin, element))
            });
            twin.is_some_and(|(place, twin)| {
                index.remove(twin, place);
                true
            })
        })
}
