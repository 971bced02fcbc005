//! What defines the members of an object, and what a check asks of them.

use scim_core::{
    Attribute, Attributes, ExtensionSchema, Mutability, ResourceSchema, Returned, ScimType,
};

/// What happens to readOnly sub-attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadOnly {
    /// They are left out, and their values not looked at (decision W03).
    Drop,
    /// They are kept, and their values not looked at.
    Keep,
    /// They are checked as all others are.
    Check,
}

/// Which required attributes have to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Required {
    /// Those that a client can write.
    Written,
    /// Those that a client can write, in the state that a PATCH left (decision P19).
    Kept,
    /// Those that are in every answer.
    Always,
}

impl Required {
    pub(super) fn scim_type(self) -> ScimType {
        match self {
            Self::Kept => ScimType::Mutability,
            Self::Written | Self::Always => ScimType::InvalidValue,
        }
    }
}

/// Which attributes are missed, if any are.
pub(crate) trait Lacks {
    /// Whether the attribute has to be there.
    fn applies_to(self, definition: &Attribute) -> bool;
}

impl Lacks for Option<Required> {
    fn applies_to(self, definition: &Attribute) -> bool {
        definition.required
            && match self {
                None => false,
                Some(Required::Written | Required::Kept) => {
                    definition.mutability != Mutability::ReadOnly
                }
                Some(Required::Always) => definition.returned == Returned::Always,
            }
    }
}

/// What defines the members of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Definitions<'s> {
    /// The attributes at the top level of a resource.
    Top(&'s ResourceSchema),
    /// The attributes of an extension.
    Extension(&'s ExtensionSchema),
    /// The sub-attributes of a complex attribute.
    Sub(&'s Attribute),
}

impl<'s> Definitions<'s> {
    pub(crate) fn attributes(&self) -> &'s Attributes {
        match self {
            Self::Top(schema) => schema.attributes(),
            Self::Extension(extension) => &extension.schema.attributes,
            Self::Sub(attribute) => &attribute.sub_attributes,
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<&'s Attribute> {
        self.attributes().named(name)
    }

    /// The schema's spelling of a name.
    pub(crate) fn spelling(&self, name: &str) -> Option<&'s str> {
        if let Self::Top(schema) = self
            && let Some(extension) = schema.extension(name)
        {
            return Some(extension.schema.id.as_str());
        }
        Some(self.find(name)?.name.as_str())
    }
}
