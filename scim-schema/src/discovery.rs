//! Definitions as resources, for `/Schemas` and `/ResourceTypes` (RFC 7644 §4).

use scim_core::{AttrType, Attribute, Resource, ResourceType, Schema, Value};

/// A schema as the resource that `/Schemas` shows (RFC 7643 §7). `meta.location` is relative to the
/// base URI.
///
/// ```
/// let user = scim_schema::schema_resource(scim_core::builtin::user());
/// assert_eq!(user.id(), Some("urn:ietf:params:scim:schemas:core:2.0:User"));
/// ```
pub fn schema_resource(schema: &Schema) -> Resource {
    let location = format!("/Schemas/{}", schema.id);
    // A definition has members of its own only, so it always is an object.
    let mut resource = Resource::from_typed(schema).unwrap_or_default();
    resource.insert("attributes", attributes(&schema.attributes));
    resource.insert("meta", meta("Schema", location));
    resource
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
    let location = format!("/ResourceTypes/{name}");
    // As for a schema.
    let mut resource = Resource::from_typed(resource_type).unwrap_or_default();
    resource.insert("id", name);
    resource.insert("meta", meta("ResourceType", location));
    resource
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
