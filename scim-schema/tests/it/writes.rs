//! What create and replace make of a body, beyond the table.

use scim_core::{Policy, Resource, Tolerance, Value, builtin};
use scim_schema::{
    Operation, Registry, Replaced, Rule, ValidationLimits, Validator, changes, create, replace,
    validate,
};

use crate::support::registry;

const DEVICE: &str = "urn:example:params:scim:schemas:test:2.0:Device";
const ASSET: &str = "urn:example:params:scim:schemas:test:asset:2.0:Device";

fn json(text: &str) -> Resource {
    let text = text.replace("DEVICE", DEVICE).replace("ASSET", ASSET);
    text.parse().unwrap()
}

fn replace_device(current: &str, body: &str) -> Result<Replaced, scim_schema::Rejected> {
    let registry = registry(&["device".to_owned()]);
    let schema = registry.resource_schema("Device").unwrap();
    replace(schema, &json(current), json(body), &Policy::strict())
}

/// What comes out, without `schemas` and `serialNumber`.
fn replaced(current: &str, body: &str) -> String {
    let mut resource = replace_device(current, body).unwrap().resource.into_inner();
    resource.retain(|key, _| *key != *"schemas" && *key != *"serialNumber");
    resource.to_json().replace(ASSET, "ASSET")
}

fn violations(rejected: Result<Replaced, scim_schema::Rejected>) -> Vec<(String, &'static str)> {
    let violations = rejected.unwrap_err().violations;
    violations
        .into_iter()
        .map(|v| (v.pointer.replace(ASSET, "ASSET"), v.rule.as_str()))
        .collect()
}

