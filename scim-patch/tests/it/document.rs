//! From document to document comes what comes from tree to tree.

use proptest::prelude::*;
use proptest::sample::select;
use scim_core::{
    Document, Object, PatchOp, PatchOperation, Policy, Resource, ResourceSchema, Valid, Value,
    builtin,
};
use scim_patch::{ApplyDocumentError, PatchLimits, Plan};

use crate::differential::{generated, policies};
use crate::laws::{operation, user};
use crate::tables;
use crate::value_delta::{self, DEVICE, on_sensors, sensor};

/// Applies both ways, and tells whether the PATCH succeeds.
fn agree(resource: Resource, patch: &PatchOp, schema: &ResourceSchema, policy: &Policy) -> bool {
    Plan::new(patch, schema, policy).is_ok_and(|plan| both_ways(resource, &plan))
}

fn both_ways(resource: Resource, plan: &Plan<'_>) -> bool {
    let document = Document::from_valid(&Valid::assume(resource));
    let mut tree = document.to_resource().unwrap();
    match (plan.apply(&mut tree), plan.apply_document(&document)) {
        (Ok(expected), Ok((patched, applied))) => {
            assert_eq!(applied, expected);
            let expected = Document::from_valid(&Valid::assume(tree));
            assert_eq!(patched.as_str(), expected.as_str(), "{document:?}");
            assert_eq!(patched, expected);
            true
        }
        (Err(expected), Err(ApplyDocumentError::Patch(error))) => {
            assert_eq!(error, expected);
            false
        }
        (expected, outcome) => panic!("{outcome:?} is not {expected:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn on_generated_schemas(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (schema, resource, patch) = generated(&bytes);
        for policy in policies() {
            agree(resource.clone(), &patch, &schema, &policy);
        }
    }

    #[test]
    fn on_users(
        user in user(), operations in proptest::collection::vec(operation(), 1..6)
    ) {
        let patch = PatchOp::new(operations);
        for policy in policies() {
            agree(user.clone(), &patch, builtin::user_schema(), &policy);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Lists long enough to stay in their text.
    #[test]
    fn on_long_lists(
        mut sensors in proptest::collection::vec(sensor(), 80..160),
        others in proptest::collection::vec(0..200usize, 0..6),
        operations in proptest::collection::vec(on_sensors(), 1..6),
        with_schemas in any::<bool>(),
        comparisons in select(vec![0, 8, 16, 24, 40, usize::MAX])
    ) {
        // Most elements have values of their own, written in every way.
        for (at, sensor) in sensors.iter_mut().enumerate() {
            let Value::Object(object) = sensor else { continue };
            let value = match at % 7 {
                _ if others.contains(&at) => continue,
                0 => format!("ſ{at}\""),
                1 => format!("É{at}\n"),
                _ => format!("sensor {at}"),
            };
            object.insert("value", value);
        }
        let mut device: Resource = r#"{"serialNumber":"1","label":"x"}"#.parse().unwrap();
        device.insert("sensors", sensors);
        if with_schemas {
            device.insert("schemas", vec![DEVICE.base().id.as_str()]);
        }
        let patch = PatchOp::new(operations);
        let limits = PatchLimits { comparisons, ..PatchLimits::default() };
        for policy in policies() {
            if let Ok(plan) = Plan::with_limits(&patch, &DEVICE, &policy, limits) {
                both_ways(device.clone(), &plan);
            }
        }
    }
}

#[test]
fn on_the_tables() {
    let mut count = 0;
    for case in scim_testdata::patch_cases() {
        let schema = tables::schema(&case);
        let Ok(patch) = PatchOp::from_json(case.body().as_bytes()) else {
            continue;
        };
        for policy in &case.policies {
            let resource = case.resource_json().unwrap().parse().unwrap();
            count += usize::from(agree(resource, &patch, &schema, &policy.parse().unwrap()));
        }
    }
    assert!(count > 500, "{count}");
}

/// The ends of a list, neighbours, all of it, none of it, and spellings that are equal.
#[test]
fn places_in_a_long_list() {
    let tags = |count: usize| -> Vec<Value> {
        let tag = |at| Value::from(format!("a tag that is not short at all, number {at}"));
        (0..count).map(tag).collect()
    };
    let remove = |at: usize| {
        let path = format!("tags[value eq \"A TAG that is not short at all, number {at}\"]");
        PatchOperation::remove(path)
    };
    let add = |text: &str| PatchOperation::add("tags", text);
    for operations in [
        vec![remove(0)],
        vec![remove(99)],
        vec![remove(0), remove(1), remove(2)],
        vec![remove(98), remove(50), remove(99)],
        vec![remove(7), add("a TAG that is not short at all, number 7")],
        vec![add("new"), remove(0)],
        vec![add("NEW"), add("new")],
        vec![remove(100)],
        (0..100).map(remove).collect(),
        (0..100).map(remove).chain([add("ſ")]).collect(),
    ] {
        let mut device = Object::new();
        device.insert("serialNumber", "1");
        device.insert("tags", tags(100));
        device.insert("label", "x");
        let patch = PatchOp::new(operations);
        assert!(agree(device.into(), &patch, &DEVICE, &Policy::strict()));
    }
}

/// What two operations do to an element and undo leaves the same text as in the tree.
#[test]
fn an_element_that_is_what_it_was() {
    let sensors = (0..200).map(|at| {
        let text = format!(r#"{{"value":"sensor {at}","type":"humidity","display":"x"}}"#);
        text.parse::<Value>().unwrap()
    });
    let mut device = Object::new();
    device.insert("serialNumber", "1");
    device.insert("sensors", sensors.collect::<Vec<_>>());
    let operation = |op, path, value| value_delta::operation(op, Some(path), Some(value));
    let patch = PatchOp::new(vec![
        operation(
            "replace",
            r#"sensors[value eq "sensor 7"]"#,
            r#"{"type":null}"#,
        ),
        operation(
            "add",
            "sensors",
            r#"[{"value":"sensor 7","type":"humidity"},{"value":"new"}]"#,
        ),
    ]);
    assert!(agree(device.into(), &patch, &DEVICE, &Policy::strict()));
}

#[test]
fn new_attributes_stand_in_the_order_in_which_they_came() {
    let user = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#;
    let email = Value::Object([("value", "a@x")].into_iter().collect());
    let patch = PatchOp::new(vec![
        PatchOperation::remove("emails"),
        PatchOperation::add("title", "Countess"),
        PatchOperation::add("emails", vec![email]),
    ]);
    let user = user.parse().unwrap();
    assert!(agree(
        user,
        &patch,
        builtin::user_schema(),
        &Policy::strict()
    ));
}

#[test]
fn text_that_is_no_json_is_an_error() {
    let operations = vec![value_delta::operation(
        "replace",
        Some("name.givenName"),
        Some("\"x\""),
    )];
    let patch = PatchOp::new(operations);
    let plan = Plan::new(&patch, builtin::user_schema(), &Policy::strict()).unwrap();
    let document = Document::assume_canonical(r#"{"name":[{]}}"#).unwrap();
    let error = plan.apply_document(&document).unwrap_err();
    assert!(matches!(error, ApplyDocumentError::Read(_)), "{error}");
}
