//! [`Canonical`]: the form in which values are stored and compared. No rule is judged here.

mod elements;
mod keep;

use scim_core::{
    AttrType, Attribute, ExtensionSchema, Key, Mutability, Object, ResourceSchema, Unknown, Value,
};

use crate::value::{Definitions, Lacks as _, ReadOnly, ValueCheck, coerce, fits, reference};

pub(crate) use elements::{Kept, partners};
pub use elements::{merge_elements, references_agree};
pub use keep::same_value;
pub(crate) use keep::{
    assigned, is_kept_in_part, left_out, names_another, put_names_another, stays,
};

/// Brings values into canonical form (RFC 7643 §2): names in the schema's spelling, nulls and empty
/// containers gone, duplicate elements merged (decision P13), what the policy reads as something
/// else read so, and beside a current value what a PUT keeps of it.
///
/// What is canonical already is moved through, never copied. What breaks a rule stays as it was.
#[derive(Clone, Copy)]
pub(crate) struct Canonical<'p>(pub(crate) ValueCheck<'p>);

impl Canonical<'_> {
    /// The whole value of an attribute; `None` if it is unassigned.
    pub(crate) fn value(
        self,
        definition: &Attribute,
        value: Value,
        current: Option<&Value>,
    ) -> Option<Value> {
        if definition.multi_valued {
            return self.list(definition, value, current);
        }
        let value = match value {
            Value::Array(mut elements) => match elements.first() {
                None => Value::Null,
                Some(one) if self.0.unwraps(elements.len(), one) => elements.pop()?,
                Some(_) => return Some(Value::Array(elements)),
            },
            value => value,
        };
        self.single(definition, value, current, self.0.nulls)
    }

    /// One value, simple or complex.
    pub(crate) fn single(
        self,
        definition: &Attribute,
        value: Value,
        current: Option<&Value>,
        nulls: bool,
    ) -> Option<Value> {
        if self.0.leaves_out(definition, &value) {
            return left_out(definition, current);
        }
        match self.prepare(definition, value)? {
            Value::Object(object) if definition.is_complex() => {
                let current = current.and_then(Value::as_object);
                let object = self.object(&Definitions::Sub(definition), object, current, nulls);
                (!object.is_empty()).then_some(Value::Object(object))
            }
            value if definition.is_complex() => Some(value),
            value => Some(self.scalar(definition, value)),
        }
    }

    fn scalar(self, definition: &Attribute, value: Value) -> Value {
        let given = (&value).into();
        match fits(definition.attr_type, given) {
            true => value,
            false => {
                coerce(definition.attr_type, given, self.0.policy).map_or(value, |made| made.0)
            }
        }
    }

    /// The object of a complex value: a scalar may stand for its `value` (decision P27), and `$ref`
    /// gives a `value` that is not there (S06). `None` if the value is unassigned.
    pub(crate) fn prepare(self, definition: &Attribute, value: Value) -> Option<Value> {
        if !value.is_assigned() {
            return None;
        }
        match value {
            simple if !definition.is_complex() => Some(simple),
            Value::Object(_) => {
                let derived = match self.0.read_only {
                    ReadOnly::Check => None,
                    _ => reference::derived_value(self.0.schema, definition, &value),
                };
                let mut value = value;
                if let (Some((sub, id)), Some(object)) = (derived, value.as_object_mut()) {
                    object.insert(&sub.name, id);
                }
                Some(value)
            }
            value => match self.0.shorthand(definition, &value) {
                Some(_) if value.as_str() == Some("") => None,
                Some(sub) => {
                    let value = match value {
                        // A number where the id of a manager belongs: its digits are the id.
                        Value::Number(number) if sub.attr_type == AttrType::String => {
                            Value::from(number.to_string())
                        }
                        value => value,
                    };
                    Some(Value::Object(std::iter::once((&sub.name, value)).collect()))
                }
                None => Some(value),
            },
        }
    }

    /// A whole object, beside the current one that a PUT replaces.
    pub(crate) fn object(
        self,
        definitions: &Definitions<'_>,
        object: Object,
        current: Option<&Object>,
        nulls: bool,
    ) -> Object {
        let object = self.members(definitions, object, current, nulls || self.0.replace);
        self.settle(definitions, object, current)
    }

    /// The members of an object one by one; names stay as they were written.
    fn members(
        self,
        definitions: &Definitions<'_>,
        mut object: Object,
        current: Option<&Object>,
        nulls: bool,
    ) -> Object {
        object.retain(|key, value| {
            let written = key.as_str();
            let before = || current?.get(written);
            if let Definitions::Top(schema) = definitions {
                if let Some(extension) = schema.extension(written) {
                    if !self.extension(extension, value, before()) {
                        // It stays as mentioned until the whole is looked at.
                        *value = Value::Null;
                    }
                    return true;
                }
                if written.eq_ignore_ascii_case("schemas") {
                    return true;
                }
            }
            let Some(definition) = definitions.find(written) else {
                return self.0.was_there(definitions, current, written)
                    || self.0.unknown_policy(definitions, written).0 != Unknown::Drop;
            };
            if definition.mutability == Mutability::ReadOnly {
                match self.0.read_only {
                    ReadOnly::Drop => return false,
                    ReadOnly::Keep => return true,
                    ReadOnly::Check => {}
                }
            }
            let given = value.take();
            if self.0.is_hidden(definition) {
                *value = given;
                return value.is_assigned() || nulls;
            }
            match self.value(definition, given, before()) {
                Some(made) => {
                    *value = made;
                    true
                }
                None => nulls,
            }
        });
        object
    }

    /// What is left to do once every member is looked at.
    fn settle(
        self,
        definitions: &Definitions<'_>,
        mut object: Object,
        current: Option<&Object>,
    ) -> Object {
        if let Definitions::Top(schema) = definitions {
            self.unwritten_extensions(schema, &mut object, current);
            object.retain(|key, value| {
                *value != Value::Null || schema.extension(key.as_str()).is_none()
            });
        }
        if self.0.replace {
            if let Some(current) = current {
                keep::keep(definitions, &mut object, current);
            }
            object.retain(|_, value| *value != Value::Null);
            if let Some(current) = current {
                keep::keep_unknown(definitions, &mut object, current);
            }
        }
        if let Definitions::Sub(definition) = definitions {
            self.drop_contradictions(definition, &mut object);
        }
        respell(definitions, object)
    }

    /// Takes out of a complex value what contradicts the rest, where the policy reads it so (decisions S06 and G02).
    fn drop_contradictions(self, definition: &Attribute, object: &mut Object) {
        if self.0.policy.ignore_contradictory_reference {
            reference::drop_contradictions(self.0.schema, definition, object);
        }
    }

    /// The object of an extension; whether it stays.
    ///
    /// An extension that a PUT leaves out keeps what a PUT does not clear (decision W09). If all that is
    /// left is the service provider's and lacks what it requires, that goes too. What the type does not know
    /// stays (decision W08).
    fn extension(
        self,
        extension: &ExtensionSchema,
        value: &mut Value,
        current: Option<&Value>,
    ) -> bool {
        let object = match value.take() {
            Value::Object(object) => object,
            other if !other.is_assigned() => Object::new(),
            other => {
                *value = other;
                return true;
            }
        };
        let current = current.and_then(Value::as_object);
        let definitions = Definitions::Extension(extension);
        let object = self.members(&definitions, object, current, self.0.replace);
        let is_given = object.iter().any(|(_, value)| value.is_assigned());
        let mut object = self.settle(&definitions, object, current);
        let lacks = extension.schema.attributes.iter().any(|definition| {
            self.0.required.applies_to(definition) && assigned(&object, &definition.name).is_none()
        });
        if lacks && !is_given {
            object.retain(|key, _| definitions.find(key.as_str()).is_none());
        }
        let stays = !object.is_empty();
        *value = Value::Object(object);
        stays
    }

    /// Extensions that are not there: what a PUT keeps of those that the document does not mention.
    fn unwritten_extensions(
        self,
        schema: &ResourceSchema,
        object: &mut Object,
        current: Option<&Object>,
    ) {
        for extension in schema.extensions() {
            let uri = extension.schema.id.as_str();
            let current = current.and_then(|object| object.get(uri));
            let mut value = Value::Null;
            if object.get(uri).is_none()
                && current.is_some()
                && self.extension(extension, &mut value, current)
            {
                object.insert(&extension.schema.id, value);
            }
        }
    }
}

/// The object with its names in the schema's spelling.
fn respell(definitions: &Definitions<'_>, object: Object) -> Object {
    let is_spelt = |key: &Key| {
        let written = key.as_str();
        definitions
            .spelling(written)
            .is_none_or(|name| name == written)
    };
    if object.iter().all(|(key, _)| is_spelt(key)) {
        return object;
    }
    let members = object.into_iter();
    members
        .map(|(key, value)| {
            let name = definitions.spelling(key.as_str()).map(Key::from);
            (name.unwrap_or(key), value)
        })
        .collect()
}
