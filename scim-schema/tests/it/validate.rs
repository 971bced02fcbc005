//! The table `testdata/validate`.

use scim_core::Resource;
use scim_schema::{Operation, Validated, Violation, read_resource, validate};
use scim_testdata::ValidateCase;

use crate::support::{as_text, policy, registry};

fn run(case: &ValidateCase, policy_name: &str) -> Result<Validated, Vec<Violation>> {
    let registry = registry(&case.load);
    let schema = registry
        .resource_schema(case.resource_type.as_deref().unwrap())
        .unwrap();
    let policy = policy(policy_name);
    let operation: Operation = case.operation.parse().unwrap();
    let current = case
        .current
        .as_deref()
        .map(|current| -> Resource { scim_testdata::resource_text(current).parse().unwrap() });
    let text = case.resource_json().unwrap();
    as_text(schema, operation, text.as_bytes(), &policy);
    let resource = read_resource(text.as_bytes()).map_err(|violation| vec![violation])?;
    validate(schema, operation, resource, current.as_ref(), &policy)
        .map_err(|rejected| rejected.violations)
}

#[test]
fn every_case() {
    let cases = scim_testdata::validate_cases();
    let mut failures = Vec::new();
    let mut runs = 0;
    for case in &cases {
        for policy in &case.policies {
            runs += 1;
            let answer = run(case, policy);
            if let Some(fault) = fault(case, answer) {
                failures.push(format!("{} [{policy}]\n    {fault}", case.label()));
            }
        }
    }
    assert!(cases.len() > 200, "only {} cases were found", cases.len());
    assert!(
        failures.is_empty(),
        "{} of {runs} failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn fault(case: &ValidateCase, answer: Result<Validated, Vec<Violation>>) -> Option<String> {
    match (answer, case.valid) {
        (Ok(validated), true) => {
            let expected: Resource = case.result.as_ref()?.parse().unwrap();
            (*validated.resource != expected)
                .then(|| format!("came out as {}", validated.resource.to_json()))
        }
        (Ok(_), false) => Some("was accepted".into()),
        (Err(violations), true) => Some(format!("was refused: {violations:?}")),
        (Err(violations), false) => {
            let found: Vec<_> = violations
                .iter()
                .map(|v| (v.pointer.as_str(), v.rule.as_str(), v.scim_type.as_str()))
                .collect();
            let expected: Vec<_> = case
                .violations
                .iter()
                .zip(&violations)
                .map(|(expected, found)| {
                    let scim_type = expected.scim_type.as_deref();
                    let scim_type = scim_type.unwrap_or(found.scim_type.as_str());
                    (expected.pointer.as_str(), expected.rule.as_str(), scim_type)
                })
                .collect();
            let fits = found == expected && found.len() == case.violations.len();
            (!fits).then(|| format!("violations {found:?}, expected {:?}", case.violations))
        }
    }
}
