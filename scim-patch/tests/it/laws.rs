//! The laws of PATCH as properties, over small pools that collide often.

use proptest::prelude::*;
use proptest::sample::select;
use scim_core::{Change, PatchOp, PatchOperation, Policy, Resource, Value, builtin};
use scim_patch::{Applied, PatchError, PatchLimits, Plan, diff};

const ENTERPRISE: &str = builtin::ENTERPRISE_USER;

fn json(text: &str) -> Value {
    text.parse().unwrap()
}

fn email() -> impl Strategy<Value = Value> {
    let value = select(vec!["a@x", "b@x", "A@X", "c@x"]);
    let kind = proptest::option::of(select(vec!["work", "home", "Work"]));
    let primary = proptest::option::of(any::<bool>());
    (value, kind, primary).prop_map(|(value, kind, primary)| {
        let mut object = scim_core::Object::new();
        object.insert("value", value);
        if let Some(kind) = kind {
            object.insert("type", kind);
        }
        if let Some(primary) = primary {
            object.insert("primary", primary);
        }
        Value::Object(object)
    })
}

/// Emails without two of one identity, and with one primary at most.
fn emails() -> impl Strategy<Value = Vec<Value>> {
    let definition = builtin::user().attribute("emails").unwrap();
    proptest::collection::vec(email(), 0..4).prop_map(|emails| {
        let mut kept: Vec<Value> = Vec::new();
        let mut primary = false;
        for mut email in emails {
            if kept
                .iter()
                .any(|other| scim_core::same_element(definition, other, &email))
            {
                continue;
            }
            if let Some(Value::Bool(is)) = email.as_object_mut().unwrap().get_mut("primary") {
                *is &= !primary;
                primary |= *is;
            }
            kept.push(email);
        }
        kept
    })
}

pub(crate) fn user() -> impl Strategy<Value = Resource> {
    let text = || proptest::option::of(select(vec!["x", "y", ""]));
    (emails(), text(), text(), text()).prop_map(|(emails, title, given, department)| {
        let mut user: Resource = r#"{"schemas":[],"id":"1","userName":"ada"}"#.parse().unwrap();
        let mut schemas = vec![builtin::USER];
        if let Some(title) = title {
            user.insert("title", title);
        }
        if let Some(given) = given {
            let mut name = scim_core::Object::new();
            name.insert("givenName", given);
            user.insert("name", name);
        }
        if !emails.is_empty() {
            user.insert("emails", Value::Array(emails));
        }
        if let Some(department) = department {
            let mut extension = scim_core::Object::new();
            extension.insert("department", department);
            user.insert(ENTERPRISE, extension);
            schemas.push(ENTERPRISE);
        }
        user.insert("schemas", schemas);
        user
    })
}

pub(crate) fn operation() -> impl Strategy<Value = PatchOperation> {
    let paths = vec![
        "userName",
        "title",
        "name",
        "name.givenName",
        "NAME.familyName",
        "emails",
        "emails.type",
        r#"emails[type eq "work"]"#,
        r#"emails[type eq "work"].value"#,
        r#"emails[value eq "a@x"].primary"#,
        r#"emails[primary eq true]"#,
        r#"emails[value sw "b" or not (type pr)]"#,
        r#"emails[type eq "home"].type"#,
        "id",
        "schemas",
        "meta",
        "unknown",
        "emails[",
        ENTERPRISE,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
    ];
    let values = vec![
        "null",
        "[]",
        "\"x\"",
        "\"work\"",
        "true",
        "\"True\"",
        "1",
        r#"{"givenName":"x"}"#,
        r#"{"givenName":null,"familyName":"z"}"#,
        r#"{"value":"b@x","primary":true}"#,
        r#"[{"value":"a@x"},{"value":"c@x","type":"home"}]"#,
        r#"[{"value":"a@x","display":"d"},{"value":"A@x","type":"home"},{"value":"b@x"},{"value":"b@x","type":"work"}]"#,
        r#"{"type":"work"}"#,
        r#"[{"value":"a@x","primary":true},{"value":"b@x","primary":true}]"#,
        r#"{"title":"t","name.givenName":"g","emails":[{"value":"d@x"}]}"#,
        r#"{"department":"d"}"#,
        r#"["urn:ietf:params:scim:schemas:core:2.0:User"]"#,
    ];
    (
        select(vec!["add", "replace", "remove", "Add"]),
        proptest::option::weighted(0.9, select(paths)),
        proptest::option::weighted(0.9, select(values)),
    )
        .prop_map(|(op, path, value)| {
            let value = value.filter(|_| op != "remove").map(json);
            PatchOperation::new(op, path.map(str::to_owned), value)
        })
}

