//! [`ResourceType`]: which schemas make up the resources of an endpoint.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::typed::Content as _;
use crate::{Meta, Object, SchemaUri, tolerant};

/// A resource type definition (RFC 7643 §6).
///
/// It is written with its `schemas`. Names match in any case when it is read, and `null` counts as
/// absent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ResourceType {
    /// Same as `name` (decision D04).
    pub id: Option<String>,
    /// The name that `meta.resourceType` holds; case exact.
    pub name: String,
    /// What the type is for.
    pub description: Option<String>,
    /// Path of the endpoint below the base URI, with a leading slash (decision D08).
    pub endpoint: String,
    /// The base schema.
    pub schema: SchemaUri,
    /// The extensions.
    pub schema_extensions: Vec<SchemaExtension>,
    /// What the service provider says about the resource.
    pub meta: Option<Meta>,
    /// Every member without a field of its own.
    pub other: Object,
}

/// An extension of a resource type (RFC 7643 §6).
///
/// Names match in any case when it is read, and `null` counts as absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SchemaExtension {
    /// The URI of the extension's schema.
    pub schema: SchemaUri,
    /// Whether every resource must have it; not, where it is not said (decision D09).
    pub required: bool,
}

impl ResourceType {
    /// The URI in `schemas` of a resource type.
    pub const SCHEMA: &'static str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

    /// A type without extensions.
    pub fn new(name: impl Into<String>, endpoint: impl Into<String>, schema: SchemaUri) -> Self {
        let name = name.into();
        Self {
            id: Some(name.clone()),
            name,
            description: None,
            endpoint: endpoint.into(),
            schema,
            schema_extensions: Vec::new(),
            meta: None,
            other: Object::default(),
        }
    }

    /// The endpoint without its leading slash: `Users`.
    pub fn endpoint_name(&self) -> &str {
        self.endpoint.trim_start_matches('/')
    }
}

impl Serialize for ResourceType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a> {
            schemas: [&'static str; 1],
            #[serde(skip_serializing_if = "Option::is_none")]
            id: Option<&'a str>,
            name: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            description: Option<&'a str>,
            endpoint: &'a str,
            schema: &'a SchemaUri,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            schema_extensions: &'a [SchemaExtension],
            #[serde(skip_serializing_if = "Option::is_none")]
            meta: Option<&'a Meta>,
            #[serde(flatten)]
            other: &'a Object,
        }
        Wire {
            schemas: [Self::SCHEMA],
            id: self.id.as_deref(),
            name: &self.name,
            description: self.description.as_deref(),
            endpoint: &self.endpoint,
            schema: &self.schema,
            schema_extensions: &self.schema_extensions,
            meta: self.meta.as_ref().filter(|meta| meta.is_content()),
            other: &self.other,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ResourceType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            id: Option<String>,
            name: String,
            description: Option<String>,
            endpoint: String,
            schema: SchemaUri,
            #[serde(default)]
            schema_extensions: Vec<SchemaExtension>,
            meta: Option<Meta>,
        }
        let fields = [
            "schemas",
            "id",
            "name",
            "description",
            "endpoint",
            "schema",
            "schemaExtensions",
            "meta",
        ];
        let (wire, other): (Wire, _) = tolerant::definition(deserializer, &fields)?;
        Ok(Self {
            id: wire.id,
            name: wire.name,
            description: wire.description,
            endpoint: wire.endpoint,
            schema: wire.schema,
            schema_extensions: wire.schema_extensions,
            meta: wire.meta,
            other,
        })
    }
}

impl<'de> Deserialize<'de> for SchemaExtension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(remote = "SchemaExtension")]
        struct Wire {
            schema: SchemaUri,
            #[serde(default)]
            required: bool,
        }
        let object = tolerant::assigned(deserializer)?;
        Wire::deserialize(&object).map_err(D::Error::custom)
    }
}

impl SchemaExtension {
    /// An extension of a resource type.
    pub fn new(schema: SchemaUri, required: bool) -> Self {
        Self { schema, required }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Resource, Value};

    fn read(text: &str) -> ResourceType {
        let read = serde_json::from_str(text).unwrap();
        assert_eq!(text.parse::<Value>().unwrap().to().as_ref(), Ok(&read));
        read
    }

    #[test]
    fn n08_names_match_in_any_case() {
        let text = r#"{"Name":"A","ENDPOINT":"/A","Schema":"urn:a","SchemaExtensions":[{"SCHEMA":"urn:b","Required":true}]}"#;
        let of = read(text);
        assert_eq!((&*of.name, &*of.endpoint), ("A", "/A"));
        let extension = SchemaExtension::new("urn:b".parse().unwrap(), true);
        assert_eq!(of.schema_extensions, [extension]);
        let alone = r#"{"SCHEMA":"urn:b","Required":true}"#;
        assert_eq!(
            serde_json::from_str::<SchemaExtension>(alone).unwrap(),
            of.schema_extensions[0]
        );
        let twice = r#"{"name":"A","Name":"B","endpoint":"/A","schema":"urn:a"}"#;
        assert!(serde_json::from_str::<ResourceType>(twice).is_err());
    }

    #[test]
    fn d09_s10_null_and_missing_members_are_defaults() {
        let of = |extensions: &str| {
            read(&format!(
                r#"{{"name":"A","endpoint":"/A","schema":"urn:a","schemaExtensions":{extensions}}}"#
            ))
            .schema_extensions
        };
        assert!(of("null").is_empty());
        let optional = [SchemaExtension::new("urn:b".parse().unwrap(), false)];
        for extensions in [
            r#"[null,{},{"schema":"urn:b"}]"#,
            r#"[{"schema":"urn:b","required":null}]"#,
        ] {
            assert_eq!(of(extensions), optional);
        }
    }

    #[test]
    fn what_is_written_is_a_resource() {
        let new = ResourceType::new("A", "/A", "urn:a".parse().unwrap());
        let written = Resource::from_typed(&new).unwrap();
        assert!(written.schemas().eq([ResourceType::SCHEMA]));
        assert_eq!(written.to(), Ok(new));

        let text = concat!(
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],"id":"A","#,
            r#""name":"A","endpoint":"/A","schema":"urn:a","#,
            r#""meta":{"resourceType":"ResourceType"},"x":[1]}"#,
        );
        assert_eq!(serde_json::to_string(&read(text)).unwrap(), text);
    }
}
