//! The final state against the first one (P19, P21).

use scim_core::{Attribute, Mutability, Object, Resource, Schema, ScimType, Value};
use scim_schema::{reference_agrees, same_value};

use super::values::is_read_only;
use super::{Naive, Outcome};

/// A member that no schema can define: which element of the stored list this one is.
pub(super) const TAG: &str = "#";

/// The resource with every complex element tagged.
pub(super) fn tagged(resource: &Resource) -> Resource {
    fn tag(object: &mut Object) {
        for (_, value) in object.iter_mut() {
            match value {
                Value::Object(extension) => tag(extension),
                Value::Array(elements) => {
                    for (at, element) in elements.iter_mut().enumerate() {
                        if let Value::Object(element) = element {
                            element.insert(TAG, at.to_string());
                        }
                    }
                }
                _ => {}
            }
        }
    }
    let mut resource = resource.clone();
    tag(&mut resource);
    resource
}

pub(super) fn untagged(element: &Value) -> Value {
    let mut element = element.clone();
    if let Value::Object(object) = &mut element {
        object.remove(TAG);
    }
    element
}

/// An element that a replacement of its list wrote.
pub(super) fn replaced(mut element: Value) -> Value {
    if let Value::Object(object) = &mut element {
        object.insert(TAG, "replaced");
    }
    element
}

fn untagged_all(value: &Value) -> Value {
    match value {
        Value::Array(elements) => Value::Array(elements.iter().map(untagged).collect()),
        value => value.clone(),
    }
}

/// P12, without the tag.
pub(super) fn same_element(attribute: &Attribute, a: &Value, b: &Value) -> bool {
    scim_core::same_element(attribute, &untagged(a), &untagged(b))
}

