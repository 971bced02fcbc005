//! Every case of `testdata/filter/`, under every policy it names.

use scim_core::{Policy, Resource, ScimType};
use scim_filter::{CheckError, Checked, Filter, ParseFilterError, Parsed, Parser};
use scim_testdata::FilterCase;

use crate::types;

/// Where a filter was refused.
struct Refused {
    scim_type: ScimType,
    span: Option<std::ops::Range<usize>>,
    detail: String,
}

impl From<ParseFilterError> for Refused {
    fn from(error: ParseFilterError) -> Self {
        Self {
            scim_type: error.scim_type(),
            span: Some(error.span()),
            detail: error.to_string(),
        }
    }
}

impl From<CheckError> for Refused {
    fn from(error: CheckError) -> Self {
        Self {
            scim_type: error.scim_type(),
            span: error.span(),
            detail: error.to_string(),
        }
    }
}

fn prepare(case: &FilterCase, policy: &Policy) -> Result<(Parsed<Filter>, Checked), Refused> {
    let parsed = Parser::new().policy(policy).parse(&case.filter)?;
    let checked = match &case.resource_type {
        None => parsed.check_without_schema()?,
        Some(name) => parsed.check(&types::resource_type(name, &case.load), policy)?,
    };
    Ok((parsed, checked))
}

/// What is wrong with the outcome of a case, if anything.
fn fault(case: &FilterCase, policy: &Policy) -> Option<String> {
    let expected = case.error.as_ref();
    match (prepare(case, policy), expected) {
        (Ok(_), Some(_)) => Some("was accepted".into()),
        (Err(refused), None) => Some(format!("was refused: {}", refused.detail)),
        (Err(refused), Some(expected)) => {
            let scim_type = Some(refused.scim_type.as_str().to_owned());
            if expected.scim_type != scim_type {
                return Some(format!("scimType {scim_type:?}"));
            }
            let span = refused.span.map(|span| (span.start, span.end));
            if expected.span.is_some() && expected.span != span {
                return Some(format!(
                    "span {span:?}, not {:?}: {}",
                    expected.span, refused.detail
                ));
            }
            let contains = expected.contains.as_deref().unwrap_or_default();
            (!refused.detail.contains(contains)).then(|| format!("detail `{}`", refused.detail))
        }
        (Ok((parsed, checked)), None) => {
            let printed = parsed.to_string();
            if case
                .canonical
                .as_ref()
                .is_some_and(|canonical| *canonical != printed)
            {
                return Some(format!("printed as `{printed}`"));
            }
            let resource: Option<Resource> = case.resource_json().map(|text| text.parse().unwrap());
            let matches = resource.map(|resource| checked.matches(&resource));
            (case.matches.is_some() && case.matches != matches)
                .then(|| format!("matches: {matches:?}"))
        }
    }
}

#[test]
fn every_filter_case() {
    let cases = scim_testdata::filter_cases();
    assert!(cases.len() >= 250, "{} cases", cases.len());
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
