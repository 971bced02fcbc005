//! What the tests share.

use proptest::prelude::*;
use scim_core::{Policy, ReadLimits, ResourceSchema};
use scim_schema::{Operation, Registry, Validator, read_resource};

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

/// Text is judged as the tree is that it says.
pub(crate) fn as_text(schema: &ResourceSchema, operation: Operation, text: &[u8], policy: &Policy) {
    let validator = Validator::new(schema, policy);
    let findings = validator.check_json(operation, text, ReadLimits::default());
    let (violations, departures, omitted) = match read_resource(text) {
        Err(violation) => (vec![violation], Vec::new(), 0),
        Ok(resource) => match validator.validate(operation, resource, None) {
            Ok(validated) => (Vec::new(), validated.departures, 0),
            // What was let pass is not told of what is refused.
            Err(rejected) => (
                rejected.violations,
                findings.departures().to_vec(),
                rejected.omitted,
            ),
        },
    };
    let shown = String::from_utf8_lossy(text);
    assert_eq!(findings.violations(), violations, "{operation:?} {shown}");
    assert_eq!(findings.departures(), departures, "{operation:?} {shown}");
    assert_eq!(findings.omitted(), omitted, "{operation:?} {shown}");
}

pub(crate) const OPERATIONS: [Operation; 4] = [
    Operation::Create,
    Operation::Replace,
    Operation::Patch,
    Operation::Response,
];
