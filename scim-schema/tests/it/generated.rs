//! What holds for every schema, not only for those that we know.

use proptest::prelude::*;
use scim_core::{Policy, Resource, ResourceSchema};
use scim_schema::{Operation, Registry, Rule, create, replace, schema_resource, validate};
use scim_smith::{Definitions, Mutation, Source};

use crate::support::bytes;

fn definitions(bytes: &[u8]) -> (Definitions, ResourceSchema) {
    let definitions = Definitions::new(&mut Source::new(bytes));
    let schema = definitions.resource_schema();
    (definitions, schema)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn generated_definitions_load_and_are_shown_as_they_were_loaded(bytes in bytes()) {
        let (definitions, _) = definitions(&bytes);
        let registry = definitions.registry();
        let mut again = Registry::new();
        for schema in registry.schemas() {
            again.load_schema(&schema_resource(schema).to_json()).unwrap();
        }
        prop_assert_eq!(again.schema_resources(), registry.schema_resources());
        let loaded: Vec<_> = registry.schemas().iter().map(|schema| (**schema).clone()).collect();
        prop_assert_eq!(loaded, definitions.schemas);
    }

    #[test]
    fn generated_bodies_are_accepted_and_stay_as_they_were_stored(
        schema_bytes in bytes(),
        bytes in bytes(),
    ) {
        let (_, schema) = definitions(&schema_bytes);
        let body = scim_smith::body(&mut Source::new(&bytes), &schema);
        let strict = Policy::strict();
        let created = create(&schema, body.clone(), &strict).unwrap();
        prop_assert_eq!(&created.departures, &[]);
        let stored = created.resource;
        let read: Resource = stored.to_json().parse().unwrap();
        prop_assert_eq!(&read, &*stored);
        for operation in [Operation::Create, Operation::Patch, Operation::Replace] {
            let again = validate(&schema, operation, read.clone(), Some(&stored), &strict);
            let again = again.unwrap();
            prop_assert_eq!(again.resource.to_json(), stored.to_json(), "{:?}", operation);
            prop_assert_eq!(again.departures, vec![]);
        }
        let same = replace(&schema, &stored, body, &strict).unwrap();
        prop_assert_eq!(same.changes, vec![]);
    }

    #[test]
    fn generated_answers_are_valid(schema_bytes in bytes(), bytes in bytes()) {
        let (_, schema) = definitions(&schema_bytes);
        let shown = scim_smith::shown(&mut Source::new(&bytes), &schema);
        let strict = Policy::strict();
        let validated = validate(&schema, Operation::Response, shown, None, &strict);
        prop_assert_eq!(validated.unwrap().departures, vec![]);
    }

    #[test]
    fn one_fault_is_found_where_it_is(schema_bytes in bytes(), bytes in bytes()) {
        let (_, schema) = definitions(&schema_bytes);
        let wrong = Mutation::new(&mut Source::new(&bytes), &schema);
        let strict = Policy::strict();
        let rejected = wrong.validate(&schema, &strict).unwrap_err();
        let found: Vec<_> = rejected.violations.iter().map(|v| (v.rule, v.pointer.as_str())).collect();
        prop_assert_eq!(found, vec![(wrong.rule, wrong.pointer.as_str())], "{}", wrong.body);
        prop_assert_eq!(wrong.validate(&schema, &strict), Err(rejected), "the same each time");
    }
}

#[test]
fn every_rule_is_broken_by_some_mutation() {
    let mut broken = std::collections::HashMap::new();
    for seed in 0..600 {
        let mut source = Source::from_seed(seed);
        let schema = Definitions::new(&mut source).resource_schema();
        let wrong = Mutation::new(&mut source, &schema);
        *broken.entry((wrong.operation, wrong.rule)).or_insert(0) += 1;
    }
    for rule in [
        Rule::Schemas,
        Rule::UnknownAttribute,
        Rule::Type,
        Rule::Multiplicity,
        Rule::Format,
        Rule::Required,
        Rule::Primary,
        Rule::Reference,
    ] {
        assert!(broken.contains_key(&(Operation::Create, rule)), "{rule}");
    }
    for (operation, rule) in [
        (Operation::Replace, Rule::Mutability),
        (Operation::Patch, Rule::Mutability),
        (Operation::Response, Rule::Returned),
        (Operation::Response, Rule::Schemas),
        (Operation::Response, Rule::Required),
    ] {
        assert!(
            broken.contains_key(&(operation, rule)),
            "{operation:?} {rule}"
        );
    }
}
