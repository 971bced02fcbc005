//! The tables of `testdata/patch`: every case under each of its policies.

use scim_core::{PatchOp, Policy, Resource, ResourceSchema, ScimError, builtin};
use scim_patch::{Applied, Plan};
use scim_schema::Registry;
use scim_testdata::PatchCase;

pub(crate) fn schema(case: &PatchCase) -> ResourceSchema {
    let mut registry = Registry::builtin();
    for stem in &case.load {
        for text in scim_testdata::schema_texts_of(stem) {
            registry.load_schema(&text).unwrap();
        }
        let text = scim_testdata::resource_type_text(stem);
        registry.load_resource_type(&text).unwrap();
    }
    registry
        .resource_schema(case.resource_type.as_deref().unwrap())
        .unwrap()
        .clone()
}

fn patch(
    body: &str,
    schema: &ResourceSchema,
    policy: &Policy,
    resource: &mut Resource,
) -> Result<Applied, ScimError> {
    let message = PatchOp::from_json(body.as_bytes())?;
    Ok(Plan::new(&message, schema, policy)?.apply(resource)?)
}

/// What is wrong with the outcome of a case, if anything.
fn fault(case: &PatchCase, policy: &str) -> Option<String> {
    let schema = schema(case);
    let before = case.resource_json().unwrap();
    let original: Resource = before.parse().unwrap();
    let mut resource = original.clone();
    let outcome = patch(
        &case.body(),
        &schema,
        &policy.parse().unwrap(),
        &mut resource,
    );
    match (outcome, &case.error) {
        (Err(error), Some(expected)) => {
            if resource.to_string() != original.to_string() {
                return Some(format!("failed, and left {resource}"));
            }
            let scim_type = error.scim_type.map(|t| t.as_str().to_owned());
            let detail = error.detail.unwrap_or_default();
            if scim_type.as_deref() != expected.scim_type.as_deref()
                || error.status != expected.status
                || !detail.contains(expected.contains.as_deref().unwrap_or_default())
            {
                return Some(format!(
                    "refused with {} {scim_type:?}: {detail}",
                    error.status
                ));
            }
            None
        }
        (Err(error), None) => Some(format!("refused: {error}")),
        (Ok(_), Some(_)) => Some(format!("accepted: {resource}")),
        (Ok(applied), None) => {
            let expected: Resource = match &case.result {
                Some(text) => text.parse().unwrap(),
                None => original.clone(),
            };
            if resource != expected {
                return Some(format!("result {resource}"));
            }
            if case.unchanged && resource.to_string() != original.to_string() {
                return Some("equal, but not the same text".into());
            }
            if applied.changes.is_empty() != (resource == original) {
                return Some(format!("changes {:?}", applied.changes));
            }
            if case
                .changes
                .is_some_and(|count| count != applied.changes.len())
            {
                return Some(format!(
                    "{} changes: {:?}",
                    applied.changes.len(),
                    applied.changes
                ));
            }
            if case
                .departures
                .is_some_and(|some| some == applied.departures.is_empty())
            {
                return Some(format!("departures {:?}", applied.departures));
            }
            None
        }
    }
}

#[test]
fn every_case_holds() {
    let mut faults = Vec::new();
    let mut count = 0;
    for case in scim_testdata::patch_cases() {
        for policy in &case.policies {
            count += 1;
            if let Some(fault) = fault(&case, policy) {
                faults.push(format!("{} [{policy}]: {fault}", case.label()));
            }
        }
    }
    assert!(count > 300, "{count} cases");
    assert!(
        faults.is_empty(),
        "{} of {count}:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn built_in_types_need_no_registry() {
    let mut user: Resource = r#"{"schemas":[],"userName":"ada"}"#.parse().unwrap();
    let body = format!(
        r#"{{"schemas":["{}"],"Operations":[{{"op":"add","path":"title","value":"Countess"}}]}}"#,
        PatchOp::SCHEMA
    );
    let applied = patch(&body, builtin::user_schema(), &Policy::strict(), &mut user).unwrap();
    assert_eq!(applied.changes.len(), 1);
}
