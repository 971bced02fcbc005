//! Attributes that a client sees in part: sub-attributes, common attributes, those of extensions.

use scim_server::scim_core::{Place, Policy, ResourceSchema, builtin};
use scim_server::scim_schema::Registry;
use scim_server::{Access, Authorize, Context};

use crate::host::{Answer, Host, patch, user};
use crate::queries::names;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What a client may do with some places, given by their paths; with all else it may do all.
struct Only(Vec<(&'static str, Access)>);

impl Authorize for Only {
    fn attribute(&self, _: &Context, _: &ResourceSchema, place: &Place<'_>) -> Access {
        let path = place.path();
        let mut rules = self.0.iter().filter(|(of, _)| path.as_str() == *of);
        rules.next().map_or(Access::Write, |(_, access)| *access)
    }
}

fn hiding(policy: Policy, paths: &[&'static str]) -> Host {
    let rules = paths.iter().map(|path| (*path, Access::None)).collect();
    Host::new(|builder| builder.policy(policy).authorize(Only(rules)))
}

const ADA: &str = r#"{"userName":"ada","externalId":"e1","name":{"givenName":"Ada","familyName":"Lovelace"},
    "emails":[{"value":"a@x","type":"work","primary":true},{"value":"b@x","type":"home"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"d","costCenter":"c","manager":{"value":"m","displayName":"M"}}}"#;

fn ada(host: &Host) -> String {
    let id = host.user("ada");
    host.keep(&id, ADA);
    id
}

/// Status, keyword and words of an answer, without the name that was asked for and what may have been meant.
fn said(answer: &Answer, name: &str) -> (u16, Option<String>, String) {
    let text = answer.body.to_string().replace(name, "NAME");
    let text = text.split(", did you mean").next().unwrap().to_owned();
    (answer.status, answer.scim_type().map(str::to_owned), text)
}

#[test]
fn whatever_is_hidden_is_answered_as_unknown_wherever_it_is_named() {
    let enterprise = |member: &str| format!(r#""{ENTERPRISE}":{{{member}}}"#);
    let cases = [
        (
            "name.familyName",
            r#""name":{"LEAF":"x","givenName":"g"}"#.to_owned(),
        ),
        (
            "emails.value",
            r#""emails":[{"LEAF":"x","type":"work"}]"#.to_owned(),
        ),
        (
            "emails.primary",
            r#""emails":[{"LEAF":true,"type":"work"}]"#.to_owned(),
        ),
        ("externalId", r#""LEAF":"x""#.to_owned()),
        (
            "meta.created",
            r#""meta":{"LEAF":"2026-01-02T03:04:05Z"}"#.to_owned(),
        ),
        ("meta.version", r#""meta":{"LEAF":"x"}"#.to_owned()),
        (
            "meta",
            r#""LEAF":{"created":"2026-01-02T03:04:05Z"}"#.to_owned(),
        ),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            enterprise(r#""LEAF":"x""#),
        ),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
            enterprise(r#""manager":{"LEAF":"x","value":"m"}"#),
        ),
    ];
    for (hidden, member) in cases {
        let leaf = hidden.rsplit(['.', ':']).next().unwrap();
        let place = hidden.strip_suffix(leaf).unwrap();
        for policy in [Policy::strict(), Policy::lenient()] {
            let host = hiding(policy, &[hidden]);
            let id = ada(&host);
            let mut sent = 0;
            let mut same = |line: &str, body: &str| {
                let [of_hidden, of_unknown] = [leaf, "shoeSize"].map(|name| {
                    host.keep(&id, ADA);
                    host.turn_back();
                    let [line, body] = [line, body].map(|text| {
                        let text = text.replace("PLACE", place).replace("LEAF", name);
                        // Each POST wants a name of its own, as long as any other.
                        text.replace(
                            "UNIQUE",
                            &format!("u{:03}", {
                                sent += 1;
                                sent
                            }),
                        )
                    });
                    let answer = host.send(&line, &body);
                    let (status, keyword, text) = said(&answer, name);
                    let resource = status < 300 && !line.starts_with("GET");
                    let text = if resource { String::new() } else { text };
                    (status, keyword, text, host.stored(&id).to_json())
                });
                assert_eq!(of_hidden, of_unknown, "{hidden}: {line} {body}");
            };
            for line in [
                "GET /Users?filter=PLACELEAF%20pr",
                "GET /Users?filter=userName%20pr%20or%20not%20(PLACELEAF%20eq%20%22x%22)",
                "GET /Users?sortBy=PLACELEAF",
                "GET /?filter=PLACELEAF%20pr",
                "GET /?sortBy=PLACELEAF",
                "GET /Users?attributes=PLACELEAF",
                "GET /?attributes=userName,PLACELEAF",
            ] {
                same(line, "");
            }
            if let Some(list) = place.strip_suffix('.').filter(|of| !of.contains(':')) {
                same(&format!("GET /Users?filter={list}%5BLEAF%20pr%5D"), "");
                for path in [
                    format!("{list}[LEAF eq \\\"x\\\"]"),
                    format!("{list}[type eq \\\"work\\\"].LEAF"),
                ] {
                    for op in ["add", "replace", "remove"] {
                        let body =
                            patch(&format!(r#"{{"op":"{op}","path":"{path}","value":"x"}}"#));
                        same(&format!("PATCH /Users/{id}"), &body);
                    }
                }
            }
            same(
                "POST /Users/.search",
                r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"PLACELEAF pr"}"#,
            );
            for op in ["add", "replace", "remove"] {
                let body = patch(&format!(
                    r#"{{"op":"{op}","path":"PLACELEAF","value":"x"}}"#
                ));
                same(&format!("PATCH /Users/{id}"), &body);
            }
            for op in ["add", "replace"] {
                let body = patch(&format!(r#"{{"op":"{op}","value":{{{member}}}}}"#));
                same(&format!("PATCH /Users/{id}"), &body);
            }
            let with = |name: &str| user(name).replace('}', &format!(",{member}}}"));
            same(&format!("PUT /Users/{id}"), &with("ada"));
            same("POST /Users", &with("UNIQUE"));
        }
    }
}

#[test]
fn nothing_shows_what_is_hidden_in_part() {
    let host = hiding(
        Policy::strict(),
        &[
            "name.familyName",
            "emails.value",
            "externalId",
            "meta.created",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
        ],
    );
    let id = ada(&host);
    let change = patch(r#"{"op":"replace","path":"title","value":"t"}"#);
    let put = user("ada").replace('}', r#","name":{"givenName":"Ada"}}"#);
    for (line, body) in [
        (format!("GET /Users/{id}"), ""),
        (
            format!("GET /Users/{id}?attributes=name,emails,meta,externalId,{ENTERPRISE}"),
            "",
        ),
        ("GET /Users".to_owned(), ""),
        ("GET /?excludedAttributes=title".to_owned(), ""),
        (format!("PATCH /Users/{id}"), &*change),
        (format!("PUT /Users/{id}"), &*put),
    ] {
        let answer = host.send(&line, body);
        assert_eq!(answer.status, 200, "{answer:?}");
        let text = answer.body.to_string();
        for hidden in ["Lovelace", "a@x", "\"e1\"", "created", "\"d\"", "\"M\""] {
            assert!(!text.contains(hidden), "{line}: {hidden} in {text}");
        }
        assert!(text.contains("Ada"), "{line}: {text}");
        assert!(answer.header("location").is_some() || line.contains('?') || line == "GET /Users");
    }
    // An extension of which nothing is seen is none, to a filter as well.
    let department = r#"{"department":"d"}"#;
    host.keep(
        &id,
        &format!(r#"{{"userName":"ada","{ENTERPRISE}":{department}}}"#),
    );
    let text = host.send(&format!("GET /Users/{id}"), "").body.to_string();
    assert!(!text.contains("enterprise"), "{text}");
    let found = host.send(
        &format!("GET /Users?filter=schemas%20eq%20%22{ENTERPRISE}%22"),
        "",
    );
    assert_eq!(names(&found), Vec::<String>::new());
}

#[test]
fn an_order_is_not_that_of_what_is_hidden() {
    let host = hiding(Policy::strict(), &["emails.primary"]);
    for (name, first, second) in [("ada", "b", "y"), ("grace", "c", "x")] {
        let id = host.user(name);
        host.keep(
            &id,
            &format!(r#"{{"userName":"{name}","emails":[{{"value":"{first}"}},{{"value":"{second}","primary":true}}]}}"#),
        );
    }
    assert_eq!(
        names(&host.send("GET /Users?sortBy=emails", "")),
        ["ada", "grace"]
    );
}

#[test]
fn no_write_touches_what_is_hidden_in_part() {
    let hidden = ["name.familyName", "emails.primary", "externalId", "meta"];
    let emails = |list: &str| format!(r#"{{"op":"replace","path":"emails","value":{list}}}"#);
    let both = r#"[{"value":"b@x","type":"home"},{"value":"a@x","type":"work"}]"#;
    let put = |members: &str| user("ada").replace('}', &format!(",{members}}}"));
    for (line, body, primary) in [
        ("PUT", put(r#""title":"t""#), None),
        (
            "PUT",
            put(&format!(r#""title":"t","emails":{both}"#)),
            Some("a@x"),
        ),
        (
            "PUT",
            put(r#""emails":[{"value":"A@X","type":"work","display":"d"}]"#),
            Some("A@X"),
        ),
        (
            "PUT",
            put(r#""emails":[{"value":"c@x","type":"work"}]"#),
            None,
        ),
        (
            "PATCH",
            patch(r#"{"op":"remove","path":"name"}"#),
            Some("a@x"),
        ),
        (
            "PATCH",
            patch(r#"{"op":"replace","path":"name","value":{"givenName":"B"}}"#),
            Some("a@x"),
        ),
        (
            "PATCH",
            patch(r#"{"op":"replace","value":{"name":{"givenName":"B"},"title":"t"}}"#),
            Some("a@x"),
        ),
        (
            "PATCH",
            patch(r#"{"op":"replace","path":"emails[type eq \"work\"].value","value":"c@x"}"#),
            Some("c@x"),
        ),
        (
            "PATCH",
            patch(r#"{"op":"add","path":"emails","value":[{"value":"c@x"}]}"#),
            Some("a@x"),
        ),
        (
            "PATCH",
            patch(r#"{"op":"remove","path":"emails[type eq \"home\"]"}"#),
            Some("a@x"),
        ),
        (
            "PATCH",
            patch(r#"{"op":"remove","path":"emails[type eq \"work\"]"}"#),
            None,
        ),
        (
            "PATCH",
            patch(&format!(
                "{},{}",
                emails(r#"[{"value":"c@x"}]"#),
                emails(both)
            )),
            Some("a@x"),
        ),
        (
            "PATCH",
            // The primary one is another now, and one that is as it was is new.
            patch(
                r#"{"op":"replace","path":"emails[type eq \"work\"].value","value":"c@x"},
                {"op":"add","path":"emails","value":[{"value":"a@x","type":"work"}]}"#,
            ),
            Some("c@x"),
        ),
    ] {
        let host = hiding(Policy::strict(), &hidden);
        let id = ada(&host);
        let answer = host.send(&format!("{line} /Users/{id}"), &body);
        assert_eq!(answer.status, 200, "{body}: {answer:?}");
        let stored = host.stored(&id);
        let text = stored.to_json();
        assert!(
            text.contains(r#""familyName":"Lovelace""#),
            "{body}: {text}"
        );
        assert!(text.contains(r#""externalId":"e1""#), "{body}: {text}");
        let emails = stored
            .get("emails")
            .into_iter()
            .flat_map(|emails| emails.elements());
        let of = |email: &scim_server::scim_core::Value, name: &str| {
            email.as_object().unwrap().get(name).cloned()
        };
        let found: Vec<_> = emails
            .filter(|email| of(email, "primary").is_some())
            .map(|email| of(email, "value").unwrap().as_str().unwrap().to_owned())
            .collect();
        let expected: Vec<_> = primary.into_iter().collect();
        assert_eq!(found, expected, "{line} {body}: {text}");
    }
}

#[test]
fn v08_a_write_that_changes_nothing_that_is_seen_changes_nothing() {
    let host = hiding(
        Policy::strict(),
        &["name.familyName", "emails.value", "emails.primary"],
    );
    let id = ada(&host);
    let item = format!("/Users/{id}");
    let read = host.send(&format!("GET {item}"), "");
    let version = read.header("etag").unwrap().to_owned();
    let list = r#"[{"type":"home"},{"type":"work"}]"#;
    for (line, body) in [
        ("PUT", read.body.to_json()),
        (
            "PATCH",
            patch(&format!(
                r#"{{"op":"replace","path":"emails","value":{list}}}"#
            )),
        ),
        ("PATCH", patch(r#"{"op":"remove","path":"title"}"#)),
    ] {
        let answer = host.send(&format!("{line} {item}"), &body);
        assert_eq!(
            (answer.status, answer.header("etag")),
            (200, Some(&*version)),
            "{line} {body}"
        );
        let text = host.stored(&id).to_json();
        assert!(
            text.contains("a@x") && text.contains("b@x") && text.contains("Lovelace"),
            "{text}"
        );
    }
}

#[test]
fn a_sub_attribute_may_be_for_reading_alone() {
    let rules = Only(vec![
        ("name.familyName", Access::Read),
        ("emails", Access::Read),
    ]);
    let host = Host::new(|builder| builder.authorize(rules));
    let id = ada(&host);
    let item = format!("/Users/{id}");
    for path in [
        "name.familyName",
        "emails.value",
        "emails[type eq \\\"work\\\"].value",
        "emails",
    ] {
        let operation = format!(r#"{{"op":"replace","path":"{path}","value":"x"}}"#);
        let refused = host.send(&format!("PATCH {item}"), &patch(&operation));
        assert_eq!(
            (refused.status, refused.scim_type()),
            (400, Some("mutability")),
            "{path}: {refused:?}"
        );
    }
    let body = user("ada").replace(
        '}',
        r#","name":{"givenName":"B","familyName":"x"},"emails":[]}"#,
    );
    let put = host.send(&format!("PUT {item}"), &body);
    assert_eq!(put.status, 200, "{put:?}");
    assert_eq!(put.text(&["name", "familyName"]), Some("Lovelace"), "W03");
    assert_eq!(put.text(&["name", "givenName"]), Some("B"));
    assert_eq!(put.text(&["emails", "0", "value"]), Some("a@x"));
    assert_eq!(
        names(&host.send("GET /Users?filter=name.familyName%20sw%20%22L%22", "")),
        ["ada"]
    );
}

#[test]
fn nothing_is_made_that_lacks_what_is_required() {
    let mut registry = Registry::builtin();
    let amended = registry.amend_schema(builtin::USER, |schema| {
        let mut attributes = schema.attributes.iter_mut();
        let emails = attributes.find(|a| a.name == *"emails").unwrap();
        let mut subs = emails.sub_attributes.iter_mut();
        subs.find(|sub| sub.name == *"display").unwrap().required = true;
    });
    amended.unwrap();
    let rules = Only(vec![("emails.display", Access::None)]);
    let host = Host::with(registry, |builder| builder.authorize(rules));
    let id = host.user("ada");
    let item = format!("/Users/{id}");
    let emails = r#"[{"value":"a@x"}]"#;
    let body = user("ada").replace('}', &format!(r#","emails":{emails}}}"#));
    let add = patch(&format!(
        r#"{{"op":"add","path":"emails","value":{emails}}}"#
    ));
    for (line, body) in [
        (format!("PUT {item}"), &body),
        (format!("PATCH {item}"), &add),
        ("POST /Users".to_owned(), &body),
    ] {
        let refused = host.send(&line, body);
        assert_eq!(
            (refused.status, refused.scim_type()),
            (400, Some("invalidValue")),
            "{line}: {refused:?}"
        );
    }
    host.keep(
        &id,
        r#"{"userName":"ada","emails":[{"value":"a@x","display":"d"}]}"#,
    );
    let put = host.send(&format!("PUT {item}"), &body.replace("a@x", "A@x"));
    assert_eq!(put.status, 200, "{put:?}");
    assert!(
        host.stored(&id)
            .to_json()
            .contains(r#"{"value":"A@x","display":"d"}"#)
    );
}

#[test]
fn members_that_are_seen_in_part_keep_the_rest() {
    let host = hiding(Policy::strict(), &["members.display"]);
    let [ada, grace] = ["ada", "grace"].map(|name| host.user(name));
    let id = host.create("Groups", &crate::groups::group("g", "[]"));
    let group = builtin::group_schema();
    let members = format!(r#"[{{"value":"{ada}","display":"A","type":"User"}}]"#);
    host.keep_as(
        group,
        &id,
        &format!(r#"{{"displayName":"g","members":{members}}}"#),
    );
    let send = |operation: String| {
        let answer = host.send(&format!("PATCH /Groups/{id}"), &patch(&operation));
        assert_eq!(answer.status, 200, "{operation}: {answer:?}");
        host.stored_group(&id).to_json()
    };
    let text = send(format!(
        r#"{{"op":"add","path":"members","value":[{{"value":"{grace}"}},{{"value":"{ada}"}}]}}"#
    ));
    assert!(
        text.contains(r#""display":"A""#) && text.contains(&grace),
        "{text}"
    );
    let text = send(format!(
        r#"{{"op":"replace","path":"members","value":[{{"value":"{grace}"}},{{"value":"{ada}"}}]}}"#
    ));
    assert!(text.contains(r#""display":"A""#), "{text}");
    let text = send(format!(
        r#"{{"op":"remove","path":"members[value eq \"{ada}\"]"}}"#
    ));
    assert!(
        !text.contains(r#""display":"A""#) && text.contains(&grace),
        "{text}"
    );
}
