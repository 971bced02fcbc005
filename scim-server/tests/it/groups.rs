//! Groups: references in and out, members that are unknown or wrong, deletes.

use scim_server::Departures;
use scim_server::http::Request;
use scim_server::scim_core::{Integrity, Policy, Value};

use crate::host::{Answer, BASE, Host, patch};

pub(crate) fn group(name: &str, members: &str) -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{name}","members":{members}}}"#
    )
}

pub(crate) fn members(answer: &Answer) -> String {
    let members = answer.body.as_object().unwrap().get("members");
    members.map(Value::to_json).unwrap_or_default()
}

/// A member as an answer shows it.
pub(crate) fn shown(id: &str, kind: &str) -> String {
    format!(r#"{{"value":"{id}","type":"{kind}","$ref":"{BASE}/{kind}s/{id}"}}"#)
}

#[test]
fn members_are_shown_with_type_and_reference() {
    let host = Host::strict();
    let (ada, inner) = (
        host.user("ada"),
        host.create("Groups", &group("inner", "[]")),
    );
    let expected = format!("[{},{}]", shown(&ada, "User"), shown(&inner, "Group"));
    for (name, given) in [
        (
            "by value",
            format!(r#"[{{"value":"{ada}"}},{{"value":"{inner}"}}]"#),
        ),
        (
            "by reference",
            format!(r#"[{{"$ref":"{BASE}/Users/{ada}"}},{{"$ref":"../Groups/{inner}"}}]"#),
        ),
        (
            "by both",
            format!(
                r#"[{{"value":"{ada}","$ref":"/v2/Users/{ada}","type":"user"}},{{"value":"{inner}","$ref":null}}]"#
            ),
        ),
    ] {
        let created = host.send("POST /Groups", &group(name, &given));
        assert_eq!(
            (created.status, &*members(&created)),
            (201, &*expected),
            "{name}"
        );
        let id = created.text(&["id"]).unwrap();
        let etag = created.header("etag");
        for (line, body) in [
            ("PUT", group(name, &given)),
            (
                "PATCH",
                patch(&format!(
                    r#"{{"op":"add","path":"members","value":{given}}}"#
                )),
            ),
            (
                "PATCH",
                patch(&format!(
                    r#"{{"op":"replace","path":"members","value":{given}}}"#
                )),
            ),
            (
                "PATCH",
                patch(&format!(
                    r#"{{"op":"replace","value":{{"members":{given}}}}}"#
                )),
            ),
        ] {
            let answer = host.send(&format!("{line} /Groups/{id}"), &body);
            assert_eq!(members(&answer), expected, "{line} {name}");
            assert_eq!(answer.header("etag"), etag, "{line} {name} changes nothing");
        }
        for at in ["0", "1"] {
            let reference = created.text(&["members", at, "$ref"]).unwrap();
            let target = host.send(
                &format!("GET {}", reference.strip_prefix(BASE).unwrap()),
                "",
            );
            assert_eq!(
                target.text(&["id"]),
                created.text(&["members", at, "value"])
            );
        }
        let stored = host.stored_group(id);
        assert!(!stored.to_json().contains("$ref"), "{stored}");
    }
}

#[test]
fn a_patch_adds_members_in_every_form() {
    let host = Host::strict();
    let group = host.create("Groups", &group("g", "[]"));
    let mut expected = Vec::new();
    for form in [
        r#"{"op":"add","path":"members","value":[{"value":"ID"}]}"#,
        r#"{"op":"add","path":"members","value":{"value":"ID"}}"#,
        r#"{"op":"add","path":"MEMBERS","value":[{"$ref":"../Users/ID"}]}"#,
        r#"{"op":"add","value":{"members":[{"value":"ID"}]}}"#,
        r#"{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:Group:members","value":[{"value":"ID"}]}"#,
        r#"{"op":"add","value":{"urn:ietf:params:scim:schemas:core:2.0:Group:members":[{"value":"ID"}]}}"#,
    ] {
        let id = host.user(&format!("user-{}", expected.len()));
        let answer = host.send(
            &format!("PATCH /Groups/{group}"),
            &patch(&form.replace("ID", &id)),
        );
        expected.push(shown(&id, "User"));
        assert_eq!(
            members(&answer),
            format!("[{}]", expected.join(",")),
            "{form}"
        );
    }
}

#[test]
fn g01_unknown_members_are_kept_where_integrity_is_off() {
    let host = Host::lenient();
    let given = r#"[{"value":"nobody","type":"User"},"somebody",{"value":"no type"}]"#;
    let created = host.send("POST /Groups", &group("g", given));
    assert_eq!(
        members(&created),
        format!(
            r#"[{},{{"value":"somebody"}},{{"value":"no type"}}]"#,
            shown("nobody", "User")
        )
    );
}

#[test]
fn g01_unknown_members_can_be_left_out_one_by_one() {
    let mut policy = Policy::strict();
    policy.referential_integrity = Integrity::Drop;
    let host = Host::tolerating(policy);
    let ada = host.user("ada");
    let grace = host.user("grace");
    let both = format!(r#"[{{"value":"nobody"}},{{"value":"{ada}"}},{{"value":"no one"}}]"#);
    let expected = format!("[{}]", shown(&ada, "User"));
    let created = host.send("POST /Groups", &group("g", &both));
    assert_eq!(members(&created), expected);
    let id = created.text(&["id"]).unwrap();
    let item = format!("/Groups/{id}");
    assert_eq!(
        members(&host.send(&format!("PUT {item}"), &group("g", &both))),
        expected
    );
    let add = |value: &str| {
        let operation = format!(r#"{{"op":"add","path":"members","value":{value}}}"#);
        host.send(&format!("PATCH {item}"), &patch(&operation))
    };
    for value in [r#"[{"value":"nobody"}]"#, r#"{"value":"nobody"}"#, &both] {
        let patched = add(value);
        assert_eq!(members(&patched), expected, "{value}: {patched:?}");
        assert_eq!(
            patched.text(&["meta", "version"]),
            created.text(&["meta", "version"])
        );
    }
    let patched = add(&format!(r#"[{{"value":"{grace}"}},{{"value":"nobody"}}]"#));
    let expected = format!("[{},{}]", shown(&ada, "User"), shown(&grace, "User"));
    assert_eq!(members(&patched), expected);
    let request = Request::post("/scim/v2/Groups")
        .body(group("h", &both).into())
        .unwrap();
    let response = host.respond(request);
    let departures = response.extensions().get::<Departures>().unwrap();
    let told: Vec<_> = departures.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter()
            .any(|told| told.contains("\"nobody\"") || told.contains("`nobody`")),
        "{told:?}"
    );
}

#[test]
fn g02_the_type_of_the_resource_wins_where_contradictions_are_tolerated() {
    let host = Host::lenient();
    let ada = host.user("ada");
    let wrong =
        format!(r#"[{{"value":"{ada}","type":"Group","$ref":"https://elsewhere.example/1"}}]"#);
    let expected = format!("[{}]", shown(&ada, "User"));
    let created = host.send("POST /Groups", &group("g", &wrong));
    assert_eq!(members(&created), expected);
    let id = created.text(&["id"]).unwrap();
    for (line, body) in [
        ("PUT", group("g", &wrong)),
        (
            "PATCH",
            patch(&format!(
                r#"{{"op":"Add","path":"members","value":{wrong}}}"#
            )),
        ),
    ] {
        let answer = host.send(&format!("{line} /Groups/{id}"), &body);
        assert_eq!(members(&answer), expected, "{line}: {answer:?}");
        assert_eq!(answer.header("etag"), created.header("etag"), "{line}");
    }
}

#[test]
fn p13_members_that_are_one_by_the_type_of_the_resource_are_merged() {
    let host = Host::lenient();
    let ada = host.user("ada");
    let both = format!(
        r#"[{{"value":"{ada}","type":"Group","display":"a"}},{{"value":"{ada}","type":"User","display":"b"}}]"#
    );
    let expected =
        format!(r#"[{{"value":"{ada}","type":"User","display":"a","$ref":"{BASE}/Users/{ada}"}}]"#);
    let created = host.send("POST /Groups", &group("g", &both));
    // What is immutable stays.
    assert_eq!(members(&created), expected);
    let item = format!("/Groups/{}", created.text(&["id"]).unwrap());
    let put = host.send(&format!("PUT {item}"), &group("g", &both));
    assert_eq!(put.header("etag"), created.header("etag"));
    let add = |path: &str, value: &str| {
        let path = path.replace('"', "\\\"");
        let operation = format!(r#"{{"op":"add","path":"{path}","value":{value}}}"#);
        host.send(&format!("PATCH {item}"), &patch(&operation))
    };
    let filtered = format!(r#"members[value eq "{ada}" and type eq "Group"].display"#);
    let named = format!(r#""{ada}""#);
    for (path, value) in [
        ("members", &*both),
        (&*filtered, r#""a""#),
        (&*filtered, r#""c""#),
        (r#"members[type eq "Group"].value"#, &*named),
    ] {
        let patched = add(path, value);
        assert_eq!(members(&patched), expected, "{path}");
    }
}

#[test]
fn groups_of_a_user_are_computed() {
    let host = Host::strict();
    let ada = host.user("ada");
    let created = host.send(
        "POST /Groups",
        &group("Engineers", &format!(r#"[{{"value":"{ada}"}}]"#)),
    );
    let id = created.text(&["id"]).unwrap().to_owned();
    let expected = format!(
        r#"[{{"value":"{id}","display":"Engineers","type":"direct","$ref":"{BASE}/Groups/{id}"}}]"#
    );
    let groups = |line: &str| {
        let answer = host.send(line, "");
        let object = answer.body.as_object().unwrap().clone();
        let first = object
            .get("Resources")
            .and_then(Value::as_array)
            .map(|all| all[0].clone());
        let user = first.unwrap_or(answer.body);
        user.as_object().unwrap().get("groups").map(Value::to_json)
    };
    for line in [
        format!("GET /Users/{ada}"),
        format!("GET /Users/{ada}?attributes=groups"),
        "GET /Users".to_owned(),
        format!("GET /Users?filter=groups.value%20eq%20%22{id}%22"),
        format!("GET /Users?filter=groups.$ref%20eq%20%22{BASE}/Groups/{id}%22"),
    ] {
        assert_eq!(groups(&line), Some(expected.clone()), "{line}");
    }
    assert_eq!(
        groups(&format!("GET /Users/{ada}?excludedAttributes=groups")),
        None
    );
    // What a client writes there is ignored (W03), and is not stored.
    let body = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada","title":"x","groups":[{"value":"other"}]}"#;
    let answer = host.send(&format!("PUT /Users/{ada}"), body);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(groups(&format!("GET /Users/{ada}")), Some(expected));
    assert!(host.stored(&ada).get("groups").is_none());
}

#[test]
fn s06_other_references_are_shown_where_one_type_is_meant() {
    let host = Host::strict();
    let boss = host.user("boss");
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{{"manager":{{"$ref":"../Users/{boss}"}}}}}}"#
    );
    let created = host.send("POST /Users", &body);
    let uri = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    assert_eq!(
        created.text(&[uri, "manager", "value"]),
        Some(&*boss),
        "{created:?}"
    );
    let reference = format!("{BASE}/Users/{boss}");
    assert_eq!(created.text(&[uri, "manager", "$ref"]), Some(&*reference));
    let id = created.text(&["id"]).unwrap();
    let filter = format!("/Users?filter={uri}:manager.$ref%20eq%20%22{reference}%22&count=0");
    let found = host.send(&format!("GET {filter}"), "");
    assert!(
        found.body.to_string().contains(r#""totalResults":1"#),
        "{found:?}"
    );
    let filter = format!("/Users?filter=meta.location%20eq%20%22{BASE}/Users/{id}%22&count=0");
    let found = host.send(&format!("GET {filter}"), "");
    assert!(
        found.body.to_string().contains(r#""totalResults":1"#),
        "{found:?}"
    );
}

#[test]
fn s06_a_patch_finds_a_member_by_the_reference_that_was_shown() {
    let host = Host::strict();
    let (ada, bob) = (host.user("ada"), host.user("bob"));
    let both = format!(r#"[{{"value":"{ada}"}},{{"value":"{bob}"}}]"#);
    let id = host.create("Groups", &group("g", &both));
    let remove = |reference: &str| {
        let path = format!(r#"members[$REF eq \"{reference}\"]"#);
        host.send(
            &format!("PATCH /Groups/{id}?attributes=members"),
            &patch(&format!(r#"{{"op":"remove","path":"{path}"}}"#)),
        )
    };
    let answer = remove(&format!("{BASE}/Users/{ada}"));
    assert_eq!(
        (answer.status, members(&answer)),
        (200, format!("[{}]", shown(&bob, "User")))
    );
    let stored = host.stored_group(&id).to_json();
    assert!(!stored.contains("$ref"), "{stored}");
    let answer = remove(&format!("{BASE}/Users/{ada}"));
    assert_ne!(members(&answer), "[]", "{answer:?}");
}

#[test]
fn s06_a_filter_on_value_and_reference_finds_the_member() {
    let host = Host::strict();
    let ada = host.user("ada");
    let id = host.create("Groups", &group("g", &format!(r#"[{{"value":"{ada}"}}]"#)));
    let path = format!(r#"members[value eq \"{ada}\" and $ref eq \"{BASE}/Users/{ada}\"]"#);
    let answer = host.send(
        &format!("PATCH /Groups/{id}"),
        &patch(&format!(r#"{{"op":"remove","path":"{path}"}}"#)),
    );
    assert_eq!(
        (answer.status, members(&answer)),
        (200, String::new()),
        "{answer:?}"
    );
    assert!(!host.stored_group(&id).to_json().contains("members"));
}

#[test]
fn s06_a_key_that_is_a_path_finds_a_member_by_its_reference() {
    let host = Host::lenient();
    let ada = host.user("ada");
    let id = host.create("Groups", &group("g", &format!(r#"[{{"value":"{ada}"}}]"#)));
    let key = format!(r#"members[$ref eq \"{BASE}/Users/{ada}\"].display"#);
    let answer = host.send(
        &format!("PATCH /Groups/{id}?attributes=members"),
        &patch(&format!(r#"{{"op":"add","value":{{"{key}":"Ada"}}}}"#)),
    );
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(
        members(&answer).contains(r#""display":"Ada""#),
        "{answer:?}"
    );
}

/// What is left of a group of ada, a member of unknown type and a named one after each list beside `remove`.
#[test]
fn p06_a_listed_member_is_compared_with_what_is_shown() {
    let host = Host::lenient();
    let ada = host.user("ada");
    let given = format!(
        r#"[{{"value":"{ada}"}},{{"value":"somebody"}},{{"value":"nobody","type":"User","display":"N"}}]"#
    );
    let all = [&*ada, "somebody", "nobody"];
    for (listed, gone) in [
        (format!("[{}]", shown(&ada, "User")), &all[..1]),
        (
            format!("{{\"members\":[{}]}}", shown(&ada, "User")),
            &all[..1],
        ),
        (format!(r#"[{{"$ref":"../Users/{ada}"}}]"#), &all[..1]),
        (
            format!(r#"[{{"$REF":"/v2/Users/{ada}","value":"{ada}","type":"user"}}]"#),
            &all[..1],
        ),
        (
            format!(r#"[{{"$ref":null,"display":null,"value":"{ada}"}}]"#),
            &all[..1],
        ),
        (format!("[{}]", shown(&ada, "Group")), &[]),
        (
            format!(r#"[{{"value":"{ada}","$ref":"{BASE}/Groups/{ada}"}}]"#),
            &[],
        ),
        (
            format!(r#"[{{"value":"{ada}","$ref":"{BASE}/Users/nobody"}}]"#),
            &[],
        ),
        (format!(r#"[{{"value":"{ada}","display":"Ada"}}]"#), &[]),
        (r#"[{"value":"somebody","type":"User"}]"#.into(), &[]),
        (format!("[{}]", shown("somebody", "User")), &[]),
        (r#"[{"value":"somebody"}]"#.into(), &all[1..2]),
        (
            format!(r#"["nobody",{{"value":"somebody"}},{{"display":"n","value":"{ada}"}}]"#),
            &all[1..],
        ),
        (
            format!(
                r#"[{{"value":"nobody","type":"User","display":"n","$ref":"{BASE}/Users/nobody"}}]"#
            ),
            &all[2..],
        ),
    ] {
        let id = host.create("Groups", &group("g", &given));
        let before = host.send(&format!("GET /Groups/{id}"), "");
        let remove = format!(r#"{{"op":"remove","path":"members","value":{listed}}}"#);
        let answer = host.send(&format!("PATCH /Groups/{id}"), &patch(&remove));
        let left = host.stored_group(&id);
        let left = left.get("members").unwrap().elements();
        let left: Vec<_> = left
            .map(|member| {
                member
                    .as_object()
                    .unwrap()
                    .get("value")
                    .unwrap()
                    .as_str()
                    .unwrap()
            })
            .collect();
        let expected: Vec<_> = all.into_iter().filter(|id| !gone.contains(id)).collect();
        assert_eq!((answer.status, left), (200, expected), "{listed}");
        assert_eq!(
            answer.header("etag") == before.header("etag"),
            gone.is_empty(),
            "{listed}"
        );
        assert_eq!(
            members(&answer),
            members(&host.send(&format!("GET /Groups/{id}"), "")),
            "{listed}"
        );
    }
}

#[test]
fn p27_an_empty_id_names_nobody() {
    let host = Host::lenient();
    let uri = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let user = |manager: &str| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","{uri}"],"userName":"ada","{uri}":{{"manager":{manager}}}}}"#
        )
    };
    let created = host.send("POST /Users", &user(r#"{"value":""}"#));
    assert_eq!(created.status, 201, "{created:?}");
    assert!(
        !created.body.to_string().contains(r#""manager""#),
        "{created:?}"
    );
    let id = created.text(&["id"]).unwrap();
    let line = format!("PUT /Users/{id}");
    let boss = host.user("boss");
    let replaced = host.send(&line, &user(&format!(r#"{{"value":"{boss}"}}"#)));
    assert_eq!(replaced.text(&[uri, "manager", "value"]), Some(&*boss));
    let replaced = host.send(&line, &user(r#"{"value":""}"#));
    assert_eq!(replaced.status, 200, "{replaced:?}");
    assert!(
        !replaced.body.to_string().contains(r#""manager""#),
        "{replaced:?}"
    );
    for host in [host, Host::strict()] {
        let id = host.create("Groups", &group("g", "[]"));
        let body = group("h", r#"[{"value":""}]"#);
        let add = patch(r#"{"op":"add","path":"members","value":[{"value":""}]}"#);
        for (line, body) in [
            ("POST /Groups".to_owned(), &body),
            (format!("PUT /Groups/{id}"), &body),
            (format!("PATCH /Groups/{id}"), &add),
        ] {
            let answer = host.send(&line, body);
            assert_eq!(
                (answer.status, answer.scim_type()),
                (400, Some("invalidValue")),
                "{line} {answer:?}"
            );
        }
    }
}
