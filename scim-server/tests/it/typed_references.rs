//! References to resources that stand on their own, not beside the `value` that they follow from (decisions E12, S05).

use scim_server::scim_core::Policy;
use scim_server::scim_schema::Registry;
use scim_server::{MemoryStore, ProtocolPolicy};

use crate::host::{BASE, Host, patch};

const LINK: &str = "urn:example:Link";

/// A type whose references may lead to users, to users and groups, and to users and elsewhere.
fn host(policy: Policy) -> Host {
    let mut registry = Registry::builtin();
    registry
        .load_schema(
            r#"{"id":"urn:example:Link","attributes":[
                {"name":"to","type":"reference","referenceTypes":["User"],"uniqueness":"server"},
                {"name":"tos","type":"reference","multiValued":true,"referenceTypes":["User","Group"]},
                {"name":"mixed","type":"reference","referenceTypes":["User","external"]},
                {"name":"fixed","type":"reference","mutability":"readOnly","referenceTypes":["User"]},
                {"name":"ptr","type":"complex","subAttributes":[
                    {"name":"$ref","type":"reference","referenceTypes":["User"]},{"name":"note"}]},
                {"name":"ptrs","type":"complex","multiValued":true,"subAttributes":[
                    {"name":"who","type":"reference","referenceTypes":["User"]},{"name":"note"}]}
            ]}"#,
        )
        .unwrap();
    registry
        .load_schema(
            r#"{"id":"urn:example:More","attributes":[
                {"name":"by","type":"reference","referenceTypes":["User"]}]}"#,
        )
        .unwrap();
    registry
        .load_resource_type(
            r#"{"name":"Link","endpoint":"/Links","schema":"urn:example:Link",
                "schemaExtensions":[{"schema":"urn:example:More","required":false}]}"#,
        )
        .unwrap();
    Host::over(MemoryStore::new(), registry, |builder| {
        builder.policy(policy).protocol(ProtocolPolicy::lenient())
    })
}

fn both() -> [Host; 2] {
    [host(Policy::strict()), host(Policy::lenient())]
}

/// A body with these attributes.
fn link(attributes: &str) -> String {
    format!(r#"{{"schemas":["{LINK}"],{attributes}}}"#)
}

fn user(id: &str) -> String {
    format!("{BASE}/Users/{id}")
}

/// The body of a search.
fn search(filter: &str) -> String {
    let filter = filter.replace('"', "\\\"");
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"{filter}"}}"#
    )
}

/// Ways to name the user `1`.
const SPELT: [&str; 6] = [
    "https://scim.example.com/scim/v2/Users/1",
    "https://scim.example.com/scim/v1/Users/1",
    "../Users/1",
    "Users/1",
    "/Users/1",
    "/scim/v2/Users/%31",
];

#[test]
fn e12_every_form_is_kept_without_and_shown_with_the_base() {
    for host in both() {
        for spelt in SPELT {
            let body = link(&format!(
                r#""tos":["{spelt}"],"mixed":"{spelt}","ptr":{{"$ref":"{spelt}"}},
                "ptrs":[{{"who":"{spelt}"}}],"urn:example:More":{{"by":"{spelt}"}}"#
            ));
            let created = host.send("POST /Links", &body);
            assert_eq!(created.status, 201, "{spelt}: {created:?}");
            let id = created.text(&["id"]).unwrap();
            let read = host.send(&format!("GET /Links/{id}"), "");
            let listed = host.send(&format!("GET /Links?filter=id%20eq%20%22{id}%22"), "");
            let listed = listed.body.as_object().unwrap().get("Resources").unwrap();
            assert_eq!(listed.elements().next(), Some(&read.body));
            assert_eq!(created.body, read.body);
            for path in [
                &["tos", "0"][..],
                &["mixed"],
                &["ptr", "$ref"],
                &["ptrs", "0", "who"],
                &["urn:example:More", "by"],
            ] {
                assert_eq!(read.text(path), Some(&*user("1")), "{spelt} {path:?}");
            }
        }
    }
}

