//! Resource types and policies by the names that a case gives them.

use std::sync::Arc;

use scim_core::{AttrName, AttrType, Attribute, Policy, ResourceSchema, ResourceType, Schema};
use scim_schema::Registry;

/// The policy of that preset.
pub(crate) fn policy(name: &str) -> Policy {
    name.parse().unwrap()
}

/// The resource type of that name: built in, or one of those loaded.
pub(crate) fn resource_type(name: &str, load: &[String]) -> ResourceSchema {
    let mut registry = Registry::builtin();
    for stem in load {
        for schema in scim_testdata::schema_texts_of(stem) {
            registry.load_schema(&schema).unwrap();
        }
        let text = scim_testdata::resource_type_text(stem);
        registry.load_resource_type(&text).unwrap();
    }
    let found = registry.resource_schema(name);
    found
        .unwrap_or_else(|| panic!("no resource type `{name}`"))
        .clone()
}

/// A resource type with attributes of type binary of those names.
pub(crate) fn of_binaries(names: impl Iterator<Item = String>) -> ResourceSchema {
    let mut schema = Schema::new("urn:example:binaries".parse().unwrap());
    let attributes =
        names.map(|name| Attribute::new(AttrName::new(&name).unwrap(), AttrType::Binary));
    schema.attributes = attributes.collect();
    let resource_type = ResourceType::new("Binaries", "/Binaries", schema.id.clone());
    ResourceSchema::new(resource_type, Arc::new(schema), Vec::new())
}
