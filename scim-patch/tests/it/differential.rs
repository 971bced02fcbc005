//! [`Plan`] against the naive applier, on generated schemas, resources and requests.

use proptest::prelude::*;
use scim_core::{
    Attribute, Mutability, Object, PatchOp, PatchOperation, Policy, Resource, ResourceSchema,
    ScimType, Value, builtin,
};
use scim_patch::{PatchError, Plan, diff};
use scim_schema::{Operation, validate};
use scim_smith::{Definitions, Source, has_twins};

use crate::laws::{operation, sorted, user};
use crate::{naive, tables};

/// What the two say differently, if anything.
fn difference(
    resource: &Resource,
    patch: &PatchOp,
    schema: &ResourceSchema,
    policy: &Policy,
) -> Option<String> {
    let mut patched = resource.clone();
    let outcome = Plan::new(patch, schema, policy).and_then(|plan| plan.apply(&mut patched));
    let expected = naive::apply(resource, patch, schema, policy);
    let text = (resource.to_string(), patched.to_string());
    let difference = match (outcome, expected) {
        (Ok(applied), Ok(expected)) => {
            let is_same = sorted(&expected) == sorted(resource);
            let agree = match is_same {
                true => text.0 == text.1,
                false => without_schemas(&patched) == without_schemas(&expected),
            };
            (!agree || applied.changes.is_empty() != is_same)
                .then(|| format!("{patched}\nis not\n{expected}\n{:?}", applied.changes))
        }
        (Err(error), Err(expected)) => {
            // Which of several faults is found first is nobody's rule: neither among operations, nor
            // where a value lacks what is required and changes what is immutable.
            let one = patch.operations.len() == 1 && patch.operations[0].path.is_some();
            let found = error.scim_type();
            let both = found == ScimType::InvalidValue && expected == ScimType::Mutability;
            let agree = !one || found == expected || both;
            (!agree || text.0 != text.1).then(|| format!("{error} is not {expected:?}"))
        }
        (Ok(applied), Err(expected)) => {
            Some(format!("{:?} done, against {expected:?}", applied.changes))
        }
        (Err(error), Ok(expected)) => Some(format!("{error}, but it is {expected}")),
    };
    let operations = &patch.operations;
    difference.map(|difference| format!("{difference}\nfrom {resource}\nby {operations:?}"))
}

/// A schema, a stored resource of it, and a PATCH.
pub(crate) fn generated(bytes: &[u8]) -> (ResourceSchema, Resource, PatchOp) {
    let mut source = Source::new(bytes);
    let schema = Definitions::new(&mut source).resource_schema();
    let resource = scim_smith::stored(&mut source, &schema);
    let patch = scim_smith::patch(&mut source, &schema);
    (schema, resource, patch)
}

pub(crate) fn policies() -> [Policy; 3] {
    [Policy::strict(), Policy::lenient(), Policy::interop()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn on_generated_schemas(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (schema, resource, patch) = generated(&bytes);
        for policy in policies() {
            let difference = difference(&resource, &patch, &schema, &policy);
            prop_assert_eq!(difference, None);
        }
    }

    /// Lists that are long enough for an index.
    #[test]
    fn on_generated_schemas_with_long_lists(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (schema, mut resource, patch) = generated(&bytes);
        lengthen(&mut resource);
        let patch = PatchOp::new([patch.operations.clone(), patch.operations].concat());
        for policy in policies() {
            let difference = difference(&resource, &patch, &schema, &policy);
            prop_assert_eq!(difference, None);
        }
    }

    /// Values that meet each other more often.
    #[test]
    fn on_users(
        user in user(), operations in proptest::collection::vec(operation(), 1..6)
    ) {
        let patch = PatchOp::new(operations);
        for policy in policies() {
            let difference = difference(&user, &patch, builtin::user_schema(), &policy);
            prop_assert_eq!(difference, None);
        }
    }

    /// Law 4, second half, on generated schemas.
    #[test]
    fn a_second_time_changes_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (schema, mut resource, mut patch) = generated(&bytes);
        patch.operations.truncate(1);
        let plain = !patch.operations.iter().any(|o| o.path.as_ref().is_some_and(|p| p.contains('[')));
        for policy in policies() {
            if let Ok(plan) = Plan::new(&patch, &schema, &policy)
                && plan.apply(&mut resource).is_ok() && plain
            {
                prop_assert_eq!(plan.apply(&mut resource).unwrap().changes, vec![]);
            }
        }
    }

    /// What was valid is valid after a PATCH.
    #[test]
    fn a_patched_resource_is_valid(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (schema, resource, patch) = generated(&bytes);
        for policy in policies() {
            let mut patched = resource.clone();
            let plan = Plan::new(&patch, &schema, &policy);
            if plan.and_then(|plan| plan.apply(&mut patched)).is_ok() {
                let text = patched.to_string();
                let valid = validate(&schema, Operation::Patch, patched, Some(&resource), &policy);
                prop_assert!(valid.is_ok(), "{:?}\n{resource}\n{text}", valid.map_err(|r| r.violations));
            }
        }
    }

    /// Law 6, on generated schemas. `{"value": ""}` is a removal by the lenient policy alone, and what is
    /// required cannot be removed.
    #[test]
    fn lenient_takes_what_strict_takes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (schema, resource, patch) = generated(&bytes);
        let (mut strict, mut lenient) = (resource.clone(), resource);
        let plan = Plan::new(&patch, &schema, &Policy::strict());
        if plan.and_then(|plan| plan.apply(&mut strict)).is_ok() {
            let plan = Plan::new(&patch, &schema, &Policy::lenient()).unwrap();
            if !patch.operations.iter().any(has_empty_value) {
                plan.apply(&mut lenient).unwrap();
                prop_assert_eq!(strict.to_string(), lenient.to_string());
            }
        }
    }

    /// Law 5, on generated schemas, between states that PATCHes can lead to.
    #[test]
    fn a_diff_leads_from_one_state_to_the_other(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut source = Source::new(&bytes);
        let schema = Definitions::new(&mut source).resource_schema();
        let before = scim_smith::stored(&mut source, &schema);
        prop_assert_eq!(diff(&before, &before, &schema).unwrap().operations, vec![]);
        let mut after = before.clone();
        for _ in 0..8 {
            let patch = scim_smith::patch(&mut source, &schema);
            // What lenient lets pass, the strict PATCH of a diff need not.
            let _ = Plan::new(&patch, &schema, &Policy::strict()).map(|plan| plan.apply(&mut after));
        }
        prop_assume!(!has_twins(&before, &schema) && !has_twins(&after, &schema));
        let patch = match diff(&before, &after, &schema) {
            Ok(patch) => patch,
            // Elements without `value` are others when they change, and what is readOnly in them is new.
            // What is immutable went with the whole that held it, in a PATCH of its own.
            Err(error) => {
                let reason = error.to_string();
                let bound = ["is readOnly", "is immutable"].iter().any(|part| reason.contains(part));
                prop_assert!(bound, "{reason}\n{before}\n{after}");
                return Ok(());
            }
        };
        let apply = |operations: Vec<PatchOperation>| {
            let mut patched = before.clone();
            if operations.is_empty() {
                return Ok(patched);
            }
            let patch = PatchOp::new(operations);
            Plan::new(&patch, &schema, &Policy::strict())?.apply(&mut patched)?;
            Ok::<_, PatchError>(patched)
        };
        let patched = apply(patch.operations.clone()).unwrap();
        // An element that comes anew comes without what only the service provider says of it.
        let plain = |state: &Resource| without_schemas(&sorted(&without_read_only(state, &schema)));
        let same = |other: &Resource| plain(other) == plain(&after);
        prop_assert!(same(&patched), "{patched}\nis not\n{after}");
        for left_out in 0..patch.operations.len() {
            let mut operations = patch.operations.clone();
            let one = operations.remove(left_out);
            let shorter = apply(operations);
            prop_assert!(!shorter.is_ok_and(|other| same(&other)), "{one:?} can be left out");
        }
    }
}

