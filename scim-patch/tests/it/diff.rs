//! The diff of two states: extensions as a whole, and large groups.

use scim_core::{
    Mutability, Object, PatchOp, PatchOperation, Policy, Resource, ResourceSchema, Value, builtin,
};
use scim_patch::{Plan, diff};

/// The operations of the diff, as `op path`; applied, they lead from one state to the other.
fn operations(before: &str, after: &str, schema: &ResourceSchema) -> Vec<String> {
    let (before, after): (Resource, Resource) = (before.parse().unwrap(), after.parse().unwrap());
    let patch = diff(&before, &after, schema).unwrap();
    let mut patched = before;
    let plan = Plan::new(&patch, schema, &Policy::strict()).unwrap();
    plan.apply(&mut patched).unwrap();
    assert_eq!(patched, after);
    let text = |operation: &scim_core::PatchOperation| {
        format!(
            "{} {}",
            operation.op,
            operation.path.as_deref().unwrap_or_default()
        )
    };
    patch.operations.iter().map(text).collect()
}

const ENTERPRISE: &str = builtin::ENTERPRISE_USER;

/// The user with an employeeNumber that never changes.
fn numbered(required: bool) -> ResourceSchema {
    builtin::user_schema().amended(|place| {
        let mut attribute = place.attribute.clone();
        if attribute.name == *"employeeNumber" {
            attribute.mutability = Mutability::Immutable;
            attribute.required = required;
        }
        Some(attribute)
    })
}

fn user(department: &str, number: &str) -> String {
    let uri = builtin::USER;
    format!(
        r#"{{"schemas":["{uri}","{ENTERPRISE}"],"userName":"a",
            "{ENTERPRISE}":{{"employeeNumber":"{number}","department":"{department}"}}}}"#
    )
}