#[test]
fn w09_sub_attributes_of_a_parent_are_kept_given_or_not() {
    let current = r#"{"serialNumber":"S","location":{"building":"N","doorCode":"1"}}"#;
    let with_parent = r#"{"schemas":["DEVICE"],"serialNumber":"S","location":{"floor":2}}"#;
    assert_eq!(
        replaced(current, with_parent),
        r#"{"location":{"floor":2,"doorCode":"1"}}"#
    );
    let cleared =
        r#"{"schemas":["DEVICE"],"serialNumber":"S","location":{"floor":2,"doorCode":null}}"#;
    assert_eq!(replaced(current, cleared), r#"{"location":{"floor":2}}"#);
    for left_out in [
        "",
        r#","location":null"#,
        r#","location":[]"#,
        r#","location":{}"#,
    ] {
        let body = format!(r#"{{"schemas":["DEVICE"],"serialNumber":"S"{left_out}}}"#);
        let kept = r#"{"location":{"doorCode":"1"}}"#;
        assert_eq!(replaced(current, &body), kept, "{left_out}");
    }
}

#[test]
fn w03_w09_a_complex_attribute_that_is_left_out_keeps_what_a_put_does_not_clear() {
    let mut registry = Registry::new();
    registry
        .load_schema(
            r#"{"id":"urn:t:C","attributes":[{"name":"c","type":"complex","subAttributes":[
                {"name":"pub"},{"name":"im","mutability":"immutable"},
                {"name":"ro","mutability":"readOnly"},
                {"name":"secret","mutability":"writeOnly","returned":"never"}]},
                {"name":"strict","type":"complex","subAttributes":[
                {"name":"must","required":true},{"name":"im","mutability":"immutable"}]}]}"#,
        )
        .unwrap();
    let document = r#"{"name":"C","endpoint":"/Cs","schema":"urn:t:C"}"#;
    registry.load_resource_type(document).unwrap();
    let schema = registry.resource_schema("C").unwrap();
    let put = |current: &str, members: &str| {
        let body = json(&format!(r#"{{"schemas":["urn:t:C"]{members}}}"#));
        let replaced = replace(schema, &json(current), body, &Policy::strict());
        replaced.map(|replaced| {
            let mut resource = replaced.resource.into_inner();
            resource.remove("schemas");
            resource.to_json()
        })
    };
    let current = r#"{"c":{"secret":"S","pub":"p","im":"i","ro":"r"}}"#;
    for left_out in ["", r#","c":{}"#, r#","C":null"#, r#","c":[]"#] {
        assert_eq!(
            put(current, left_out).unwrap(),
            r#"{"c":{"im":"i","ro":"r","secret":"S"}}"#,
            "{left_out}"
        );
    }
    assert_eq!(
        put(r#"{"c":{"ro":"r"}}"#, "").unwrap(),
        r#"{"c":{"ro":"r"}}"#
    );
    assert_eq!(put(r#"{"c":{"pub":"p"}}"#, "").unwrap(), "{}");
    // What is said of it is said.
    assert_eq!(
        put(current, r#","c":{"secret":null}"#).unwrap(),
        r#"{"c":{"im":"i","ro":"r"}}"#
    );
    let rejected = put(current, r#","c":{"im":null}"#).unwrap_err();
    assert_eq!(rejected.violations[0].rule, Rule::Mutability);
    // Without what is required it cannot stay.
    let current = r#"{"strict":{"must":"m","im":"i"}}"#;
    assert_eq!(put(current, "").unwrap(), "{}");
    assert_eq!(put(current, r#","strict":{}"#).unwrap(), "{}");
}

#[test]
fn w03_what_the_server_computes_goes_with_the_value_it_belongs_to() {
    let current = r#"{"serialNumber":"S","owner":{"value":"u1","displayName":"Ada"}}"#;
    let same =
        r#"{"schemas":["DEVICE"],"serialNumber":"S","owner":{"value":"u1","displayName":"X"}}"#;
    assert_eq!(
        replaced(current, same),
        r#"{"owner":{"value":"u1","displayName":"Ada"}}"#
    );
    let other = r#"{"schemas":["DEVICE"],"serialNumber":"S","owner":{"value":"u2"}}"#;
    assert_eq!(replaced(current, other), r#"{"owner":{"value":"u2"}}"#);
}

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
fn an_extension_that_is_left_out_keeps_what_a_put_does_not_clear() {
    // `assetTag` is required, so the extension cannot stay without it.
    let current = r#"{"serialNumber":"S","ASSET":{"assetTag":"A","wipeKey":"w","auditId":"i"}}"#;
    let without = r#"{"schemas":["DEVICE"],"serialNumber":"S"}"#;
    assert_eq!(replaced(current, without), "{}");
    let with = r#"{"schemas":["DEVICE"],"serialNumber":"S","ASSET":{"assetTag":"B"}}"#;
    assert_eq!(
        replaced(current, with),
        r#"{"ASSET":{"assetTag":"B","auditId":"i","wipeKey":"w"}}"#
    );
    let incomplete = r#"{"schemas":["DEVICE"],"serialNumber":"S","ASSET":{"cost":1}}"#;
    assert_eq!(
        violations(replace_device(current, incomplete)),
        [("/ASSET/assetTag".to_owned(), "required")]
    );
}

#[test]
fn a_required_extension_has_to_be_there() {
    let mut registry = registry(&["device".to_owned()]);
    let document = format!(
        r#"{{"name":"Asset","endpoint":"/Assets","schema":"{DEVICE}",
            "schemaExtensions":[{{"schema":"{ASSET}","required":true}}]}}"#
    );
    registry.load_resource_type(&document).unwrap();
    registry
        .load_schema(r#"{"id":"urn:example:optional","attributes":[{"name":"a"}]}"#)
        .unwrap();
    let document = format!(
        r#"{{"name":"Tagged","endpoint":"/Tagged","schema":"{DEVICE}",
            "schemaExtensions":[{{"schema":"urn:example:optional","required":true}}]}}"#
    );
    registry.load_resource_type(&document).unwrap();
    let bare = json(r#"{"schemas":["DEVICE"],"serialNumber":"S"}"#);
    for (name, pointer) in [
        ("Asset", "/ASSET/assetTag"),
        ("Tagged", "/urn:example:optional"),
    ] {
        let schema = registry.resource_schema(name).unwrap();
        let rejected = scim_schema::create(schema, bare.clone(), &Policy::lenient()).unwrap_err();
        assert_eq!(rejected.violations.len(), 1, "{rejected:?}");
        assert_eq!(rejected.violations[0].rule, Rule::Required);
        assert_eq!(
            rejected.violations[0].pointer.replace(ASSET, "ASSET"),
            pointer
        );
    }
}

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
