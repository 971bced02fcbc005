//! Whatever arrives, the answer is one of the protocol, and it is not the server's fault.

use scim_server::bytes::Bytes;
use scim_server::http::{Method, Request, Uri};

use crate::host::{Host, patch, read, user};

/// Sends raw bytes where a request line and headers can hold them.
fn send(host: &Host, method: &str, path: &str, headers: &[(&str, &[u8])], body: &[u8]) -> u16 {
    let Ok(method) = Method::from_bytes(method.as_bytes()) else {
        return 0;
    };
    let Ok(uri) = format!("/scim/v2{path}").parse::<Uri>() else {
        return 0;
    };
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let Ok(request) = request.body(Bytes::copy_from_slice(body)) else {
        return 0;
    };
    let shown = format!("{request:?}");
    let head = request.method() == Method::HEAD;
    let answer = read(host.respond(request));
    let good = matches!(answer.status, 200..=299 | 304 | 400..=499 | 501);
    assert!(good, "{} for {shown}: nothing is redirected", answer.status);
    if answer.status >= 400 && !head {
        let status = answer.text(&["status"]).map(str::to_owned);
        assert_eq!(status, Some(answer.status.to_string()), "{shown}");
    }
    answer.status
}

const PIECES: &[&str] = &[
    "",
    "/",
    "Users",
    "Groups",
    "/Users/",
    "..",
    "%00",
    "%FF",
    "%",
    "?",
    "&",
    "=",
    "filter=",
    "count=",
    "startIndex=",
    "attributes=",
    "sortBy=",
    "userName%20eq%20%22a%22",
    "-1",
    "9999999999999999999999",
    "members[value",
    "%5B",
    "(((((",
    "urn:ietf:params:scim:schemas:core:2.0:User:",
    ".search",
    ".scim",
    "Schemas",
    "ResourceTypes",
    "ServiceProviderConfig",
    "Bulk",
    "Me",
    "v1",
    "v2",
    "\u{e9}",
    "+",
    "#",
    "excludedAttributes=",
    "cursor=",
    "sortOrder=descending",
    "a.b.c",
    "$ref",
    "null",
    "*",
    "\"",
];

const BODIES: &[&str] = &[
    "",
    "{",
    "}",
    "[]",
    "null",
    "\"x\"",
    "1e999999999",
    "{\"schemas\":1}",
    "{\"schemas\":[[]]}",
    "\u{feff}{}",
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":[{}]}",
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"x\",\"groups\":{},\"meta\":7,\"id\":[]}",
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"y\",\"password\":{\"a\":[]}}",
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],\"displayName\":\"g\",\"members\":\"x\"}",
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],\"displayName\":\"g\",\"members\":[null,1,[],{\"value\":{}},{\"$ref\":1}]}",
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],\"displayName\":\"g\",\"members\":{\"$ref\":\"\\u0000//\",\"value\":null}}",
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],\"filter\":7,\"count\":\"x\"}",
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:SearchRequest\"],\"attributes\":[{}]}",
];

/// A small generator of our own: the same requests at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.roll(among.len())]
    }
}

/// Operations of bulk requests, to be mixed: names that are missing, twice, in circles, of the wrong kind.
const OPERATIONS: &[&str] = &[
    r#"{"method":"POST","path":"/Users","bulkId":"a","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a"}}"#,
    r#"{"method":"POST","path":"/Users","bulkId":"b","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"b"}}"#,
    r#"{"method":"POST","path":"/Groups","bulkId":"g","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":[{"value":"bulkId:h"},{"value":"bulkId:a"}]}}"#,
    r#"{"method":"POST","path":"/Groups","bulkId":"h","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"h","members":[{"value":"bulkId:g"},{"$ref":"bulkId:b"}]}}"#,
    r#"{"method":"POST","path":"/Groups","bulkId":"h","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"members":[{"value":"bulkId:h"}]}}"#,
    r#"{"method":"PUT","path":"/Groups/bulkId:g","bulkId":"a","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"bulkId:g","members":"bulkId:a"}}"#,
    r#"{"method":"PATCH","path":"/Groups/bulkId:h","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"members[value eq \"bulkId:g\"]"},{"op":"add","path":"members","value":"bulkId:b"}]}}"#,
    r#"{"method":"PATCH","path":"/Groups/bulkId:h","data":{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","value":{"members[value eq \"bulkId:a\"]":[],"MEMBERS":[{"value":"bulkId:"}]}}]}}"#,
    r#"{"method":"DELETE","path":"Users/bulkId:a","version":"\u0000"}"#,
    r#"{"method":"DELETE","path":"Users/bulkId:b"}"#,
    r#"{"method":"DELETE","path":"/Users/bulkId:","bulkId":""}"#,
    r#"{"method":"POST","path":"/Users/%62ulkId:a","bulkId":"%"}"#,
    r#"{"method":"post","path":"%ff//..","data":[[]]}"#,
    r#"{"method":"PATCH","path":"/Groups/bulkId:g","data":{"Operations":7}}"#,
];

