//! Rules of a host's own.

use scim_core::{Policy, Resource, builtin};
use scim_schema::{HostRuleError, HostRules, Operation, Rule, Site, Validator};

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
        "`title` has no canonical values"
    );
    assert!(matches!(
        refused(builtin::ENTERPRISE_USER),
        HostRuleError::NotSimple(_)
    ));
}
