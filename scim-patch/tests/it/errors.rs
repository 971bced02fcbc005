//! Errors say which operation is at fault, and which part of its path.

use scim_core::{PatchOp, PatchOperation, Policy, Resource, Value, builtin};
use scim_patch::{PatchLimits, Plan};

#[test]
fn the_part_of_a_path_that_is_at_fault() {
    let enterprise = builtin::ENTERPRISE_USER;
    let qualified = format!("{enterprise}:nope");
    let schema = format!("{enterprise}[value eq \"x\"]");
    for (path, part) in [
        ("emails[type eq work]", Some("work")),
        ("emails[type eq \"work\" and kind pr]", Some("kind")),
        ("emails[primary eq \"x\"].value", Some("\"x\"")),
        ("emails[type eq \"work\"].nope", Some("nope")),
        ("emails.nope", Some("emails.nope")),
        ("nope[type eq \"work\"].value", Some("nope")),
        (&qualified, Some(&qualified)),
        (&schema, Some(enterprise)),
        ("meta.created", Some("meta.created")),
        ("groups[value eq \"x\"]", Some("groups")),
        ("userName[value eq \"x\"]", Some("userName")),
        // The value is at fault.
        ("active", None),
    ] {
        let wrong = Value::from("neither a boolean nor an object");
        let patch = PatchOp::new(vec![
            PatchOperation::replace("title", "Countess"),
            PatchOperation::replace(path, wrong),
        ]);
        let error = Plan::new(&patch, builtin::user_schema(), &Policy::strict()).unwrap_err();
        let found = error.path_span().and_then(|span| path.get(span));
        assert_eq!((error.operation(), found), (Some(1), part), "{error}");
    }
}

#[test]
fn the_key_of_a_value_is_no_path() {
    for key in [
        "nope",
        "emails[kind eq \"work\"].value",
        "userName[value pr]",
    ] {
        let value: Value = [(key, Value::from("x"))]
            .into_iter()
            .collect::<scim_core::Object>()
            .into();
        let patch = PatchOp::new(vec![PatchOperation::new("add", None, Some(value))]);
        let mut policy = Policy::strict();
        policy.filter_in_value_key = true;
        let error = Plan::new(&patch, builtin::user_schema(), &policy).unwrap_err();
        assert_eq!(error.path_span(), None, "{error}");
    }
}

#[test]
fn the_size_of_a_value_is_bounded() {
    let mut limits = PatchLimits::default();
    limits.values.string_bytes = 4;
    limits.values.elements = 2;
    let list = |texts: &[&str]| Value::from(texts.to_vec());
    let email = |text: &str| format!(r#"emails[type eq "{text}"].display"#);
    for (path, value, fits) in [
        ("title", "four".into(), true),
        ("title", "fives".into(), false),
        ("emails", list(&["a", "b"]), true),
        ("emails", list(&["a", "b", "c"]), false),
        (&email("work"), "four".into(), true),
        // Here the filter writes the value.
        (&email("other"), "four".into(), false),
    ] {
        let patch = PatchOp::new(vec![PatchOperation::add(path, value)]);
        let (schema, policy) = (builtin::user_schema(), Policy::lenient());
        let plan = Plan::with_limits(&patch, schema, &policy, limits);
        let mut user = r#"{"userName":"ada"}"#.parse().unwrap();
        let applied = plan.and_then(|plan| plan.apply(&mut user));
        assert_eq!(applied.is_ok(), fits, "{path} {applied:?}");
    }
}

/// What goes is at fault only if it does not come back.
#[test]
fn the_operation_that_brings_something_else_back() {
    let members = |display: &str| {
        let text = format!(r#"[{{"value":"1","display":"{display}"}},{{"value":"2"}}]"#);
        text.parse::<Value>().unwrap()
    };
    for gone in ["members", "members[value eq \"1\"]"] {
        let patch = PatchOp::new(vec![
            PatchOperation::remove(gone),
            PatchOperation::add("displayName", "h"),
            PatchOperation::add("members", members("Countess")),
            PatchOperation::add("displayName", "i"),
        ]);
        let plan = Plan::new(&patch, builtin::group_schema(), &Policy::strict()).unwrap();
        let mut group: Resource = r#"{"displayName":"g"}"#.parse().unwrap();
        group.insert("members", members("Ada"));
        let error = plan.apply(&mut group).unwrap_err();
        assert_eq!(error.operation(), Some(2), "{gone}: {error}");
    }
}
