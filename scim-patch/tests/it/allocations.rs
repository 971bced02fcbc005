//! A PATCH copies what it touches, never the resource.

use allocation_counter::measure;
use scim_core::{Document, PatchOp, PatchOperation, Policy, Resource, Valid, Value, builtin};
use scim_patch::Plan;

fn group(members: usize) -> Resource {
    let member = |at| {
        let text = format!(r#"{{"value":"member {at}","type":"User","display":"Somebody {at}"}}"#);
        text.parse::<Value>().unwrap()
    };
    let mut group: Resource = r#"{"displayName":"all"}"#.parse().unwrap();
    group.insert("members", (0..members).map(member).collect::<Vec<_>>());
    group
}

fn plan(operations: Vec<PatchOperation>) -> Plan<'static> {
    let patch = PatchOp::new(operations);
    Plan::new(&patch, builtin::group_schema(), &Policy::strict()).unwrap()
}

fn removals() -> Vec<PatchOperation> {
    let path = |at| format!(r#"members[value eq "member {at}"]"#);
    (0..20).map(|at| PatchOperation::remove(path(at))).collect()
}

#[test]
fn of_a_tree() {
    for operations in [
        vec![PatchOperation::replace("displayName", "some")],
        removals(),
        vec![PatchOperation::add(
            "members",
            vec![Value::Object([("value", "new")].into_iter().collect())],
        )],
    ] {
        let plan = plan(operations);
        let counts = [1_000, 10_000].map(|members| {
            let mut group = group(members);
            let counted = measure(|| {
                assert!(!plan.apply(&mut group).unwrap().changes.is_empty());
            });
            counted.count_total
        });
        assert!(counts[0] < 600, "{counts:?}");
        assert_eq!(counts[0], counts[1], "as many whatever the size");
    }
}

/// An error puts everything back, and that needs no copy either.
#[test]
fn of_a_tree_that_is_rolled_back() {
    let mut operations = removals();
    let path = r#"members[value eq "member 30"].type"#;
    operations.push(PatchOperation::replace(path, "Group"));
    let plan = plan(operations);
    let mut group = group(10_000);
    let before = group.clone();
    let counted = measure(|| assert!(plan.apply(&mut group).is_err()));
    assert!(counted.count_total < 600, "{}", counted.count_total);
    assert_eq!(group, before);
}

/// From text to text: the new text, and what the operations touch.
#[test]
fn of_a_document() {
    let plan = plan(removals());
    let counts = [1_000, 10_000].map(|members| {
        let document = Document::from_valid(&Valid::assume(group(members)));
        let counted = measure(|| {
            assert_eq!(plan.apply_document(&document).unwrap().1.changes.len(), 20);
        });
        let bytes = counted.bytes_total as usize;
        let text = document.as_str().len();
        assert!(bytes < text + 150_000, "{bytes} for {text}");
        counted.count_total
    });
    assert!(counts[0] < 1_000, "{counts:?}");
    assert_eq!(counts[0], counts[1], "as many whatever the size");
}
