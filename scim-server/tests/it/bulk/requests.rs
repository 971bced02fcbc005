//! What a bulk request may be: the message, its limits, and what an operation names (decisions B04, B05, B10, B11, B14, B16).

use super::*;

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
