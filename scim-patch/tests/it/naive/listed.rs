//! `remove` with a list of values.

use scim_core::{Attribute, Object, ScimType, Value};
use scim_schema::same_value;

use super::{Naive, Outcome, Target};

impl<'a> Naive<'a> {
    /// P06: an element goes if it is equal in all that is given, each sub-attribute checked alone.
    pub(super) fn remove_listed(
        &self,
        target: &Target<'_, 'a>,
        mut elements: Vec<Value>,
        value: Value,
    ) -> Outcome<Vec<Value>> {
        let attribute = target.attribute;
        let listed = match value {
            Value::Object(object) if object.len() == 1 => match object.get(attribute.name.as_str())
            {
                Some(list @ Value::Array(_)) => list.clone(),
                _ => Value::Object(object),
            },
            value => value,
        };
        for given in listed.elements() {
            if !attribute.is_complex() {
                let given = self.checked(target, |check, site, findings| {
                    check.element(attribute, given.clone(), site, findings)
                })?;
                elements.retain(|old| {
                    given
                        .as_ref()
                        .is_none_or(|v| !same_value(attribute, old, v))
                });
                continue;
            }
            let object: Object = match given {
                Value::Object(object) => object.clone(),
                Value::String(_) | Value::Number(_) if self.policy.value_coercion => {
                    [("value", given.clone())].into_iter().collect()
                }
                _ => return Err(ScimType::InvalidValue),
            };
            let mut said = Vec::new();
            for (name, value) in object {
                let Some(sub) = attribute.sub_attribute(name.as_str()) else {
                    self.unknown(self.policy.unknown_attributes, ScimType::InvalidValue)?;
                    continue;
                };
                let value = self.checked(target, |check, site, findings| {
                    check.attribute(sub, value, site, findings)
                })?;
                said.extend(value.map(|value| (sub, value)));
            }
            elements.retain(|old| {
                let old = old.as_object().unwrap();
                let equal = |(sub, value): &(&Attribute, Value)| {
                    let stored = old.get(sub.name.as_str());
                    stored.is_some_and(|stored| same_value(sub, stored, value))
                };
                said.is_empty() || !said.iter().all(equal)
            });
        }
        Ok(elements)
    }
}
