//! The examples of the RFCs.

use scim_core::{Policy, Resource};
use scim_schema::{Operation, Registry, create, replace, validate};

#[test]
fn every_example_resource_is_valid_in_the_operations_it_fits() {
    let registry = Registry::builtin();
    let examples = scim_testdata::examples();
    let mut seen = 0;
    for (stem, text) in &examples {
        // Examples with an erratum stand beside their corrected form.
        if examples
            .iter()
            .any(|(other, _)| *other == format!("{stem}.fixed"))
        {
            continue;
        }
        let Ok(resource) = text.parse::<Resource>() else {
            continue;
        };
        let schema = registry
            .resource_schemas()
            .iter()
            .find(|schema| resource.schemas().any(|uri| schema.base().id == *uri));
        let Some(schema) = schema else { continue };
        // Examples of RFC 7643 §8.1 to §8.4 and of answers are whole; others are fragments.
        let strict = Policy::strict();
        match resource.id() {
            Some(_) if resource.get("meta").is_some() => {
                let operation = Operation::Response;
                let answer = validate(schema, operation, resource.clone(), None, &strict);
                assert_eq!(
                    *answer.unwrap_or_else(|e| panic!("{stem}: {e}")).resource,
                    resource
                );
                let same = replace(schema, &resource, resource.clone(), &strict);
                let same = same.unwrap_or_else(|e| panic!("{stem}: {e}"));
                assert_eq!(same.changes, [], "{stem}");
            }
            _ => {
                create(schema, resource, &strict).unwrap_or_else(|e| panic!("{stem}: {e}"));
            }
        }
        seen += 1;
    }
    assert!(seen >= 8, "only {seen} examples were found");
}