pub(crate) fn apply(
    operations: &[PatchOperation],
    policy: &Policy,
    resource: &mut Resource,
) -> Result<Applied, PatchError> {
    let patch = PatchOp::new(operations.to_vec());
    Plan::new(&patch, builtin::user_schema(), policy)?.apply(resource)
}

/// Order of elements has no meaning (P34), and keys are compared without order already.
pub(crate) fn sorted(resource: &Resource) -> Resource {
    fn sort(object: &mut scim_core::Object) {
        for (_, value) in object.iter_mut() {
            match value {
                Value::Object(object) => sort(object),
                Value::Array(elements) => {
                    for element in elements.iter_mut() {
                        if let Value::Object(object) = element {
                            sort(object);
                        }
                    }
                    elements.sort_by_key(|element| match element {
                        Value::Object(object) => {
                            let mut members: Vec<_> = object.iter().collect();
                            members.sort_by(|a, b| a.0.cmp(b.0));
                            format!("{members:?}")
                        }
                        simple => simple.to_json(),
                    });
                }
                _ => {}
            }
        }
    }
    let mut resource = resource.clone();
    sort(&mut resource);
    resource
}

/// Plays the changes on a copy of the resource.
fn replay(resource: &mut Resource, changes: &[Change]) {
    for change in changes {
        let container = match change.path.schema() {
            None => &mut **resource,
            Some(uri) => {
                if resource.get(uri).is_none() {
                    resource.insert(uri, scim_core::Object::new());
                }
                resource.get_mut(uri).unwrap().as_object_mut().unwrap()
            }
        };
        let attr = change.path.attr();
        if attr == "emails" {
            if container.get(attr).is_none() {
                container.insert(attr, Value::Array(Vec::new()));
            }
            let list = container.get_mut(attr).unwrap().as_array_mut().unwrap();
            if let Some(before) = &change.before {
                let at = list.iter().position(|element| element == before).unwrap();
                list.remove(at);
            }
            list.extend(change.after.clone());
        } else if let Some(sub) = change.path.sub() {
            if container.get(attr).is_none() {
                container.insert(attr, scim_core::Object::new());
            }
            let object = container.get_mut(attr).unwrap().as_object_mut().unwrap();
            assert_eq!(object.remove(sub), change.before);
            if let Some(after) = &change.after {
                object.insert(sub, after.clone());
            }
        } else {
            assert_eq!(container.remove(attr), change.before);
            if let Some(after) = &change.after {
                container.insert(attr, after.clone());
            }
        }
    }
    let is_empty = |value: &Value| match value {
        Value::Array(elements) => elements.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    };
    for uri in [ENTERPRISE] {
        if let Some(Value::Object(object)) = resource.get_mut(uri) {
            object.retain(|_, value| !is_empty(value));
        }
    }
    resource.retain(|_, value| !is_empty(value));
    let schemas = scim_schema::effective_schemas(builtin::user_schema(), resource);
    resource.insert("schemas", schemas);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Law 4, first half.
    #[test]
    fn a_failed_patch_leaves_the_resource_to_the_byte(
        user in user(), operations in proptest::collection::vec(operation(), 1..5)
    ) {
        for policy in [Policy::strict(), Policy::lenient(), Policy::interop()] {
            let mut patched = user.clone();
            match apply(&operations, &policy, &mut patched) {
                Err(_) => prop_assert_eq!(patched.to_string(), user.to_string()),
                Ok(applied) if applied.changes.is_empty() => {
                    prop_assert_eq!(patched.to_string(), user.to_string());
                }
                Ok(applied) => {
                    prop_assert_ne!(sorted(&patched), sorted(&user));
                    let mut replayed = user.clone();
                    replay(&mut replayed, &applied.changes);
                    prop_assert_eq!(sorted(&replayed), sorted(&patched));
                }
            }
        }
    }

    /// Law 4, second half.
    #[test]
    fn a_second_time_changes_nothing(user in user(), operation in operation()) {
        let mut patched = user;
        let filtered = operation.path.as_deref().is_some_and(|path| path.contains('['));
        if apply(std::slice::from_ref(&operation), &Policy::strict(), &mut patched).is_ok() && !filtered {
            let again = apply(&[operation], &Policy::strict(), &mut patched).unwrap();
            prop_assert_eq!(again.changes, vec![]);
        }
    }

    /// Law 5.
    #[test]
    fn a_diff_leads_from_one_state_to_the_other(a in user(), b in user()) {
        let schema = builtin::user_schema();
        prop_assert_eq!(diff(&a, &a, schema).unwrap().operations, vec![]);
        let patch = diff(&a, &b, schema).unwrap();
        prop_assume!(!patch.operations.is_empty());
        let mut patched = a.clone();
        apply(&patch.operations, &Policy::strict(), &mut patched).unwrap();
        prop_assert_eq!(sorted(&patched), sorted(&b));
        for left_out in 0..patch.operations.len() {
            let mut operations = patch.operations.clone();
            let one = operations.remove(left_out);
            let mut patched = a.clone();
            let shorter = match operations.is_empty() {
                true => true,
                false => apply(&operations, &Policy::strict(), &mut patched).is_ok(),
            };
            prop_assert!(!shorter || sorted(&patched) != sorted(&b), "{one:?} can be left out");
        }
    }

    /// Law 6.
    #[test]
    fn lenient_takes_what_strict_takes(
        user in user(), operations in proptest::collection::vec(operation(), 1..5)
    ) {
        let mut strict = user.clone();
        let mut lenient = user;
        if apply(&operations, &Policy::strict(), &mut strict).is_ok() {
            apply(&operations, &Policy::lenient(), &mut lenient).unwrap();
            prop_assert_eq!(strict.to_string(), lenient.to_string());
        }
    }
}

