//! What the tests share.

use scim_core::Policy;
use scim_schema::Registry;

/// The built-in definitions and those that a case loads.
pub(crate) fn registry(load: &[String]) -> Registry {
    let mut registry = Registry::builtin();
    for stem in load {
        for schema in scim_testdata::schema_texts_of(stem) {
            registry.load_schema(&schema).unwrap();
        }
        let resource_type = scim_testdata::resource_type_text(stem);
        registry.load_resource_type(&resource_type).unwrap();
    }
    registry
}

pub(crate) fn policy(name: &str) -> Policy {
    name.parse().unwrap()
}
