//! [`Place`]: an attribute of a resource type, found.

use crate::{AttrPath, Attribute, Object, Resource, Schema, Tolerance, Value};

/// What a path names (decision N02).
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a path can name nothing else")]
pub enum Resolved<'s> {
    /// The whole resource: the path is the URI of the base schema.
    Resource,
    /// A whole extension object.
    Extension(&'s Schema),
    /// An attribute or sub-attribute.
    Attribute(Place<'s>),
}

/// An attribute or sub-attribute of a resource.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Place<'s> {
    /// The extension that defines it; `None` for the base schema and the common attributes.
    pub extension: Option<&'s Schema>,
    /// The attribute.
    pub attribute: &'s Attribute,
    /// The sub-attribute.
    pub sub_attribute: Option<&'s Attribute>,
    /// The tolerance that let the name pass, if one was needed.
    pub tolerance: Option<Tolerance>,
}

impl<'s> Place<'s> {
    /// A place known without look-up.
    pub fn new(
        extension: Option<&'s Schema>,
        attribute: &'s Attribute,
        sub_attribute: Option<&'s Attribute>,
    ) -> Self {
        Self {
            extension,
            attribute,
            sub_attribute,
            tolerance: None,
        }
    }

    /// The definition of the sub-attribute, or else of the attribute.
    pub fn definition(&self) -> &'s Attribute {
        self.sub_attribute.unwrap_or(self.attribute)
    }

    /// The path in the schema's spelling; extension attributes are qualified.
    pub fn path(&self) -> AttrPath {
        AttrPath::of(
            self.extension.map(|schema| schema.id.as_str()),
            self.attribute.name.as_str(),
            self.sub_attribute.map(|sub| sub.name.as_str()),
        )
    }

    /// The object that holds the attribute: the resource itself, or the extension's object.
    pub fn container<'r>(&self, resource: &'r Resource) -> Option<&'r Object> {
        match self.extension {
            None => Some(resource),
            Some(schema) => resource.get(schema.id.as_str())?.as_object(),
        }
    }

    /// The value of the attribute (not of the sub-attribute), `null` counted as absent.
    pub fn value<'r>(&self, resource: &'r Resource) -> Option<&'r Value> {
        let value = self
            .container(resource)?
            .get(self.attribute.name.as_str())?;
        (*value != Value::Null).then_some(value)
    }
}