#[test]
fn s05_a_reference_leads_below_the_base_to_an_allowed_type() {
    for host in both() {
        for bad in [
            "https://other.example/Users/1",
            "https://scim.example.com/other/Users/1",
            "https://scim.example.com/scim/v2/Groups/1",
            "https://scim.example.com/scim/v2/Users/1/x",
            "https://scim.example.com/scim/v2/Users/1?a=b",
            "https://scim.example.com/scim/v2/Users/1#a",
            "../Groups/1",
            "../Users/",
            "Users/a b",
            "urn:x:y",
            "junk",
        ] {
            for attributes in [
                format!(r#""to":"{bad}""#),
                format!(r#""ptr":{{"$ref":"{bad}"}}"#),
                format!(r#""ptrs":[{{"who":"../Users/1"}},{{"who":"{bad}"}}]"#),
                format!(r#""urn:example:More":{{"by":"{bad}"}}"#),
            ] {
                let answer = host.send("POST /Links", &link(&attributes));
                assert_eq!(
                    (answer.status, answer.scim_type()),
                    (400, Some("invalidValue")),
                    "{attributes}: {answer:?}"
                );
            }
        }
        let group = format!("{BASE}/Groups/2");
        let created = host.send("POST /Links", &link(r#""tos":["../Groups/2"]"#));
        assert_eq!(created.text(&["tos", "0"]), Some(&*group));
        // What is readOnly is not listened to.
        let created = host.send("POST /Links", &link(r#""fixed":"urn:x:y""#));
        assert_eq!(created.status, 201, "{created:?}");
    }
}

#[test]
fn s05_what_may_lead_elsewhere_stays_as_sent() {
    for host in both() {
        for elsewhere in [
            "https://other.example/Users/1",
            "https://scim.example.com/scim/v2/Groups/1",
            "../Groups/1",
            "urn:x:y",
        ] {
            let body = link(&format!(r#""mixed":"{elsewhere}""#));
            let created = host.send("POST /Links", &body);
            assert_eq!(created.text(&["mixed"]), Some(elsewhere), "{created:?}");
            let found = host.send(
                "POST /Links/.search",
                &search(&format!("mixed eq \"{elsewhere}\"")),
            );
            assert_eq!(found.text(&["Resources", "0", "mixed"]), Some(elsewhere));
        }
    }
}

#[test]
fn p13_two_forms_of_one_reference_are_one_element() {
    for host in both() {
        let body = link(&format!(r#""tos":["../Users/1","{}"]"#, user("1")));
        let created = host.send("POST /Links", &body);
        assert_eq!(created.text(&["tos", "0"]), Some(&*user("1")));
        assert_eq!(created.text(&["tos", "1"]), None);
    }
}

#[test]
fn v08_another_form_of_the_same_reference_is_no_change() {
    for host in both() {
        let body = |to: &str| {
            link(&format!(
                r#""to":"{to}","tos":["{to}"],"ptr":{{"$ref":"{to}"}},"ptrs":[{{"who":"{to}","note":"n"}}]"#
            ))
        };
        let created = host.send("POST /Links", &body("../Users/1"));
        let id = created.text(&["id"]).unwrap();
        let tag = created.header("etag");
        for to in SPELT {
            let put = host.send(&format!("PUT /Links/{id}"), &body(to));
            assert_eq!(put.header("etag"), tag, "{to} {put:?}");
            for operation in [
                format!(r#"{{"op":"replace","path":"to","value":"{to}"}}"#),
                format!(r#"{{"op":"add","path":"tos","value":["{to}"]}}"#),
                format!(r#"{{"op":"add","path":"ptr.$ref","value":"{to}"}}"#),
                format!(r#"{{"op":"replace","value":{{"ptr":{{"$ref":"{to}"}}}}}}"#),
                format!(r#"{{"op":"replace","path":"ptrs[who eq \"{to}\"].note","value":"n"}}"#),
            ] {
                let patched = host.send(&format!("PATCH /Links/{id}"), &patch(&operation));
                assert_eq!(patched.status, 200, "{operation} {patched:?}");
                assert_eq!(patched.header("etag"), tag, "{operation} {patched:?}");
            }
        }
    }
}

#[test]
fn a_patch_selects_by_any_form() {
    for host in both() {
        for to in SPELT {
            let body = link(
                r#""tos":["../Users/1","../Users/2"],"ptrs":[{"who":"../Users/1"},{"who":"../Users/2"}]"#,
            );
            let created = host.send("POST /Links", &body);
            let id = created.text(&["id"]).unwrap();
            let operations = format!(
                r#"{{"op":"remove","path":"tos[value eq \"{to}\"]"}},
                {{"op":"remove","path":"ptrs[who eq \"{to}\"]"}}"#
            );
            let patched = host.send(&format!("PATCH /Links/{id}"), &patch(&operations));
            assert_eq!(patched.text(&["tos", "0"]), Some(&*user("2")), "{to}");
            assert_eq!(patched.text(&["ptrs", "0", "who"]), Some(&*user("2")));
        }
    }
    let host = host(Policy::lenient());
    for to in SPELT {
        let created = host.send("POST /Links", &link(r#""tos":["../Users/1","../Users/2"]"#));
        let id = created.text(&["id"]).unwrap();
        let operation = format!(r#"{{"op":"remove","path":"tos","value":["{to}"]}}"#);
        let patched = host.send(&format!("PATCH /Links/{id}"), &patch(&operation));
        assert_eq!(
            patched.text(&["tos", "0"]),
            Some(&*user("2")),
            "{patched:?}"
        );
    }
}

#[test]
fn a_patch_is_judged_like_a_body() {
    for host in both() {
        let created = host.send("POST /Links", &link(r#""tos":["../Users/1"]"#));
        let id = created.text(&["id"]).unwrap();
        for operation in [
            r#"{"op":"add","path":"to","value":"https://other.example/Users/1"}"#,
            r#"{"op":"add","path":"tos","value":["urn:x:y"]}"#,
            r#"{"op":"add","path":"ptr.$ref","value":"https://other.example/Users/1"}"#,
            r#"{"op":"add","value":{"ptr":{"$ref":"../Groups/1"}}}"#,
            r#"{"op":"add","value":{"urn:example:More":{"by":"../Groups/1"}}}"#,
        ] {
            let answer = host.send(&format!("PATCH /Links/{id}"), &patch(operation));
            assert_eq!(
                (answer.status, answer.scim_type()),
                (400, Some("invalidValue")),
                "{operation}: {answer:?}"
            );
        }
    }
}

#[test]
fn a_filter_finds_by_any_form() {
    for host in both() {
        let body = link(
            r#""to":"../Users/1","mixed":"../Users/1","tos":["../Users/1"],"ptr":{"$ref":"../Users/1"},
            "ptrs":[{"who":"../Users/1","note":"n"}],"urn:example:More":{"by":"../Users/1"}"#,
        );
        assert_eq!(host.send("POST /Links", &body).status, 201);
        let count = |filter: &str| {
            let answer = host.send("POST /Links/.search", &search(filter));
            assert_eq!(answer.status, 200, "{filter}: {answer:?}");
            let total = answer.body.as_object().unwrap().get("totalResults");
            total.unwrap().to_json()
        };
        for to in SPELT {
            for filter in [
                format!("to eq \"{to}\""),
                format!("to eq \"{to}\" and meta.location pr"),
                format!("mixed eq \"{to}\""),
                format!("tos eq \"{to}\""),
                format!("tos[value eq \"{to}\"]"),
                format!("ptr.$ref eq \"{to}\""),
                format!("ptrs[note eq \"n\" and who eq \"{to}\"]"),
                format!("not (ptrs.who ne \"{to}\")"),
                format!("urn:example:More:by eq \"{to}\""),
            ] {
                assert_eq!(count(&filter), "1", "{filter}");
            }
        }
        for (filter, expected) in [
            ("to ew \"1\"".to_owned(), "1"),
            (format!("to sw \"{BASE}/Users/\""), "1"),
            (format!("to eq \"{}\"", user("2")), "0"),
            ("to eq \"https://other.example/Users/1\"".to_owned(), "0"),
        ] {
            assert_eq!(count(&filter), expected, "{filter}");
        }
    }
}

#[test]
fn w18_another_form_of_a_reference_that_is_taken_is_a_conflict() {
    for host in both() {
        let created = host.send("POST /Links", &link(r#""to":"../Users/1""#));
        assert_eq!(created.text(&["to"]), Some(&*user("1")));
        for to in SPELT {
            let again = host.send("POST /Links", &link(&format!(r#""to":"{to}""#)));
            assert_eq!((again.status, again.scim_type()), (409, Some("uniqueness")));
        }
    }
}

#[test]
fn b08_a_reference_by_bulk_id_is_shown_with_the_base() {
    for host in both() {
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
                {{"method":"POST","path":"/Links","bulkId":"l","data":{}}},
                {{"method":"POST","path":"/Users","bulkId":"u","data":
                    {{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}}}}]}}"#,
            link(r#""to":"bulkId:u","ptr":{"$ref":"bulkId:u"}"#)
        );
        let answer = host.send("POST /Bulk", &body);
        let user = answer.text(&["Operations", "1", "location"]);
        assert!(user.is_some(), "{answer:?}");
        let line = answer.text(&["Operations", "0", "location"]).unwrap();
        let line = line.strip_prefix(BASE).unwrap();
        let link = host.send(&format!("GET {line}"), "");
        assert_eq!(link.text(&["to"]), user);
        assert_eq!(link.text(&["ptr", "$ref"]), user);
    }
}
