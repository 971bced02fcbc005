//! Every message in one place, and nothing secret in any of them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use scim_core::{Policy, Resource, ScimError, builtin};
use scim_schema::{Operation, create, read_resource, replace, validate};

use crate::support::{policy, registry};

#[test]
fn of_all_cases() {
    let mut messages = BTreeSet::new();
    for case in scim_testdata::validate_cases() {
        let registry = registry(&case.load);
        let schema = registry.resource_schema(case.resource_type.as_deref().unwrap());
        let operation: Operation = case.operation.parse().unwrap();
        let current = case
            .current
            .as_deref()
            .map(|current| -> Resource { scim_testdata::resource_text(current).parse().unwrap() });
        for name in &case.policies {
            let text = case.resource_json().unwrap();
            let violations = match read_resource(text.as_bytes()) {
                Err(violation) => vec![violation],
                Ok(resource) => {
                    let (schema, policy) = (schema.unwrap(), policy(name));
                    match validate(schema, operation, resource, current.as_ref(), &policy) {
                        Err(rejected) => rejected.violations,
                        Ok(validated) => {
                            for departure in validated.departures {
                                messages.insert(format!("departure   {departure}"));
                            }
                            continue;
                        }
                    }
                }
            };
            for violation in violations {
                messages.insert(violation.to_string());
            }
        }
    }
    let mut report = String::new();
    for message in messages {
        writeln!(report, "{message}").unwrap();
    }
    insta::assert_snapshot!(report);
}

#[test]
fn the_text_of_a_document() {
    let texts: [&[u8]; 8] = [
        b"",
        b"[]",
        br#"{"emails":[{"value":"a"},{"value":"b","VALUE":"c"}]}"#,
        br#"{"name":{"givenName":"a"},"NAME":1}"#,
        br#"{"a\"b/c":{"x":1,"x":2}}"#,
        br#"{"a":"\ud800"}"#,
        b"{\"a\":[1,{\"b\":\"\xff\"}]}",
        br#"{"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}"#,
    ];
    let mut report = String::new();
    for text in texts {
        let violation = read_resource(text).unwrap_err();
        writeln!(report, "{}\n    {violation}", text.escape_ascii()).unwrap();
    }
    insta::assert_snapshot!(report);
}

#[test]
fn e15_the_first_of_several() {
    let first = |body: &str| {
        let body: Resource = body.parse().unwrap();
        let rejected = scim_schema::create(builtin::user_schema(), body, &Policy::strict());
        ScimError::from(rejected.unwrap_err()).to_string()
    };
    let uri = builtin::USER;
    let all = r#""schemas":["urn:x:y"],"name":{"x":1},"active":7"#;
    let messages = [
        first(&format!("{{{all}}}")),
        first(&format!(
            r#"{{"active":7,"name":{{"x":1}},"schemas":["{uri}"]}}"#
        )),
        first(&format!(r#"{{"active":7,"schemas":["{uri}"]}}"#)),
        first(&format!(r#"{{"schemas":["{uri}"]}}"#)),
    ];
    assert_eq!(
        messages,
        [
            "400: `urn:x:y` is no schema of the resource type `User`",
            "400: unknown attribute `name.x`",
            "400: `active` must be `true` or `false`, found a number",
            "400: `userName` is required",
        ]
    );
}

#[test]
fn values_are_never_told() {
    let registry = registry(&["device".to_owned()]);
    let schema = registry.resource_schema("Device").unwrap();
    // Each secret in a form that breaks a rule.
    let body: Resource = r#"{"schemas":["urn:example:params:scim:schemas:test:2.0:Device"],
        "serialNumber":"SN-1","pin":["s3cret-1"],"activationKey":{"s3cret-2":1},
        "internalNote":["s3cret-3","s3cret-3"],"location":{"doorCode":["s3cret-4"]},
        "firmware":"s3cret-5!","installedAt":"s3cret-6",
        "sensors":[{"value":"v","key":["s3cret-7","s3cret-7"]}]}"#
        .parse()
        .unwrap();
    for policy in [Policy::strict(), Policy::lenient()] {
        let rejected = scim_schema::create(schema, body.clone(), &policy).unwrap_err();
        assert!(rejected.violations.len() >= 4);
        let told = format!("{:?} {rejected}", rejected.violations);
        assert!(!told.contains("s3cret"), "{told}");
    }
    let current: Resource = r#"{"id":"1","serialNumber":"SN-1","pin":"s3cret-1","batch":"s3cret-8",
        "sensors":[{"value":"v","key":"s3cret-7"}]}"#
        .parse()
        .unwrap();
    let incoming: Resource = r#"{"schemas":["urn:example:params:scim:schemas:test:2.0:Device"],
        "serialNumber":"SN-1","pin":"s3cret-9","sensors":[{"value":"v","key":"s3cret-10","display":"d"}]}"#
        .parse()
        .unwrap();
    let replaced = scim_schema::replace(schema, &current, incoming, &Policy::strict()).unwrap();
    let told = format!("{:?}", replaced.changes);
    assert!(told.contains("pin") && told.contains("sensors"), "{told}");
    assert!(!told.contains("s3cret"), "{told}");
}

#[test]
fn a_near_name_is_suggested() {
    let body: Resource = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
        "usrName":"u","userName":"u","name":{"givnName":"g"},"name.givnName":"g",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"departmnt":"d"}}"#
        .parse()
        .unwrap();
    let rejected = scim_schema::create(builtin::user_schema(), body, &Policy::strict());
    let details: Vec<_> = rejected
        .unwrap_err()
        .violations
        .into_iter()
        .map(|violation| violation.detail)
        .collect();
    assert_eq!(
        details,
        [
            "unknown attribute `usrName`, did you mean `userName`?",
            "unknown attribute `name.givnName`, did you mean `givenName`?",
            "unknown attribute `name.givnName`",
            "unknown attribute `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:departmnt`, \
             did you mean `department`?",
        ]
    );
}

