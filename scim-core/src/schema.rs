//! [`Schema`], [`Attribute`] and their characteristics: definitions as they stand on the wire.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AttrName, SchemaUri};

/// A schema definition (RFC 7643 §7).
///
/// ```
/// let user = scim_core::builtin::user();
/// let user_name = user.attribute("USERNAME").ok_or("missing")?;
/// assert_eq!(user_name.name, "userName");
/// assert!(user_name.required && !user_name.case_exact);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Schema {
    /// The URI that names the schema.
    pub id: SchemaUri,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the schema is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The attributes it defines.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// The URI in `schemas` of a schema resource.
    pub const SCHEMA: &'static str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

    /// A schema without attributes.
    pub fn new(id: SchemaUri) -> Self {
        Self {
            id,
            name: None,
            description: None,
            attributes: Vec::new(),
        }
    }

    /// The attribute of that name, in any case.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name == *name)
    }
}

/// An attribute definition with its characteristics (RFC 7643 §2.2 and §7).
///
/// What a definition leaves out takes the defaults of RFC 7643 §2.2.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Attribute {
    /// The name.
    pub name: AttrName,
    /// The data type.
    #[serde(rename = "type", default)]
    pub attr_type: AttrType,
    /// The sub-attributes of a complex attribute.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sub_attributes: Vec<Attribute>,
    /// Whether the attribute holds a list of values.
    #[serde(default)]
    pub multi_valued: bool,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it must be assigned.
    #[serde(default)]
    pub required: bool,
    /// Suggested values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canonical_values: Vec<String>,
    /// Whether case matters when strings are compared.
    #[serde(default)]
    pub case_exact: bool,
    /// When it may be written.
    #[serde(default)]
    pub mutability: Mutability,
    /// When it is returned.
    #[serde(default)]
    pub returned: Returned,
    /// How far a value is unique.
    #[serde(default)]
    pub uniqueness: Uniqueness,
    /// What a reference may point to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference_types: Vec<String>,
}

impl Attribute {
    /// An attribute with the default characteristics of RFC 7643 §2.2.
    pub fn new(name: AttrName, attr_type: AttrType) -> Self {
        Self {
            name,
            attr_type,
            sub_attributes: Vec::new(),
            multi_valued: false,
            description: None,
            required: false,
            canonical_values: Vec::new(),
            case_exact: false,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            reference_types: Vec::new(),
        }
    }

    /// The sub-attribute of that name, in any case.
    pub fn sub_attribute(&self, name: &str) -> Option<&Attribute> {
        self.sub_attributes.iter().find(|a| a.name == *name)
    }

    /// Whether the value, or each element, is an object.
    pub fn is_complex(&self) -> bool {
        self.attr_type == AttrType::Complex
    }

    /// Whether no answer may ever show it: `returned: never`, or writeOnly (decision J13).
    pub fn is_hidden(&self) -> bool {
        self.returned == Returned::Never || self.mutability == Mutability::WriteOnly
    }
}

macro_rules! characteristic {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)*
        }

        impl $name {
            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

characteristic! {
    /// The data types of RFC 7643 §2.3.
    AttrType {
        /// Unicode text.
        #[default]
        String = "string",
        /// `true` or `false`.
        Boolean = "boolean",
        /// A number with a fraction.
        Decimal = "decimal",
        /// A number without fraction or exponent.
        Integer = "integer",
        /// An xsd:dateTime.
        DateTime = "dateTime",
        /// Base64 text.
        Binary = "binary",
        /// A URI.
        Reference = "reference",
        /// An object of sub-attributes.
        Complex = "complex",
    }
}

characteristic! {
    /// When an attribute may be written (RFC 7643 §7).
    Mutability {
        /// Never by a client.
        ReadOnly = "readOnly",
        /// At any time.
        #[default]
        ReadWrite = "readWrite",
        /// Once, while it has no value.
        Immutable = "immutable",
        /// At any time, and never read.
        WriteOnly = "writeOnly",
    }
}

characteristic! {
    /// When an attribute is returned (RFC 7643 §7).
    Returned {
        /// In every answer.
        Always = "always",
        /// In no answer.
        Never = "never",
        /// Unless the client asks for others only.
        #[default]
        Default = "default",
        /// When the client asks for it or wrote it.
        Request = "request",
    }
}

characteristic! {
    /// How far a value is unique (RFC 7643 §7).
    Uniqueness {
        /// Not at all.
        #[default]
        None = "none",
        /// Within the endpoint of a tenant.
        Server = "server",
        /// Everywhere.
        Global = "global",
    }
}
