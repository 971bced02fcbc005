//! Objects: the members of a complex value, of an extension, of a resource, one by one.

use scim_core::{
    AttrType, Attribute, Key, Mutability, Object, ResourceSchema, Schema, Tolerance, Unknown,
    Value, is_attr_name,
};

use super::{ReadOnly, ValueCheck};
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
    pub(super) fn find(&self, name: &str) -> Option<&'s Attribute> {
        match self {
            Self::Top(schema) => schema.attribute(name),
            Self::Extension(schema) => schema.attribute(name),
            Self::Sub(attribute) => attribute.sub_attribute(name),
        }
    }

    pub(super) fn for_each(&self, each: impl FnMut(&'s Attribute)) {
        match self {
            Self::Top(schema) => schema.attributes().for_each(each),
            Self::Extension(schema) => schema.attributes.iter().for_each(each),
            Self::Sub(attribute) => attribute.sub_attributes.iter().for_each(each),
        }
    }

    /// The schema's spelling of a name.
    fn spelling(&self, key: Key) -> Key {
        if let Self::Top(schema) = self
            && let Some(extension) = schema.extension(key.as_str())
        {
            return Key::from(&extension.schema.id);
        }
        match self.find(key.as_str()) {
            Some(definition) => Key::from(&definition.name),
            None => key,
        }
    }
}

/// An object that is being checked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) definitions: Definitions<'a>,
    /// What a PUT replaces.
    pub(crate) current: Option<&'a Object>,
    pub(crate) site: &'a Site<'a>,
}

impl ValueCheck<'_> {
    /// An object, checked member by member and then as a whole.
    pub(crate) fn whole(
        &self,
        scope: Scope<'_>,
        object: Object,
        nulls: bool,
        findings: &mut Findings,
    ) -> Object {
        let object = self.members(scope, object, nulls || self.replace, findings);
        self.settle(scope, object, findings)
    }

    /// The members of an object; names stay as they were written.
    pub(super) fn members(
        &self,
        scope: Scope<'_>,
        mut object: Object,
        nulls: bool,
        findings: &mut Findings,
    ) -> Object {
        object.retain(|key, value| {
            let written = key.as_str();
            let current = || scope.current?.get(written);
            if let Definitions::Top(schema) = scope.definitions
                && let Some(extension) = schema.extension(written)
            {
                let site = scope.site.extension(&extension.schema, written);
                if !self.extension(extension, value, current(), &site, findings) {
                    // It stays as mentioned until the whole is looked at.
                    *value = Value::Null;
                }
                return true;
            }
            let Some(definition) = scope.definitions.find(written) else {
                return self.unknown(scope, written, findings);
            };
            if definition.mutability == Mutability::ReadOnly {
                match self.read_only {
                    ReadOnly::Drop => return false,
                    ReadOnly::Keep => return true,
                    ReadOnly::Check => {}
                }
            }
            let site = scope.site.attribute(definition, written);
            let given = value.take();
            match self.member(scope, definition, given, current(), &site, findings) {
                Some(checked) => {
                    *value = checked;
                    true
                }
                None => nulls,
            }
        });
        object
    }

    /// One member whose definition is known.
    fn member(
        &self,
        scope: Scope<'_>,
        definition: &Attribute,
        value: Value,
        current: Option<&Value>,
        site: &Site<'_>,
        findings: &mut Findings,
    ) -> Option<Value> {
        if self.refuse_hidden && definition.is_hidden() && value != Value::Null {
            findings.violation(site, Rule::Returned, || {
                format!("`{}` must never be returned", site.label())
            });
            return Some(value);
        }
        let checked = self.value(definition, value, current, site, findings)?;
        if let Some(text) = checked.as_str() {
            let standing = match scope.definitions {
                Definitions::Top(_) => Standing::Top,
                Definitions::Extension(_) => Standing::Extension,
                Definitions::Sub(parent) => Standing::Sub(parent),
            };
            self.text_in_place(standing, definition, text, site, findings);
        }
        Some(checked)
    }

    /// A member that no schema defines; whether it stays, which is only as what was refused.
    fn unknown(&self, scope: Scope<'_>, written: &str, findings: &mut Findings) -> bool {
        let is_uri = matches!(scope.definitions, Definitions::Top(_)) && written.contains(':');
        let (policy, tolerance) = match is_uri {
            true => (
                self.policy.unknown_schema_uris,
                Tolerance::UnknownSchemaUris,
            ),
            false => (self.policy.unknown_attributes, Tolerance::UnknownAttributes),
        };
        let site = scope.site.name(written);
        if policy == Unknown::Drop {
            findings.departure(tolerance, &site, "dropped what no schema defines");
            return false;
        }
        findings.violation_as(&site, Rule::UnknownAttribute, self.unknown_type, || {
            let label = site.label();
            match suggestion(scope.definitions, written) {
                Some(name) => format!("unknown attribute `{label}`, did you mean `{name}`?"),
                None => format!("unknown attribute `{label}`"),
            }
        });
        true
    }

    /// The object with its names in the schema's spelling.
    pub(super) fn respell(&self, definitions: &Definitions<'_>, object: Object) -> Object {
        let is_spelt = |key: &Key| {
            let written = key.as_str();
            match definitions.find(written) {
                Some(definition) => definition.name.as_str() == written,
                None => match definitions {
                    Definitions::Top(schema) => schema
                        .extension(written)
                        .is_none_or(|extension| extension.schema.id.as_str() == written),
                    _ => true,
                },
            }
        };
        if object.iter().all(|(key, _)| is_spelt(key)) {
            return object;
        }
        let members = object.into_iter();
        members
            .map(|(key, value)| (definitions.spelling(key), value))
            .collect()
    }
}

/// The name that the writer may have meant.
fn suggestion(definitions: Definitions<'_>, written: &str) -> Option<String> {
    // A name in other notation is not misspelt, but misplaced.
    if !is_attr_name(written) {
        return None;
    }
    let nearest = match definitions {
        Definitions::Sub(attribute) => attribute.nearest_sub_attribute(written),
        Definitions::Extension(schema) => schema.nearest_attribute(written),
        Definitions::Top(schema) => schema.base().nearest_attribute(written),
    };
    nearest.map(ToString::to_string)
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
                if parent.name == *"addresses"
                    && definition.name == *"country"
                    && definition.attr_type == AttrType::String =>
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
