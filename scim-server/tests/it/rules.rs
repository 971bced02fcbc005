//! Rules of a host's own hold however a resource is written.

use scim_server::scim_core::builtin;
use scim_server::scim_schema::{HostRules, Rule, Site};

use crate::groups::group;
use crate::host::{Host, patch};

fn with(name: &str, attributes: &str) -> String {
    let schema = builtin::USER;
    format!(r#"{{"schemas":["{schema}"],"userName":"{name}",{attributes}}}"#)
}

/// Closed types of e-mail, short titles, and a title for whoever is active.
fn strict() -> Host {
    let users = HostRules::new(builtin::user_schema())
        .closed("emails.type")
        .unwrap()
        .value("title", |title| match title.as_str() {
            Some(title) if title.len() > 8 => Err("must not be longer than 8 bytes".into()),
            _ => Ok(()),
        })
        .unwrap()
        .resource(|user, findings| {
            if user.get("active").is_some() && user.get("title").is_none() {
                let site = Site::at("/title", None);
                findings.violation(&site, Rule::Host, || "who is active has a `title`".into());
            }
        });
    let groups = HostRules::new(builtin::group_schema()).resource(|group, findings| {
        let members = group.get("members").and_then(|members| members.as_array());
        if members.is_some_and(|members| members.len() > 2) {
            let site = Site::at("/members", None);
            findings.violation(&site, Rule::Host, || "two at the most".into());
        }
    });
    let overruled = HostRules::new(builtin::group_schema())
        .resource(|_, findings| findings.violation(&Site::root(), Rule::Host, String::new));
    Host::new(|builder| builder.rules(users).rules(overruled).rules(groups))
}

#[test]
fn s07_a_list_that_the_host_closes_is_closed_to_every_write() {
    let host = strict();
    let school = r#""emails":[{"value":"ada@example.com","type":"school"}]"#;
    let work = r#""emails":[{"value":"ada@example.com","type":"WORK"}]"#;
    let id = host.user("ada");
    let before = host.stored(&id);
    let body = |attributes: &str| with("ada", attributes);
    let bulk = format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{"method":"PUT","path":"/Users/{id}","data":{}}}]}}"#,
        body(school)
    );
    for (line, refused) in [
        ("POST /Users", with("bob", school)),
        (&*format!("PUT /Users/{id}"), body(school)),
        (
            &*format!("PATCH /Users/{id}"),
            patch(&format!(r#"{{"op":"add","value":{{{school}}}}}"#)),
        ),
    ] {
        let answer = host.send(line, &refused);
        assert_eq!(
            (answer.status, answer.scim_type()),
            (400, Some("invalidValue")),
            "{line}"
        );
        let detail = answer.text(&["detail"]).unwrap();
        assert!(detail.contains("`emails.type` must be one of"), "{detail}");
    }
    let answer = host.send("POST /Bulk", &bulk);
    assert_eq!(answer.text(&["Operations", "0", "status"]), Some("400"));
    assert_eq!(host.stored(&id), before, "what failed changed nothing");
    assert_eq!(
        host.send(&format!("PUT /Users/{id}"), &body(work)).status,
        200
    );
}

#[test]
fn rules_see_what_a_patch_leaves() {
    let host = strict();
    let id = host.user("ada");
    let line = format!("PATCH /Users/{id}");
    let status = |operations: &str| host.send(&line, &patch(operations)).status;
    assert_eq!(
        status(r#"{"op":"add","path":"title","value":"Countess"}"#),
        200
    );
    assert_eq!(status(r#"{"op":"add","path":"active","value":true}"#), 200);
    assert_eq!(
        status(r#"{"op":"replace","path":"title","value":"Analytical"}"#),
        400
    );
    assert_eq!(status(r#"{"op":"remove","path":"title"}"#), 400);
    assert_eq!(
        status(r#"{"op":"remove","path":"title"},{"op":"remove","path":"active"}"#),
        200
    );
}

#[test]
fn rules_see_all_members_where_one_is_added() {
    let host = strict();
    let members = ["ada", "bob", "eve"].map(|name| host.user(name));
    let schema = builtin::GROUP;
    let body = format!(r#"{{"schemas":["{schema}"],"displayName":"Guides"}}"#);
    let id = host.create("Groups", &body);
    let statuses = members.map(|member| {
        let add = format!(r#"{{"op":"add","path":"members","value":[{{"value":"{member}"}}]}}"#);
        host.send(&format!("PATCH /Groups/{id}"), &patch(&add))
            .status
    });
    assert_eq!(statuses, [200, 200, 400]);
}

#[test]
fn rules_see_the_type_that_a_member_gets() {
    let rules = HostRules::new(builtin::group_schema())
        .value("members.type", |kind| match kind.as_str() {
            Some("Group") => Err("must not be a group".into()),
            _ => Ok(()),
        })
        .unwrap();
    let host = Host::new(|builder| builder.rules(rules));
    let (ada, inner) = (
        host.user("ada"),
        host.create("Groups", &group("inner", "[]")),
    );
    let holding = |member: &str| group("outer", &format!(r#"[{{"value":"{member}"}}]"#));
    let outer = host.create("Groups", &holding(&ada));
    let add = format!(r#"{{"op":"add","path":"members","value":[{{"value":"{inner}"}}]}}"#);
    for (line, body) in [
        ("POST /Groups", holding(&inner)),
        (&*format!("PUT /Groups/{outer}"), holding(&inner)),
        (&*format!("PATCH /Groups/{outer}"), patch(&add)),
    ] {
        let answer = host.send(line, &body);
        assert_eq!(answer.status, 400, "{line}: {answer:?}");
        let detail = answer.text(&["detail"]).unwrap();
        assert!(detail.contains("must not be a group"), "{line}: {detail}");
    }
    let post = |name: &str, member: &str| {
        let data = group(name, &format!(r#"[{{"value":"{member}"}}]"#));
        format!(r#"{{"method":"POST","path":"/Groups","bulkId":"{name}","data":{data}}}"#)
    };
    for (operations, expected) in [
        (post("a", &inner), vec!["400"]),
        // In a circle one is refused, and the other cannot be without it.
        (
            [post("a", "bulkId:b"), post("b", "bulkId:a")].join(","),
            vec!["400", "409"],
        ),
    ] {
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{operations}]}}"#
        );
        let answer = host.send("POST /Bulk", &body);
        let statuses: Vec<_> = ["0", "1"]
            .iter()
            .filter_map(|at| answer.text(&["Operations", at, "status"]))
            .collect();
        assert_eq!(statuses, expected, "{answer:?}");
    }
}

#[test]
fn w08_what_no_schema_defines_any_more_is_no_fault_of_a_write() {
    let host = strict();
    let id = host.user("ada");
    host.keep(
        &id,
        r#"{"userName":"ada","old":1,"urn:example:Badge":{"number":"7"}}"#,
    );
    let writes = [
        ("PUT", with("ada", r#""nickName":"a""#)),
        (
            "PATCH",
            patch(r#"{"op":"add","path":"title","value":"Countess"}"#),
        ),
    ];
    for (method, body) in writes {
        let line = format!("{method} /Users/{id}");
        let answer = host.send(&line, &body);
        assert_eq!(answer.status, 200, "{line}");
        assert_eq!(answer.text(&["urn:example:Badge", "number"]), None);
    }
    let stored = host.stored(&id);
    assert!(stored.get("old").is_some(), "{stored}");
    let badge = stored.get("urn:example:Badge").unwrap();
    assert_eq!(badge.to_json(), r#"{"number":"7"}"#);
}
