//! A departure says where in the request it was needed.

use scim_core::{Object, PatchOp, PatchOperation, Policy, Value, builtin};
use scim_patch::Plan;

fn places(operation: PatchOperation) -> Vec<String> {
    let operations = vec![PatchOperation::replace("title", "Countess"), operation];
    let patch = PatchOp::new(operations);
    let plan = Plan::new(&patch, builtin::user_schema(), &Policy::lenient()).unwrap();
    plan.departures().iter().map(|d| d.place.clone()).collect()
}

fn object(name: &str, value: impl Into<Value>) -> Value {
    Object::from_iter([(name, value)]).into()
}

#[test]
fn the_member_of_the_operation() {
    let active = Some(Value::from("True"));
    for (operation, place) in [
        (
            PatchOperation::new("Remove", Some("title".into()), None),
            "op",
        ),
        (PatchOperation::replace("shoeSize", 1i64), "path"),
        (
            PatchOperation::new("add", Some("active".into()), active),
            "value",
        ),
    ] {
        assert_eq!(places(operation), [format!("/Operations/1/{place}")]);
    }
}

#[test]
fn the_key_of_a_value_and_the_extension_around_it() {
    let enterprise = builtin::ENTERPRISE_USER;
    let within = object(enterprise, object("a/b", 1i64));
    for (path, value, place) in [
        (None, object("shoeSize", 1i64), "shoeSize".to_owned()),
        (None, within, format!("{enterprise}/a~1b")),
        (
            Some(enterprise.into()),
            object("shoeSize", 1i64),
            "shoeSize".to_owned(),
        ),
    ] {
        let places = places(PatchOperation::new("add", path, Some(value)));
        assert_eq!(places, [format!("/Operations/1/value/{place}")]);
    }
}
