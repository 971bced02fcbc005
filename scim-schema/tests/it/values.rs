//! The check of single values, as a PATCH uses it.

use scim_core::{Place, Policy, Value, builtin};
use scim_schema::{Findings, Site, ValidationLimits, ValueCheck, Violation};

fn findings() -> Findings {
    Findings::new(ValidationLimits::default())
}

/// A value for a path of User or Group in an operation of a PATCH.
fn patched(path: &str, value: &str, policy: &Policy) -> Result<Option<String>, Vec<Violation>> {
    let path: scim_core::AttrPath = path.parse().unwrap();
    let schemas = [builtin::user_schema(), builtin::group_schema()];
    let (schema, place) = schemas
        .iter()
        .find_map(|schema| match schema.resolve(&path, policy) {
            Ok(scim_core::Resolved::Attribute(place)) => Some((schema, place)),
            _ => None,
        })
        .unwrap();
    let mut findings = findings();
    let site = Site::at("/Operations/0/value", Some(place));
    let check = ValueCheck::for_patch(schema, policy);
    let value = check.place(&place, value.parse().unwrap(), &site, &mut findings);
    match findings.is_valid() {
        true => Ok(value.map(|value| value.to_json())),
        false => Err(findings.into_parts().0),
    }
}

#[test]
fn what_a_patch_gives_keeps_what_a_merge_needs() {
    let strict = Policy::strict();
    let given = |path: &str, value: &str| patched(path, value, &strict).unwrap();
    let some = |text: &str| Some(text.to_owned());
    // P08: a null unassigns one sub-attribute.
    assert_eq!(
        given("name", r#"{"GIVENNAME":null,"familyName":"L"}"#),
        some(r#"{"givenName":null,"familyName":"L"}"#)
    );
    // P11: one object is a list of one.
    assert_eq!(
        given("emails", r#"{"value":"a","display":null}"#),
        some(r#"[{"value":"a"}]"#)
    );
    // P20: readOnly is the caller's to compare.
    assert_eq!(
        given(
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
            r#"{"displayName":[7]}"#
        ),
        some(r#"{"displayName":[7]}"#)
    );
    // P17: unassigned.
    for value in ["null", "[]"] {
        assert_eq!(given("emails", value), None);
        assert_eq!(given("title", value), None);
    }
    assert_eq!(given("emails.type", "\"work\""), some("\"work\""));
}

#[test]
fn what_is_wrong_in_a_patch_has_its_place() {
    let told = |path: &str, value: &str, policy: &Policy| -> Vec<String> {
        let violations = patched(path, value, policy).unwrap_err();
        violations
            .into_iter()
            .map(|v| format!("{} {} {}", v.pointer, v.scim_type, v.attribute.unwrap()))
            .collect()
    };
    let strict = Policy::strict();
    assert_eq!(
        told("emails", r#"[{"value":"a"},{"value":7,"x":1}]"#, &strict),
        [
            "/Operations/0/value/1/value invalidValue emails.value",
            "/Operations/0/value/1/x invalidValue emails",
        ]
    );
    assert_eq!(
        told("active", "\"true\"", &strict),
        ["/Operations/0/value invalidValue active"]
    );
    assert_eq!(
        told("addresses.country", "\"USA\"", &strict),
        ["/Operations/0/value invalidValue addresses.country"]
    );
    assert_eq!(
        told("userName", "\"\"", &strict),
        ["/Operations/0/value invalidValue userName"]
    );
    assert_eq!(
        told("emails", r#"{"value":"a"}"#, &Policy::interop()),
        ["/Operations/0/value invalidValue emails"]
    );
}

#[test]
fn s02_decimals_have_a_fraction() {
    let registry = crate::support::registry(&["device".to_owned()]);
    let schema = registry.resource_schema("Device").unwrap();
    let weight = schema.attribute("weight").unwrap();
    let lenient = Policy::lenient();
    let site = Site::root();
    let site = site.attribute(weight, "weight");
    for (given, kept) in [
        ("3", "3.0"),
        ("-0", "-0.0"),
        ("1e3", "1.0e3"),
        ("1E-2", "1.0e-2"),
        ("1.50", "1.50"),
        ("\"7\"", "7.0"),
        ("12345678901234567890", "12345678901234567890.0"),
    ] {
        let mut findings = findings();
        let check = ValueCheck::new(schema, &lenient);
        let value: Value = given.parse().unwrap();
        let value = check
            .attribute(weight, value, &site, &mut findings)
            .unwrap();
        assert_eq!(value.to_json(), kept);
    }
}

#[test]
fn a_number_may_stand_for_the_id_of_a_manager() {
    let manager = builtin::enterprise_user().attribute("manager").unwrap();
    let lenient = Policy::lenient();
    let mut findings = findings();
    let site = Site::at("/x", Some(Place::new(None, manager, None)));
    let check = ValueCheck::new(builtin::user_schema(), &lenient);
    let value = check.attribute(manager, "26".parse().unwrap(), &site, &mut findings);
    assert_eq!(value.unwrap().to_json(), r#"{"value":"26"}"#);
    let none = check.attribute(manager, "\"\"".parse().unwrap(), &site, &mut findings);
    assert_eq!(none, None, "an empty string unassigns");
}

#[test]
fn lists_are_the_same_where_each_element_stands_for_one_other() {
    let emails = builtin::user().attribute("emails").unwrap();
    for (a, b, same) in [
        (
            r#"[{"value":"a"},{"value":"b"}]"#,
            r#"[{"value":"B"},{"value":"a"}]"#,
            true,
        ),
        (
            r#"[{"value":"a"},{"value":"b"}]"#,
            r#"[{"value":"b"},{"value":"b"}]"#,
            false,
        ),
        (
            r#"[{"value":"a","type":"work"},{"value":"a"}]"#,
            r#"[{"value":"a"},{"value":"a","type":"work"}]"#,
            true,
        ),
    ] {
        let (a, b): (Value, Value) = (a.parse().unwrap(), b.parse().unwrap());
        assert_eq!(scim_schema::same_value(emails, &a, &b), same, "{a:?} {b:?}");
        assert_eq!(scim_schema::same_value(emails, &b, &a), same, "{b:?} {a:?}");
    }
}
