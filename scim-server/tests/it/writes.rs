//! POST, PUT, PATCH and DELETE: what is kept, what changes, what comes back.

use scim_server::scim_core::{Policy, Value};
use scim_server::{Departures, Limits, ProtocolPolicy, Tenant};

use crate::host::{Answer, BASE, Host, patch, user};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

fn versions(answer: &Answer) -> (Option<&str>, Option<&str>, Option<&str>) {
    (
        answer.header("etag"),
        answer.text(&["meta", "version"]),
        answer.text(&["meta", "lastModified"]),
    )
}

#[test]
fn meta_and_headers_say_the_same() {
    let host = Host::strict();
    let created = host.send("POST /Users", &user("ada"));
    let id = created.text(&["id"]).unwrap();
    let location = format!("{BASE}/Users/{id}");
    for answer in [&created, &host.send(&format!("GET /Users/{id}"), "")] {
        assert_eq!(answer.text(&["meta", "location"]), Some(&*location));
        assert_eq!(answer.header("location"), Some(&*location));
        assert_eq!(answer.header("content-location"), Some(&*location));
        assert_eq!(answer.text(&["meta", "resourceType"]), Some("User"));
        let (etag, version, modified) = versions(answer);
        assert!(etag.unwrap().starts_with("W/\"") && etag == version);
        assert_eq!(answer.text(&["meta", "created"]), modified);
        assert_eq!(modified, Some("2026-01-01T00:00:00.000Z"));
    }
}

