//! When a given value is what is there already.

use scim_core::{Attribute, ScimType, Value};
use scim_schema::same_value;

use crate::PatchError;

/// P20: a readOnly value is accepted where it is the current one.
pub(crate) fn expect(
    current: Option<&Value>,
    given: &Value,
    attribute: &Attribute,
) -> Result<(), PatchError> {
    let equal = match (current, given) {
        (None, given) => !given.is_assigned(),
        (Some(current), given) => same_value(attribute, current, given),
    };
    if equal {
        Ok(())
    } else {
        Err(read_only_value(attribute))
    }
}

/// P06: equal in all given sub-attributes.
pub(crate) fn is_listed(attribute: &Attribute, element: &Value, given: &Value) -> bool {
    let (Value::Object(element), Value::Object(given)) = (element, given) else {
        return same_value(attribute, element, given);
    };
    given.iter().all(|(name, value)| {
        let sub = attribute.sub_attribute(name.as_str());
        let stored = element.get(name.as_str());
        sub.zip(stored)
            .is_some_and(|(sub, stored)| same_value(sub, stored, value))
    })
}

/// P34: the values of a list inside an object, in another order.
pub(crate) fn is_reordered(current: &Value, given: &Value) -> bool {
    let (Value::Array(current), Value::Array(given)) = (current, given) else {
        return false;
    };
    let sorted = |list: &[Value]| {
        let mut texts: Vec<_> = list.iter().map(Value::to_json).collect();
        texts.sort_unstable();
        texts
    };
    current.len() == given.len() && sorted(current) == sorted(given)
}

pub(crate) fn read_only_value(attribute: &Attribute) -> PatchError {
    PatchError::new(
        ScimType::Mutability,
        format!(
            "`{}` is readOnly, and the value would change it",
            attribute.name
        ),
    )
}

pub(crate) fn two_primaries() -> PatchError {
    PatchError::new(
        ScimType::InvalidValue,
        "`primary` would be true for more than one element",
    )
}

pub(crate) fn is_primary(sub: Option<&Attribute>, value: &Value) -> bool {
    sub.is_some_and(|sub| sub.name == *"primary") && *value == Value::Bool(true)
}

pub(crate) fn is_primary_element(element: &Value) -> bool {
    element
        .as_object()
        .is_some_and(|object| object.get("primary") == Some(&Value::Bool(true)))
}
