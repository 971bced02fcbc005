//! The table `testdata/project`.

use scim_core::{AttrPath, Document, ReadLimits, Resource, ScimError, Valid};
use scim_schema::Projection;
use scim_testdata::ProjectCase;

use crate::support::{policy, registry};

fn run(case: &ProjectCase, policy_name: &str) -> Result<Resource, ScimError> {
    let registry = registry(&case.load);
    let schema = registry
        .resource_schema(case.resource_type.as_deref().unwrap())
        .unwrap();
    let resource: Resource = case.resource_json().unwrap().parse().unwrap();
    let written: Vec<AttrPath> = case.written.iter().map(|p| p.parse().unwrap()).collect();
    let projection = Projection::of_write(
        schema,
        &case.attributes,
        &case.excluded_attributes,
        &written,
        &policy(policy_name),
    )?;
    let shown = projection.apply(&resource);
    assert_eq!(
        projection.apply(&shown),
        shown,
        "{}: idempotent",
        case.label()
    );
    let text = case.resource_json().unwrap();
    as_text(&projection, &resource, &text, &shown.to_json());
    Ok(shown)
}

/// Text is projected as the tree is.
pub(crate) fn as_text(projection: &Projection, resource: &Resource, text: &str, expected: &str) {
    let mut out = String::from("[");
    projection
        .write_json(text.as_bytes(), ReadLimits::default(), &mut out)
        .unwrap();
    assert_eq!(out.strip_prefix('['), Some(expected), "{text}");
    let document = Document::from_valid(&Valid::assume(resource.clone()));
    let mut out = String::new();
    projection.write_document(&document, &mut out);
    assert_eq!(out, expected, "{text}");
}

#[test]
fn every_case() {
    let cases = scim_testdata::project_cases();
    let mut failures = Vec::new();
    let mut runs = 0;
    for case in &cases {
        for policy in &case.policies {
            runs += 1;
            let fault = match (run(case, policy), &case.result, &case.error) {
                (Ok(shown), Some(expected), _) => {
                    let expected: Resource = expected.parse().unwrap();
                    let same = shown == expected;
                    // Equality ignores the case of names; the spelling has to be the schema's.
                    let spelt = names(&shown.to_json()) == names(&expected.to_json());
                    (!same || !spelt).then(|| format!("shows {shown}\n    expected {expected}"))
                }
                (Err(error), _, Some(expected)) => {
                    let found = error.scim_type.map(|scim_type| scim_type.as_str());
                    (found != expected.scim_type.as_deref() || error.status != expected.status)
                        .then(|| format!("refused with {error:?}"))
                }
                (answer, _, _) => Some(format!("answered {answer:?}")),
            };
            if let Some(fault) = fault {
                failures.push(format!("{} [{policy}]\n    {fault}", case.label()));
            }
        }
    }
    assert!(cases.len() > 80, "only {} cases were found", cases.len());
    assert!(
        failures.is_empty(),
        "{} of {runs} failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// The characters of a JSON text, sorted: equal for texts that differ in order alone.
fn names(json: &str) -> Vec<char> {
    let mut all: Vec<char> = json.chars().collect();
    all.sort_unstable();
    all
}

#[test]
fn text_that_is_no_resource_leaves_nothing_behind() {
    let projection = Projection::default_for(scim_core::builtin::user_schema());
    for text in ["", "[]", r#"{"userName":"ada""#, r#"{"id":"1","ID":"2"}"#] {
        let mut out = String::from("before");
        let limits = ReadLimits::default();
        assert!(
            projection
                .write_json(text.as_bytes(), limits, &mut out)
                .is_err(),
            "{text}"
        );
        assert_eq!(out, "before");
    }
}
