//! When a given value is what is there already.

use scim_core::{Attribute, Comparison, ScimType, Value};

use crate::PatchError;

/// Equality by the attribute's comparison.
pub(crate) fn same(attribute: &Attribute, a: &Value, b: &Value) -> bool {
    a == b
        || Comparison::of(attribute)
            .and_then(|comparison| comparison.compare(a, b))
            .is_some_and(std::cmp::Ordering::is_eq)
}

/// P20: a readOnly value is accepted where it is the current one.
pub(crate) fn expect(
    current: Option<&Value>,
    given: &Value,
    attribute: &Attribute,
) -> Result<(), PatchError> {
    let equal = match (current, given) {
        (None, given) => !given.is_assigned(),
        (Some(current), given) => current == given || same(attribute, current, given),
    };
    if equal {
        Ok(())
    } else {
        Err(read_only_value(attribute))
    }
}

/// P06: equal in all given sub-attributes; nulls say nothing, and neither does a `type`, `$ref` or
/// other sub-attribute that the stored element of that `value` lacks.
pub(crate) fn is_listed(attribute: &Attribute, element: &Value, given: &Value) -> bool {
    let (Value::Object(element), Value::Object(given)) = (element, given) else {
        return same(attribute, element, given);
    };
    let by_value = given.get("value").is_some_and(Value::is_assigned);
    let mut said = given
        .iter()
        .filter(|(_, value)| value.is_assigned())
        .peekable();
    said.peek().is_some()
        && said.all(|(name, value)| {
            let stored = element.get(name.as_str()).filter(|v| v.is_assigned());
            match (stored, attribute.sub_attribute(name.as_str())) {
                (Some(stored), Some(sub)) => same(sub, stored, value),
                (None, _) => by_value && *name != *"value",
                (Some(_), None) => false,
            }
        })
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
