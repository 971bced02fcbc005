//! What the operations of a bulk request do, and what is told of each (decisions B02, B03, B06, B12, B13).

use super::*;

#[test]
fn b13_each_result_has_status_location_and_version() {
    let host = Host::strict();
    let grace = host.user("grace");
    let alan = host.user("alan");
    let answer = bulk(
        &host,
        &[
            post_user("ada"),
            operation("PUT", &format!("/Users/{grace}"), &user("hopper")),
            operation(
                "PATCH",
                &format!("Users/{grace}"),
                &format!(r#"{{{PATCH},"Operations":[{{"op":"add","path":"title","value":"x"}}]}}"#),
            ),
            format!(r#"{{"method":"DELETE","path":"/Users/{alan}","bulkId":"gone"}}"#),
        ],
    );
    assert_eq!(statuses(&answer), ["201", "200", "200", "204"]);
    let ada = host.send(&format!("GET /Users/{}", id(&answer, 0)), "");
    assert_eq!(ada.text(&["userName"]), Some("ada"));
    assert_eq!(
        ada.text(&["meta", "location"]),
        text(&answer, 0, "location")
    );
    assert_eq!(ada.text(&["meta", "version"]), text(&answer, 0, "version"));
    let hopper = host.send(&format!("GET /Users/{grace}"), "");
    assert_eq!(hopper.text(&["userName"]), Some("hopper"));
    assert_eq!(hopper.text(&["title"]), Some("x"));
    assert_eq!(
        hopper.text(&["meta", "version"]),
        text(&answer, 2, "version")
    );
    assert_ne!(text(&answer, 1, "version"), text(&answer, 2, "version"));
    let location = format!("{BASE}/Users/{alan}");
    assert_eq!(text(&answer, 3, "location"), Some(&*location));
    assert_eq!(text(&answer, 3, "version"), None);
    assert_eq!(host.send(&format!("GET /Users/{alan}"), "").status, 404);
    let bulk_ids: Vec<_> = (0..4).map(|at| text(&answer, at, "bulkId")).collect();
    assert_eq!(bulk_ids, [Some("ada"), None, None, Some("gone")]);
    let methods: Vec<_> = (0..4)
        .filter_map(|at| text(&answer, at, "method"))
        .collect();
    assert_eq!(methods, ["POST", "PUT", "PATCH", "DELETE"]);
    assert!(!answer.body.to_string().contains("response"));
}

#[test]
fn b02_a_failure_has_its_error_and_keeps_no_other_from_being_done() {
    let host = Host::strict();
    host.user("ada");
    let answer = bulk(
        &host,
        &[
            post("q", "/Users", &user("ADA")),
            operation("PUT", "/Users/nobody", &user("x")),
            operation("PATCH", "/Users/nobody", r#"{"a":1}"#),
            r#"{"method":"DELETE","path":"/Users/nobody"}"#.to_owned(),
            post_user("grace"),
            post("r", "/Users", &user("grace")),
        ],
    );
    let expected = ["409", "404", "400", "404", "201", "409"];
    assert_eq!(statuses(&answer), expected);
    assert_eq!(error(&answer, 0).0, Some("uniqueness"));
    assert_eq!(error(&answer, 1).0, None);
    assert_eq!(error(&answer, 2).0, Some("invalidSyntax"));
    assert_eq!(error(&answer, 5).0, Some("uniqueness"));
    assert_eq!(text(&answer, 0, "bulkId"), Some("q"));
    let nobody = format!("{BASE}/Users/nobody");
    let locations: Vec<_> = (0..4).map(|at| text(&answer, at, "location")).collect();
    assert_eq!(
        locations,
        [None, Some(&*nobody), Some(&*nobody), Some(&*nobody)]
    );
    assert_eq!(text(&answer, 1, "version"), None);
}

#[test]
fn b03_processing_stops_after_so_many_errors() {
    let host = Host::strict();
    host.user("ada");
    let operations = [
        post("1", "/Users", &user("grace")),
        post("2", "/Users", &user("ada")),
        post("3", "/Users", &user("alan")),
        post("4", "/Users", &user("ada")),
        post("5", "/Users", &user("edsger")),
    ];
    let send = |more: &str| host.send("POST /Bulk", &message(more, &operations));
    let answer = send(r#""failOnErrors":2,"#);
    assert_eq!(answer.status, 200);
    assert_eq!(statuses(&answer), ["201", "409", "201", "409"]);
    let total = |filter: &str| {
        let found = host.send(&format!("GET /Users?count=0&filter={filter}"), "");
        found
            .body
            .as_object()
            .unwrap()
            .get("totalResults")
            .unwrap()
            .clone()
    };
    assert_eq!(total("userName%20eq%20%22alan%22"), Value::from(1i64));
    assert_eq!(total("userName%20eq%20%22edsger%22"), Value::from(0i64));
    assert_eq!(statuses(&send(r#""failOnErrors":1,"#)), ["409"]);
    assert_eq!(statuses(&send(r#""failOnErrors":5,"#)).len(), 5);
}

#[test]
fn b06_what_is_referred_to_is_made_first_and_results_keep_their_order() {
    let host = Host::strict();
    let answer = bulk(
        &host,
        &[
            post_group("outer", &["inner", "ada"]),
            post_group("inner", &["ada", "grace"]),
            post_user("grace"),
            post_user("ada"),
        ],
    );
    assert_eq!(statuses(&answer), ["201"; 4]);
    let bulk_ids: Vec<_> = (0..4)
        .filter_map(|at| text(&answer, at, "bulkId"))
        .collect();
    assert_eq!(bulk_ids, ["outer", "inner", "grace", "ada"]);
    let [outer, inner, grace, ada] = [0, 1, 2, 3].map(|at| id(&answer, at));
    assert_eq!(members(&host, &outer), [inner.clone(), ada.clone()]);
    assert_eq!(members(&host, &inner), [ada, grace]);
}

#[test]
fn b12_a_version_is_a_precondition() {
    let host = Host::strict();
    let id = host.user("ada");
    let version = host
        .send(&format!("GET /Users/{id}"), "")
        .text(&["meta", "version"])
        .unwrap()
        .replace('"', "\\\"");
    let put = |version: &str, name: &str| {
        let data = user(name);
        format!(r#"{{"method":"PUT","path":"/Users/{id}","version":"{version}","data":{data}}}"#)
    };
    let delete = format!(r#"{{"method":"DELETE","path":"/Users/{id}","version":"W/\"stale\""}}"#);
    let operations = [
        put("W/\\\"stale\\\"", "x"),
        put("*", "x"),
        put(&version, "grace"),
        put(&version, "x"),
        delete,
    ];
    let answer = bulk(&host, &operations);
    assert_eq!(statuses(&answer), ["412", "412", "200", "412", "412"]);
    assert_eq!(error(&answer, 0).0, None);
    let location = format!("{BASE}/Users/{id}");
    assert_eq!(text(&answer, 0, "location"), Some(&*location));
    assert_eq!(
        host.send(&format!("GET /Users/{id}"), "")
            .text(&["userName"]),
        Some("grace")
    );

    let mut protocol = ProtocolPolicy::strict();
    protocol.require_precondition = true;
    let host = Host::new(|builder| builder.protocol(protocol));
    let id = host.user("ada");
    let answer = bulk(
        &host,
        &[operation("PUT", &format!("/Users/{id}"), &user("x"))],
    );
    assert_eq!(statuses(&answer), ["428"]);
}

#[test]
fn passwords_in_a_bulk_request_are_kept_as_hashes() {
    let host = Host::new(|builder| {
        builder
            .policy(Policy::lenient())
            .hash_secrets(async |_| Ok("hashed".to_owned()))
    });
    let data = user("ada").replace("}", r#","password":"swordfish"}"#);
    let answer = bulk(&host, &[post("a", "/Users", &data)]);
    assert!(!answer.body.to_string().contains("swordfish"));
    let stored = host.stored(&id(&answer, 0));
    assert_eq!(
        stored.get("password").and_then(Value::as_str),
        Some("hashed")
    );
}
