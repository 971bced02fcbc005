//! References that a PATCH puts together piece by piece: by a value filter, by the name of a sub-attribute.

use scim_server::scim_core::Value;

use crate::groups::{group, members, shown};
use crate::host::{Answer, BASE, Host, patch, user};

const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

/// Adds to the members of the group by a path.
fn add(host: &Host, group: &str, path: &str, value: &str) -> Answer {
    let path = Value::from(path).to_json();
    let operation = format!(r#"{{"op":"add","path":{path},"value":{value}}}"#);
    host.send(&format!("PATCH /Groups/{group}"), &patch(&operation))
}

/// `shown` with a display name.
fn displayed(id: &str, kind: &str) -> String {
    shown(id, kind).replacen(r#","type""#, r#","display":"x","type""#, 1)
}

/// The same members, whatever the order of what is said of each.
fn same(found: &str, expected: &str) -> bool {
    let sorted = |text: &str| {
        let mut parts: Vec<_> = text
            .trim_matches(['[', ']', '{', '}'])
            .split(',')
            .map(str::to_owned)
            .collect();
        parts.sort();
        parts
    };
    sorted(found) == sorted(expected)
}

#[test]
fn g02_a_member_that_a_path_makes_is_shown_with_type_and_reference() {
    for host in [Host::strict(), Host::lenient()] {
        let ada = host.user("ada");
        for (path, value) in [
            (r#"members[value eq "ADA"].display"#, r#""x""#),
            (r#"members[value eq "ADA"]"#, r#"{"display":"x"}"#),
            (r#"members[display eq "x"].value"#, r#""ADA""#),
            (r#"members[display eq "x"].$ref"#, r#""../Users/ADA""#),
            (r#"members[display eq "x"]"#, r#"{"$ref":"BASE/Users/ADA"}"#),
        ] {
            let filled = |text: &str| text.replace("ADA", &ada).replace("BASE", BASE);
            let g = host.create("Groups", &group("g", "[]"));
            let answer = add(&host, &g, &filled(path), &filled(value));
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            let expected = displayed(&ada, "User");
            assert!(same(&members(&answer), &expected), "{path}: {answer:?}");
            let stored = host.stored_group(&g).to_json();
            assert!(!stored.contains("$ref"), "{path}: {stored}");
            let version = answer.header("etag").map(str::to_owned);
            let again = add(&host, &g, &filled(path), &filled(value));
            assert_eq!(again.header("etag"), version.as_deref(), "{path} again");
        }
    }
}

#[test]
fn g01_g03_a_member_that_a_path_makes_is_judged_like_any_other() {
    let (strict, lenient) = (Host::strict(), Host::lenient());
    for (host, unknown) in [(&strict, 400), (&lenient, 200)] {
        let ada = host.user("ada");
        let g = host.create("Groups", &group("g", "[]"));
        for (named, expected) in [(&*g, 400), ("nobody", unknown)] {
            for (path, value) in [
                (
                    format!(r#"members[value eq "{named}"].display"#),
                    r#""x""#.to_owned(),
                ),
                (
                    r#"members[display eq "x"].value"#.to_owned(),
                    format!(r#""{named}""#),
                ),
            ] {
                let answer = add(host, &g, &path, &value);
                assert_eq!(answer.status, expected, "{path}: {answer:?}");
                let refused = (expected == 400).then_some("invalidValue");
                assert_eq!(answer.scim_type(), refused, "{path}");
                let clear = patch(r#"{"op":"remove","path":"members"}"#);
                host.send(&format!("PATCH /Groups/{g}"), &clear);
            }
        }
        let path = format!(r#"members[value eq "{ada}" and type eq "Group"].display"#);
        let answer = add(host, &g, &path, r#""x""#);
        assert_eq!(answer.status, unknown, "G02: {answer:?}");
        if answer.status == 200 {
            assert!(
                same(&members(&answer), &displayed(&ada, "User")),
                "{answer:?}"
            );
        }
    }
}

#[test]
fn s06_what_is_given_to_a_reference_is_given_to_the_value_beside_it() {
    for host in [Host::strict(), Host::lenient()] {
        let (ada, grace) = (host.user("ada"), host.user("grace"));
        let names = std::iter::successors(Some(0), |n| Some(n + 1));
        for (name, form) in names.zip([
            r#"{"op":"OP","path":"MANAGER.$ref","value":"../Users/ID"}"#,
            r#"{"op":"OP","path":"MANAGER.$REF","value":"BASE/Users/ID"}"#,
            r#"{"op":"OP","value":{"MANAGER.$ref":"BASE/Users/ID"}}"#,
            r#"{"op":"OP","value":{"EXTENSION":{"manager.$ref":"BASE/Users/ID"}}}"#,
            r#"{"op":"OP","path":"EXTENSION","value":{"manager.$ref":"BASE/Users/ID"}}"#,
            r#"{"op":"OP","path":"CORE","value":{"MANAGER.$ref":"BASE/Users/ID"}}"#,
            r#"{"op":"OP","value":{"CORE":{"EXTENSION":{"manager":{"$ref":"BASE/Users/ID"}}}}}"#,
            r#"{"op":"OP","value":{"CORE":{"MANAGER.$ref":"BASE/Users/ID"}}}"#,
        ]) {
            let worker = host.create("Users", &user(&format!("worker-{name}")));
            for (op, id) in [("add", &ada), ("replace", &grace)] {
                let operation = form
                    .replace("MANAGER", MANAGER)
                    .replace("EXTENSION", MANAGER.trim_end_matches(":manager"))
                    .replace("CORE", "urn:ietf:params:scim:schemas:core:2.0:User")
                    .replace("BASE", BASE)
                    .replace("OP", op)
                    .replace("ID", id);
                let answer = host.send(&format!("PATCH /Users/{worker}"), &patch(&operation));
                let extension = MANAGER.trim_end_matches(":manager");
                let reference = format!("{BASE}/Users/{id}");
                for (sub, expected) in [("value", &**id), ("$ref", &*reference)] {
                    let found = answer.text(&[extension, "manager", sub]);
                    assert_eq!(found, Some(expected), "{operation}: {answer:?}");
                }
                let stored = host.stored(&worker).to_json();
                assert!(!stored.contains("$ref"), "{operation}: {stored}");
            }
        }
        let worker = host.create("Users", &user("worker"));
        for reference in ["../Groups/1", "https://elsewhere.example/Users/1", ""] {
            let operation =
                format!(r#"{{"op":"add","path":"{MANAGER}.$ref","value":"{reference}"}}"#);
            let answer = host.send(&format!("PATCH /Users/{worker}"), &patch(&operation));
            assert_eq!(answer.status, 400, "{reference}: {answer:?}");
            assert_eq!(answer.scim_type(), Some("invalidValue"), "{reference}");
        }
    }
}

#[test]
fn n02_what_stands_under_the_uri_of_the_base_schema_is_judged_like_any_other() {
    const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0";
    let host = Host::strict();
    let ada = host.user("ada");
    let g = host.create("Groups", &group("g", "[]"));
    for (named, expected) in [("nobody", 400), (&*g, 400), (&*ada, 200)] {
        for form in [
            r#"{"op":"add","value":{"CORE:Group":{"members":[{"value":"ID"}]}}}"#,
            r#"{"op":"add","path":"CORE:Group","value":{"members":[{"value":"ID"}]}}"#,
        ] {
            let operation = form.replace("CORE", CORE).replace("ID", named);
            let answer = host.send(&format!("PATCH /Groups/{g}"), &patch(&operation));
            assert_eq!(answer.status, expected, "{operation}: {answer:?}");
            if expected == 200 {
                let all = format!("[{}]", shown(&ada, "User"));
                assert_eq!(members(&answer), all, "{operation}");
            }
        }
    }
    let secret = format!(r#"{{"op":"add","value":{{"{CORE}:User":{{"password":"secret"}}}}}}"#);
    let answer = host.send(&format!("PATCH /Users/{ada}"), &patch(&secret));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(!host.stored(&ada).to_json().contains("secret"));
}
