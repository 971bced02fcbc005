//! Every kind of error has its status and its keyword.

use scim_server::{Limits, MemoryStore, ProtocolPolicy};

use crate::host::{Host, patch, user};

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// Method and path, headers, body, status, keyword. `{id}` is a user's id, `{group}` a group's.
type Row = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
    u16,
    Option<&'static str>,
);

const U: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"new"}"#;
const TEXT: &[(&str, &str)] = &[("Content-Type", "text/plain")];
const LATIN: &[(&str, &str)] = &[("Content-Type", "application/scim+json; charset=latin1")];
const STALE: &[(&str, &str)] = &[("If-Match", "W/\"stale\"")];
const NONE: &[(&str, &str)] = &[];

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // Places and methods (E07, E10, E16).
    ("GET /Nowhere", NONE, "", 404, None),
    ("GET /Users/nobody", NONE, "", 404, None),
    ("PUT /Users/nobody", NONE, U, 404, None),
    ("DELETE /Users/nobody", NONE, "", 404, None),
    ("GET /Users/{id}/name", NONE, "", 404, None),
    ("GET /Groups/{id}", NONE, "", 404, None),
    ("GET /Schemas/urn:nothing", NONE, "", 404, None),
    ("GET /ResourceTypes/user", NONE, "", 404, None),
    ("POST /Schemas/.search", NONE, "{}", 404, None),
    ("PUT /Users", NONE, U, 405, None),
    ("POST /Users/{id}", NONE, U, 405, None),
    ("DELETE /Schemas", NONE, "", 405, None),
    ("GET /Users/.search", NONE, "", 405, None),
    ("BREW /Users", NONE, "", 405, None),
    ("POST /Bulk", NONE, "{}", 400, Some("invalidSyntax")),
    ("GET /Me", NONE, "", 501, None),
    // Bodies (E04, E08).
    ("POST /Users", TEXT, U, 415, None),
    ("POST /Users", LATIN, U, 415, None),
    ("POST /Users", NONE, "", 400, Some("invalidSyntax")),
    ("POST /Users", NONE, "[]", 400, Some("invalidSyntax")),
    ("POST /Users", NONE, r#"{"userName":"x"}"#, 400, Some("invalidSyntax")),
    ("POST /Users", NONE, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x","shoeSize":9}"#, 400, Some("invalidSyntax")),
    ("POST /Users", NONE, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"a":1,"A":2}"#, 400, Some("invalidSyntax")),
    ("POST /Users", NONE, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}"#, 400, Some("invalidValue")),
    ("POST /Users", NONE, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x","active":"no"}"#, 400, Some("invalidValue")),
    ("POST /Users", NONE, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ADA"}"#, 409, Some("uniqueness")),
    ("PUT /Users/{id}", NONE, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"grace"}"#, 409, Some("uniqueness")),
    ("POST /Groups", NONE, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"nobody"}]}"#, 400, Some("invalidValue")),
    ("POST /Groups", NONE, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"{id}","type":"Group"}]}"#, 400, Some("invalidValue")),
    ("POST /Groups", NONE, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"$ref":"https://elsewhere.example/Users/1"}]}"#, 400, Some("invalidValue")),
    ("POST /Groups", NONE, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"{id}","$ref":"../Users/another"}]}"#, 400, Some("invalidValue")),
    ("PUT /Groups/{group}", NONE, r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"{group}"}]}"#, 400, Some("invalidValue")),
    // Queries (Q04, Q14, Q15, Q16, J01, J02).
    ("GET /Users?filter=userName%20is%201", NONE, "", 400, Some("invalidFilter")),
    ("GET /Users?filter=password%20pr", NONE, "", 400, Some("invalidFilter")),
    ("GET /?filter=shoeSize%20pr", NONE, "", 400, Some("invalidFilter")),
    ("GET /Users?sortBy=shoeSize", NONE, "", 400, Some("invalidValue")),
    ("GET /Users?sortBy=userName&sortOrder=up", NONE, "", 400, Some("invalidValue")),
    ("GET /Users?count=1.0", NONE, "", 400, Some("invalidValue")),
    ("GET /Users?count=1&count=2", NONE, "", 400, Some("invalidValue")),
    ("GET /Users?attributes=userName&excludedAttributes=name", NONE, "", 400, Some("invalidValue")),
    ("GET /Users/{id}?attributes=a..b", NONE, "", 400, Some("invalidValue")),
    ("POST /Users/.search", NONE, "{}", 400, Some("invalidSyntax")),
    ("GET /Schemas?filter=id%20pr", NONE, "", 403, None),
    // PATCH (E05, E06, P05, P18 to P21); 400 comes before 404.
    ("PATCH /Users/{id}", NONE, "{}", 400, Some("invalidSyntax")),
    ("PATCH /Users/{id}", NONE, r#"[{"op":"move","path":"title","value":"x"}]"#, 400, Some("invalidValue")),
    ("PATCH /Users/{id}", NONE, r#"[{"op":"add","path":"title"}]"#, 400, Some("invalidValue")),
    ("PATCH /Users/{id}", NONE, r#"[{"op":"remove"}]"#, 400, Some("noTarget")),
    ("PATCH /Users/{id}", NONE, r#"[{"op":"replace","path":"emails[type eq \"x\"].value","value":"x"}]"#, 400, Some("noTarget")),
    ("PATCH /Users/{id}", NONE, r#"[{"op":"add","path":"title]","value":"x"}]"#, 400, Some("invalidPath")),
    ("PATCH /Users/{id}", NONE, r#"[{"op":"add","path":"emails[type xx 1].value","value":"x"}]"#, 400, Some("invalidFilter")),
    ("PATCH /Users/{id}", NONE, r#"[{"op":"replace","path":"id","value":"x"}]"#, 400, Some("mutability")),
    ("PATCH /Users/{id}", NONE, r#"[{"op":"remove","path":"userName"}]"#, 400, Some("mutability")),
    ("PATCH /Users/{id}", NONE, r#"[{"op":"replace","path":"userName","value":"Grace"}]"#, 409, Some("uniqueness")),
    ("PATCH /Users/nobody", NONE, r#"[{"op":"remove"}]"#, 400, Some("noTarget")),
    ("PATCH /Users/nobody", NONE, r#"[{"op":"remove","path":"title"}]"#, 404, None),
    ("PATCH /Groups/{group}", NONE, r#"[{"op":"add","path":"members","value":[{"value":"{group}"}]}]"#, 400, Some("invalidValue")),
    ("PATCH /Groups/{group}", NONE, r#"[{"op":"add","value":{"members":[{"value":"nobody"}]}}]"#, 400, Some("invalidValue")),
    // Conditions (V04, V05).
    ("PUT /Users/{id}", STALE, U, 412, None),
    ("PATCH /Users/{id}", STALE, r#"[{"op":"remove","path":"title"}]"#, 412, None),
    ("DELETE /Users/{id}", STALE, "", 412, None),
    ("GET /Users/{id}", STALE, "", 412, None),
    ("DELETE /Users/nobody", STALE, "", 404, None),
];

#[test]
fn every_error_has_its_status_and_keyword() {
    let host = Host::strict();
    let id = host.user("ada");
    host.user("grace");
    let group = host.create(
        "Groups",
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g"}"#,
    );
    let fill = |text: &str| text.replace("{id}", &id).replace("{group}", &group);
    for (line, headers, body, status, keyword) in ROWS {
        let body = match body
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some(operations) if line.starts_with("PATCH") => patch(operations),
            _ => (*body).to_owned(),
        };
        let answer = host.send_with(&fill(line), headers, &fill(&body));
        let found = (answer.status, answer.scim_type());
        assert_eq!(found, (*status, *keyword), "{line} {body}: {answer:?}");
        assert_eq!(answer.text(&["schemas", "0"]), Some(ERROR), "{line}");
        assert_eq!(
            answer.text(&["status"]),
            Some(&*status.to_string()),
            "{line}"
        );
        let detail = answer.text(&["detail"]).unwrap();
        assert!(
            !detail.is_empty() && !detail.ends_with('.'),
            "{line}: {detail}"
        );
        assert_eq!(
            answer.header("content-type"),
            Some("application/scim+json"),
            "{line}"
        );
        assert_eq!(answer.header("allow").is_some(), *status == 405, "{line}");
    }
    let answer = host.send(&format!("GET /Users/{id}"), "");
    assert_eq!(
        answer.text(&["userName"]),
        Some("ada"),
        "nothing was written"
    );
}

#[test]
fn what_is_too_long_is_413_or_414() {
    let limits = Limits {
        body_bytes: 100,
        query_bytes: 50,
        ..Limits::default()
    };
    let host = Host::new(|builder| builder.limits(limits));
    let answer = host.send("POST /Users", &user(&"x".repeat(100)));
    assert_eq!(answer.status, 413);
    assert!(answer.text(&["detail"]).unwrap().contains("100 bytes"));
    let answer = host.send(&format!("GET /Users?filter={}", "x".repeat(60)), "");
    assert_eq!(answer.status, 414);
    assert!(answer.text(&["detail"]).unwrap().contains("50 bytes"));
}

#[test]
fn v07_preconditions_can_be_required_and_ignored() {
    let mut protocol = ProtocolPolicy::strict();
    protocol.require_precondition = true;
    let host = Host::new(|builder| builder.protocol(protocol));
    let id = host.user("ada");
    let line = format!("DELETE /Users/{id}");
    let answer = host.send(&line, "");
    assert_eq!((answer.status, answer.scim_type()), (428, None));
    assert_eq!(host.send_with(&line, &[("If-Match", "*")], "").status, 204);

    let host = Host::new(|builder| builder.protocol(ProtocolPolicy::interop()));
    let id = host.user("ada");
    let line = format!("GET /Users/{id}");
    assert_eq!(host.send_with(&line, STALE, "").status, 200);
    let answer = host.send_with("POST /Users", &[("Content-Type", "application/json")], U);
    assert_eq!(answer.status, 415);
}

#[test]
fn a_failing_host_is_500_and_its_cause_is_for_the_host_alone() {
    use scim_server::scim_schema::Registry;
    use scim_server::{Cause, ServiceProvider};
    let long = "x".repeat(257);
    for id in [
        "",
        "a/b",
        "bulkId:1",
        "my-BULKID",
        ".search",
        "a.scim",
        "é",
        &long,
    ] {
        let bad = id.to_owned();
        let ids = move || bad.clone();
        let builder = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), ids);
        let provider = builder.build().unwrap();
        let request = scim_server::http::Request::post("/scim/v2/Users").body(U.into());
        let context = Host::strict().context();
        let response = provider.handle(request.unwrap(), &context);
        let response = scim_server::contract::block_on(response);
        let cause = response.extensions().get::<Cause>().unwrap().to_string();
        assert!(cause.contains(id), "{cause}");
        let answer = crate::host::read(response);
        assert_eq!((answer.status, answer.scim_type()), (500, None), "{id}");
        let detail = answer.text(&["detail"]).unwrap();
        assert!(id.is_empty() || !detail.contains(id), "{detail}");
    }
}
