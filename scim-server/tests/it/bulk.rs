//! Bulk requests (RFC 7644 §3.7, decisions B01 to B17).

mod references;

use scim_server::scim_core::{Policy, Value};
use scim_server::{Departures, Limits, ProtocolPolicy};

use crate::host::{Answer, BASE, Host, user};

const GROUP: &str = r#""schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]"#;
const USER: &str = r#""schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]"#;
const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH: &str = r#""schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]"#;

/// The message with these operations, and more members before them.
fn message(more: &str, operations: &[String]) -> String {
    let operations = operations.join(",");
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],{more}"Operations":[{operations}]}}"#
    )
}

fn bulk(host: &Host, operations: &[String]) -> Answer {
    let answer = host.send("POST /Bulk", &message("", operations));
    assert_eq!(answer.status, 200, "{answer:?}");
    let schema = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
    assert_eq!(answer.text(&["schemas", "0"]), Some(schema));
    answer
}

fn post(bulk_id: &str, path: &str, data: &str) -> String {
    format!(r#"{{"method":"POST","path":"{path}","bulkId":"{bulk_id}","data":{data}}}"#)
}

fn post_user(name: &str) -> String {
    post(name, "/Users", &user(name))
}

fn post_group(name: &str, members: &[&str]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|member| format!(r#"{{"value":"bulkId:{member}"}}"#))
        .collect();
    let members = members.join(",");
    let data = format!(r#"{{{GROUP},"displayName":"{name}","members":[{members}]}}"#);
    post(name, "/Groups", &data)
}

fn operation(method: &str, path: &str, data: &str) -> String {
    format!(r#"{{"method":"{method}","path":"{path}","data":{data}}}"#)
}

/// The status of each result, in order.
fn statuses(answer: &Answer) -> Vec<&str> {
    let results = answer.body.as_object().unwrap().get("Operations").unwrap();
    let results = results.as_array().unwrap().iter();
    results
        .map(|result| {
            result
                .as_object()
                .unwrap()
                .get("status")
                .unwrap()
                .as_str()
                .unwrap()
        })
        .collect()
}

fn text<'a>(answer: &'a Answer, at: usize, name: &str) -> Option<&'a str> {
    answer.text(&["Operations", &at.to_string(), name])
}

/// Keyword and words of a failed operation.
fn error(answer: &Answer, at: usize) -> (Option<&str>, &str) {
    let at = at.to_string();
    let schema = answer.text(&["Operations", &at, "response", "schemas", "0"]);
    assert_eq!(schema, Some("urn:ietf:params:scim:api:messages:2.0:Error"));
    let status = answer.text(&["Operations", &at, "response", "status"]);
    assert_eq!(status, answer.text(&["Operations", &at, "status"]));
    (
        answer.text(&["Operations", &at, "response", "scimType"]),
        answer
            .text(&["Operations", &at, "response", "detail"])
            .unwrap(),
    )
}

/// The id at the end of a location.
fn id(answer: &Answer, at: usize) -> String {
    let location = text(answer, at, "location").unwrap();
    location.rsplit('/').next().unwrap().to_owned()
}

/// The ids that a group lists.
fn members(host: &Host, group: &str) -> Vec<String> {
    let group = host.send(&format!("GET /Groups/{group}"), "");
    assert_eq!(group.status, 200);
    let members = group.body.as_object().unwrap().get("members");
    let members = members.into_iter().flat_map(Value::elements);
    members
        .map(|member| {
            member
                .as_object()
                .unwrap()
                .get("value")
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

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
fn b04_fail_on_errors_below_one() {
    let operations = [
        post("1", "/Users", &user("ada")),
        post("2", "/Users", &user("ada")),
    ];
    for number in [0, -1] {
        let body = message(&format!(r#""failOnErrors":{number},"#), &operations);
        for host in [
            Host::strict(),
            Host::new(|b| b.protocol(ProtocolPolicy::interop())),
        ] {
            let answer = host.send("POST /Bulk", &body);
            assert_eq!(
                (answer.status, answer.scim_type()),
                (400, Some("invalidValue"))
            );
            assert_eq!(
                host.send("GET /Users?count=0", "")
                    .text(&["Resources", "0"]),
                None
            );
        }
        let host = Host::lenient();
        host.user("ada");
        assert_eq!(statuses(&host.send("POST /Bulk", &body)), ["409"]);
    }
}

#[test]
fn b05_b16_the_message_must_be_sound() {
    let host = Host::strict();
    for (body, keyword) in [
        ("{}".to_owned(), "invalidSyntax"),
        ("[".to_owned(), "invalidSyntax"),
        (message("", &[]), "invalidSyntax"),
        (
            message("", &[r#"{"path":"/Users"}"#.to_owned()]),
            "invalidSyntax",
        ),
        (
            message(r#""failOnErrors":"1","#, &[post_user("a")]),
            "invalidValue",
        ),
        (
            r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]}"#.to_owned(),
            "invalidSyntax",
        ),
        (
            message("", &[post_user("a")]).replace("BulkRequest", "BulkResponse"),
            "invalidSyntax",
        ),
    ] {
        let answer = host.send("POST /Bulk", &body);
        assert_eq!(
            (answer.status, answer.scim_type()),
            (400, Some(keyword)),
            "{body}"
        );
    }
    assert_eq!(host.send("GET /Bulk", "").status, 405);
    assert_eq!(
        host.send("OPTIONS /Bulk", "").header("allow"),
        Some("POST, OPTIONS")
    );
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
fn b10_b11_bulk_id_method_and_path() {
    let nameless = operation("POST", "/Users", &user("nameless"));
    let lower = post("low", "/Users", &user("low")).replace("POST", "post");
    let host = Host::strict();
    let id = host.user("ada");
    let mut operations = vec![nameless.clone(), lower.clone()];
    operations.extend(
        [
            ("GET", "/Users"),
            ("POST", "/Bulk"),
            ("POST", "/Me"),
            ("POST", "/.search"),
            ("POST", "/Users/.search"),
            ("POST", "/Users/1"),
            ("POST", "/Schemas"),
            ("POST", ""),
            ("POST", "/Nowhere"),
            ("POST", "/v2/Users"),
            ("POST", "/v9/Users"),
            ("PUT", "/Users"),
            ("PATCH", "/Me"),
            ("DELETE", "https://scim.example.com/scim/v2/Users/1"),
            ("DELETE", "//scim.example.com/Users/1"),
            ("DELETE", "/Users/1?attributes=id"),
        ]
        .map(|(method, path)| {
            let data = user("x");
            format!(
                r#"{{"method":"{method}","path":"{path}","bulkId":"{method}{path}","data":{data}}}"#
            )
        }),
    );
    operations.push(format!(r#"{{"method":"DELETE","path":"/Users/{id}?"}}"#));
    operations.push(format!(r#"{{"method":"PUT","path":"/Users/{id}"}}"#));
    operations.push(r#"{"method":"POST","path":"/Users","bulkId":"none"}"#.to_owned());
    operations.push(post("text", "/Users", "\"x\""));
    let answer = bulk(&host, &operations);
    for (at, status) in statuses(&answer).into_iter().enumerate() {
        assert_eq!(status, "400", "{}", operations[at]);
        let keyword = match &*operations[at] {
            _ if at + 3 >= operations.len() => "invalidSyntax",
            _ => "invalidValue",
        };
        assert_eq!(error(&answer, at).0, Some(keyword), "{}", operations[at]);
        let is_post = operations[at].contains("\"POST\"");
        assert_eq!(text(&answer, at, "location").is_none(), is_post, "{at}");
    }
    assert_eq!(host.send(&format!("GET /Users/{id}"), "").status, 200);
    // Where the base path ends without the version, both requests and operations may name it.
    let host = Host::new(|builder| builder.base_path("/scim"));
    let versions = ["v2", "v9"].map(|v| post(v, &format!("/{v}/Users"), &user(v)));
    let answer = bulk(&host, &versions);
    assert_eq!(statuses(&answer), ["201", "400"]);
    assert_eq!(error(&answer, 1).0, Some("invalidVers"));

    let host = Host::lenient();
    let request = scim_server::http::Request::post("/scim/v2/Bulk");
    let response = host.respond(
        request
            .body(message("", &[nameless, lower]).into())
            .unwrap(),
    );
    let departures = response.extensions().get::<Departures>().unwrap();
    let mut tolerances: Vec<_> = departures.iter().map(|d| d.tolerance.as_str()).collect();
    tolerances.sort_unstable();
    assert_eq!(tolerances, ["missing_bulk_id", "op_case_insensitive"]);
    assert_eq!(statuses(&crate::host::read(response)), ["201", "201"]);
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
fn b14_the_limits_are_announced_and_kept() {
    let limits = Limits {
        bulk_operations: 2,
        bulk_payload_bytes: 1000,
        ..Limits::default()
    };
    let host = Host::new(|builder| builder.limits(limits));
    let config = host.send("GET /ServiceProviderConfig", "").body.to_string();
    let announced = r#""bulk":{"supported":true,"maxOperations":2,"maxPayloadSize":1000}"#;
    assert!(config.contains(announced), "{config}");
    let two = [post_user("a"), post_user("b")];
    assert_eq!(statuses(&bulk(&host, &two)), ["201", "201"]);
    let three = [post_user("c"), post_user("d"), post_user("e")];
    let answer = host.send("POST /Bulk", &message("", &three));
    assert_eq!((answer.status, answer.scim_type()), (413, None));
    let detail = answer.text(&["detail"]).unwrap();
    assert!(
        detail.contains("maxOperations") && detail.contains('2'),
        "{detail}"
    );
    // Too long, and no JSON: the size is judged first.
    let answer = host.send("POST /Bulk", &"x".repeat(1001));
    assert_eq!(answer.status, 413);
    let detail = answer.text(&["detail"]).unwrap();
    assert!(
        detail.contains("maxPayloadSize") && detail.contains("1000"),
        "{detail}"
    );
    // Other requests may be longer.
    let long = user(&"x".repeat(2000));
    assert_eq!(host.send("POST /Users", &long).status, 201);

    let limits = Limits {
        body_bytes: 500,
        ..Limits::default()
    };
    let host = Host::new(|builder| builder.limits(limits));
    let config = host.send("GET /ServiceProviderConfig", "").body.to_string();
    assert!(config.contains(r#""maxPayloadSize":500}"#), "{config}");
}

#[test]
fn switched_off_bulk_is_501_and_announced_so() {
    let mut protocol = ProtocolPolicy::strict();
    protocol.bulk = false;
    let host = Host::new(|builder| builder.protocol(protocol));
    let answer = host.send("POST /Bulk", &message("", &[post_user("ada")]));
    assert_eq!((answer.status, answer.scim_type()), (501, None));
    let config = host.send("GET /ServiceProviderConfig", "").body.to_string();
    let off = r#""bulk":{"supported":false,"maxOperations":0,"maxPayloadSize":0}"#;
    assert!(config.contains(off), "{config}");
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
