//! Lists: the root, `/.search`, pages and their counters.

use scim_server::Limits;
use scim_server::scim_core::Value;

use crate::host::{Answer, Host};

pub(crate) fn number(answer: &Answer, name: &str) -> Option<i64> {
    let value = answer.body.as_object().unwrap().get(name)?;
    value.as_number()?.as_i64()
}

fn counters(answer: &Answer) -> [Option<i64>; 3] {
    ["totalResults", "startIndex", "itemsPerPage"].map(|name| number(answer, name))
}

pub(crate) fn names(answer: &Answer) -> Vec<String> {
    let resources = answer.body.as_object().unwrap().get("Resources").unwrap();
    let name = |resource: &Value| {
        let object = resource.as_object()?;
        let name = object.get("userName").or(object.get("displayName"));
        Some(name?.as_str()?.to_owned())
    };
    resources.elements().filter_map(name).collect()
}

fn group(name: &str) -> String {
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{name}"}}"#
    )
}

#[test]
fn q06_pages_have_a_default_and_a_maximum() {
    let limits = Limits {
        default_results: 2,
        max_results: 3,
        ..Limits::default()
    };
    let host = Host::new(|builder| builder.limits(limits));
    for n in 0..5 {
        host.user(&format!("u{n}"));
    }
    for (query, expected) in [
        ("", [5, 1, 2]),
        ("?count=1", [5, 1, 1]),
        ("?count=99", [5, 1, 3]),
        ("?count=9223372036854775807", [5, 1, 3]),
        ("?startIndex=5&count=3", [5, 5, 1]),
        ("?startIndex=9223372036854775807", [5, i64::MAX, 0]),
        ("?count=-9223372036854775808", [5, 1, 0]),
    ] {
        let answer = host.send(&format!("GET /Users{query}"), "");
        assert_eq!(counters(&answer), expected.map(Some), "{query}");
    }
    let config = host.send("GET /ServiceProviderConfig", "").body.to_string();
    assert!(config.contains(r#""maxResults":3"#), "{config}");
    assert!(
        config.contains(r#""defaultPageSize":2,"maxPageSize":3"#),
        "{config}"
    );
}

#[test]
fn q21_a_get_may_not_filter_by_what_is_sensitive() {
    let host = Host::new(|builder| builder.sensitive_attributes(["emails", "name.familyName"]));
    host.user("ada");
    for (filter, refused) in [
        ("emails.value%20eq%20%22a%22", true),
        (
            "userName%20eq%20%22ada%22%20and%20emails%5Btype%20eq%20%22work%22%5D",
            true,
        ),
        ("NAME.familyname%20pr", true),
        ("name%20pr", true),
        ("name.givenName%20pr", false),
        ("not%20(name%5BgivenName%20pr%5D)", false),
        ("userName%20eq%20%22ada%22", false),
    ] {
        let root = match filter.contains("emails") {
            true => format!("GET /?filter={filter}"),
            false => format!("GET /Users?filter={filter}"),
        };
        for line in [format!("GET /Users?filter={filter}"), root] {
            let answer = host.send(&line, "");
            let expected = match refused {
                true => (403, Some("sensitive")),
                false => (200, None),
            };
            assert_eq!((answer.status, answer.scim_type()), expected, "{line}");
        }
    }
    let search = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"emails pr"}"#;
    assert_eq!(host.send("POST /Users/.search", search).status, 200);
}

#[test]
fn q18_the_root_covers_every_type() {
    let host = Host::strict();
    host.user("b");
    host.create("Groups", &group("a"));
    host.user("c");
    let all = host.send("GET /", "");
    assert_eq!(names(&all), ["b", "a", "c"]);
    assert_eq!(counters(&all), [Some(3), Some(1), Some(3)]);
    assert_eq!(
        all.text(&["Resources", "1", "meta", "resourceType"]),
        Some("Group")
    );
    for (query, expected) in [
        ("meta.resourceType%20eq%20%22Group%22", vec!["a"]),
        (
            "userName%20eq%20%22B%22%20or%20displayName%20pr",
            vec!["b", "a"],
        ),
        // What a type lacks has no value there (F28).
        ("userName%20ne%20%22b%22", vec!["a", "c"]),
        ("not%20(members%20pr)", vec!["b", "a", "c"]),
    ] {
        let found = host.send(&format!("GET /?filter={query}"), "");
        assert_eq!(names(&found), expected, "{query}: {found:?}");
    }
    let sorted = host.send("GET ?sortBy=userName&sortOrder=descending&count=2", "");
    assert_eq!(names(&sorted), ["a", "c"], "who has no value comes first");
    let shown = host.send("GET /?attributes=displayName", "");
    assert_eq!(names(&shown), ["a"]);
    assert_eq!(counters(&shown), [Some(3), Some(1), Some(3)]);
}

#[test]
fn search_requests_ask_what_queries_ask() {
    let host = Host::strict();
    for name in ["a", "b", "c"] {
        host.user(name);
    }
    host.create("Groups", &group("b"));
    let search = |members: &str| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],{members}}}"#
        )
    };
    let body = search(
        r#""filter":"userName gt \"a\"","sortBy":"userName","sortOrder":"descending","startIndex":1,"count":1,"attributes":["userName"]"#,
    );
    let found = host.send("POST /Users/.search", &body);
    assert_eq!((found.status, names(&found)), (200, vec!["c".to_owned()]));
    assert_eq!(counters(&found), [Some(2), Some(1), Some(1)]);
    assert_eq!(found.text(&["Resources", "0", "meta", "version"]), None);
    let body = search(r#""filter":"displayName eq \"B\"""#);
    assert_eq!(names(&host.send("POST /.search", &body)), ["b"]);
    assert_eq!(
        host.send("POST /Users/.search", &search(r#""count":"1""#))
            .status,
        400
    );
}

#[test]
fn q01_an_empty_list_has_every_member() {
    let host = Host::strict();
    let expected = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}"#;
    for line in ["GET /Users", "GET /", "GET /Groups?filter=members%20pr"] {
        assert_eq!(host.send(line, "").body.to_string(), expected, "{line}");
    }
}

#[test]
fn f40_the_parameters_of_lists_mean_nothing_to_one_resource() {
    let host = Host::strict();
    let id = host.user("ada");
    let line = format!(
        "GET /Users/{id}?filter=%FF&count=x&sortBy=nothing&startIndex=&attributes=userName"
    );
    let answer = host.send(&line, "");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.text(&["meta", "version"]).is_none());
}

