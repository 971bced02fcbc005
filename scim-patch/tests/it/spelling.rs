//! What is immutable as a whole keeps its spelling (P21).

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