#[test]
fn a_new_resource_has_what_was_sent_and_what_is_the_servers() {
    let host = Host::strict();
    let names = |answer: &Answer| {
        let object = answer.body.as_object().unwrap();
        object
            .iter()
            .map(|(name, _)| name.to_string())
            .collect::<Vec<_>>()
    };
    let first = host.send("POST /Users", &user("ada"));
    assert_eq!(names(&first), ["schemas", "id", "userName", "meta"]);
    assert_eq!(first.text(&["id"]).map(str::len), Some(36));
    // The same externalId twice, and one address under two types, are nobody's conflict.
    for name in ["b", "c"] {
        let body = format!(
            r#"{{"schemas":["{USER}"],"externalId":"E","userName":"{name}","emails":[{{"value":"x@x","type":"work"}},{{"value":"x@x","type":"home"}}]}}"#
        );
        let answer = host.send("POST /Users", &body);
        assert_eq!(answer.text(&["externalId"]), Some("E"));
        assert_eq!(answer.text(&["emails", "0", "type"]), Some("work"));
        assert_eq!(answer.text(&["emails", "1", "type"]), Some("home"));
    }
    let found = host.send("GET /Users?filter=externalId%20eq%20%22E%22", "");
    assert!(
        found.body.to_string().contains(r#""totalResults":2"#),
        "{found:?}"
    );
}

#[test]
fn v08_what_changes_nothing_keeps_version_and_time() {
    let host = Host::strict();
    let body = format!(
        r#"{{"schemas":["{USER}"],"userName":"ada","title":"x","emails":[{{"value":"a@x"}},{{"value":"b@x"}}]}}"#
    );
    let id = host.create("Users", &body);
    let before = host.send(&format!("GET /Users/{id}"), "");
    let reordered = body.replace(
        r#"{"value":"a@x"},{"value":"b@x"}"#,
        r#"{"value":"b@x"},{"value":"a@x"}"#,
    );
    for (line, body) in [
        ("PUT", body.clone()),
        ("PUT", reordered),
        ("PUT", body.replace("userName", "USERNAME")),
        (
            "PATCH",
            patch(r#"{"op":"replace","path":"title","value":"x"}"#),
        ),
        (
            "PATCH",
            patch(r#"{"op":"add","path":"emails","value":[{"value":"A@x"}]}"#),
        ),
        ("PATCH", patch(r#"{"op":"remove","path":"nickName"}"#)),
        (
            "PATCH",
            patch(
                r#"{"op":"add","path":"nickName","value":"n"},{"op":"remove","path":"nickName"}"#,
            ),
        ),
    ] {
        let answer = host.send(&format!("{line} /Users/{id}"), &body);
        assert_eq!(answer.status, 200, "{body}: {answer:?}");
        assert_eq!(versions(&answer), versions(&before), "{body}");
        assert_eq!(answer.body, before.body, "{body}");
    }
    let answer = host.send(
        &format!("PATCH /Users/{id}"),
        &patch(r#"{"op":"replace","path":"title","value":"y"}"#),
    );
    assert_ne!(versions(&answer), versions(&before));
}

#[test]
fn v11_a_change_is_later_even_if_the_clock_is_not() {
    let host = Host::strict();
    let id = host.user("ada");
    let ahead = host.send(
        &format!("PATCH /Users/{id}"),
        &patch(r#"{"op":"add","path":"title","value":"1"}"#),
    );
    host.turn_back();
    let behind = host.send(
        &format!("PATCH /Users/{id}"),
        &patch(r#"{"op":"add","path":"title","value":"2"}"#),
    );
    let times = [&ahead, &behind].map(|answer| answer.text(&["meta", "lastModified"]).unwrap());
    assert_eq!(
        times,
        ["2026-01-01T00:00:01.000Z", "2026-01-01T00:00:01.001Z"]
    );
}

#[test]
fn w21_defaults_are_the_hosts() {
    let active = |answer: &Answer| {
        let active = answer.body.as_object().unwrap().get("active");
        active.and_then(Value::as_bool)
    };
    let strict = Host::strict();
    assert_eq!(active(&strict.send("POST /Users", &user("ada"))), None);

    let host = Host::lenient();
    let created = host.send("POST /Users", &user("ada"));
    assert_eq!(active(&created), Some(true));
    let with =
        |value: &str| format!(r#"{{"schemas":["{USER}"],"userName":"bob","active":{value}}}"#);
    assert_eq!(active(&host.send("POST /Users", &with("null"))), None);
    let line = format!("PUT /Users/{}", created.text(&["id"]).unwrap());
    assert_eq!(active(&host.send(&line, &user("ada"))), Some(true));
    let off = with("false").replace("bob", "ada");
    assert_eq!(active(&host.send(&line, &off)), Some(false));
    assert_eq!(
        active(&host.send(&line, &user("ada"))),
        Some(false),
        "kept as stored"
    );
}

#[test]
fn secrets_are_hashed_and_never_shown() {
    let host = Host::new(|builder| {
        builder.hash_secrets(async |secret| Ok(format!("hashed:{}", secret.len())))
    });
    let body = format!(r#"{{"schemas":["{USER}"],"userName":"ada","password":"first-secret"}}"#);
    let created = host.send("POST /Users", &body);
    let id = created.text(&["id"]).unwrap().to_owned();
    let line = format!("/Users/{id}?attributes=password,userName");
    let mut answers = vec![created];
    assert_eq!(host.stored(&id).get("password"), Some(&"hashed:12".into()));
    answers.push(host.send(
        &format!("PUT {line}"),
        &body.replace("first-secret", "second"),
    ));
    assert_eq!(host.stored(&id).get("password"), Some(&"hashed:6".into()));
    answers.push(host.send(&format!("PUT {line}"), &user("ada")));
    assert_eq!(
        host.stored(&id).get("password"),
        Some(&"hashed:6".into()),
        "kept (W09)"
    );
    for operation in [
        r#"{"op":"replace","path":"password","value":"third-secret!"}"#,
        r#"{"op":"replace","value":{"password":"third-secret!"}}"#,
    ] {
        answers.push(host.send(&format!("PATCH {line}"), &patch(operation)));
        assert_eq!(host.stored(&id).get("password"), Some(&"hashed:13".into()));
    }
    answers.push(host.send(&format!("GET {line}"), ""));
    answers.push(host.send("GET /Users", ""));
    for answer in answers {
        assert!(answer.status < 300, "{answer:?}");
        let shown = answer.body.to_string();
        assert!(
            !shown.contains("password") && !shown.contains("hashed"),
            "{shown}"
        );
    }
    for (line, body) in [
        (
            "POST /Users",
            body.replace("\"first-secret\"", "{\"a\":\"first-secret\"}"),
        ),
        (
            "POST /Users",
            body.replace("first-secret", "first-secret\\u0000"),
        ),
        (
            &*format!("PATCH {line}"),
            patch(r#"{"op":"add","path":"password","value":["first-secret"]}"#),
        ),
    ] {
        let answer = host.send(line, &body);
        assert_eq!(answer.scim_type(), Some("invalidValue"), "{answer:?}");
        assert!(
            !answer.body.to_string().contains("first-secret"),
            "{answer:?}"
        );
    }

    let announced = |host: &Host| host.send("GET /ServiceProviderConfig", "").body.to_string();
    assert!(announced(&host).contains(r#""changePassword":{"supported":true}"#));
    let host = Host::strict();
    let id = host.create("Users", &body);
    let stored = host.stored(&id);
    assert_eq!(
        stored.get("password"),
        Some(&"set".into()),
        "nothing readable is kept"
    );
    assert!(announced(&host).contains(r#""changePassword":{"supported":false}"#));
}

#[test]
fn p30_a_patch_of_a_large_resource_is_answered_without_it() {
    let limits = Limits {
        patch_answer_elements: 2,
        ..Limits::default()
    };
    let host = Host::new(|builder| builder.limits(limits));
    let members: Vec<_> = ["a", "b", "c"]
        .map(|name| format!(r#"{{"value":"{}"}}"#, host.user(name)))
        .into();
    let group = host.create("Groups", &group(&members[..2].join(",")));
    let add = patch(&format!(
        r#"{{"op":"add","path":"members","value":[{}]}}"#,
        members[2]
    ));
    let same = patch(r#"{"op":"replace","path":"displayName","value":"g"}"#);
    let line = format!("PATCH /Groups/{group}");
    assert_eq!(host.send(&line, &same).status, 200, "two members");
    let answer = host.send(&line, &add);
    assert_eq!((answer.status, &answer.body), (204, &Value::Null));
    let location = format!("{BASE}/Groups/{group}");
    assert_eq!(answer.header("location"), Some(&*location));
    assert!(answer.header("etag").is_some() && answer.header("content-type").is_none());
    for query in ["?attributes=displayName", "?excludedAttributes=displayName"] {
        assert_eq!(
            host.send(&format!("{line}{query}"), &same).status,
            200,
            "{query}"
        );
    }
    assert_eq!(
        host.send(&format!("PUT /Groups/{group}"), &self::group(""))
            .status,
        200
    );
}

fn group(members: &str) -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{members}]}}"#
    )
}

#[test]
fn tolerances_are_reported_to_the_host() {
    let host = Host::lenient();
    let request = |body: &str| {
        let request =
            scim_server::http::Request::post("/scim/v2/Users?COUNT=1&ATTRIBUTES=userName");
        let response = host.respond(request.body(body.to_owned().into()).unwrap());
        let departures = response.extensions().get::<Departures>();
        let report: Option<Vec<_>> =
            departures.map(|all| all.iter().map(|d| d.tolerance.as_str()).collect());
        report.unwrap_or_default()
    };
    let report = request(r#"{"userName":"ada","shoeSize":9,"active":"True"}"#);
    for tolerance in [
        "complete_schemas",
        "unknown_attributes",
        "value_coercion",
        "query_case_insensitive",
    ] {
        assert!(report.contains(&tolerance), "{tolerance} in {report:?}");
    }
    let host = Host::lenient();
    let request = scim_server::http::Request::post("/scim/v2/Users");
    let response = host.respond(request.body(user("ada").into()).unwrap());
    assert!(response.extensions().get::<Departures>().is_none());
}

#[test]
fn tenants_are_apart() {
    let host = Host::strict();
    let id = host.user("ada");
    let ask = |tenant: &str, method: &str, path: &str, body: &str| {
        let request = scim_server::http::Request::builder();
        let request = request.method(method).uri(format!("/scim/v2{path}"));
        let mut context = host.context();
        context.tenant = Tenant::new(tenant);
        let request = request.body(body.to_owned().into()).unwrap();
        let response = scim_server::contract::block_on(host.provider.handle(request, &context));
        crate::host::read(response)
    };
    assert_eq!(ask("", "GET", &format!("/Users/{id}"), "").status, 200);
    assert_eq!(ask("acme", "GET", &format!("/Users/{id}"), "").status, 404);
    assert_eq!(ask("acme", "POST", "/Users", &user("ADA")).status, 201);
    let member = group(&format!(r#"{{"value":"{id}"}}"#));
    assert_eq!(
        ask("acme", "POST", "/Groups", &member).status,
        400,
        "unknown in acme (G01)"
    );
    assert_eq!(ask("", "POST", "/Groups", &member).status, 201);
    let external = patch(r#"{"op":"add","path":"externalId","value":"E"}"#);
    assert_eq!(
        ask("", "PATCH", &format!("/Users/{id}"), &external).status,
        200
    );
    for (tenant, total) in [("", 1), ("acme", 0), ("another", 0)] {
        let found = ask(tenant, "GET", "/Users?filter=externalId%20eq%20%22E%22", "");
        let expected = format!("\"totalResults\":{total}");
        assert!(
            found.body.to_string().contains(&expected),
            "{tenant}: {found:?}"
        );
    }
}

#[test]
fn the_base_path_may_be_stripped_by_the_host() {
    let host = Host::new(|builder| builder.base_path(""));
    let request = scim_server::http::Request::post("/Users").body(user("ada").into());
    let answer = crate::host::read(host.respond(request.unwrap()));
    assert_eq!(answer.status, 201);
    let location = answer.header("location").unwrap();
    assert!(
        location.starts_with("https://scim.example.com/scim/v2/Users/"),
        "{location}"
    );
    assert_eq!(
        host.send("GET /Users", "").status,
        404,
        "/scim/v2 is not below it"
    );
}

#[test]
fn a_handled_request_can_be_sent_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    let host = Host::strict();
    let context = host.context();
    let request = scim_server::http::Request::get("/scim/v2/Users").body(Default::default());
    let future = host.provider.handle(request.unwrap(), &context);
    is_send(&future);
    assert_eq!(scim_server::contract::block_on(future).status(), 200);
}

#[test]
fn the_strict_provider_refuses_what_the_lenient_one_lets_pass() {
    let strict = Host::strict();
    let lenient = Host::new(|builder| {
        builder
            .policy(Policy::lenient())
            .protocol(ProtocolPolicy::lenient())
    });
    for (line, body) in [
        ("POST /Users", r#"{"userName":"a"}"#),
        (
            "POST /Groups",
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"nobody"}]}"#,
        ),
        ("GET /Users?COUNT=x", ""),
        ("GET /ServiceProviderConfigs", ""),
        ("GET /Users?filter=active%20eq%20%22True%22", ""),
    ] {
        let (strict, lenient) = (strict.send(line, body), lenient.send(line, body));
        match line.contains("COUNT") {
            true => assert_eq!((strict.status, lenient.status), (200, 400), "{line}"),
            false => assert!(strict.status >= 400 && lenient.status < 300, "{line}"),
        }
    }
}
