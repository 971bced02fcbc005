//! What stays as it is stored: the spelling of what is immutable (P21), the order of lists (P34).

use scim_core::{Mutability, PatchOp, PatchOperation, Policy, Resource, Value, builtin};
use scim_patch::Plan;

#[test]
fn equal_values_of_immutable_lists_and_complex_attributes() {
    let schema = builtin::user_schema().amended(|place| {
        let mut attribute = place.attribute.clone();
        if ["name", "emails"]
            .iter()
            .any(|name| attribute.name == **name)
        {
            attribute.mutability = Mutability::Immutable;
        }
        Some(attribute)
    });
    let before = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada",
        "name":{"givenName":"Ada"},"emails":[{"value":"a@x","type":"work"},{"value":"b@x"}]}"#;
    let before: Resource = before.parse().unwrap();
    let equal = r#"[{"value":"A@x","type":"Work"},{"value":"b@x"}]"#;
    let other = r#"[{"value":"A@x","type":"Work"},{"value":"c@x"}]"#;
    let replace =
        |path: &str, value: &str| PatchOperation::replace(path, value.parse::<Value>().unwrap());
    let add = |path: &str, value: &str| PatchOperation::add(path, value.parse::<Value>().unwrap());
    for (operations, is_allowed) in [
        (vec![replace("name.givenName", r#""ADA""#)], true),
        (vec![replace("name", r#"{"givenName":"ADA"}"#)], true),
        (vec![replace("name.givenName", r#""Eva""#)], false),
        (vec![replace("emails", equal)], true),
        (vec![replace("emails", other)], false),
        (
            vec![PatchOperation::remove("emails"), add("emails", equal)],
            true,
        ),
        (
            vec![PatchOperation::remove("emails"), add("emails", other)],
            false,
        ),
        (
            vec![replace(r#"emails[value eq "a@x"].type"#, r#""WORK""#)],
            true,
        ),
    ] {
        let patch = PatchOp::new(operations);
        let plan = Plan::new(&patch, &schema, &Policy::strict()).unwrap();
        let mut user = before.clone();
        let applied = plan.apply(&mut user);
        assert_eq!(applied.is_ok(), is_allowed, "{patch:?} {applied:?}");
        assert_eq!(user.to_string(), before.to_string());
    }
}

/// What described the value is not touched either.
#[test]
fn an_equal_value_of_an_immutable_complex_attribute() {
    let schema = builtin::user_schema().amended(|place| {
        let mut attribute = place.attribute.clone();
        if attribute.name == *"manager" {
            attribute.mutability = Mutability::Immutable;
            for sub in &mut attribute.sub_attributes {
                sub.case_exact = false;
            }
        }
        Some(attribute)
    });
    let manager = format!("{}:manager", builtin::ENTERPRISE_USER);
    let before = format!(
        r#"{{"schemas":["{}","{}"],"userName":"ada",
        "{}":{{"manager":{{"value":"m","$ref":"../Users/m","displayName":"Bo"}}}}}}"#,
        builtin::USER,
        builtin::ENTERPRISE_USER,
        builtin::ENTERPRISE_USER
    );
    let before: Resource = before.parse().unwrap();
    let whole: Value = r#"{"value":"M"}"#.parse().unwrap();
    for policy in [Policy::strict(), Policy::lenient()] {
        for operation in [
            PatchOperation::replace(format!("{manager}.value"), "M"),
            PatchOperation::add(format!("{manager}.value"), "M"),
            PatchOperation::replace(&*manager, whole.clone()),
            PatchOperation::add(&*manager, whole.clone()),
        ] {
            let patch = PatchOp::new(vec![operation]);
            let plan = Plan::new(&patch, &schema, &policy).unwrap();
            let mut user = before.clone();
            assert_eq!(plan.apply(&mut user).unwrap().changes, vec![], "{patch:?}");
            assert_eq!(user.to_string(), before.to_string());
        }
    }
}

#[test]
fn the_order_of_lists_inside_objects() {
    let schema = builtin::user_schema().amended(|place| {
        let mut attribute = place.attribute.clone();
        for sub in &mut attribute.sub_attributes {
            sub.multi_valued |= sub.name == *"display" || sub.name == *"givenName";
        }
        Some(attribute)
    });
    let before = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada",
        "name":{"givenName":["Ada","Bo"]},"emails":[{"value":"a@x","display":["1","2"]}]}"#;
    let before: Resource = before.parse().unwrap();
    let value = |text: &str| text.parse::<Value>().unwrap();
    for (path, given, changes) in [
        ("name.givenName", r#"["Bo","Ada"]"#, 0),
        ("name.givenName", r#"["Bo","ADA"]"#, 1),
        ("name", r#"{"givenName":["Bo","Ada"]}"#, 0),
        ("emails.display", r#"["2","1"]"#, 0),
        ("emails.display", r#"["2"]"#, 1),
        ("emails", r#"[{"value":"a@x","display":["2","1"]}]"#, 0),
        ("emails", r#"[{"value":"a@x","display":["2","3"]}]"#, 1),
    ] {
        let patch = PatchOp::new(vec![PatchOperation::replace(path, value(given))]);
        let plan = Plan::new(&patch, &schema, &Policy::strict()).unwrap();
        let mut user = before.clone();
        let applied = plan.apply(&mut user).unwrap();
        assert_eq!(applied.changes.len(), changes, "{patch:?}");
        assert_eq!(user == before, changes == 0, "{user}");
    }
}