#[test]
fn no_bulk_request_makes_the_server_fail() {
    for make in [Host::strict, Host::lenient] {
        let mut dice = Dice(0x2545_f491_4f6c_dd1d);
        let mut done = 0;
        for _ in 0..400 {
            let host = make();
            let operations: Vec<_> = (0..=dice.roll(12)).map(|_| dice.pick(OPERATIONS)).collect();
            let body = format!(
                r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"failOnErrors":{},"Operations":[{}]}}"#,
                dice.roll(20) + 1,
                operations.join(",")
            );
            let answer = host.send("POST /Bulk", &body);
            assert_eq!(answer.status, 200, "{body}");
            let results = answer
                .body
                .as_object()
                .and_then(|body| body.get("Operations"));
            let results = results.and_then(|results| results.as_array()).unwrap();
            assert!(results.len() <= operations.len());
            for result in results {
                let result = result.as_object().unwrap();
                let status: u16 = result
                    .get("status")
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .parse()
                    .unwrap();
                assert!(status < 500, "{body}: {result:?}");
                assert_eq!(status >= 400, result.get("response").is_some(), "{body}");
                done += u32::from(status < 300);
            }
        }
        assert!(done > 200, "only {done} operations were done");
    }
}

#[test]
fn no_request_makes_the_server_fail() {
    const METHODS: &[&str] = &[
        "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "X",
    ];
    const HEADERS: &[&str] = &["accept", "content-type", "if-match", "if-none-match"];
    const VALUES: &[&[u8]] = &[
        b"",
        b"*",
        b"*/*;q=",
        b"\xff\xfe",
        b"application/json",
        b"W/\"1\"",
        b"\"",
        b",,,",
        b"application/scim+json;charset=",
        b"a/b;q=9.99999",
        b";;==",
    ];
    for host in [Host::strict(), Host::lenient()] {
        let id = host.user("ada");
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        let mut statuses = std::collections::BTreeSet::new();
        for _ in 0..20_000 {
            let mut path = String::new();
            for _ in 0..dice.roll(6) {
                if dice.roll(2) == 0 {
                    path.push('/');
                }
                match dice.roll(12) {
                    0 => path.push_str(&id),
                    _ => path.push_str(dice.pick(PIECES)),
                }
            }
            let headers: Vec<_> = (0..dice.roll(3))
                .map(|_| (dice.pick(HEADERS), dice.pick(VALUES)))
                .collect();
            let body = dice.pick(BODIES).as_bytes();
            let method = dice.pick(METHODS);
            statuses.insert(send(&host, method, &path, &headers, body));
        }
        for status in [200, 204, 400, 404, 405, 415, 501] {
            assert!(
                statuses.contains(&status),
                "{status} is not among {statuses:?}"
            );
        }
    }
}

#[test]
fn hostile_patches_are_refused() {
    const OPS: &[&str] = &["add", "replace", "remove", "Replace", "move", ""];
    const PATHS: &[&str] = &[
        "members",
        "members.value",
        "members[value eq \\\"x\\\"]",
        "emails[type eq \\\"w\\\"].value",
        "name",
        "name.givenName",
        "password",
        "id",
        "meta.version",
        "schemas",
        "groups",
        "urn:x",
        "$ref",
        "",
        " ",
        "[",
        "a.b.c",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:core:2.0:User",
    ];
    const VALUES: &[&str] = &[
        "null",
        "[]",
        "{}",
        "\"x\"",
        "7",
        "true",
        "[null]",
        "[[]]",
        "[{\"value\":\"x\"}]",
        "{\"value\":\"x\"}",
        "{\"$ref\":\"../Users/1\"}",
        "{\"members\":[{\"value\":1}]}",
        "{\"emails[type eq \\\"w\\\"].value\":\"x\"}",
        "{\"name.givenName\":null}",
        "{\"password\":[1]}",
        "[{\"value\":\"x\",\"type\":7}]",
        "\"\\u0000\"",
    ];
    for host in [Host::strict(), Host::lenient()] {
        let group =
            "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],\"displayName\":\"g\"}";
        let group = host.create("Groups", group);
        let user = host.user("ada");
        let mut written = 0;
        for (endpoint, id) in [("Users", &user), ("Groups", &group)] {
            for op in OPS {
                for path in PATHS {
                    for value in VALUES {
                        let operation =
                            format!(r#"{{"op":"{op}","path":"{path}","value":{value}}}"#);
                        let pathless = format!(r#"{{"op":"{op}","value":{value}}}"#);
                        for operation in [operation, pathless] {
                            let body = patch(&operation);
                            let line = format!("/{endpoint}/{id}");
                            let status = send(&host, "PATCH", &line, &[], body.as_bytes());
                            written += u32::from(status == 200);
                        }
                    }
                }
            }
            let answer = host.send(&format!("GET /{endpoint}/{id}"), "");
            assert_eq!(answer.status, 200, "the resource can still be read");
        }
        assert!(written > 100, "only {written} patches were accepted");
    }
}

#[test]
fn deep_and_long_bodies_are_refused() {
    let host = Host::lenient();
    for body in [
        "[".repeat(100_000),
        format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000)),
        format!("{{\"schemas\":[{}]}}", "\"x\",".repeat(100_000) + "\"x\""),
        "(".repeat(100_000),
    ] {
        let status = send(&host, "POST", "/Users", &[], body.as_bytes());
        assert_eq!(status, 400);
    }
    let filter = format!("/Users?filter={}", "(".repeat(60_000));
    assert_eq!(send(&host, "GET", &filter, &[], b""), 400);
    assert_eq!(send(&host, "POST", "/Users", &[], b"\xff\xfe{}"), 400);
    assert_eq!(
        send(&host, "POST", "/Users", &[], user("ada").as_bytes()),
        201
    );
}