#[test]
fn head_and_options_answer_everywhere() {
    let host = Host::strict();
    let id = host.user("ada");
    for path in [
        "/Users".to_owned(),
        format!("/Users/{id}"),
        "/Schemas".to_owned(),
        "/ServiceProviderConfig".to_owned(),
    ] {
        let get = host.send(&format!("GET {path}"), "");
        let head = host.send(&format!("HEAD {path}"), "");
        assert_eq!((head.status, &head.body), (200, &Value::Null), "{path}");
        let mut headers = head.headers;
        let length = headers.remove("content-length").unwrap();
        assert_eq!(length, &*get.body.to_string().len().to_string(), "{path}");
        assert_eq!(headers, get.headers, "{path}");
        let options = host.send(&format!("OPTIONS {path}"), "");
        assert_eq!(
            (options.status, &options.body),
            (204, &Value::Null),
            "{path}"
        );
        assert!(options.header("allow").unwrap().contains("GET"), "{path}");
    }
    let head = host.send("HEAD /Users/nobody", "");
    assert_eq!((head.status, &head.body), (404, &Value::Null));
}

#[test]
fn a_search_request_projects_as_a_query_does() {
    let host = Host::strict();
    host.user("ada");
    let search = |members: &str| {
        let schema = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
        let body = format!(r#"{{"schemas":["{schema}"],{members}}}"#);
        host.send("POST /Users/.search", &body)
    };
    for (query, members) in [
        (
            "excludedAttributes=meta,id",
            r#""excludedAttributes":["meta","id"]"#,
        ),
        (
            "attributes=meta.version",
            r#""attributes":["meta.version"]"#,
        ),
    ] {
        let found = search(members);
        assert_eq!(found.status, 200, "{members}: {found:?}");
        let queried = host.send(&format!("GET /Users?{query}"), "");
        assert_eq!(found.body, queried.body, "{members}");
    }
    let excluded = search(r#""excludedAttributes":["meta","id"]"#);
    assert!(excluded.text(&["Resources", "0", "id"]).is_some());
    assert!(
        excluded
            .text(&["Resources", "0", "meta", "version"])
            .is_none()
    );
    let both = search(r#""attributes":["id"],"excludedAttributes":["meta"]"#);
    assert_eq!((both.status, both.scim_type()), (400, Some("invalidValue")));
    for malformed in ["a..b", "emails[type eq \\\"work\\\"]", "1st"] {
        let found = search(&format!(r#""sortBy":"{malformed}""#));
        let answer = (found.status, found.scim_type());
        assert_eq!(answer, (400, Some("invalidValue")), "{malformed}");
    }
}

#[test]
fn w21_filters_see_a_default_as_it_was_returned() {
    let host = Host::lenient();
    host.user("ada");
    for (filter, expected) in [
        ("active%20eq%20true", vec!["ada"]),
        ("active%20pr", vec!["ada"]),
        ("active%20eq%20false", vec![]),
    ] {
        let found = host.send(&format!("GET /Users?filter={filter}"), "");
        assert_eq!(names(&found), expected, "{filter}");
    }
}