/// Puts 20 more elements into each list of text, with values of their own.
fn lengthen(object: &mut scim_core::Object) {
    for (name, value) in object.iter_mut() {
        match value {
            Value::Object(extension) => lengthen(extension),
            Value::Array(elements) if !name.as_str().eq_ignore_ascii_case("schemas") => {
                let more = |at: usize| {
                    let mut element = elements.get(at % elements.len())?.clone();
                    let value = match &mut element {
                        Value::Object(object) => {
                            if object.get("primary").is_some() {
                                object.insert("primary", false);
                            }
                            object.get_mut("value")?
                        }
                        simple => simple,
                    };
                    *value = format!("{}{at}", value.as_str()?).into();
                    Some(element)
                };
                let more: Vec<_> = (0..20).filter_map(more).collect();
                elements.splice(0..0, more);
            }
            _ => {}
        }
    }
}

fn has_empty_value(operation: &PatchOperation) -> bool {
    let value = operation.value.as_ref().map(Value::to_json);
    let value = value.unwrap_or_default().to_ascii_lowercase();
    let path = operation.path.as_deref().unwrap_or_default();
    let to_value = path.to_ascii_lowercase().ends_with("value");
    value.contains(r#"value":"""#) || to_value && value == r#""""#
}

/// The cases of the tables, so that the naive applier says what they say.
#[test]
fn on_the_tables() {
    for case in scim_testdata::patch_cases() {
        let schema = tables::schema(&case);
        let resource: Resource = case.resource_json().unwrap().parse().unwrap();
        let Ok(patch) = PatchOp::from_json(case.body().as_bytes()) else {
            continue;
        };
        for policy in &case.policies {
            let policy = policy.parse().unwrap();
            let difference = difference(&resource, &patch, &schema, &policy);
            assert_eq!(difference, None, "{}", case.label());
        }
    }
}

/// `schemas` as a set, since its order has no meaning.
/// Without readOnly sub-attributes, and without values of nothing else.
fn without_read_only(resource: &Resource, schema: &ResourceSchema) -> Resource {
    fn strip<'a>(object: &mut Object, attributes: impl Fn(&str) -> Option<&'a Attribute>) {
        object.retain(|name, value| {
            let sub_attributes = attributes(name.as_str()).map(|of| &of.sub_attributes);
            let mut keep = |value: &mut Value| {
                if let (Value::Object(value), Some(subs)) = (&mut *value, sub_attributes) {
                    let read_only = |name: &str| {
                        let sub = subs.named(name);
                        sub.is_some_and(|sub| sub.mutability == Mutability::ReadOnly)
                    };
                    value.retain(|name, _| !read_only(name.as_str()));
                }
                value.has_content()
            };
            if let Value::Array(elements) = value {
                elements.retain_mut(&mut keep);
            }
            keep(value)
        });
    }
    let mut resource = resource.clone();
    for extension in schema.extensions() {
        let schema = &extension.schema;
        if let Some(Value::Object(object)) = resource.get_mut(schema.id.as_str()) {
            strip(object, |name| schema.attributes.named(name));
        }
    }
    strip(&mut resource, |name| schema.attribute(name));
    resource
}

fn without_schemas(resource: &Resource) -> (Resource, Vec<String>) {
    let mut resource = resource.clone();
    let schemas = resource.remove("schemas").unwrap_or_default();
    let mut uris: Vec<_> = schemas.elements().map(Value::to_json).collect();
    uris.sort();
    (resource, uris)
}