#[test]
fn changes_hold_no_secret() {
    let mut user: Resource = r#"{"schemas":[],"userName":"ada","password":"old"}"#
        .parse()
        .unwrap();
    let operation = PatchOperation::replace("password", "new");
    let applied = apply(&[operation], &Policy::strict(), &mut user).unwrap();
    let change = &applied.changes[0];
    assert_eq!(change.path.as_str(), "password");
    assert_eq!((&change.before, &change.after), (&None, &None));
}

/// Law 8: what costs the product of operations and elements is bounded, before the work is done.
#[test]
fn the_product_of_operations_and_elements_is_bounded() {
    let emails: Vec<Value> = (0..1000)
        .map(|at| json(&format!(r#"{{"value":"{at}@example.com"}}"#)))
        .collect();
    let mut user: Resource = r#"{"userName":"ada"}"#.parse().unwrap();
    user.insert("emails", Value::Array(emails));
    let before = user.to_string();
    let terms = vec![r#"value co "zz""#; 20].join(" or ");
    for operation in [
        PatchOperation::remove(format!("emails[{terms}]")),
        PatchOperation::replace("emails.type", "work"),
    ] {
        let patch = PatchOp::new(vec![operation; 100]);
        let limits = PatchLimits {
            comparisons: 500_000,
            ..PatchLimits::default()
        };
        let schema = builtin::user_schema();
        let plan = Plan::with_limits(&patch, schema, &Policy::strict(), limits).unwrap();
        let error = plan.apply(&mut user).unwrap_err();
        assert!(error.to_string().contains("500000 comparisons"), "{error}");
        assert_eq!(user.to_string(), before);
    }
    let by_value = (0..1000)
        .map(|at| PatchOperation::remove(format!(r#"emails[value eq "{at}@example.com"]"#)));
    let patch = PatchOp::new(by_value.collect());
    let limits = PatchLimits {
        comparisons: 20_000,
        ..PatchLimits::default()
    };
    let plan =
        Plan::with_limits(&patch, builtin::user_schema(), &Policy::strict(), limits).unwrap();
    assert_eq!(plan.apply(&mut user).unwrap().changes.len(), 1000);
}
