//! Elements that are one, in a body or beside the current ones (P12, P13, W10).

use proptest::prelude::*;
use scim_core::{Policy, Resource, Value, builtin};
use scim_schema::{Registry, create, merge_elements, replace};

use crate::device::{json, replace_device, replaced, violations};

#[test]
fn w10_elements_are_paired_after_nulls_and_duplicates_are_gone() {
    let current = r#"{"serialNumber":"S","sensors":[
        {"value":"a","serial":"1","key":"k","health":"good"},{"value":"b","serial":"2"}]}"#;
    let body = r#"{"schemas":["DEVICE"],"serialNumber":"S","sensors":[
        null,{"value":"B","serial":"9"},{},{"value":"a"},{"VALUE":"A","display":"d"}]}"#;
    assert_eq!(
        violations(replace_device(current, body)),
        [("/sensors/1/serial".to_owned(), "mutability")]
    );
    let body = r#"{"schemas":["DEVICE"],"serialNumber":"S","sensors":[
        null,{"value":"a"},{"value":"A","display":"d","key":null}]}"#;
    assert_eq!(
        replaced(current, body),
        r#"{"sensors":[{"value":"a","display":"d","serial":"1","health":"good"}]}"#
    );
    let body =
        r#"{"schemas":["DEVICE"],"serialNumber":"S","sensors":[{"value":"a","serial":null}]}"#;
    assert_eq!(
        violations(replace_device(current, body)),
        [("/sensors/0/serial".to_owned(), "mutability")]
    );
}

#[test]
fn photos_of_several_sizes_stand_side_by_side() {
    let body = format!(
        r#"{{"schemas":["{}"],"userName":"u","photos":[
            {{"value":"https://example.com/s","type":"photo"}},
            {{"value":"https://example.com/l","type":"photo"}}],
            "roles":[{{"value":"any text at all","type":"of any kind"}}]}}"#,
        builtin::USER
    );
    let made = scim_schema::create(
        builtin::user_schema(),
        body.parse().unwrap(),
        &Policy::strict(),
    );
    let made = made.unwrap().resource;
    assert_eq!(made.get("photos").unwrap().elements().count(), 2);
    assert_eq!(made.get("roles").unwrap().elements().count(), 1);
}

/// More than a billion comparisons, were they made in pairs: nobody would wait for this test.
#[test]
fn many_elements_of_one_value_cost_no_more_than_others() {
    let count = 50_000;
    let emails: Vec<String> = (0..count)
        .map(|index| format!(r#"{{"value":"a","type":"t{index}"}}"#))
        .collect();
    let uri = builtin::USER;
    let body = format!(
        r#"{{"schemas":["{uri}"],"userName":"u","emails":[{}]}}"#,
        emails.join(",")
    );
    let body: Resource = body.parse().unwrap();
    let schema = builtin::user_schema();
    let stored = scim_schema::create(schema, body.clone(), &Policy::strict()).unwrap();
    assert_eq!(
        stored.resource.get("emails").unwrap().elements().count(),
        count
    );
    let same = replace(schema, &stored.resource, body, &Policy::strict()).unwrap();
    assert_eq!(same.changes, []);
}

#[test]
fn s06_an_element_that_comes_again_in_another_spelling_agrees_within_itself() {
    let mut registry = Registry::new();
    registry
        .load_schema(
            r#"{"id":"urn:example:Lock","attributes":[{"name":"owners","type":"complex",
            "multiValued":true,"subAttributes":[{"name":"value","mutability":"immutable"},
            {"name":"$ref","type":"reference","referenceTypes":["User"]}]}]}"#,
        )
        .unwrap();
    let lock = r#"{"name":"Lock","endpoint":"/Locks","schema":"urn:example:Lock"}"#;
    registry.load_resource_type(lock).unwrap();
    let schema = registry.resource_schema("Lock").unwrap();
    let body = json(
        r#"{"schemas":["urn:example:Lock"],"owners":[{"value":"ada","$ref":"../Users/ada"},
        {"value":"ADA","$ref":"../Users/ADA"}]}"#,
    );
    let strict = Policy::strict();
    let stored = create(schema, body.clone(), &strict).unwrap().resource;
    let same = replace(schema, &stored, body, &strict).unwrap();
    assert_eq!(same.changes, []);
}

