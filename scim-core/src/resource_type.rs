//! [`ResourceType`]: which schemas make up the resources of an endpoint.

use serde::{Deserialize, Serialize};

use crate::SchemaUri;

/// A resource type definition (RFC 7643 §6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResourceType {
    /// Same as `name` (decision D04).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name that `meta.resourceType` holds; case exact.
    pub name: String,
    /// What the type is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Path of the endpoint below the base URI, with a leading slash (decision D08).
    pub endpoint: String,
    /// The base schema.
    pub schema: SchemaUri,
    /// The extensions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schema_extensions: Vec<SchemaExtension>,
}

/// An extension of a resource type (RFC 7643 §6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SchemaExtension {
    /// The URI of the extension's schema.
    pub schema: SchemaUri,
    /// Whether every resource must have it.
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
        }
    }

    /// The endpoint without its leading slash: `Users`.
    pub fn endpoint_name(&self) -> &str {
        self.endpoint.trim_start_matches('/')
    }
}

impl SchemaExtension {
    /// An extension of a resource type.
    pub fn new(schema: SchemaUri, required: bool) -> Self {
        Self { schema, required }
    }
}
