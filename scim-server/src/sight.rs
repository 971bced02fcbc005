//! [`Sight`]: a resource type as one client sees it, and what a write leaves of the rest.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use scim_core::{
    Attribute, ElementIndex, Mutability, Object, Place, Resource, ResourceSchema, ScimError,
    ScimType, Value,
};

use crate::authorize::{Access, Action, Authorize};
use crate::context::Context;
use crate::membership::GROUPS;
use crate::provider::Shared;
use crate::store::Stored;

/// A resource type as one client sees it. Cloning shares.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    /// The type as it is.
    pub(crate) schema: ResourceSchema,
    /// The type with the attributes that the client may read, readOnly where it may not write.
    pub(crate) seen: ResourceSchema,
    /// Whether `seen` differs from `schema`.
    pub(crate) is_limited: bool,
}

impl Shared {
    /// The type as the client of a request sees it, if it may do what it asks.
    pub(crate) fn sight(
        &self,
        context: &Context,
        action: Action,
        schema: &ResourceSchema,
        id: Option<&str>,
    ) -> Result<Sight, ScimError> {
        let mut is_limited = false;
        let mut seen = schema.clone();
        if let Some(rules) = &self.authorize {
            rules.action(context, action, schema, id)?;
            let limited = schema.amended(|place| {
                let attribute = seen_of(&**rules, context, schema, place);
                is_limited |= attribute.as_ref() != Some(place.attribute);
                attribute
            });
            if is_limited {
                seen = limited;
            }
        }
        Ok(Sight {
            schema: schema.clone(),
            seen,
            is_limited,
        })
    }
}

/// The attribute as the client may see it.
fn seen_of(
    rules: &dyn Authorize,
    context: &Context,
    schema: &ResourceSchema,
    place: &Place<'_>,
) -> Option<Attribute> {
    let mut attribute = place.attribute.clone();
    if place.extension.is_none()
        && ["id", "schemas"]
            .iter()
            .any(|name| attribute.name == **name)
    {
        return Some(attribute);
    }
    let access = rules.attribute(context, schema, place);
    let subs = std::mem::take(&mut attribute.sub_attributes);
    let mut seen = limited(attribute, access)?;
    let seen_subs = subs.iter().filter_map(|sub| {
        let place = Place::new(place.extension, place.attribute, Some(sub));
        let of_sub = rules.attribute(context, schema, &place);
        limited(sub.clone(), of_sub.min(access))
    });
    seen.sub_attributes = seen_subs.collect();
    // An attribute of which nothing is seen is not seen.
    (subs.is_empty() || !seen.sub_attributes.is_empty()).then_some(seen)
}

/// The attribute as far as the access goes.
fn limited(mut attribute: Attribute, access: Access) -> Option<Attribute> {
    match access {
        Access::None => return None,
        // What nobody reads is there to be written alone.
        Access::Read if attribute.is_hidden() => return None,
        Access::Read => attribute.mutability = Mutability::ReadOnly,
        Access::Write => {}
    }
    Some(attribute)
}

impl Sight {
    /// What the client sees of a resource.
    pub(crate) fn see<'s>(&self, stored: &'s Stored) -> Cow<'s, Stored> {
        if !self.is_limited {
            return Cow::Borrowed(stored);
        }
        let resource = seen_in(stored.resource(), &|name| self.part(name));
        let mut seen = stored.clone();
        let (time, version) = (seen.last_modified, seen.version.clone());
        seen.set(Arc::new(resource.into()), time, version);
        if self.seen.attribute(GROUPS).is_none() {
            seen.groups.clear();
        }
        Cow::Owned(seen)
    }

    /// Whether the client sees all of an attribute that it sees.
    pub(crate) fn is_whole(&self, attribute: &str) -> bool {
        let count = |schema: &ResourceSchema| {
            let attribute = schema.attribute(attribute);
            attribute.map_or(0, |attribute| attribute.sub_attributes.len())
        };
        count(&self.seen) == count(&self.schema)
    }

    /// Puts what the client does not see back into a resource that it changed, everything but what was in
    /// elements that are gone. Says whether there was anything to put back.
    ///
    /// # Errors
    /// `invalidValue` if something that the client made lacks what it may not write.
    pub(crate) fn restore(
        &self,
        resource: &mut Resource,
        current: &Resource,
    ) -> Result<bool, ScimError> {
        if !self.is_limited {
            return Ok(false);
        }
        let restored = put_back(resource, current, &|name| self.part(name));
        let whole = self.schema.extensions().iter().zip(self.seen.extensions());
        let lacking = whole.into_iter().any(|(whole, seen)| {
            let object = resource.get(whole.schema.id.as_str());
            let object = object.and_then(Value::as_object);
            object.is_some_and(|o| lacks(o, &whole.schema.attributes, &seen.schema.attributes))
        });
        let base = [&self.schema, &self.seen].map(|schema| &*schema.base().attributes);
        if lacking || lacks(resource, base[0], base[1]) {
            let detail =
                "what is written lacks a required attribute that this client may not write";
            return Err(ScimError::of(ScimType::InvalidValue, detail));
        }
        Ok(restored)
    }

    /// What a name at the top level of a stored resource is to the client.
    fn part(&self, name: &str) -> Option<Part<'_>> {
        match self.seen.extension(name) {
            Some(extension) => Some(Part::Object(&extension.schema.attributes)),
            None => self.seen.attribute(name).map(Part::of),
        }
    }
}