#[test]
fn p12_a_put_of_what_was_read_changes_nothing_whatever_the_server_adds_to_elements() {
    let mut registry = Registry::new();
    registry
        .load_schema(
            r#"{"id":"urn:example:Lock","attributes":[{"name":"keys","type":"complex",
            "multiValued":true,"mutability":"immutable","subAttributes":[
            {"name":"tooth"},{"name":"cut","type":"dateTime","mutability":"readOnly"},
            {"name":"value","mutability":"readOnly"}]}]}"#,
        )
        .unwrap();
    let lock = r#"{"name":"Lock","endpoint":"/Locks","schema":"urn:example:Lock"}"#;
    registry.load_resource_type(lock).unwrap();
    let schema = registry.resource_schema("Lock").unwrap();
    let stored = json(
        r#"{"schemas":["urn:example:Lock"],"keys":[
        {"tooth":"a","cut":"2020-01-01T00:00:00Z","value":"1"},
        {"tooth":"b","cut":"2020-01-02T00:00:00Z","value":"2"}]}"#,
    );
    let same = replace(schema, &stored, stored.clone(), &Policy::strict()).unwrap();
    assert_eq!(same.changes, []);
    assert_eq!(*same.resource, stored);
}

#[test]
fn s02_a_number_that_is_the_same_stays_as_it_is_written() {
    let mut registry = Registry::new();
    registry
        .load_schema(
            r#"{"id":"urn:t:N","attributes":[{"name":"n","type":"decimal"},
                {"name":"all","type":"decimal","multiValued":true},
                {"name":"c","type":"complex","multiValued":true,"subAttributes":[
                {"name":"value"},{"name":"n","type":"decimal"}]},{"name":"title"}]}"#,
        )
        .unwrap();
    let document = r#"{"name":"N","endpoint":"/Ns","schema":"urn:t:N"}"#;
    registry.load_resource_type(document).unwrap();
    let schema = registry.resource_schema("N").unwrap();
    let current = r#"{"schemas":["urn:t:N"],"n":1.0,"all":[2.0,3.0],"c":[{"value":"a","n":4.0}]}"#;
    let body =
        r#"{"schemas":["urn:t:N"],"n":1.00,"all":[2.00,30e-1],"c":[{"value":"a","n":4.00}]}"#;
    let put = |body: &str| {
        let body = body.parse().unwrap();
        replace(schema, &current.parse().unwrap(), body, &Policy::strict()).unwrap()
    };
    let same = put(body);
    assert!(same.changes.is_empty());
    assert_eq!(same.resource.to_json(), current);
    let other = put(&body.replace("1.00", "1.50"));
    assert_eq!(other.changes.len(), 1);
    assert_eq!(other.resource.to_json(), current.replace("1.0", "1.50"));
}

fn members(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Value>> {
    let members = [r#""value":"m1""#, r#""value":"m2""#];
    let types = ["", r#","type":"User""#, r#","type":"Group""#];
    let displays = ["", r#","display":"a""#, r#","display":"b""#];
    let member = [members.to_vec(), types.to_vec(), displays.to_vec()];
    let member = member.map(proptest::sample::select).prop_map(|parts| {
        let member = format!("{{{}}}", parts.concat());
        member.parse().unwrap()
    });
    proptest::collection::vec(member, count)
}

proptest! {
    #[test]
    fn w10_what_elements_that_are_one_say_together_is_judged(
        current in members(0..4),
        given in members(0..5),
    ) {
        let schema = builtin::group_schema();
        let strict = Policy::strict();
        let group = |members: &[Value]| {
            let mut group = Resource::default();
            group.insert("schemas", Value::from(vec![builtin::GROUP]));
            group.insert("displayName", "g");
            group.insert("members", Value::Array(members.to_vec()));
            group
        };
        let current = create(schema, group(&current), &strict).unwrap().resource;
        let put = |members: &[Value]| {
            let replaced = replace(schema, &current, group(members), &strict);
            replaced.ok().map(|replaced| replaced.resource)
        };
        let definition = schema.attribute("members").unwrap();
        let merged = merge_elements(schema, definition, given.clone());
        prop_assert_eq!(put(&given), put(&merged));
    }
}
