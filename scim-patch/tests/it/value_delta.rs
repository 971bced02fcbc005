//! The delta of a PATCH by value does to the elements it reaches what the PATCH does to the whole.

use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::select;
use scim_core::{PatchOp, PatchOperation, Policy, Resource, ResourceSchema, Value, builtin};
use scim_patch::Plan;
use scim_schema::Registry;

pub(crate) static DEVICE: LazyLock<ResourceSchema> = LazyLock::new(|| {
    let mut registry = Registry::builtin();
    for text in scim_testdata::schema_texts_of("device") {
        registry.load_schema(&text).unwrap();
    }
    let text = scim_testdata::resource_type_text("device");
    registry.load_resource_type(&text).unwrap();
    registry.resource_schema("Device").unwrap().clone()
});

fn json(text: &str) -> Value {
    text.parse().unwrap()
}

pub(crate) fn operation(op: &str, path: Option<&str>, value: Option<&str>) -> PatchOperation {
    PatchOperation::new(op, path.map(str::to_owned), value.map(json))
}

/// Stored sensors: some of one value, some without, some that no check would let in.
pub(crate) fn sensor() -> impl Strategy<Value = Value> {
    let value =
        proptest::option::weighted(0.9, select(vec!["\"a\"", "\"A\"", "\"b\"", "\"c\"", "7"]));
    let kind = proptest::option::of(select(vec!["\"temperature\"", "\"humidity\""]));
    let primary = proptest::option::weighted(0.2, select(vec!["true", "false"]));
    let serial = proptest::option::weighted(0.2, select(vec!["\"1\"", "\"2\""]));
    let health = proptest::option::weighted(0.2, select(vec!["\"good\"", "\"bad\""]));
    let display = proptest::option::weighted(0.3, select(vec!["\"x\"", "\"y\""]));
    (value, kind, primary, serial, health, display).prop_map(
        |(value, kind, primary, serial, health, display)| {
            let mut object = scim_core::Object::new();
            for (name, text) in [
                ("value", value),
                ("type", kind),
                ("primary", primary),
                ("serial", serial),
                ("health", health),
                ("display", display),
            ] {
                if let Some(text) = text {
                    object.insert(name, json(text));
                }
            }
            Value::Object(object)
        },
    )
}

