//! scim-schema: bytes are validated and projected, read as definitions, and made into both.

use scim_core::{Policy, ReadLimits, Resource, ResourceSchema, ResourceType, builtin};
use scim_schema::{
    Operation, Projection, Registry, Validated, Validator, read_resource, schema_resource, validate,
};
use scim_smith::{Definitions, Mutation, Source};

/// Pieces of resources and of definitions.
pub const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "true",
    "\"True\"",
    "1.0",
    "\"26\"",
    "[]",
    "{}",
    "\"userName\":\"a\"",
    "\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"]",
    "\"emails\":[{\"value\":\"a\",\"primary\":true}]",
    "\"password\":\"x\"",
    "\"id\":\"1\"",
    "\"members\":[{\"value\":\"1\"}]",
    "\"meta\":{\"created\":\"2011-05-13T04:42:34Z\"}",
    "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":{\"manager\":{\"value\":\"1\"}}",
    "\"country\":\"GBR\"",
    "\"$ref\":\"../Users/1\"",
    "\"type\":\"complex\"",
    "\"multiValued\":true",
    "\"subAttributes\":[",
    "\"mutability\":\"immutable\"",
    "\"returned\":\"never\"",
    "\"name\":\"a\"",
];

/// The resources of the case tables, and the definitions.
pub fn seeds() -> Vec<Vec<u8>> {
    let cases = scim_testdata::validate_cases();
    let resources = cases
        .iter()
        .filter_map(scim_testdata::ValidateCase::resource_json);
    let named = scim_testdata::resources().into_iter().map(|(_, text)| text);
    let definitions = ["device", "device-asset"].map(scim_testdata::schema_text);
    let types = [scim_testdata::resource_type_text("device")];
    let all = resources.chain(named).chain(definitions).chain(types);
    all.map(String::into_bytes).collect()
}

/// Any text as a definition and as a resource; any bytes as choices for both.
pub fn run(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        definition(text);
    }
    for schema in [builtin::user_schema(), builtin::group_schema()] {
        text_as_tree(schema, data);
        if let Ok(resource) = read_resource(data) {
            resource_of(schema, &resource);
        }
    }
    let mut source = Source::new(data);
    let schema = Definitions::new(&mut source).resource_schema();
    made(&schema, &mut source);
}

/// A schema that is accepted makes a resource type that works, and is shown as it was loaded.
fn definition(text: &str) {
    let mut registry = Registry::builtin();
    let _ = registry.load_resource_type(text);
    let mut registry = Registry::new();
    if registry.load_schema(text).is_err() {
        return;
    }
    let id = registry.schemas()[0].id.clone();
    let shown = schema_resource(&registry.schemas()[0]).to_json();
    let mut again = Registry::new();
    again
        .load_schema(&shown)
        .expect("what is shown can be loaded");
    assert_eq!(again.schema_resources(), registry.schema_resources());
    let loaded = registry.add_resource_type(ResourceType::new("Fuzzed", "/Fuzzed", id));
    if loaded.is_ok() {
        let schema = registry
            .resource_schema("Fuzzed")
            .expect("just loaded")
            .clone();
        let mut source = Source::new(text.as_bytes());
        let resource = scim_smith::near_miss(&mut source, &schema);
        text_as_tree(&schema, resource.to_json().as_bytes());
        resource_of(&schema, &resource);
    }
}

/// What is made to be valid is; what is made to break one rule does, there.
fn made(schema: &ResourceSchema, source: &mut Source<'_>) {
    let body = scim_smith::body(source, schema);
    let created = scim_schema::create(schema, body, &Policy::strict());
    created.expect("a valid body");
    let wrong = Mutation::new(source, schema);
    let rejected = wrong
        .validate(schema, &Policy::strict())
        .expect_err("one fault");
    assert_eq!(
        rejected.violations.len(),
        1,
        "{} {:?}",
        wrong.body,
        rejected.violations
    );
    assert_eq!(
        rejected.violations[0].pointer, wrong.pointer,
        "{}",
        wrong.body
    );
    assert_eq!(rejected.violations[0].rule, wrong.rule, "{}", wrong.body);
    let any = scim_smith::near_miss(source, schema);
    text_as_tree(schema, any.to_json().as_bytes());
    resource_of(schema, &any);
}

const OPERATIONS: [Operation; 4] = [
    Operation::Create,
    Operation::Replace,
    Operation::Patch,
    Operation::Response,
];

/// Text is judged and projected as the tree is that it says.
fn text_as_tree(schema: &ResourceSchema, text: &[u8]) {
    let read = read_resource(text);
    let limits = ReadLimits::default();
    let projection = Projection::default_for(schema);
    let mut shown = String::new();
    match (projection.write_json(text, limits, &mut shown), &read) {
        (Ok(()), Ok(resource)) => assert_eq!(shown, projection.apply(resource).to_json()),
        (written, read) => assert!(written.is_err() && read.is_err() && shown.is_empty()),
    }
    for (operation, policy) in OPERATIONS.into_iter().flat_map(|operation| {
        [Policy::strict(), Policy::lenient()].map(|policy| (operation, policy))
    }) {
        let validator = Validator::new(schema, &policy);
        let findings = validator.check_json(operation, text, limits);
        let violations = match &read {
            Err(violation) => vec![violation.clone()],
            Ok(resource) => match validator.validate(operation, resource.clone(), None) {
                Ok(validated) => {
                    assert_eq!(findings.departures(), validated.departures);
                    Vec::new()
                }
                Err(rejected) => rejected.violations,
            },
        };
        assert_eq!(findings.violations(), violations, "{operation:?}");
    }
}

/// What is accepted stays accepted and unchanged, and nothing secret is shown.
fn resource_of(schema: &ResourceSchema, resource: &Resource) {
    let shown = Projection::default_for(schema).apply(resource);
    assert!(
        schema
            .attributes()
            .iter()
            .all(|a| !a.is_hidden() || shown.get(a.name.as_str()).is_none())
    );
    assert_eq!(Projection::default_for(schema).apply(&shown), shown);
    for operation in OPERATIONS {
        let check = |resource: &Resource, policy: &Policy| -> Option<Validated> {
            match validate(schema, operation, resource.clone(), None, policy) {
                Ok(validated) => Some(validated),
                Err(rejected) => {
                    assert!(!rejected.violations.is_empty());
                    None
                }
            }
        };
        let strict = check(resource, &Policy::strict());
        let lenient = check(resource, &Policy::lenient());
        check(resource, &Policy::interop());
        for (validated, policy) in [(&strict, Policy::strict()), (&lenient, Policy::lenient())] {
            let Some(validated) = validated else { continue };
            let again = check(&validated.resource, &policy).expect("what is valid stays valid");
            assert_eq!(again.resource, validated.resource);
            assert!(again.departures.is_empty(), "{:?}", again.departures);
        }
        if let Some(strict) = strict {
            let lenient = lenient.expect("lenient accepts what strict accepts");
            assert_eq!(lenient.resource, strict.resource);
        }
    }
}