#[test]
fn an_extension_goes_as_a_whole_with_what_is_immutable_in_it() {
    let without = format!(r#"{{"schemas":["{}"],"userName":"a"}}"#, builtin::USER);
    for required in [false, true] {
        let found = operations(&user("d", "1"), &without, &numbered(required));
        assert_eq!(found, [format!("remove {ENTERPRISE}")]);
    }
    let found = operations(&user("d", "1"), &without, builtin::user_schema());
    let names = ["employeeNumber", "department"].map(|name| format!("remove {ENTERPRISE}:{name}"));
    assert_eq!(found, names);
}

#[test]
fn what_is_immutable_stays_in_an_extension_that_stays() {
    let schema = numbered(false);
    let (before, after) = (
        user("d", "1").parse().unwrap(),
        user("d", "2").parse().unwrap(),
    );
    let error = diff(&before, &after, &schema).unwrap_err();
    assert_eq!(error.path().attr(), "employeeNumber");
    let found = operations(&user("d", "1"), &user("e", "1"), &schema);
    assert_eq!(found, [format!("replace {ENTERPRISE}:department")]);
}

/// So many that a walk over the list for each element that goes or changes would take hours.
#[test]
fn many_elements_of_a_large_group() {
    let member = |at: usize, name: &str| {
        Object::from_iter([("value", format!("u{at}")), (name, "User".into())])
    };
    let group = |members: Vec<Object>| {
        let mut group: Resource = r#"{"displayName":"g"}"#.parse().unwrap();
        let members: Vec<Value> = members.into_iter().map(Value::Object).collect();
        group.insert("members", members);
        group
    };
    let before = group((0..50_000).map(|at| member(at, "type")).collect());
    // Every fifth goes, and one comes.
    let left = (0..50_000).filter(|at| at % 5 != 0);
    let after = left.chain(50_000..50_001).map(|at| member(at, "type"));
    let after = group(after.collect());
    let patch: PatchOp = diff(&before, &after, builtin::group_schema()).unwrap();
    // With the one `add` it is one operation more than a PATCH may hold.
    assert_eq!(patch.operations.len(), 1);
    let after = (0..50_000).filter(|at| at % 10 != 0);
    let after = group(after.map(|at| member(at, "type")).collect());
    let patch = diff(&before, &after, builtin::group_schema()).unwrap();
    assert_eq!(patch.operations.len(), 5_000);
    assert_eq!(
        patch.operations[1].path.as_deref(),
        Some(r#"members[value eq "u10"]"#)
    );
}

/// A service provider computes them, and a client leaves them out.
#[test]
fn what_is_read_only_is_left_alone_wherever_it_stands() {
    let schema = builtin::user_schema().amended(|place| {
        let mut attribute = place.attribute.clone();
        for sub in &mut attribute.sub_attributes {
            if sub.name == *"display" {
                sub.mutability = Mutability::ReadOnly;
            }
        }
        Some(attribute)
    });
    let user = |rest: &str| format!(r#"{{"userName":"a"{rest}}}"#);
    let manager = format!(r#","{ENTERPRISE}":{{"manager":{{"value":"26","displayName":"Bo"}}}}"#);
    let manager_path = format!("add {ENTERPRISE}:manager");
    let one = r#","emails":[{"value":"a","display":"A"}]"#;
    let changed = r#","emails":[{"value":"a","display":"B"}]"#;
    let typed = r#","emails":[{"value":"a","display":"B","type":"work"}]"#;
    let two = r#","emails":[{"value":"a","display":"A"},{"value":"b","display":"B"}]"#;
    let nothing_else = r#","emails":[{"display":"A"}]"#;
    for (before, after, expected) in [
        ("", &*manager, vec![&*manager_path]),
        ("", nothing_else, vec![]),
        ("", one, vec!["add emails"]),
        (one, changed, vec![]),
        (one, typed, vec![r#"add emails[value eq "a"].type"#]),
        (one, two, vec!["add emails"]),
        (two, one, vec![r#"remove emails[value eq "b"]"#]),
    ] {
        let (before, after) = (user(before).parse().unwrap(), user(after).parse().unwrap());
        let patch = diff(&before, &after, &schema).unwrap();
        let text = |o: &PatchOperation| format!("{} {}", o.op, o.path.as_deref().unwrap_or(""));
        let found: Vec<_> = patch.operations.iter().map(text).collect();
        assert_eq!(found, expected, "{after}");
        if !patch.operations.is_empty() {
            let plan = Plan::new(&patch, &schema, &Policy::strict()).unwrap();
            plan.apply(&mut before.clone()).unwrap();
        }
    }
}

#[test]
fn a_singular_complex_attribute_does_not_go_with_what_is_immutable_in_it() {
    let schema = builtin::user_schema().amended(|place| {
        let mut attribute = place.attribute.clone();
        for sub in &mut attribute.sub_attributes {
            if attribute.name == *"name" && sub.name == *"givenName" {
                sub.mutability = Mutability::Immutable;
            }
        }
        Some(attribute)
    });
    let user = |name: &str| -> Resource {
        let uri = builtin::USER;
        let text = format!(r#"{{"schemas":["{uri}"],"userName":"a","name":{name}}}"#);
        text.parse().unwrap()
    };
    for before in [
        r#"{"givenName":"g"}"#,
        r#"{"givenName":"g","familyName":"f"}"#,
    ] {
        let error = diff(&user(before), &user("{}"), &schema).unwrap_err();
        assert_eq!(error.path().as_str(), "name");
    }
}

/// It stays as it is stored (P21), so there is nothing to send.
#[test]
fn another_spelling_of_what_is_immutable_is_no_change() {
    let schema = builtin::user_schema().amended(|place| {
        let mut attribute = place.attribute.clone();
        let immutable = ["name", "photos", "displayName", "manager"];
        if immutable.iter().any(|name| attribute.name == **name) {
            attribute.mutability = Mutability::Immutable;
        }
        if attribute.name == *"emails" {
            for sub in &mut attribute.sub_attributes {
                if sub.name == *"display" || sub.name == *"type" {
                    sub.mutability = Mutability::Immutable;
                }
            }
        }
        Some(attribute)
    });
    let user = |rest: &str| -> Resource {
        let text = format!(
            r#"{{"schemas":["{}"],"userName":"a",{rest}}}"#,
            builtin::USER
        );
        text.parse().unwrap()
    };
    let emails = |display: &str, more: &str| {
        format!(
            r#""emails":[{{"value":"a","type":"work","display":"{display}"}},{{"value":"b","type":"home"}}{more}]"#
        )
    };
    let manager =
        |link: &str| format!(r#""{ENTERPRISE}":{{"manager":{{"value":"26","$ref":"{link}"}}}}"#);
    for (before, after, expected) in [
        (r#""displayName":"Ada""#, r#""displayName":"ADA""#, vec![]),
        (
            r#""name":{"givenName":"Ada"}"#,
            r#""name":{"givenName":"ada"}"#,
            vec![],
        ),
        (
            r#""photos":[{"value":"http://x.org/1","display":"p"},{"value":"http://x.org/2"}]"#,
            r#""photos":[{"value":"http://x.org/2"},{"value":"http://x.org/1","display":"P"}]"#,
            vec![],
        ),
        (
            &*manager("../Users/26"),
            &*manager("https://x.org/v2/Users/26"),
            vec![],
        ),
        (&*emails("Ada", ""), &*emails("ADA", ""), vec![]),
        (
            &*emails("Ada", ""),
            &*emails("ADA", r#",{"value":"c"}"#),
            vec!["add emails"],
        ),
        (
            &*emails("Ada", r#",{"value":"c"}"#),
            &*emails("ADA", ""),
            vec![r#"remove emails[value eq "c"]"#],
        ),
        (
            &*emails("Ada", ""),
            r#""emails":[{"value":"b","type":"HOME"},{"value":"A","type":"Work","display":"aDA","primary":true}]"#,
            vec![
                r#"replace emails[value eq "a"].value"#,
                r#"add emails[value eq "a"].primary"#,
            ],
        ),
    ] {
        let (before, after) = (user(before), user(after));
        let patch = diff(&before, &after, &schema).unwrap();
        let text = |o: &PatchOperation| format!("{} {}", o.op, o.path.as_deref().unwrap_or(""));
        let found: Vec<_> = patch.operations.iter().map(text).collect();
        assert_eq!(found, expected, "{before} {after}");
        if !found.is_empty() {
            let mut patched = before.clone();
            let plan = Plan::new(&patch, &schema, &Policy::strict()).unwrap();
            plan.apply(&mut patched).unwrap();
            assert_eq!(diff(&patched, &after, &schema).unwrap().operations, vec![]);
        }
    }
}
