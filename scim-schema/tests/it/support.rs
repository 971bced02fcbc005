//! What the tests share.

use proptest::prelude::*;
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

/// Choices for what is made of them; they shrink to smaller things.
pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..400)
}
