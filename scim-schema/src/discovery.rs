//! Definitions as resources, for `/Schemas` and `/ResourceTypes` (RFC 7644 §4).

use scim_core::{AttrType, Attribute, Object, Resource, ResourceType, Schema, Value};

/// A schema as the resource that `/Schemas` shows (RFC 7643 §7). `meta.location` is relative to the
/// base URI.
///
/// ```
/// let user = scim_schema::schema_resource(scim_core::builtin::user());
/// assert_eq!(user.id(), Some("urn:ietf:params:scim:schemas:core:2.0:User"));
/// ```
pub fn schema_resource(schema: &Schema) -> Resource {
    let id = schema.id.as_str();
    let mut members: Vec<(&str, Value)> = vec![
        ("schemas", Value::from(vec![Schema::SCHEMA])),
        ("id", id.into()),
    ];
    if let Some(name) = &schema.name {
        members.push(("name", name.as_str().into()));
    }
    if let Some(description) = &schema.description {
        members.push(("description", description.as_str().into()));
    }
    members.push(("attributes", attributes(&schema.attributes)));
    members.push(("meta", meta("Schema", format!("/Schemas/{id}"))));
    members.into_iter().collect::<Object>().into()
}

/// A resource type as the resource that `/ResourceTypes` shows (RFC 7643 §6). `meta.location` is
/// relative to the base URI.
///
/// ```
/// use scim_core::builtin;
/// let user = scim_schema::resource_type_resource(builtin::user_schema().resource_type());
/// assert_eq!(user.id(), Some("User"));
/// ```
pub fn resource_type_resource(resource_type: &ResourceType) -> Resource {
    let name = resource_type.name.as_str();
    let mut members: Vec<(&str, Value)> = vec![
        ("schemas", Value::from(vec![ResourceType::SCHEMA])),
        ("id", name.into()),
        ("name", name.into()),
    ];
    if let Some(description) = &resource_type.description {
        members.push(("description", description.as_str().into()));
    }
    members.push(("endpoint", resource_type.endpoint.as_str().into()));
    members.push(("schema", resource_type.schema.as_str().into()));
    let extensions = resource_type.schema_extensions.iter().map(|extension| {
        Object::from_iter([
            ("schema", Value::from(extension.schema.as_str())),
            ("required", extension.required.into()),
        ])
    });
    let extensions: Vec<Object> = extensions.collect();
    if !extensions.is_empty() {
        members.push(("schemaExtensions", extensions.into()));
    }
    members.push((
        "meta",
        meta("ResourceType", format!("/ResourceTypes/{name}")),
    ));
    members.into_iter().collect::<Object>().into()
}

fn meta(resource_type: &str, location: String) -> Value {
    let members = [
        ("resourceType", Value::from(resource_type)),
        ("location", location.into()),
    ];
    Value::Object(members.into_iter().collect())
}

fn attributes(definitions: &[Attribute]) -> Value {
    Value::Array(definitions.iter().map(attribute).collect())
}

/// Decision D11: which characteristics are shown for which type.
fn attribute(definition: &Attribute) -> Value {
    let text = |text: &str| Value::from(text);
    let description = definition.description.as_deref().unwrap_or_default();
    let mut members: Vec<(&str, Value)> = vec![
        ("name", text(definition.name.as_str())),
        ("type", text(definition.attr_type.as_str())),
    ];
    if !definition.sub_attributes.is_empty() {
        members.push(("subAttributes", attributes(&definition.sub_attributes)));
    }
    members.push(("multiValued", definition.multi_valued.into()));
    members.push(("description", text(description)));
    members.push(("required", definition.required.into()));
    let list = |values: &[String]| Value::from(values.iter().map(|v| text(v)).collect::<Vec<_>>());
    if !definition.canonical_values.is_empty() {
        members.push(("canonicalValues", list(&definition.canonical_values)));
    }
    let complex = definition.attr_type == AttrType::Complex;
    if !complex {
        members.push(("caseExact", definition.case_exact.into()));
    }
    members.push(("mutability", text(definition.mutability.as_str())));
    members.push(("returned", text(definition.returned.as_str())));
    if !complex {
        members.push(("uniqueness", text(definition.uniqueness.as_str())));
    }
    if !definition.reference_types.is_empty() {
        members.push(("referenceTypes", list(&definition.reference_types)));
    }
    Value::Object(members.into_iter().collect())
}