impl Naive<'_> {
    pub(super) fn finish(mut self, before: &Resource) -> Outcome<Resource> {
        let mut now = std::mem::take(&mut self.now);
        for attribute in self.schema.attributes() {
            if attribute.name != *"schemas" {
                self.judge(None, attribute, before, &mut now, false)?;
            }
        }
        let none = Object::new();
        for extension in self.schema.extensions() {
            let uri = extension.schema.id.as_str();
            let object = |resource: &Object| match resource.get(uri) {
                Some(Value::Object(object)) => Some(object.clone()),
                _ => None,
            };
            let (old, mut new) = (object(before), object(&now));
            // P20: what is readOnly goes with an extension that does not come back.
            let came_back = extension.schema.attributes.iter().any(|attribute| {
                let value = new
                    .as_ref()
                    .and_then(|new| new.get(attribute.name.as_str()));
                value.is_some() && !is_read_only(attribute)
            });
            if self.removed.contains(uri) && !came_back {
                now.remove(uri);
                new = None;
            }
            let gone = new.is_none();
            if extension.required && old.is_some() && gone {
                return Err(ScimType::Mutability);
            }
            for attribute in &extension.schema.attributes {
                let old = old.as_ref().unwrap_or(&none);
                let new = new.get_or_insert_default();
                self.judge(Some(&extension.schema), attribute, old, new, gone)?;
            }
            if let Some(new) = new.filter(|_| !gone) {
                now.insert(uri, new);
            }
        }
        self.now = now;
        fn untag(object: &mut Object) {
            for (_, value) in object.iter_mut() {
                match value {
                    Value::Object(extension) => untag(extension),
                    Value::Array(elements) => {
                        for element in elements.iter_mut() {
                            *element = untagged(element);
                        }
                    }
                    _ => {}
                }
            }
        }
        untag(&mut self.now);
        let schemas = scim_schema::effective_schemas(self.schema, &self.now);
        self.now.insert("schemas", schemas);
        Ok(self.now)
    }

    /// One attribute as it was and as it is; `gone`: its extension is no longer there.
    fn judge(
        &self,
        extension: Option<&Schema>,
        attribute: &Attribute,
        old: &Object,
        new: &mut Object,
        gone: bool,
    ) -> Outcome {
        let name = attribute.name.as_str();
        let (old, new) = (old.get(name), new.get_mut(name));
        if is_read_only(attribute) {
            return Ok(());
        }
        if new.is_none() && attribute.required && !gone {
            return Err(match old {
                Some(_) => ScimType::Mutability,
                None => ScimType::InvalidValue,
            });
        }
        let removed = extension.is_some_and(|schema| self.removed.contains(schema.id.as_str()));
        if removed && new.is_none() {
            return Ok(());
        }
        if attribute.mutability == Mutability::Immutable
            && let Some(old) = old
        {
            let new = new.ok_or(ScimType::Mutability)?;
            if sorted(old) == sorted(new) {
                return Ok(());
            }
            if !same_value(attribute, &untagged_all(old), &untagged_all(new)) {
                return Err(ScimType::Mutability);
            }
            *new = old.clone();
            return Ok(());
        }
        match (old, new) {
            (old, Some(Value::Array(new))) => {
                let mut old: Vec<Value> = match old {
                    Some(Value::Array(old)) => old.clone(),
                    _ => Vec::new(),
                };
                for (at, element) in old.iter_mut().enumerate() {
                    if let Value::Object(object) = element {
                        object.insert(TAG, at.to_string());
                    }
                }
                // Those that stayed, those that are as they were, those of the same identity.
                let same = |round: usize, old: &Value, new: &Value| match round {
                    0 => tag(old) == tag(new),
                    1 => untagged(old) == untagged(new),
                    _ => same_element(attribute, old, new),
                };
                let mut left: Vec<&mut Value> = new.iter_mut().collect();
                for round in 0..3 {
                    for element in std::mem::take(&mut left) {
                        let Some(at) = old.iter().position(|old| same(round, old, element)) else {
                            left.push(element);
                            continue;
                        };
                        let mut twin = old.remove(at);
                        if let (Value::Object(twin), None, Value::Object(element)) =
                            (&mut twin, tag(element), &*element)
                        {
                            // What is immutable may go with a whole element, if it does not come back.
                            twin.retain(|name, _| element.get(name.as_str()).is_some());
                        }
                        self.object(attribute, Some(&twin), element)?;
                    }
                }
                left.into_iter()
                    .try_for_each(|element| self.object(attribute, None, element))
            }
            (old, Some(new)) => self.object(attribute, old, new),
            // A singular value is no element, which may go as a whole.
            (Some(Value::Object(old)), None) => {
                let fixed = |sub: &&Attribute| sub.mutability == Mutability::Immutable;
                let mut fixed = attribute.sub_attributes.iter().filter(fixed);
                match fixed.any(|sub| old.get(sub.name.as_str()).is_some()) {
                    true => Err(ScimType::Mutability),
                    false => Ok(()),
                }
            }
            (_, None) => Ok(()),
        }
    }

    /// A complex value that remains or came.
    fn object(&self, attribute: &Attribute, old: Option<&Value>, new: &mut Value) -> Outcome {
        let Value::Object(new) = new else {
            return Ok(());
        };
        let old = old.and_then(Value::as_object);
        for sub in &attribute.sub_attributes {
            let name = sub.name.as_str();
            let was = old.and_then(|object| object.get(name));
            if sub.mutability == Mutability::Immutable
                && let (Some(was), Some(is)) = (was, new.get_mut(name))
                && same_value(sub, was, is)
            {
                // P21: what is immutable keeps its spelling.
                *is = was.clone();
            }
            let is = new.get(name);
            if sub.mutability == Mutability::Immutable && was.is_some() && was != is {
                return Err(ScimType::Mutability);
            }
            if sub.required && !is_read_only(sub) && is.is_none() {
                return Err(match was {
                    Some(_) => ScimType::Mutability,
                    None => ScimType::InvalidValue,
                });
            }
        }
        // S05, S06 and G02, by the rule of the crate that owns them.
        let agrees = |object: &Object| reference_agrees(self.schema, attribute, object);
        if self.policy.ignore_contradictory_reference && old.is_none_or(agrees) {
            let only = |names: &[&str]| {
                let mut part = new.clone();
                part.retain(|name, _| names.contains(&name.as_str()));
                agrees(&part)
            };
            if !agrees(new) && only(&["$ref", "value"]) {
                new.remove("type");
            } else if !agrees(new) && only(&["$ref"]) && new.get("value").is_some() {
                new.remove("$ref");
            }
        }
        match agrees(new) || old.is_some_and(|old| !agrees(old)) {
            true => Ok(()),
            false => Err(ScimType::InvalidValue),
        }
    }
}

fn tag(element: &Value) -> Option<&Value> {
    element.as_object().and_then(|object| object.get(TAG))
}

/// Order has no meaning (P34).
pub(super) fn sorted(value: &Value) -> Vec<String> {
    let mut texts: Vec<_> = value
        .elements()
        .map(|element| untagged(element).to_json())
        .collect();
    texts.sort();
    texts
}
