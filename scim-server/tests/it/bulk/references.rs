//! References by bulkId: forward, in circles, and where they may stand (decisions B07 to B09).

use scim_server::scim_schema::Registry;

use super::*;

#[test]
fn b07_circles_are_resolved() {
    for host in [Host::strict(), Host::lenient()] {
        let answer = bulk(
            &host,
            &[
                post_user("ada"),
                post_group("a", &["b", "ada"]),
                post_group("b", &["c"]),
                post_group("c", &["a"]),
                post_group("around", &["a"]),
            ],
        );
        assert_eq!(statuses(&answer), ["201"; 5], "{answer:?}");
        let [ada, a, b, c, around] = [0, 1, 2, 3, 4].map(|at| id(&answer, at));
        assert_eq!(members(&host, &a), [b.clone(), ada]);
        assert_eq!(members(&host, &b), std::slice::from_ref(&c));
        assert_eq!(members(&host, &c), std::slice::from_ref(&a));
        assert_eq!(members(&host, &around), std::slice::from_ref(&a));
        let read = host.send(&format!("GET /Groups/{c}"), "");
        assert_eq!(read.text(&["members", "0", "type"]), Some("Group"));
        let location = format!("{BASE}/Groups/{a}");
        assert_eq!(read.text(&["members", "0", "$ref"]), Some(&*location));
        assert_eq!(read.text(&["meta", "version"]), text(&answer, 3, "version"));
    }
}

