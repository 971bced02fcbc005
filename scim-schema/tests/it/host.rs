//! Rules of a host's own.

use scim_core::{Policy, ReadLimits, Resource, Value, builtin};
use scim_schema::{Defaults, HostRuleError, HostRules, Operation, Registry, Rule, Site, Validator};

fn rules() -> HostRules {
    let none_is_root = |value: &scim_core::Value| match value.as_str() {
        Some("root") => Err("must not be taken by a person".to_owned()),
        _ => Ok(()),
    };
    HostRules::new(builtin::user_schema())
        .closed("EMAILS.type")
        .unwrap()
        .value("userName", none_is_root)
        .unwrap()
        .value(
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber",
            |value| match value.as_str().map(str::len) {
                Some(6) => Ok(()),
                _ => Err("must have six digits".to_owned()),
            },
        )
        .unwrap()
        .resource(|user, findings| {
            if user.get("title").is_none() {
                let site = Site::at("/title", None);
                findings.violation(&site, Rule::Host, || "everybody has a title".into());
            }
        })
}

fn told(members: &str) -> Vec<String> {
    let uri = builtin::USER;
    let body: Resource = format!(r#"{{"schemas":["{uri}"],{members}}}"#)
        .parse()
        .unwrap();
    let (rules, policy) = (rules(), Policy::strict());
    let validator = Validator::new(builtin::user_schema(), &policy).rules(&rules);
    let answers = [
        validator.create(body.clone()).map(|_| ()),
        validator
            .replace(&Resource::default(), body.clone())
            .map(|_| ()),
        validator.validate(Operation::Patch, body, None).map(|_| ()),
    ];
    let mut answers = answers.map(|answer| match answer {
        Ok(()) => Vec::new(),
        Err(rejected) => rejected
            .violations
            .iter()
            .map(ToString::to_string)
            .collect(),
    });
    assert!(
        answers[0] == answers[1] && answers[1] == answers[2],
        "{answers:?}"
    );
    std::mem::take(&mut answers[0])
}

#[test]
fn s07_a_closed_list_takes_what_is_listed_in_any_case() {
    let fine = r#""userName":"u","title":"t","emails":[{"value":"a","type":"WORK"},{"value":"b"}]"#;
    assert_eq!(told(fine), [""; 0]);
    let other = r#""userName":"u","title":"t","emails":[{"value":"a","type":"school"}]"#;
    assert_eq!(
        told(other),
        ["/emails/0/type [canonicalValues] `emails.type` must be one of `work`, `home`, `other`"]
    );
}

#[test]
fn rules_of_values_and_of_resources() {
    let both = r#""userName":"root",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"EmployeeNumber":"7"}"#;
    assert_eq!(
        told(both),
        [
            "/userName [host] `userName` must not be taken by a person",
            "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/EmployeeNumber [host] \
             `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber` must have \
             six digits",
        ],
        "a resource is judged once its values are right"
    );
    assert_eq!(
        told(r#""userName":"u""#),
        ["/title [host] everybody has a title"]
    );
}

#[test]
fn a_rule_for_nothing_is_refused() {
    let refused = |path: &str| {
        HostRules::new(builtin::user_schema())
            .closed(path)
            .unwrap_err()
    };
    assert!(matches!(refused("9"), HostRuleError::Path(_)));
    assert_eq!(
        refused("usrName").to_string(),
        "unknown attribute `usrName`, did you mean `userName`?"
    );
    assert_eq!(refused("name").to_string(), "`name` has no simple values");
    assert_eq!(
        refused("title").to_string(),
        "`title` has no canonical values of its type"
    );
    assert!(matches!(
        refused(builtin::ENTERPRISE_USER),
        HostRuleError::NotSimple(_)
    ));
}

#[test]
fn s07_a_list_that_no_value_is_in_is_not_closed() {
    let mut registry = Registry::new();
    let types = ["integer", "decimal", "boolean", "dateTime", "string"];
    let attributes = types.map(|name| {
        format!(r#"{{"name":"{name}","type":"{name}","canonicalValues":["1","true"]}}"#)
    });
    let attributes = attributes.join(",");
    let document = format!(r#"{{"id":"urn:t:Closed","attributes":[{attributes}]}}"#);
    registry.load_schema(&document).unwrap();
    let document = r#"{"name":"Closed","endpoint":"/Closed","schema":"urn:t:Closed"}"#;
    registry.load_resource_type(document).unwrap();
    let schema = registry.resource_schema("Closed").unwrap();
    let closes = |name: &&str| HostRules::new(schema).closed(name).is_ok();
    let closed: Vec<_> = types.into_iter().filter(closes).collect();
    assert_eq!(closed, ["string"]);
}

#[test]
fn w03_no_rule_is_for_what_clients_do_not_write() {
    let base = builtin::USER;
    let manager = format!("{}:manager.displayName", builtin::ENTERPRISE_USER);
    for path in [
        "schemas",
        &format!("{base}:schemas"),
        "ID",
        "meta.resourceType",
        "groups.type",
        &manager,
    ] {
        let rules = || HostRules::new(builtin::user_schema());
        let refused = [
            rules().value(path, |_| Ok(())).unwrap_err(),
            rules().closed(path).unwrap_err(),
        ];
        let expected = |error: &HostRuleError| matches!(error, HostRuleError::NotWritten(_));
        assert!(refused.iter().all(expected), "{refused:?}");
    }
    assert!(
        HostRules::new(builtin::user_schema())
            .value("externalId", |_| Ok(()))
            .is_ok()
    );
    assert!(
        HostRules::new(builtin::user_schema())
            .value("password", |_| Ok(()))
            .is_ok()
    );
}

/// A title for everybody, and `active` as decision W21 has it.
fn defaults() -> Defaults {
    Defaults::new(|schema, body, current| {
        assert_eq!(schema.resource_type().name, "User");
        let kept = current.and_then(|current| current.get("active")).cloned();
        for (name, default) in [
            ("title", Some("Guest".into())),
            ("active", kept.or(current.is_none().then(|| true.into()))),
        ] {
            if let (None, Some(default)) = (body.get(name), default) {
                body.insert(name, default);
            }
        }
    })
}

#[test]
fn w11_w21_defaults_are_set_where_the_body_says_nothing() {
    let (defaults, policy) = (defaults(), Policy::strict());
    let validator = Validator::new(builtin::user_schema(), &policy).defaults(&defaults);
    let body = |members: &str| -> Resource {
        let text = format!(
            r#"{{"schemas":["{}"],"userName":"a"{members}}}"#,
            builtin::USER
        );
        text.parse().unwrap()
    };
    let shown = |user: &Resource| {
        let active = user.get("active").map(Value::to_json);
        (user.get("title").is_some(), active.unwrap_or_default())
    };
    let create = |members: &str| validator.create(body(members)).unwrap().resource;
    assert_eq!(shown(&create("")), (true, "true".to_owned()));
    assert_eq!(
        shown(&create(r#","ACTIVE":false,"Title":null"#)),
        (false, "false".to_owned())
    );
    assert_eq!(
        shown(&create(r#","active":[],"title":"x""#)),
        (true, String::new())
    );

    let off = create(r#","active":false"#);
    let replaced = validator.replace(&off, body("")).unwrap();
    assert_eq!(shown(&replaced.resource), (true, "false".to_owned()));
    assert!(replaced.changes.is_empty());
    let cleared = validator.replace(&off, body(r#","active":null"#)).unwrap();
    assert_eq!(shown(&cleared.resource), (true, String::new()));
    let still = validator.replace(&cleared.resource, body("")).unwrap();
    assert_eq!(shown(&still.resource), (true, String::new()));
}

#[test]
fn a_default_is_judged_as_what_a_client_sends() {
    let wrong = Defaults::new(|_, body, _| {
        body.insert("active", "yes");
        body.insert("groups", "left out unread");
    });
    let needed = Defaults::new(|_, body, _| drop(body.insert("userName", "ada")));
    let policy = Policy::strict();
    let validator = Validator::new(builtin::user_schema(), &policy);
    let text = format!(r#"{{"schemas":["{}"]}}"#, builtin::USER);
    let create = |defaults: &Defaults| {
        let validator = validator.defaults(defaults);
        let findings =
            validator.check_json(Operation::Create, text.as_bytes(), ReadLimits::default());
        let told: Vec<_> = findings
            .violations()
            .iter()
            .map(|v| v.pointer.clone())
            .collect();
        let created = validator.create(text.parse().unwrap());
        assert_eq!(created.is_ok(), told.is_empty());
        told
    };
    assert_eq!(create(&wrong), ["/active", "/userName"]);
    assert!(create(&needed).is_empty());
}
