//! What a write makes of a body, beyond the table.

use scim_core::{Policy, Resource, Tolerance, Value, builtin};
use scim_schema::{Operation, Rule, ValidationLimits, Validator, changes, validate};

use crate::device::{ASSET, json};
use crate::support::registry;

#[test]
fn a_patch_is_held_to_what_was_there() {
    let registry = registry(&["device".to_owned()]);
    let schema = registry.resource_schema("Device").unwrap();
    let current = json(
        r#"{"id":"1","serialNumber":"S","state":"up","batch":"B","ports":1,
            "sensors":[{"value":"a","serial":"1"},{"value":"b","serial":"2"}],
            "ASSET":{"assetTag":"A","auditId":"i"}}"#,
    );
    let check = |text: &str| -> Vec<(String, &'static str, &'static str)> {
        let after = json(text);
        let policy = Policy::strict();
        match validate(schema, Operation::Patch, after, Some(&current), &policy) {
            Ok(_) => Vec::new(),
            Err(rejected) => rejected
                .violations
                .into_iter()
                .map(|v| {
                    (
                        v.pointer.replace(ASSET, "ASSET"),
                        v.rule.as_str(),
                        v.scim_type.as_str(),
                    )
                })
                .collect(),
        }
    };
    let fine = r#"{"schemas":["DEVICE"],"id":"1","serialNumber":"S","state":"up","batch":"B",
        "sensors":[{"value":"b","serial":"2"},{"value":"c","serial":"3"}]}"#;
    assert_eq!(check(fine), []);
    let wrong = r#"{"schemas":["DEVICE"],"id":"2","state":"down","batch":"C",
        "sensors":[{"value":"b","serial":"9"},{"value":"a"}],"ASSET":{"auditId":"j"}}"#;
    let found = check(wrong);
    let expected = [
        ("/ASSET/assetTag", "required", "mutability"),
        ("/serialNumber", "required", "mutability"),
        ("/id", "mutability", "mutability"),
        ("/serialNumber", "mutability", "mutability"),
        ("/batch", "mutability", "mutability"),
        ("/state", "mutability", "mutability"),
        ("/sensors/0/serial", "mutability", "mutability"),
        ("/sensors/1/serial", "mutability", "mutability"),
        ("/ASSET/auditId", "mutability", "mutability"),
    ];
    assert_eq!(found, expected.map(|(p, r, t)| (p.to_owned(), r, t)));
}

#[test]
fn changes_name_what_differs() {
    let registry = registry(&["device".to_owned()]);
    let schema = registry.resource_schema("Device").unwrap();
    let before = json(
        r#"{"schemas":["x"],"id":"1","label":"a","tags":["x","y"],"location":{"building":"N","floor":1},
            "sensors":[{"value":"a","count":1},{"value":"b"}],"ASSET":{"assetTag":"A"},
            "meta":{"version":"1"}}"#,
    );
    let after = json(
        r#"{"id":"1","label":"A","tags":["Y","x","z"],"location":{"floor":1,"notes":"n"},
            "sensors":[{"value":"b"},{"value":"a","count":2}],"meta":{"version":"2"}}"#,
    );
    let found = changes(schema, &before, &after);
    let lines: Vec<String> = found
        .iter()
        .map(|change| {
            let side = |value: &Option<Value>| value.as_ref().map_or("-".into(), Value::to_json);
            let path = change.path.as_str().replace(ASSET, "ASSET");
            format!("{path} {} {}", side(&change.before), side(&change.after))
        })
        .collect();
    assert_eq!(
        lines,
        [
            r#"label "a" "A""#,
            r#"tags "y" "Y""#,
            r#"tags - "z""#,
            r#"location.building "N" -"#,
            r#"location.notes - "n""#,
            r#"sensors {"value":"a","count":1} {"value":"a","count":2}"#,
            r#"ASSET:assetTag "A" -"#,
        ]
    );
}

