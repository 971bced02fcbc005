//! Objects: the members of a complex value, of an extension, of a resource.

use scim_core::{
    AttrType, Attribute, Comparison, ElementIndex, ExtensionSchema, Key, Mutability, Object,
    ResourceSchema, Schema, Tolerance, Unknown, Value,
};

use super::{ReadOnly, Required, ValueCheck, reference};
use crate::{Findings, Rule, Site};

/// What defines the members of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Definitions<'s> {
    /// The attributes at the top level of a resource.
    Top(&'s ResourceSchema),
    /// The attributes of an extension.
    Extension(&'s Schema),
    /// The sub-attributes of a complex attribute.
    Sub(&'s Attribute),
}

impl<'s> Definitions<'s> {
    fn find(&self, name: &str) -> Option<&'s Attribute> {
        match self {
            Self::Top(schema) => schema.attribute(name),
            Self::Extension(schema) => schema.attribute(name),
            Self::Sub(attribute) => attribute.sub_attribute(name),
        }
    }

    fn for_each(&self, each: impl FnMut(&'s Attribute)) {
        match self {
            Self::Top(schema) => schema.attributes().for_each(each),
            Self::Extension(schema) => schema.attributes.iter().for_each(each),
            Self::Sub(attribute) => attribute.sub_attributes.iter().for_each(each),
        }
    }
}

impl ValueCheck<'_> {
    /// The members of an object, beside the current ones where a PUT replaces them.
    pub(crate) fn members(
        &self,
        definitions: &Definitions<'_>,
        mut object: Object,
        current: Option<&Object>,
        nulls: bool,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Object {
        let current = current.filter(|_| self.replace);
        let mut respell = false;
        object.retain(|key, value| {
            let written = key.as_str();
            if let Definitions::Top(schema) = definitions
                && let Some(extension) = schema.extension(written)
            {
                respell |= written != extension.schema.id.as_str();
                let current = current.and_then(|object| object.get(written));
                let site = site.extension(&extension.schema, written);
                return self.extension(extension, value, current, &site, findings);
            }
            let Some(definition) = definitions.find(written) else {
                return self.unknown(definitions, written, site, findings);
            };
            respell |= written != definition.name.as_str();
            let current = current.and_then(|object| assigned(object, &definition.name));
            let site = site.attribute(definition, written);
            self.member(
                definitions,
                definition,
                value,
                current,
                nulls,
                &site,
                findings,
            )
        });
        if respell {
            object = object
                .into_iter()
                .map(|(key, value)| (spelling(definitions, key), value))
                .collect();
        }
        if let Definitions::Top(schema) = definitions {
            self.unwritten_extensions(schema, &mut object, current, site, findings);
        }
        if let Some(current) = current {
            self.keep_current(definitions, &mut object, current);
        }
        if let Definitions::Sub(definition) = definitions {
            self.reference(definition, &mut object, site, findings);
        }
        // An empty object is no value, and misses nothing.
        if !object.is_empty() || !matches!(definitions, Definitions::Sub(_)) {
            self.required(definitions, &object, site, findings);
        }
        object
    }

    /// One member whose definition is known; whether it stays.
    #[expect(clippy::too_many_arguments, reason = "the state of one step of a walk")]
    fn member(
        &self,
        definitions: &Definitions<'_>,
        definition: &Attribute,
        value: &mut Value,
        current: Option<&Value>,
        nulls: bool,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> bool {
        if definition.mutability == Mutability::ReadOnly {
            match self.read_only {
                ReadOnly::Drop => return false,
                ReadOnly::Keep => return true,
                ReadOnly::Check => {}
            }
        }
        let given = value.take();
        let checked = match given {
            Value::Null => None,
            given => {
                if self.refuse_hidden && definition.is_hidden() {
                    findings.violation(site, Rule::Returned, || {
                        format!("`{}` must never be returned", site.label())
                    });
                    *value = given;
                    return true;
                }
                self.value(definition, given, current, site, findings)
            }
        };
        let Some(checked) = checked else {
            return self.unassigned(definition, value, current, nulls, site, findings);
        };
        if let Some(text) = checked.as_str() {
            let standing = match definitions {
                Definitions::Top(_) => Standing::Top,
                Definitions::Extension(_) => Standing::Extension,
                Definitions::Sub(parent) => Standing::Sub(parent),
            };
            self.text_in_place(standing, definition, text, site, findings);
        }
        *value = match current {
            Some(current) if definition.mutability == Mutability::Immutable => {
                if !same_value(definition, current, &checked) {
                    immutable(site, findings);
                }
                current.clone()
            }
            _ => checked,
        };
        true
    }

    /// A member written as null or as an empty container; whether it stays, as null or with its
    /// current value.
    fn unassigned(
        &self,
        definition: &Attribute,
        value: &mut Value,
        current: Option<&Value>,
        nulls: bool,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> bool {
        match (definition.mutability, current) {
            // `$ref` is computed from `value`, so a null says nothing (decision S06).
            (Mutability::Immutable, Some(current)) => {
                if definition.name != *"$ref" {
                    immutable(site, findings);
                }
                *value = current.clone();
                true
            }
            // Kept as null so that the stored value is not taken for it (decision W09).
            (Mutability::WriteOnly, Some(_)) => true,
            _ => nulls,
        }
    }

    /// The object of an extension; whether it stays.
    ///
    /// An extension that a PUT leaves out keeps what a PUT does not clear (decision W09), unless it
    /// would then lack what it requires: it goes as a whole instead.
    fn extension(
        &self,
        extension: &ExtensionSchema,
        value: &mut Value,
        current: Option<&Value>,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> bool {
        let schema = &*extension.schema;
        let object = match value.take() {
            Value::Object(object) => object,
            other if !other.is_assigned() => Object::new(),
            other => {
                findings.violation(site, Rule::Type, || {
                    format!("`{}` must be an object, found {}", schema.id, other.kind())
                });
                *value = other;
                return true;
            }
        };
        let written = object.iter().any(|(_, value)| value.is_assigned());
        let check = Self {
            // The attributes of an extension that is not in use are not missed.
            required: self.required.filter(|_| written || extension.required),
            ..*self
        };
        let current = current.and_then(Value::as_object);
        let definitions = Definitions::Extension(schema);
        let object = check.members(&definitions, object, current, false, site, findings);
        let complete = written || !lacks_required(self.required, schema, &object);
        let stays = complete && !object.is_empty();
        *value = Value::Object(object);
        stays
    }

    /// Extensions that the document does not mention: what a PUT keeps of them, and those that the
    /// type requires (RFC 7643 §6).
    fn unwritten_extensions(
        &self,
        schema: &ResourceSchema,
        object: &mut Object,
        current: Option<&Object>,
        site: &Site<'_>,
        findings: &mut Findings,
    ) {
        for extension in schema.extensions() {
            let uri = extension.schema.id.as_str();
            if object.get(uri).is_some() {
                continue;
            }
            let current = current.and_then(|object| object.get(uri));
            if current.is_none() && !extension.required {
                continue;
            }
            let site = site.extension(&extension.schema, uri);
            let mut value = Value::Null;
            if self.extension(extension, &mut value, current, &site, findings) {
                object.insert(&extension.schema.id, value);
            } else if let Some(required) = self.required
                && required != Required::Always
                && extension.required
                && !lacks_required(Some(required), &extension.schema, &Object::new())
            {
                findings.violation_as(&site, Rule::Required, required.scim_type(), || {
                    format!("the extension `{uri}` is required")
                });
            }
        }
    }

    /// A member that no schema defines; whether it stays, which is only as what was refused.
    fn unknown(
        &self,
        definitions: &Definitions<'_>,
        written: &str,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> bool {
        let is_uri = matches!(definitions, Definitions::Top(_)) && written.contains(':');
        let (policy, tolerance) = match is_uri {
            true => (
                self.policy.unknown_schema_uris,
                Tolerance::UnknownSchemaUris,
            ),
            false => (self.policy.unknown_attributes, Tolerance::UnknownAttributes),
        };
        let site = site.name(written);
        if policy == Unknown::Drop {
            findings.departure(tolerance, &site, "dropped what no schema defines");
            return false;
        }
        findings.violation_as(&site, Rule::UnknownAttribute, self.unknown_type, || {
            format!("unknown attribute `{}`", site.label())
        });
        true
    }

    /// Decisions W03 and W09: what a PUT cannot or does not change stays.
    fn keep_current(&self, definitions: &Definitions<'_>, object: &mut Object, current: &Object) {
        // What is computed from `value` goes with it.
        let identity_changed = matches!(definitions, Definitions::Sub(_))
            && assigned(current, "value").is_some()
            && object.get("value") != current.get("value");
        let mut kept: Vec<(Key, Value)> = Vec::new();
        definitions.for_each(|definition| {
            let stays = match definition.mutability {
                Mutability::ReadOnly => !identity_changed,
                Mutability::Immutable | Mutability::WriteOnly => true,
                _ => false,
            };
            if stays
                && object.get(definition.name.as_str()).is_none()
                && let Some(value) = assigned(current, &definition.name)
            {
                kept.push((Key::from(&definition.name), value.clone()));
            }
        });
        if !kept.is_empty() {
            let members = std::mem::take(object);
            *object = members.into_iter().chain(kept).collect();
        }
        object.retain(|_, value| *value != Value::Null);
    }

    /// Decisions W06 and W07: required attributes have a value.
    fn required(
        &self,
        definitions: &Definitions<'_>,
        object: &Object,
        site: &Site<'_>,
        findings: &mut Findings,
    ) {
        let Some(required) = self.required else {
            return;
        };
        definitions.for_each(|definition| {
            let name = definition.name.as_str();
            // `schemas` is no value of the resource; it has rules of its own.
            let common = matches!(definitions, Definitions::Top(_)) && name == "schemas";
            if !common && required.applies(definition) && assigned(object, name).is_none() {
                let site = site.attribute(definition, name);
                findings.violation_as(&site, Rule::Required, required.scim_type(), || {
                    format!("`{}` is required", site.label())
                });
            }
        });
    }
}

/// Whether a required attribute of the extension has no value.
fn lacks_required(required: Option<Required>, schema: &Schema, object: &Object) -> bool {
    let missing = |definition: &Attribute| {
        required.is_some_and(|required| required.applies(definition))
            && assigned(object, definition.name.as_str()).is_none()
    };
    schema.attributes.iter().any(missing)
}

/// The value of a member unless it is unassigned.
fn assigned(object: &Object, name: impl AsRef<str>) -> Option<&Value> {
    object
        .get(name.as_ref())
        .filter(|value| value.is_assigned())
}

fn spelling(definitions: &Definitions<'_>, key: Key) -> Key {
    if let Definitions::Top(schema) = definitions
        && let Some(extension) = schema.extension(key.as_str())
    {
        return Key::from(&extension.schema.id);
    }
    match definitions.find(key.as_str()) {
        Some(definition) => Key::from(&definition.name),
        None => key,
    }
}

/// Where an attribute stands, for the rules that name single attributes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Standing<'s> {
    /// At the top level of the resource.
    Top,
    /// In the object of an extension.
    Extension,
    /// Below this attribute.
    Sub(&'s Attribute),
}

impl ValueCheck<'_> {
    /// The rules for the text of single attributes: never empty (W06), a country (S12).
    pub(super) fn text_in_place(
        &self,
        standing: Standing<'_>,
        definition: &Attribute,
        text: &str,
        site: &Site<'_>,
        findings: &mut Findings,
    ) {
        match standing {
            Standing::Sub(parent)
                if parent.name == *"addresses" && definition.name == *"country" =>
            {
                self.country(text, site, findings);
            }
            Standing::Top if text.is_empty() && never_empty(definition) => {
                let scim_type = self
                    .required
                    .map_or(Rule::Required.scim_type(), |r| r.scim_type());
                findings.violation_as(site, Rule::Required, scim_type, || {
                    format!("`{}` must not be empty", site.label())
                });
            }
            _ => {}
        }
    }
}

/// Decision W06: the attributes whose empty string is no value.
fn never_empty(definition: &Attribute) -> bool {
    ["userName", "id", "externalId"]
        .iter()
        .any(|name| definition.name == **name)
}

fn immutable(site: &Site<'_>, findings: &mut Findings) {
    findings.violation(site, Rule::Mutability, || {
        format!(
            "`{}` is immutable and already has another value",
            site.label()
        )
    });
}

/// Whether two values of an attribute are the same: compared as filters compare them, elements in any
/// order, nulls as absent.
pub(crate) fn same_value(definition: &Attribute, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            let index = ElementIndex::new(definition, a);
            a.len() == b.len()
                && b.iter().all(|element| {
                    let same = index.find(element, |at| a.get(at)).and_then(|at| a.get(at));
                    same.is_some_and(|same| same_value(definition, same, element))
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
