//! Resource types and policies by the names that a case gives them.

use scim_core::{Policy, ResourceSchema};
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