#[test]
fn b07_someone_may_refer_to_herself() {
    let host = Host::strict();
    let data =
        format!(r#"{{{USER},"userName":"ada","{MANAGER}":{{"manager":{{"value":"bulkId:me"}}}}}}"#);
    let group = post_group("itself", &["itself"]);
    let answer = bulk(&host, &[post("me", "/Users", &data), group]);
    assert_eq!(statuses(&answer), ["201", "400"]);
    let ada = host.send(&format!("GET /Users/{}", id(&answer, 0)), "");
    let manager = ada.text(&[MANAGER, "manager", "value"]);
    assert_eq!(manager, ada.text(&["id"]));
}

#[test]
fn b07_a_circle_is_created_whole_or_not_at_all() {
    let host = Host::strict();
    host.user("ada");
    let chief = |name: &str, manager: &str| {
        let data = format!(
            r#"{{{USER},"userName":"{name}","{MANAGER}":{{"manager":{{"value":"bulkId:{manager}"}}}}}}"#
        );
        post(name, "/Users", &data)
    };
    // The last has a name that is taken, a fact that only the store knows.
    let taken = [chief("x", "ADA"), chief("y", "x"), chief("ADA", "y")];
    let answer = bulk(&host, &taken);
    assert_eq!(statuses(&answer), ["409", "409", "409"]);
    assert_eq!(error(&answer, 0).0, None);
    assert_eq!(error(&answer, 2).0, Some("uniqueness"));
    // A body that is refused by itself.
    let bad = post(
        "bad",
        "/Groups",
        &format!(r#"{{{GROUP},"members":[{{"value":"bulkId:g"}}]}}"#),
    );
    let answer = bulk(
        &host,
        &[post_group("g", &["bad"]), bad, post_group("after", &["g"])],
    );
    assert_eq!(statuses(&answer), ["409", "400", "409"]);
    assert_eq!(error(&answer, 1).0, Some("invalidValue"));
    // A circle that hangs on something that is not there.
    let answer = bulk(
        &host,
        &[post_group("a", &["b"]), post_group("b", &["a", "nobody"])],
    );
    assert_eq!(statuses(&answer), ["409", "409"]);
    assert!(error(&answer, 1).1.contains("nobody"));
    let users = host.send("GET /?attributes=id", "");
    assert_eq!(
        users
            .body
            .as_object()
            .unwrap()
            .get("totalResults")
            .unwrap()
            .clone(),
        Value::from(1i64)
    );
}

#[test]
fn b08_references_are_replaced_wherever_they_may_stand() {
    let host = Host::strict();
    let ada = host.user("ada");
    let group = host.create(
        "Groups",
        &format!(r#"{{{GROUP},"displayName":"g","members":[{{"value":"{ada}"}}]}}"#),
    );
    let body = |operations: &str| format!(r#"{{{PATCH},"Operations":[{operations}]}}"#);
    let group_path = format!("/Groups/{group}");
    let data = format!(
        r#"{{{USER},"userName":"x","displayName":"bulkId:boss","{MANAGER}":{{"manager":{{"value":"bulkId:boss"}}}}}}"#
    );
    let patch_manager =
        format!(r#"{{"op":"add","path":"{MANAGER}:manager.value","value":"bulkId:boss"}}"#);
    let answer = bulk(
        &host,
        &[
            operation(
                "PATCH",
                &group_path,
                &body(
                    r#"{"op":"add","path":"members","value":[{"value":"bulkId:boss"},{"$ref":"../Users/bulkId:x"},{"$ref":"bulkId:y"}]}"#,
                ),
            ),
            post("boss", "/Users", &user("boss")),
            post("x", "/Users", &data),
            post("y", "/Users", &user("y")),
            operation("PATCH", "/Users/bulkId:y", &body(&patch_manager)),
            operation(
                "PUT",
                "/Users/bulkId:x",
                &data.replace("\"x\"", "\"renamed\""),
            ),
            operation(
                "PATCH",
                &group_path,
                &body(r#"{"op":"remove","path":"members[value eq \"bulkId:boss\"]"}"#),
            ),
            operation(
                "PATCH",
                &group_path,
                &body(r#"{"op":"add","value":{"displayName":"bulkId:boss"}}"#),
            ),
            r#"{"method":"DELETE","path":"Users/bulkId:boss"}"#.to_owned(),
        ],
    );
    let expected = [
        "200", "201", "201", "201", "200", "200", "200", "200", "204",
    ];
    assert_eq!(statuses(&answer), expected, "{answer:?}");
    let [boss, x, y] = [1, 2, 3].map(|at| id(&answer, at));
    assert_eq!(members(&host, &group), [ada, x.clone(), y.clone()]);
    let read = host.send(&format!("GET /Users/{x}"), "");
    assert_eq!(read.text(&["userName"]), Some("renamed"));
    assert_eq!(read.text(&["displayName"]), Some("bulkId:boss"));
    assert_eq!(read.text(&[MANAGER, "manager", "value"]), Some(&*boss));
    let read = host.send(&format!("GET /Users/{y}"), "");
    assert_eq!(read.text(&[MANAGER, "manager", "value"]), Some(&*boss));
    let read = host.send(&format!("GET {group_path}"), "");
    assert_eq!(read.text(&["displayName"]), Some("bulkId:boss"));
    assert_eq!(host.send(&format!("GET /Users/{boss}"), "").status, 404);
    let location = format!("{BASE}/Users/{boss}");
    assert_eq!(text(&answer, 8, "location"), Some(&*location));
}

#[test]
fn b09_references_that_lead_nowhere() {
    let host = Host::strict();
    host.user("ada");
    let answer = bulk(
        &host,
        &[
            post_group("g", &["nobody"]),
            post("taken", "/Users", &user("ada")),
            post_group("h", &["taken"]),
            operation("PUT", "/Users/bulkId:taken", &user("x")),
            post("once", "/Users", &user("grace")),
            post("once", "/Users", &user("alan")),
            post_group("i", &["once"]),
            r#"{"method":"DELETE","path":"/Users/bulkId:nobody"}"#.to_owned(),
        ],
    );
    let expected = ["409", "409", "409", "409", "201", "400", "201", "409"];
    assert_eq!(statuses(&answer), expected);
    for at in [0, 2, 3, 7] {
        assert_eq!(error(&answer, at).0, None, "{at}");
    }
    assert_eq!(error(&answer, 5).0, Some("invalidValue"));
    assert_eq!(members(&host, &id(&answer, 6)), [id(&answer, 4)]);
    let location = format!("{BASE}/Users/bulkId:taken");
    assert_eq!(text(&answer, 3, "location"), Some(&*location));
}

/// In a lenient PATCH the keys of a value without path are paths, with filters (decisions B08, N09).
#[test]
fn b08_references_in_the_keys_of_a_value() {
    let host = Host::lenient();
    let operations =
        r#"[{"op":"replace","value":{"members[value eq \"bulkId:ada\"].display":"Ada"}}]"#;
    let data = format!(r#"{{{PATCH},"Operations":{operations}}}"#);
    let patch = operation("PATCH", "/Groups/bulkId:g", &data);
    let answer = bulk(&host, &[post_user("ada"), post_group("g", &["ada"]), patch]);
    let expected = host.send(&format!("GET /Groups/{}", id(&answer, 1)), "");
    let direct = host.send(
        &format!("PATCH /Groups/{}", id(&answer, 1)),
        &data.replace("bulkId:ada", &id(&answer, 0)),
    );
    assert_eq!(statuses(&answer)[2], direct.status.to_string());
    assert_eq!(members(&host, &id(&answer, 1)), [id(&answer, 0)]);
    assert_eq!(expected.status, 200);
}

#[test]
fn b07_a_circle_through_a_required_or_immutable_place_is_refused() {
    for (name, mutability, required, multi, sub, expected) in [
        ("boss", "readWrite", false, false, "readWrite", "201"),
        ("boss", "readWrite", true, false, "readWrite", "409"),
        ("boss", "immutable", false, false, "readWrite", "409"),
        ("boss", "readWrite", false, false, "immutable", "409"),
        ("team", "readWrite", false, true, "immutable", "201"),
        ("team", "readWrite", true, true, "immutable", "409"),
        ("team", "immutable", false, true, "readWrite", "409"),
    ] {
        let case = format!("{name} {mutability} {required} {sub}");
        let mut registry = Registry::builtin();
        let schema = format!(
            r#"{{"id":"urn:example:Robot","name":"Robot","attributes":[{{"name":"{name}","type":"complex","multiValued":{multi},"required":{required},"mutability":"{mutability}","subAttributes":[{{"name":"value","type":"string","multiValued":false,"mutability":"{sub}"}}]}}]}}"#
        );
        registry.load_schema(&schema).unwrap();
        let of =
            r#"{"id":"Robot","name":"Robot","endpoint":"/Robots","schema":"urn:example:Robot"}"#;
        registry.load_resource_type(of).unwrap();
        let host = Host::with(registry, |builder| builder);
        let robot = |id: &str, other: &str| {
            let value = format!(r#"{{"value":"bulkId:{other}"}}"#);
            let value = if multi { format!("[{value}]") } else { value };
            let data = format!(r#"{{"schemas":["urn:example:Robot"],"{name}":{value}}}"#);
            post(id, "/Robots", &data)
        };
        let circle = bulk(&host, &[robot("a", "b"), robot("b", "a")]);
        assert_eq!(statuses(&circle), [expected; 2], "{case}: {circle:?}");
        let own = bulk(&host, &[robot("a", "a")]);
        assert_eq!(statuses(&own), [expected], "{case}: {own:?}");
        if expected == "409" {
            let (keyword, detail) = error(&own, 0);
            assert_eq!(keyword, None);
            assert!(detail.contains(&format!("`{name}` is ")), "{detail}");
            let all = host.send("GET /Robots", "");
            assert!(
                all.body.to_string().contains(r#""totalResults":0"#),
                "{all:?}"
            );
        }
    }
}