#[test]
fn p32_what_is_shown_for_debugging_holds_no_value() {
    let user = |members: &str| -> Resource {
        let text = format!(r#"{{"schemas":["{}"],{members}}}"#, builtin::USER);
        text.parse().unwrap()
    };
    let (schema, strict) = (builtin::user_schema(), Policy::strict());
    let refused = create(
        schema,
        user(r#""password":"TOPSECRET","active":7"#),
        &strict,
    );
    let shown = format!("{:?}", refused.unwrap_err());
    assert!(
        !shown.contains("TOPSECRET") && shown.contains("/active"),
        "{shown}"
    );
    let current = user(r#""userName":"ada","password":"TOPSECRET""#);
    let created = create(schema, current.clone(), &strict).unwrap();
    let incoming = user(r#""userName":"SECRETARY","password":"TOPSECRET2""#);
    let replaced = replace(schema, &current, incoming, &strict).unwrap();
    let shown = format!("{created:?} {replaced:?}");
    assert!(
        !shown.contains("SECRET") && shown.contains("userName"),
        "{shown}"
    );
}

#[test]
fn what_a_client_calls_an_attribute_tells_a_terminal_nothing() {
    let long = "x".repeat(100_000);
    let name = "a\\u001b[31m\\nforged line: valid\\u202e";
    let body = format!(
        r#"{{"schemas":["{}"],"userName":"a","{name}":1,"{long}":1}}"#,
        builtin::USER
    );
    let resource = || -> Resource { body.parse().unwrap() };
    let user = builtin::user_schema();
    let rejected = validate(user, Operation::Create, resource(), None, &Policy::strict());
    let rejected = rejected.unwrap_err();
    assert!(
        rejected.violations[0]
            .pointer
            .contains("\u{1b}[31m\nforged")
    );
    assert_eq!(rejected.violations[1].pointer.len(), 100_001);
    let validated = validate(
        user,
        Operation::Create,
        resource(),
        None,
        &Policy::lenient(),
    );
    let validated = validated.unwrap();
    let lines = rejected.violations.iter().map(ToString::to_string);
    let lines = lines.chain(validated.departures.iter().map(ToString::to_string));
    for line in lines {
        assert!(
            !line.contains(|c: char| c.is_control() || c == '\u{202e}'),
            "{line:?}"
        );
        assert!(line.len() < 1_000, "{}", line.len());
    }
}
