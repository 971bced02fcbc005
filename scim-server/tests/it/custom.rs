//! Resource types that a host loads from JSON are served like the built-in ones.

use scim_server::scim_core::{Uniqueness, builtin};
use scim_server::scim_schema::Registry;
use scim_testdata::{resource, resource_type_text, schema_texts_of};

use crate::host::{BASE, Host, patch};

fn host() -> Host {
    let mut registry = Registry::builtin();
    for schema in schema_texts_of("device") {
        registry.load_schema(&schema).unwrap();
    }
    registry
        .load_resource_type(&resource_type_text("device"))
        .unwrap();
    Host::with(registry, |builder| builder)
}

#[test]
fn a_device_lives_as_a_user_does() {
    let host = host();
    let body = resource("device-minimal");
    let created = host.send("POST /Devices", &body);
    assert_eq!(created.status, 201, "{created:?}");
    let id = created.text(&["id"]).unwrap();
    let location = format!("{BASE}/Devices/{id}");
    assert_eq!(created.header("location"), Some(&*location));
    assert_eq!(created.text(&["meta", "resourceType"]), Some("Device"));
    assert_eq!(
        host.send(&format!("GET /Devices/{id}"), "").body,
        created.body
    );
    assert_eq!(host.send(&format!("GET /Users/{id}"), "").status, 404);
    let external = patch(r#"{"op":"add","path":"externalId","value":"E-1"}"#);
    let patched = host.send(&format!("PATCH /Devices/{id}"), &external);
    assert_eq!(patched.text(&["externalId"]), Some("E-1"));
    let found = host.send("GET /Devices?filter=externalId%20eq%20%22E-1%22", "");
    assert_eq!(found.text(&["Resources", "0", "id"]), Some(id));
    assert_eq!(host.send(&format!("DELETE /Devices/{id}"), "").status, 204);
    assert_eq!(host.send(&format!("GET /Devices/{id}"), "").status, 404);
}

#[test]
fn discovery_tells_of_it() {
    let host = host();
    let of = host.send("GET /ResourceTypes/Device", "");
    assert_eq!(of.text(&["endpoint"]), Some("/Devices"));
    let location = format!("{BASE}/ResourceTypes/Device");
    assert_eq!(of.text(&["meta", "location"]), Some(&*location));
    let uri = of.text(&["schema"]).unwrap();
    let schema = host.send(&format!("GET /Schemas/{}", uri.to_uppercase()), "");
    assert_eq!(schema.text(&["id"]), Some(uri));
    let types = host.send("GET /ResourceTypes?startIndex=9&count=0&attributes=id", "");
    assert_eq!(types.text(&["Resources", "2", "name"]), Some("Device"));
}

#[test]
fn d05_the_schemas_of_the_configuration_can_be_left_out() {
    let mut protocol = scim_server::ProtocolPolicy::strict();
    let uri = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
    for listed in [true, false] {
        protocol.list_configuration_schemas = listed;
        let host = Host::new(|builder| builder.protocol(protocol.clone()));
        let all = host.send("GET /Schemas", "").body.to_string();
        assert_eq!(all.contains(&format!("\"id\":\"{uri}\"")), listed);
        assert!(all.contains("core:2.0:User"));
    }
}

/// An attribute that is returned on request alone is in the answer to a write that named it.
#[test]
fn j09_what_was_written_is_returned() {
    let mut registry = Registry::builtin();
    registry
        .load_schema(
            r#"{"id":"urn:example:Badge","attributes":[
                {"name":"number","type":"integer","uniqueness":"server"},
                {"name":"note","returned":"request"},
                {"name":"holder","type":"complex","subAttributes":[{"name":"since","returned":"request"},{"name":"name"}]}
            ]}"#,
        )
        .unwrap();
    registry
        .load_resource_type(r#"{"name":"Badge","endpoint":"/Badges","schema":"urn:example:Badge"}"#)
        .unwrap();
    let host = Host::with(registry, |builder| builder);
    let body = r#"{"schemas":["urn:example:Badge"],"number":7,"note":"n","holder":{"name":"a","since":"s"}}"#;
    let created = host.send("POST /Badges", body);
    let id = created.text(&["id"]).unwrap();
    let line = format!("/Badges/{id}");
    let shown = |line: &str, body: &str| {
        let answer = host.send(line, body);
        assert_eq!(answer.status, 200, "{line}: {answer:?}");
        [
            answer.text(&["note"]).is_some(),
            answer.text(&["holder", "since"]).is_some(),
        ]
    };
    assert_eq!(created.text(&["note"]), Some("n"));
    assert_eq!(created.text(&["holder", "since"]), Some("s"));
    assert_eq!(shown(&format!("GET {line}"), ""), [false, false]);
    assert_eq!(
        shown(&format!("GET {line}?attributes=note"), ""),
        [true, false]
    );
    assert_eq!(shown(&format!("PUT {line}"), body), [true, true]);
    for (operation, expected) in [
        (
            r#"{"op":"replace","path":"note","value":"m"}"#,
            [true, false],
        ),
        (r#"{"op":"replace","value":{"note":"n"}}"#, [true, false]),
        (
            r#"{"op":"replace","path":"holder.since","value":"t"}"#,
            [false, true],
        ),
        (
            r#"{"op":"add","value":{"holder":{"since":"u"}}}"#,
            [false, true],
        ),
        (
            r#"{"op":"add","path":"holder","value":{"since":"v"}}"#,
            [false, true],
        ),
        (
            r#"{"op":"add","path":"urn:example:Badge","value":{"note":"o","holder.since":"w"}}"#,
            [true, true],
        ),
        (
            r#"{"op":"add","value":{"urn:example:Badge":{"note":"p"}}}"#,
            [true, false],
        ),
        (
            r#"{"op":"add","value":{"holder.since":"v"}}"#,
            [false, true],
        ),
        (r#"{"op":"remove","path":"number"}"#, [false, false]),
    ] {
        let found = shown(&format!("PATCH {line}"), &patch(operation));
        assert_eq!(found, expected, "{operation}");
    }
    // W18: numbers are unique by their value.
    let seven = r#"{"schemas":["urn:example:Badge"],"number":7}"#;
    assert_eq!(host.send("POST /Badges", seven).status, 201);
    assert_eq!(
        host.send("POST /Badges", seven).scim_type(),
        Some("uniqueness")
    );
}

#[test]
fn a_secret_is_hashed_whatever_form_the_policy_lets_pass() {
    let mut registry = Registry::builtin();
    registry
        .load_schema(
            r#"{"id":"urn:example:Safe","attributes":[{"name":"lock","type":"complex","subAttributes":[
                {"name":"value","mutability":"writeOnly"},{"name":"place"}]}]}"#,
        )
        .unwrap();
    registry
        .load_resource_type(r#"{"name":"Safe","endpoint":"/Safes","schema":"urn:example:Safe"}"#)
        .unwrap();
    let safe = registry.resource_schema("Safe").unwrap().clone();
    let host = Host::with(registry, |builder| {
        builder
            .policy(scim_server::scim_core::Policy::lenient())
            .hash_secrets(async |secret| Ok(format!("hashed:{}", secret.len())))
    });
    // A string stands for the `value` of a complex attribute (P27).
    let id = host.create("Safes", r#"{"lock":"1"}"#);
    let stored = || host.stored_as(&safe, &id).to_json();
    assert_eq!(stored(), r#"{"lock":{"value":"hashed:1"}}"#);
    for (line, body, expected) in [
        ("PUT", r#"{"lock":"22"}"#.to_owned(), "hashed:2"),
        (
            "PATCH",
            patch(r#"{"op":"replace","path":"lock","value":"333"}"#),
            "hashed:3",
        ),
        (
            "PATCH",
            patch(r#"{"op":"replace","value":{"lock":"4444"}}"#),
            "hashed:4",
        ),
        (
            "PATCH",
            patch(r#"{"op":"replace","path":"lock.place","value":"x"}"#),
            "hashed:4",
        ),
    ] {
        let answer = host.send(&format!("{line} /Safes/{id}"), &body);
        assert_eq!(answer.status, 200, "{body}: {answer:?}");
        assert!(stored().contains(expected), "{body}: {}", stored());
    }
}

#[test]
fn secrets_beyond_the_bound_are_not_hashed() {
    let mut registry = Registry::builtin();
    registry
        .load_schema(
            r#"{"id":"urn:example:Box","attributes":[{"name":"locks","type":"complex","multiValued":true,
                "subAttributes":[{"name":"value"},{"name":"key","mutability":"writeOnly"}]}]}"#,
        )
        .unwrap();
    registry
        .load_resource_type(r#"{"name":"Box","endpoint":"/Boxes","schema":"urn:example:Box"}"#)
        .unwrap();
    let host = Host::with(registry, |builder| {
        builder.hash_secrets(async |secret| Ok(format!("hashed:{secret}")))
    });
    let body = |locks: usize| {
        let locks = (0..locks).map(|n| format!(r#"{{"value":"{n}","key":"{n}"}}"#));
        let locks = locks.collect::<Vec<_>>().join(",");
        format!(r#"{{"schemas":["urn:example:Box"],"locks":[{locks}]}}"#)
    };
    assert_eq!(host.send("POST /Boxes", &body(16)).status, 201);
    assert_eq!(host.send("POST /Boxes", &body(17)).status, 413);
}

#[test]
fn group_names_are_unique_where_the_schema_says_so() {
    let mut registry = Registry::new();
    for schema in [builtin::user_schema(), builtin::group_schema()] {
        let mut base = schema.base().clone();
        if base.name.as_deref() == Some("Group") {
            let name = base.attributes.iter_mut().find(|a| a.name == "displayName");
            name.unwrap().uniqueness = Uniqueness::Server;
        }
        registry.add_schema(base).unwrap();
        for extension in schema.extensions() {
            registry.add_schema((*extension.schema).clone()).unwrap();
        }
        let of = schema.resource_type().clone();
        registry.add_resource_type(of).unwrap();
    }
    let unique = Host::with(registry, |builder| builder);
    let group = |name: &str| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{name}"}}"#
        )
    };
    for (host, second) in [
        (Host::strict(), (201, None)),
        (unique, (409, Some("uniqueness"))),
    ] {
        host.create("Groups", &group("Guides"));
        let answer = host.send("POST /Groups", &group("GUIDES"));
        assert_eq!((answer.status, answer.scim_type()), second, "{answer:?}");
    }
}