#[test]
fn limits_hold_and_the_first_error_is_not_lost() {
    let schema = builtin::user_schema();
    let policy = Policy::strict();
    let validator = |violations: usize| {
        let limits = ValidationLimits {
            violations,
            string_bytes: 16,
            elements: 3,
        };
        Validator::new(schema, &policy).limits(limits)
    };
    let uri = builtin::USER;
    let many: Vec<String> = (0..50).map(|index| format!(r#""u{index}":1"#)).collect();
    let body = format!(
        r#"{{"active":7,"locale":7,"schemas":["{uri}"],{}}}"#,
        many.join(",")
    );
    let rejected = validator(2).create(body.parse().unwrap()).unwrap_err();
    assert_eq!(rejected.violations.len(), 2);
    assert_eq!(rejected.omitted, 2 + 50 + 1 - 2);
    assert_eq!(rejected.first().unwrap().rule, Rule::UnknownAttribute);
    assert_eq!(
        rejected.to_string(),
        "unknown attribute `u0` (and 52 more violations)"
    );
    for (member, pointer) in [
        (r#""title":"aaaaaaaaaaaaaaaaa""#, "/title"),
        (
            r#""emails":[{"value":"aaaaaaaaaaaaaaaaa"}]"#,
            "/emails/0/value",
        ),
        (
            r#""emails":[{"value":"a"},{"value":"b"},{"value":"c"},{"value":"d"}]"#,
            "/emails",
        ),
        (r#""roles":[null,null,null,null]"#, "/roles"),
    ] {
        let body = format!(r#"{{"schemas":["{uri}"],"userName":"u",{member}}}"#);
        let rejected = validator(9).create(body.parse().unwrap()).unwrap_err();
        let found: Vec<_> = rejected
            .violations
            .iter()
            .map(|v| (v.rule, &*v.pointer))
            .collect();
        assert_eq!(found, [(Rule::Limit, pointer)]);
    }
    let departures: Vec<String> = (0..50).map(|index| format!(r#""u{index}":1"#)).collect();
    let body = format!(
        r#"{{"schemas":["{uri}"],"userName":"u",{}}}"#,
        departures.join(",")
    );
    let lenient = Policy::lenient();
    let limits = ValidationLimits {
        violations: 2,
        ..ValidationLimits::default()
    };
    let validator = Validator::new(schema, &lenient).limits(limits);
    assert_eq!(
        validator
            .create(body.parse().unwrap())
            .unwrap()
            .departures
            .len(),
        2
    );
}

#[test]
fn every_tolerance_is_told() {
    let group = builtin::group_schema();
    let user = builtin::user_schema();
    let tolerances = |schema: &scim_core::ResourceSchema, body: &str| -> Vec<Tolerance> {
        let body = body.parse().unwrap();
        let validated = scim_schema::create(schema, body, &Policy::lenient()).unwrap();
        validated
            .departures
            .into_iter()
            .map(|d| d.tolerance)
            .collect()
    };
    let found = tolerances(
        user,
        r#"{"userName":"u","x":1,"urn:example:y":{},"active":"TRUE","name":[{"givenName":"a"}],
            "emails":"a@example.com"}"#,
    );
    use Tolerance::*;
    assert_eq!(
        found,
        [
            CompleteSchemas,
            UnknownAttributes,
            UnknownSchemaUris,
            ValueCoercion,
            ValueCoercion,
            ValueCoercion,
            ValueCoercion,
        ]
    );
    let found = tolerances(
        group,
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","urn:x:y"],"displayName":"g",
            "members":[{"value":"a","$ref":"Users/b"},{"$ref":"Users/c","type":"Group"}]}"#,
    );
    assert_eq!(
        found,
        [
            UnknownSchemaUris,
            IgnoreContradictoryReference,
            IgnoreContradictoryReference
        ]
    );
}

#[test]
fn s06_a_reference_alone_gives_the_value() {
    let body: Resource =
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g",
        "members":[{"$ref":"https://example.com/v2/Users/u1"},{"value":"u1","type":"User"}]}"#
            .parse()
            .unwrap();
    for policy in [Policy::strict(), Policy::lenient(), Policy::interop()] {
        let made = scim_schema::create(builtin::group_schema(), body.clone(), &policy).unwrap();
        let members = made.resource.get("members").unwrap().to_json();
        let expected = r#"[{"$ref":"https://example.com/v2/Users/u1","value":"u1","type":"User"}]"#;
        assert_eq!(members, expected);
    }
}