/// Something of a resource that a client sees.
#[derive(Clone, Copy)]
enum Part<'s> {
    /// It is simple.
    Whole,
    /// An object of these attributes.
    Object(&'s [Attribute]),
    /// A list of objects.
    List(&'s Attribute),
}

impl<'s> Part<'s> {
    fn of(attribute: &'s Attribute) -> Self {
        match attribute {
            Attribute { sub_attributes, .. } if sub_attributes.is_empty() => Self::Whole,
            list if list.multi_valued => Self::List(list),
            complex => Self::Object(&complex.sub_attributes),
        }
    }

    fn among(attributes: &'s [Attribute], name: &str) -> Option<Self> {
        let mut attributes = attributes.iter();
        attributes.find(|a| a.name == *name).map(Self::of)
    }
}

/// What is seen of an object.
fn seen_in<'s>(object: &Object, part: &dyn Fn(&str) -> Option<Part<'s>>) -> Object {
    let members = object.iter().filter_map(|(key, value)| {
        let value = match part(key.as_str())? {
            Part::Whole => value.clone(),
            Part::Object(attributes) => {
                let of = |name: &str| Part::among(attributes, name);
                seen_in(value.as_object()?, &of).into()
            }
            Part::List(list) => {
                let elements = value.elements().map(|element| seen_element(list, element));
                elements
                    .filter(Value::is_assigned)
                    .collect::<Vec<_>>()
                    .into()
            }
        };
        value.is_assigned().then(|| (key.clone(), value))
    });
    members.collect()
}

fn seen_element(list: &Attribute, element: &Value) -> Value {
    let of = |name: &str| Part::among(&list.sub_attributes, name);
    let object = element.as_object();
    object.map_or(Value::Null, |object| seen_in(object, &of).into())
}

/// Gives an object what `current` has and the client does not see.
fn put_back<'s>(
    object: &mut Object,
    current: &Object,
    part: &dyn Fn(&str) -> Option<Part<'s>>,
) -> bool {
    let mut restored = false;
    for (key, old) in current.iter() {
        let name = key.as_str();
        match (part(name), old) {
            (None, old) => {
                restored |= object.get(name) != Some(old);
                object.insert(name, old.clone());
            }
            (Some(Part::Object(attributes)), Value::Object(old)) => {
                let of = |name: &str| Part::among(attributes, name);
                match object.get_mut(name) {
                    Some(Value::Object(new)) => restored |= put_back(new, old, &of),
                    _ => {
                        let mut new = Object::new();
                        if put_back(&mut new, old, &of) {
                            object.insert(name, new);
                            restored = true;
                        }
                    }
                }
            }
            (Some(Part::List(list)), Value::Array(old)) => {
                if let Some(Value::Array(new)) = object.get_mut(name) {
                    restored |= put_back_elements(new, old, list);
                }
            }
            _ => {}
        }
    }
    restored
}

/// The same for the elements of a list: each belongs to the one that was there and is the same to the client. An
/// element that a PATCH left where it was still has what is not seen, so none but it can belong to that one.
fn put_back_elements(new: &mut [Value], old: &[Value], list: &Attribute) -> bool {
    let hidden = |element: &Value| -> Object {
        let members = element.as_object().into_iter().flat_map(Object::iter);
        let members = members.filter(|(key, _)| list.sub_attribute(key.as_str()).is_none());
        members
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    let parts: Vec<Object> = old.iter().map(hidden).collect();
    if parts.iter().all(Object::is_empty) {
        return false;
    }
    let seen: Vec<Value> = old
        .iter()
        .map(|element| seen_element(list, element))
        .collect();
    let mut index = ElementIndex::new(list, &seen);
    let mut by_part: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, part) in parts.iter().enumerate() {
        by_part.entry(part.to_json()).or_default().push(at);
    }
    let taken = |index: &mut ElementIndex<'_>, element: &Value| {
        let at = index.find(element, |at| seen.get(at))?;
        index.remove(seen.get(at)?, at);
        Some(at)
    };
    for element in new.iter() {
        let part = hidden(element);
        if !part.is_empty() && taken(&mut index, &seen_element(list, element)).is_none() {
            let at = by_part.get_mut(&part.to_json()).and_then(Vec::pop);
            if let Some((at, seen)) = at.and_then(|at| Some((at, seen.get(at)?))) {
                index.remove(seen, at);
            }
        }
    }
    let mut restored = false;
    for element in new.iter_mut() {
        let is_new = hidden(element).is_empty();
        let at = match is_new {
            true => taken(&mut index, element),
            false => None,
        };
        if let (Some(part), Value::Object(element)) = (at.and_then(|at| parts.get(at)), element) {
            for (key, value) in part.iter() {
                element.insert(key.as_str(), value.clone());
                restored = true;
            }
        }
    }
    restored
}

/// Whether an object lacks a required attribute that its writer could not give it.
fn lacks(object: &Object, all: &[Attribute], seen: &[Attribute]) -> bool {
    all.iter().any(|attribute| {
        let seen = seen.iter().find(|seen| seen.name == attribute.name);
        let value = object.get(attribute.name.as_str());
        match (value.filter(|value| value.is_assigned()), seen) {
            (None, seen) => {
                let given = |attribute: &Attribute| attribute.mutability != Mutability::ReadOnly;
                attribute.required && given(attribute) && !seen.is_some_and(given)
            }
            (Some(value), Some(seen)) => {
                let mut objects = value.elements().filter_map(Value::as_object);
                objects.any(|o| lacks(o, &attribute.sub_attributes, &seen.sub_attributes))
            }
            (Some(_), None) => false,
        }
    })
}
