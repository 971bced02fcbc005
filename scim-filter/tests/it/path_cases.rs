//! Every case of `testdata/path/`, under every policy it names.

use scim_core::{Policy, ScimType};
use scim_filter::Parser;
use scim_testdata::PathCase;

use crate::types;

/// The printed form, or the keyword and detail of the error.
fn outcome(case: &PathCase, policy: &Policy) -> Result<String, (ScimType, String)> {
    let parsed = Parser::new()
        .policy(policy)
        .parse_path(&case.path)
        .map_err(|error| (error.scim_type(), error.to_string()))?;
    if let Some(name) = &case.resource_type {
        parsed
            .check(&types::resource_type(name, &case.load), policy)
            .map_err(|error| (error.scim_type(), error.to_string()))?;
    }
    Ok(parsed.to_string())
}

fn fault(case: &PathCase, policy: &Policy) -> Option<String> {
    match (outcome(case, policy), &case.error) {
        (Ok(_), Some(_)) => Some("was accepted".into()),
        (Ok(printed), None) => {
            (case.canonical.as_deref() != Some(&printed)).then(|| format!("printed as `{printed}`"))
        }
        (Err((_, detail)), None) => Some(format!("was refused: {detail}")),
        (Err((scim_type, detail)), Some(expected)) => {
            let contains = expected.contains.as_deref().unwrap_or_default();
            let right = expected.scim_type.as_deref() == Some(scim_type.as_str());
            (!right || !detail.contains(contains)).then(|| format!("{scim_type}: {detail}"))
        }
    }
}

#[test]
fn every_path_case() {
    let cases = scim_testdata::path_cases();
    assert!(cases.len() >= 80, "{} cases", cases.len());
    let mut faults = String::new();
    for case in &cases {
        for name in &case.policies {
            if let Some(fault) = fault(case, &types::policy(name)) {
                faults.push_str(&format!("{} ({name}): {fault}\n", case.label()));
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}
