//! [`Schema`], [`Attribute`] and their characteristics: definitions as they stand on the wire.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::typed::Content as _;
use crate::{AttrName, Attributes, Meta, Object, SchemaUri, tolerant};

/// A schema definition (RFC 7643 §7).
///
/// It is written with its `schemas`. Names match in any case when it is read, and `null` counts as
/// absent.
///
/// ```
/// let user = scim_core::builtin::user();
/// let user_name = user.attribute("USERNAME").ok_or("missing")?;
/// assert_eq!(user_name.name, "userName");
/// assert!(user_name.required && !user_name.case_exact);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Schema {
    /// The URI that names the schema.
    pub id: SchemaUri,
    /// A name for people.
    pub name: Option<String>,
    /// What the schema is for.
    pub description: Option<String>,
    /// The attributes it defines.
    pub attributes: Attributes,
    /// What the service provider says about the resource.
    pub meta: Option<Meta>,
    /// Every member without a field of its own.
    pub other: Object,
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
            attributes: Attributes::default(),
            meta: None,
            other: Object::default(),
        }
    }

    /// The attribute of that name, in any case.
    #[inline]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.named(name)
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'a> {
            schemas: [&'static str; 1],
            id: &'a SchemaUri,
            #[serde(skip_serializing_if = "Option::is_none")]
            name: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            description: Option<&'a str>,
            attributes: &'a [Attribute],
            #[serde(skip_serializing_if = "Option::is_none")]
            meta: Option<&'a Meta>,
            #[serde(flatten)]
            other: &'a Object,
        }
        Wire {
            schemas: [Self::SCHEMA],
            id: &self.id,
            name: self.name.as_deref(),
            description: self.description.as_deref(),
            attributes: &self.attributes,
            meta: self.meta.as_ref().filter(|meta| meta.is_content()),
            other: &self.other,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Wire {
            id: SchemaUri,
            name: Option<String>,
            description: Option<String>,
            #[serde(default)]
            attributes: Attributes,
            meta: Option<Meta>,
        }
        let fields = ["schemas", "id", "name", "description", "attributes", "meta"];
        let (wire, other): (Wire, _) = tolerant::definition(deserializer, &fields)?;
        Ok(Self {
            id: wire.id,
            name: wire.name,
            description: wire.description,
            attributes: wire.attributes,
            meta: wire.meta,
            other,
        })
    }
}

/// An attribute definition with its characteristics (RFC 7643 §2.2 and §7).
///
/// What a definition leaves out takes the defaults of RFC 7643 §2.2. Names match in any case when it is
/// read, and `null` counts as absent.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Attribute {
    /// The name.
    pub name: AttrName,
    /// The data type.
    #[serde(rename = "type")]
    pub attr_type: AttrType,
    /// The sub-attributes of a complex attribute.
    #[serde(skip_serializing_if = "Attributes::is_empty")]
    pub sub_attributes: Attributes,
    /// Whether the attribute holds a list of values.
    pub multi_valued: bool,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it must be assigned.
    pub required: bool,
    /// Suggested values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub canonical_values: Vec<String>,
    /// Whether case matters when strings are compared.
    pub case_exact: bool,
    /// When it may be written.
    pub mutability: Mutability,
    /// When it is returned.
    pub returned: Returned,
    /// How far a value is unique.
    pub uniqueness: Uniqueness,
    /// What a reference may point to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reference_types: Vec<String>,
}

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(remote = "Attribute", rename_all = "camelCase")]
        struct Wire {
            name: AttrName,
            #[serde(rename = "type", default)]
            attr_type: AttrType,
            #[serde(default)]
            sub_attributes: Attributes,
            #[serde(default)]
            multi_valued: bool,
            description: Option<String>,
            #[serde(default)]
            required: bool,
            #[serde(default)]
            canonical_values: Vec<String>,
            #[serde(default)]
            case_exact: bool,
            #[serde(default)]
            mutability: Mutability,
            #[serde(default)]
            returned: Returned,
            #[serde(default)]
            uniqueness: Uniqueness,
            #[serde(default)]
            reference_types: Vec<String>,
        }
        let object = tolerant::assigned(deserializer)?;
        Wire::deserialize(&object).map_err(D::Error::custom)
    }
}

impl Attribute {
    /// An attribute with the default characteristics of RFC 7643 §2.2.
    pub fn new(name: AttrName, attr_type: AttrType) -> Self {
        Self {
            name,
            attr_type,
            sub_attributes: Attributes::default(),
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
    #[inline]
    pub fn sub_attribute(&self, name: &str) -> Option<&Attribute> {
        self.sub_attributes.named(name)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Resource, Value, builtin};

    fn read(text: &str) -> Schema {
        let read = serde_json::from_str(text).unwrap();
        assert_eq!(text.parse::<Value>().unwrap().to().as_ref(), Ok(&read));
        read
    }

    #[test]
    fn n08_names_match_in_any_case() {
        let schema = read(
            r#"{"ID":"urn:a","ATTRIBUTES":[{"NAME":"a","Type":"complex","SUBATTRIBUTES":[{"Name":"b"}]}]}"#,
        );
        let found = schema.attribute("a").and_then(|a| a.sub_attribute("b"));
        assert!(found.is_some());
        let alone = r#"{"NAME":"a","Type":null,"MultiValued":true}"#;
        let alone: Attribute = serde_json::from_str(alone).unwrap();
        assert!(alone.name == "a" && alone.multi_valued);
        let twice = r#"{"id":"urn:a","attributes":[],"Attributes":[]}"#;
        assert!(serde_json::from_str::<Schema>(twice).is_err());
    }

    #[test]
    fn s10_null_members_take_their_default() {
        let defaults = read(r#"{"id":"urn:a","attributes":[{"name":"a"}]}"#);
        let nulls = read(
            r#"{"id":"urn:a","name":null,"meta":null,"attributes":[null,{},{"name":"a","type":null,
            "subAttributes":null,"multiValued":null,"required":null,"canonicalValues":null,
            "caseExact":null,"mutability":null,"returned":null,"uniqueness":null,
            "referenceTypes":[null]}]}"#,
        );
        assert_eq!(nulls, defaults);
        assert!(
            read(r#"{"id":"urn:a","attributes":null}"#)
                .attributes
                .is_empty()
        );
    }

    #[test]
    fn what_is_written_is_a_resource() {
        let new = Schema::new("urn:a".parse().unwrap());
        let written = Resource::from_typed(&new).unwrap();
        assert!(written.schemas().eq([Schema::SCHEMA]));
        assert_eq!(written.to(), Ok(new));

        let text = concat!(
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],"id":"urn:a","#,
            r#""attributes":[],"meta":{"resourceType":"Schema","location":"/Schemas/urn:a"},"x":1}"#,
        );
        assert_eq!(serde_json::to_string(&read(text)).unwrap(), text);
        for schema in builtin::schemas() {
            let text = serde_json::to_string(&*schema).unwrap();
            assert_eq!(read(&text), *schema);
        }
    }
}
