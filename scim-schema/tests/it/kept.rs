//! What a PUT keeps of the current resource (W03, W09).

use scim_core::{Policy, Resource, Value};
use scim_schema::{Operation, Projection, Registry, Rule, replace, validate};

use crate::device::{ASSET, DEVICE, json, replace_device, replaced, replaced_under, violations};
use crate::support::registry;

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
                {"name":"must","required":true},{"name":"im","mutability":"immutable"},
                {"name":"ro","mutability":"readOnly"}]},
                {"name":"other","type":"complex","subAttributes":[{"name":"must","required":true},
                {"name":"fixed","mutability":"immutable","required":true},{"name":"free"}]}]}"#,
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
    for left_out in [
        "",
        r#","c":{}"#,
        r#","C":null"#,
        r#","c":[]"#,
        r#","c":{"PUB":null}"#,
    ] {
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
    assert_eq!(put(current, r#","strict":{"must":null}"#).unwrap(), "{}");
    // What is readOnly is as good as not sent.
    for read_only in [r#"{"ro":"r"}"#, r#"{"ro":null}"#, r#"{"RO":1,"must":null}"#] {
        let body = format!(r#","strict":{read_only}"#);
        assert_eq!(put(current, &body).unwrap(), "{}", "{read_only}");
    }
    let other = r#"{"other":{"must":"m","fixed":"i"}}"#;
    assert_eq!(put(other, r#","other":{"free":null}"#).unwrap(), "{}");
    let rejected = put(current, r#","strict":{"im":null}"#).unwrap_err();
    assert!(
        rejected
            .violations
            .iter()
            .any(|it| it.rule == Rule::Mutability)
    );
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
fn an_extension_that_is_left_out_keeps_what_a_put_does_not_clear() {
    // `assetTag` is required beside what is kept.
    let current = r#"{"serialNumber":"S","ASSET":{"assetTag":"A","wipeKey":"w","auditId":"i"}}"#;
    for left_out in [
        "",
        r#","ASSET":null"#,
        r#","ASSET":{}"#,
        r#","ASSET":{"auditId":"x"}"#,
    ] {
        let body = format!(r#"{{"schemas":["DEVICE"],"serialNumber":"S"{left_out}}}"#);
        assert_eq!(
            violations(replace_device(current, &body)),
            [("/ASSET/assetTag".to_owned(), "required")],
            "{left_out}"
        );
    }
    // What is the service provider's alone goes with the rest, and so it is once the secret is cleared.
    let audited = r#"{"serialNumber":"S","ASSET":{"assetTag":"A","auditId":"i"}}"#;
    let without = r#"{"schemas":["DEVICE"],"serialNumber":"S"}"#;
    assert_eq!(replaced(audited, without), "{}");
    let cleared = r#"{"schemas":["DEVICE"],"serialNumber":"S","ASSET":{"wipeKey":null}}"#;
    assert_eq!(replaced(current, cleared), "{}");
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

/// A device whose asset extension is not loaded, as after a start without its document.
#[test]
fn w08_what_the_type_does_not_know_stays() {
    let whole = registry(&["device".to_owned()]);
    let mut without = Registry::builtin();
    let schema = whole.schema(DEVICE).unwrap();
    without.add_schema((**schema).clone()).unwrap();
    let document = format!(r#"{{"name":"Device","endpoint":"/Devices","schema":"{DEVICE}"}}"#);
    without.load_resource_type(&document).unwrap();
    let without = without.resource_schema("Device").unwrap();

    let stored = json(
        r#"{"schemas":["DEVICE"],"id":"1","serialNumber":"S","label":"l","colour":"red",
            "ASSET":{"assetTag":"A","wipeKey":"k"}}"#,
    );
    let body = json(r#"{"schemas":["DEVICE"],"serialNumber":"S","label":"m"}"#);
    let kept = json(
        r#"{"schemas":["DEVICE"],"serialNumber":"S","label":"m","id":"1","colour":"red",
            "ASSET":{"assetTag":"A","wipeKey":"k"}}"#,
    );
    for policy in [Policy::strict(), Policy::lenient()] {
        let replaced = replace(without, &stored, body.clone(), &policy).unwrap();
        assert_eq!(*replaced.resource, kept);
        assert_eq!(
            replaced.changes.len(),
            1,
            "what is not known does not change"
        );
        let patched = validate(
            without,
            Operation::Patch,
            kept.clone(),
            Some(&stored),
            &policy,
        );
        assert_eq!(*patched.unwrap().resource, kept);
    }

    // A `schemas` stored by then lists it still.
    let listing = |state: &Resource| {
        let mut state = state.clone();
        state.insert("schemas", vec![DEVICE, ASSET]);
        state
    };
    let (before, after) = (listing(&stored), listing(&kept));
    for policy in [Policy::strict(), Policy::lenient()] {
        let check = |current| validate(without, Operation::Patch, after.clone(), current, &policy);
        let patched = check(Some(&before)).unwrap();
        assert_eq!(*patched.resource, kept);
        assert_eq!(patched.departures, []);
        assert_eq!(check(Some(&stored)).is_ok(), policy == Policy::lenient());
    }

    // A client cannot name it, and no answer shows it.
    let named = json(
        r#"{"schemas":["DEVICE"],"serialNumber":"S","label":"m","ASSET":{"assetTag":"B"},"COLOUR":null}"#,
    );
    let rejected = replace(without, &stored, named.clone(), &Policy::strict()).unwrap_err();
    let rules: Vec<_> = rejected.violations.iter().map(|v| v.rule).collect();
    assert_eq!(rules, [Rule::UnknownAttribute; 2]);
    let replaced = replace(without, &stored, named, &Policy::lenient()).unwrap();
    assert_eq!(*replaced.resource, kept);
    let shown = Projection::default_for(without).apply(&kept);
    assert!(
        shown.get("colour").is_none() && shown.get(ASSET).is_none(),
        "{shown}"
    );

    // It is there for the definition that comes back.
    let schema = whole.resource_schema("Device").unwrap();
    let shown = Projection::default_for(schema).apply(&kept);
    assert!(shown.get(ASSET).is_some());
}

/// An attribute that an extension has lost stays with it, and without anything beside it.
#[test]
fn w08_what_an_extension_has_lost_stays_when_the_rest_goes() {
    let put = |current: &str, rest: &str, policy: &Policy| {
        let current = format!(r#"{{"serialNumber":"S","ASSET":{current}}}"#);
        let body = format!(r#"{{"schemas":["DEVICE"],"serialNumber":"S"{rest}}}"#);
        replaced_under(&current, &body, policy)
    };
    let alone = r#"{"ASSET":{"lost":"l"}}"#;
    for policy in [Policy::strict(), Policy::lenient()] {
        for rest in [
            "",
            r#","ASSET":null"#,
            r#","ASSET":{}"#,
            r#","ASSET":{"assetTag":null}"#,
        ] {
            for current in [
                r#"{"lost":"l"}"#,
                r#"{"assetTag":"A","lost":"l"}"#,
                // What is the service provider's alone goes as before.
                r#"{"assetTag":"A","lost":"l","auditId":"i"}"#,
            ] {
                assert_eq!(put(current, rest, &policy), alone, "{current} {rest}");
            }
        }
        let rest = r#","ASSET":{"assetTag":"B"}"#;
        assert_eq!(
            put(r#"{"lost":"l"}"#, rest, &policy),
            r#"{"ASSET":{"assetTag":"B","lost":"l"}}"#
        );
    }
    let rest = r#","ASSET":{"lost":"z"}"#;
    let current = r#"{"assetTag":"A","lost":"l"}"#;
    assert_eq!(put(current, rest, &Policy::lenient()), alone);

    let replaced = replace_device(
        r#"{"serialNumber":"S","ASSET":{"lost":"l"}}"#,
        r#"{"schemas":["DEVICE","ASSET"],"serialNumber":"S"}"#,
    );
    let schemas = replaced
        .unwrap()
        .resource
        .get("schemas")
        .map(Value::to_json);
    assert_eq!(schemas, Some(format!(r#"["{DEVICE}"]"#)));
}

/// What is readOnly beside a `value` that stays was said of it, and stays.
#[test]
fn w09_what_describes_a_value_stays_with_it() {
    let mut registry = Registry::new();
    registry
        .load_schema(
            r#"{"id":"urn:t:Key","attributes":[
            {"name":"hidden","type":"complex","subAttributes":[{"name":"note"},
                {"name":"value","mutability":"writeOnly","returned":"never"},
                {"name":"hint","mutability":"readOnly"}]},
            {"name":"fixed","type":"complex","subAttributes":[{"name":"note"},
                {"name":"value","mutability":"immutable"},{"name":"hint","mutability":"readOnly"}]},
            {"name":"free","type":"complex","subAttributes":[{"name":"note"},
                {"name":"value"},{"name":"hint","mutability":"readOnly"}]}]}"#,
        )
        .unwrap();
    let document = r#"{"name":"Key","endpoint":"/Keys","schema":"urn:t:Key"}"#;
    registry.load_resource_type(document).unwrap();
    let schema = registry.resource_schema("Key").unwrap();
    let put = |name: &str, body: &str| {
        let members =
            |value: &str| json(&format!(r#"{{"schemas":["urn:t:Key"],"{name}":{value}}}"#));
        let current = members(r#"{"value":"v","hint":"h"}"#);
        let replaced = replace(schema, &current, members(body), &Policy::strict()).unwrap();
        let left = replaced.resource.get(name).map(Value::to_json);
        left.unwrap_or_default()
    };
    for name in ["hidden", "fixed"] {
        let expected = r#"{"note":"n","value":"v","hint":"h"}"#;
        assert_eq!(put(name, r#"{"note":"n"}"#), expected, "{name}");
        assert_eq!(put(name, "null"), r#"{"value":"v","hint":"h"}"#, "{name}");
    }
    for body in [r#"{"note":"n","value":null}"#, r#"{"note":"n"}"#] {
        assert_eq!(put("free", body), r#"{"note":"n"}"#);
    }
    assert_eq!(put("free", "null"), "");
    assert_eq!(
        put("hidden", r#"{"note":"n","value":null}"#),
        r#"{"note":"n"}"#
    );
    assert_eq!(put("hidden", r#"{"value":"w"}"#), r#"{"value":"w"}"#);
}
