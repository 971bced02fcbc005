//! scim-schema: bytes are validated and projected, and read as definitions.

use scim_core::{Policy, Resource, builtin};
use scim_schema::{Operation, Projection, Registry, Validated, read_resource, validate};

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

/// What is accepted stays accepted and unchanged, and nothing secret is shown.
pub fn run(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let mut registry = Registry::builtin();
        let _ = registry.load_schema(text);
        let _ = registry.load_resource_type(text);
    }
    let Ok(resource) = read_resource(data) else {
        return;
    };
    for schema in [builtin::user_schema(), builtin::group_schema()] {
        let shown = Projection::default_for(schema).apply(&resource);
        assert!(shown.get("password").is_none());
        assert_eq!(Projection::default_for(schema).apply(&shown), shown);
        for operation in [
            Operation::Create,
            Operation::Replace,
            Operation::Patch,
            Operation::Response,
        ] {
            let check = |resource: &Resource, policy: &Policy| -> Option<Validated> {
                match validate(schema, operation, resource.clone(), None, policy) {
                    Ok(validated) => Some(validated),
                    Err(rejected) => {
                        assert!(!rejected.violations.is_empty());
                        None
                    }
                }
            };
            let strict = check(&resource, &Policy::strict());
            let lenient = check(&resource, &Policy::lenient());
            check(&resource, &Policy::interop());
            for (validated, policy) in [(&strict, Policy::strict()), (&lenient, Policy::lenient())]
            {
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
}