/// Operations on sensors: most reach them by value.
pub(crate) fn on_sensors() -> impl Strategy<Value = PatchOperation> {
    let one = select(vec![
        r#"{"value":"a"}"#,
        r#"{"value":"B","type":"humidity"}"#,
        r#"{"value":"a","type":"temperature","display":"z"}"#,
        r#"{"value":"d","serial":"1"}"#,
        r#"{"value":"a","serial":"2","primary":false}"#,
        r#"{"value":"c","health":"good"}"#,
        r#"[{"value":"a","display":"x"},{"value":"A","type":"humidity"},{"value":"e"}]"#,
        r#"[{"value":"b"},{"value":"e"},"f"]"#,
        r#""c""#,
        r#"[]"#,
        r#"{"value":"a","primary":true}"#,
        r#"{"type":"humidity"}"#,
    ]);
    let by_value = select(vec![
        r#"sensors[value eq "a"]"#,
        r#"SENSORS[VALUE eq "B"]"#,
        r#"sensors[value eq "a" and type eq "humidity"]"#,
        r#"sensors[value eq "g" and primary eq true]"#,
        r#"sensors[value eq "e"].display"#,
        r#"sensors[value eq "c"].value"#,
        r#"sensors[value eq "a"].serial"#,
        r#"sensors[value eq "a"].primary"#,
        r#"sensors[value eq "b"].health"#,
        r#"sensors[value eq "a" or value eq "b"]"#,
        r#"sensors[value sw "a"]"#,
        r#"sensors[type eq "humidity"]"#,
        "sensors",
        "sensors.display",
        "label",
    ]);
    let written = select(vec![
        r#""q""#,
        r#""a""#,
        r#"{"display":"w","type":null}"#,
        r#"{"value":"a"}"#,
        r#"{"value":null,"display":"v"}"#,
        r#"{"primary":true}"#,
        "true",
        "null",
    ]);
    prop_oneof![
        4 => one.clone().prop_map(|value| operation("add", Some("sensors"), Some(value))),
        3 => by_value.clone().prop_map(|path| operation("remove", Some(path), None)),
        2 => one.prop_map(|value| operation("remove", Some("sensors"), Some(value))),
        2 => (select(vec!["add", "replace"]), by_value, written)
            .prop_map(|(op, path, value)| operation(op, Some(path), Some(value))),
        1 => Just(operation("add", None, Some(r#"{"sensors":[{"value":"p"}]}"#))),
    ]
}

/// Operations on simple values.
fn on_tags() -> impl Strategy<Value = PatchOperation> {
    let values = select(vec![r#""a""#, r#"["A","b"]"#, r#"["c","d","c"]"#]);
    let filters = select(vec![
        r#"tags[value eq "a"]"#,
        r#"tags[value eq "D"]"#,
        r#"tags[value ne "a"]"#,
    ]);
    prop_oneof![
        3 => values.clone().prop_map(|value| operation("add", Some("tags"), Some(value))),
        2 => filters.clone().prop_map(|path| operation("remove", Some(path), None)),
        1 => values.prop_map(|value| operation("remove", Some("tags"), Some(value))),
        1 => filters.prop_map(|path| operation("replace", Some(path), Some(r#""b""#))),
    ]
}

/// Whether all of `some` stand in `all`, in that order.
fn is_within(some: &[Value], all: &[Value]) -> bool {
    let mut all = all.iter();
    some.iter().all(|one| all.any(|other| other == one))
}

/// Without order.
fn texts(elements: &[Value]) -> Vec<String> {
    let mut texts: Vec<_> = elements.iter().map(Value::to_json).collect();
    texts.sort();
    texts
}

/// Applies to the whole and, where there is a delta, to what it reaches: the same comes out.
fn agree(list: &str, elements: Vec<Value>, operations: Vec<PatchOperation>) {
    for policy in [Policy::strict(), Policy::lenient(), Policy::interop()] {
        let patch = PatchOp::new(operations.clone());
        let Ok(plan) = Plan::new(&patch, &DEVICE, &policy) else {
            continue;
        };
        let Some(delta) = plan.value_delta() else {
            continue;
        };
        let mut whole: Resource = r#"{"serialNumber":"1"}"#.parse().unwrap();
        whole.insert(list, elements.clone());
        let mut reached = elements.clone();
        reached.retain(|element| delta.reaches(element));
        let before = reached.clone();

        let expected = plan.apply(&mut whole);
        let outcome = delta.apply(&mut reached);
        assert_eq!(outcome, expected, "{policy:?}");
        if outcome.is_err() {
            assert_eq!(reached, before);
            continue;
        }
        let all = whole
            .get(list)
            .and_then(Value::as_array)
            .unwrap_or_default();
        let mut untouched = elements.clone();
        untouched.retain(|element| !delta.reaches(element));
        assert!(is_within(&reached, all), "those reached, in their order");
        assert!(is_within(&untouched, all), "all others stay");
        let together = [untouched, reached].concat();
        assert_eq!(texts(all), texts(&together));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn of_complex_elements(
        sensors in proptest::collection::vec(sensor(), 0..6),
        operations in proptest::collection::vec(on_sensors(), 1..5)
    ) {
        agree("sensors", sensors, operations);
    }

    /// Enough elements and operations for an index.
    #[test]
    fn of_many_elements(
        sensors in proptest::collection::vec(sensor(), 17..40),
        operations in proptest::collection::vec(on_sensors(), 6..12)
    ) {
        agree("sensors", sensors, operations);
    }

    #[test]
    fn of_simple_elements(
        tags in proptest::collection::vec(select(vec!["a", "B", "c"]).prop_map(Value::from), 0..5),
        operations in proptest::collection::vec(on_tags(), 1..5)
    ) {
        agree("tags", tags, operations);
    }
}

/// Whether a PATCH of one group or device has a delta, and which values it names.
fn values(schema: &ResourceSchema, operations: &[PatchOperation]) -> Option<Vec<String>> {
    let patch = PatchOp::new(operations.to_vec());
    let plan = Plan::new(&patch, schema, &Policy::lenient()).unwrap();
    let delta = plan.value_delta()?;
    Some(delta.values().iter().map(Value::to_json).collect())
}

#[test]
fn forms_with_a_delta() {
    let group = builtin::group_schema();
    let cases: [(&str, Option<&str>, Option<&str>, &str); 8] = [
        (
            "add",
            Some("members"),
            Some(r#"[{"value":"1"},{"value":"2","type":"User"}]"#),
            "1 2",
        ),
        ("Add", Some("Members"), Some(r#""1""#), "1"),
        ("add", None, Some(r#"{"members":[{"value":"1"}]}"#), "1"),
        (
            "replace",
            None,
            Some(r#"{"members[value eq \"1\"].display":"x"}"#),
            "1",
        ),
        ("remove", Some(r#"members[value eq "1"]"#), None, "1"),
        (
            "remove",
            Some(r#"members[value eq "1" and type eq "User"]"#),
            None,
            "1",
        ),
        (
            "remove",
            Some("members"),
            Some(r#"[{"value":"2"},{"value":"1"},{"value":"2"}]"#),
            "2 1",
        ),
        (
            "replace",
            Some(r#"members[value eq "1"].value"#),
            Some(r#""2""#),
            "1",
        ),
    ];
    for (op, path, value, expected) in cases {
        let found = values(group, &[operation(op, path, value)]).map(|found| found.join(" "));
        let expected = expected.split(' ').map(|value| format!("{value:?}"));
        let expected = expected.collect::<Vec<_>>().join(" ");
        assert_eq!(found, Some(expected), "{op} {path:?} {value:?}");
    }
}

#[test]
fn forms_without_a_delta() {
    for (op, path, value) in [
        ("add", "displayName", Some(r#""x""#)),
        ("remove", "members", None),
        ("remove", "members.display", None),
        ("replace", "members", Some(r#"[{"value":"1"}]"#)),
        ("remove", r#"members[value sw "1"]"#, None),
        ("remove", r#"members[type eq "User"]"#, None),
        ("remove", r#"members[value ne "1"]"#, None),
        ("remove", "members", Some(r#"[{"display":"x"}]"#)),
        ("add", "members", Some(r#"[{"display":"x"}]"#)),
        ("add", "members", Some("[]")),
    ] {
        let found = values(builtin::group_schema(), &[operation(op, Some(path), value)]);
        assert_eq!(found, None, "{op} {path} {value:?}");
    }
    for (op, path, value) in [
        ("add", "sensors", Some(r#"{"value":"a","primary":true}"#)),
        (
            "add",
            r#"sensors[value eq "a" and primary eq true].display"#,
            Some(r#""x""#),
        ),
        ("replace", r#"sensors[value eq "a"].primary"#, Some("true")),
        (
            "replace",
            r#"sensors[value eq "a"]"#,
            Some(r#"{"primary":true}"#),
        ),
        ("add", "slots", Some(r#"{"index":1}"#)),
    ] {
        let found = values(&DEVICE, &[operation(op, Some(path), value)]);
        assert_eq!(found, None, "{op} {path} {value:?}");
    }
    let two = [
        operation("add", Some("tags"), Some(r#""a""#)),
        operation("add", Some("keys"), Some(r#""a""#)),
    ];
    assert_eq!(values(&DEVICE, &two), None, "two lists");
}

/// A list that must not be empty, and one that never changes once it is there.
#[test]
fn what_depends_on_the_rest_of_the_list() {
    let text = &scim_testdata::schema_texts_of("device")[0];
    let with = |from: &str, to: &str| {
        let mut schema: Value = text.parse().unwrap();
        let attributes = schema.as_object_mut().unwrap().get_mut("attributes");
        for attribute in attributes.unwrap().as_array_mut().unwrap() {
            let object = attribute.as_object_mut().unwrap();
            if object.get("name").and_then(Value::as_str) == Some("tags") {
                object.insert(from, json(to));
            }
        }
        let mut registry = Registry::builtin();
        for text in scim_testdata::schema_texts_of("device").iter().skip(1) {
            registry.load_schema(text).unwrap();
        }
        registry.load_schema(&schema.to_json()).unwrap();
        let text = scim_testdata::resource_type_text("device");
        registry.load_resource_type(&text).unwrap();
        registry.resource_schema("Device").unwrap().clone()
    };
    let add = operation("add", Some("tags"), Some(r#""a""#));
    let remove = operation("remove", Some(r#"tags[value eq "a"]"#), None);
    let required = with("required", "true");
    assert!(values(&required, std::slice::from_ref(&add)).is_some());
    assert_eq!(values(&required, &[remove]), None);
    let immutable = with("mutability", "\"immutable\"");
    assert_eq!(values(&immutable, &[add]), None);
}
