//! What holds for every schema, not only for those that we know.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use scim_core::{Attribute, Policy, Resource, ResourceSchema};
use scim_schema::{
    Operation, Projection, Registry, Rule, create, replace, schema_resource, validate,
};
use scim_smith::{Definitions, Mutation, Source};

use crate::project::as_text;
use crate::support::{OPERATIONS, as_text as judged_as_text, bytes};

fn definitions(bytes: &[u8]) -> (Definitions, ResourceSchema) {
    let definitions = Definitions::new(&mut Source::new(bytes));
    let schema = definitions.resource_schema();
    (definitions, schema)
}

proptest! {
    // The same choices in every run: a fuzz target searches on from here.
    #![proptest_config(ProptestConfig {
        cases: 512,
        rng_seed: RngSeed::Fixed(7643),
        ..ProptestConfig::default()
    })]

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
    fn a_put_of_what_is_stored_changes_nothing(schema_bytes in bytes(), bytes in bytes()) {
        let (_, schema) = definitions(&schema_bytes);
        let stored = scim_smith::stored(&mut Source::new(&bytes), &schema);
        let same = replace(&schema, &stored, stored.clone(), &Policy::strict()).unwrap();
        prop_assert_eq!(same.changes, vec![], "{}", stored);
        prop_assert_eq!(&*same.resource, &stored);
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

    #[test]
    fn text_is_judged_as_the_tree_is(
        schema_bytes in bytes(),
        bytes in bytes(),
        what in 0..4usize,
        policy in prop_oneof![Just("strict"), Just("lenient"), Just("interop")],
        cut in any::<prop::sample::Index>(),
    ) {
        let (_, schema) = definitions(&schema_bytes);
        let mut source = Source::new(&bytes);
        let resource = match what {
            0 => scim_smith::body(&mut source, &schema),
            1 => scim_smith::stored(&mut source, &schema),
            2 => Mutation::new(&mut source, &schema).body,
            _ => scim_smith::near_miss(&mut source, &schema),
        };
        let mut text = resource.to_json().into_bytes();
        let policy: Policy = policy.parse().unwrap();
        for operation in OPERATIONS {
            judged_as_text(&schema, operation, &text, &policy);
        }
        // Text that is broken, or that says something else.
        let at = cut.index(text.len());
        for byte in *b"\"n0[{,\xff" {
            let before = std::mem::replace(&mut text[at], byte);
            judged_as_text(&schema, Operation::Create, &text, &policy);
            text[at] = before;
        }
        judged_as_text(&schema, Operation::Create, &text[..at], &policy);
    }

    #[test]
    fn text_is_projected_as_the_tree_is(
        schema_bytes in bytes(),
        bytes in bytes(),
        exclude in any::<bool>(),
        any_json in any::<bool>(),
    ) {
        let (_, schema) = definitions(&schema_bytes);
        let mut source = Source::new(&bytes);
        let names = names(&mut source, &schema);
        let (only, without): (&[String], &[String]) =
            if exclude { (&[], &names) } else { (&names, &[]) };
        let resource = match any_json {
            true => scim_smith::near_miss(&mut source, &schema),
            false => scim_smith::stored(&mut source, &schema),
        };
        let written = scim_schema::written_in(&schema, &resource);
        let strict = Policy::strict();
        for projection in [
            Projection::new(&schema, only, without, &strict).unwrap(),
            Projection::of_write(&schema, only, without, &written, &strict).unwrap(),
        ] {
            let shown = projection.apply(&resource);
            as_text(&projection, &resource, &resource.to_json(), &shown.to_json());
            prop_assert_eq!(projection.apply(&shown), shown, "idempotent");
        }
    }
}

/// Some of the names that a client may ask for.
fn names(source: &mut Source<'_>, schema: &ResourceSchema) -> Vec<String> {
    let mut all = vec!["nope".to_owned(), schema.base().id.to_string()];
    let mut add = |prefix: &str, attribute: &Attribute| {
        all.push(format!("{prefix}{}", attribute.name));
        let subs = attribute.sub_attributes.iter();
        all.extend(subs.map(|sub| format!("{prefix}{}.{}", attribute.name, sub.name)));
    };
    schema
        .attributes()
        .iter()
        .for_each(|attribute| add("", attribute));
    for extension in schema.extensions() {
        let prefix = format!("{}:", extension.schema.id);
        extension
            .schema
            .attributes
            .iter()
            .for_each(|attribute| add(&prefix, attribute));
    }
    (0..source.below(4))
        .map(|_| source.pick(&all).clone())
        .collect()
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
