//! The tables hold together.

use std::collections::{BTreeSet, HashMap};

use crate::case::Case;
use crate::*;

const POLICIES: [&str; 3] = ["strict", "lenient", "interop"];

/// Names, clauses and policies of one folder, after loading every file in it.
fn check<C: Case>(cases: &[C], policies: impl Fn(&C) -> &[String], label: impl Fn(&C) -> String) {
    let decisions = decisions();
    let mut names: HashMap<String, String> = HashMap::new();
    for case in cases {
        let label = label(case);
        if let Some(first) = names.insert(case.name().to_owned(), label.clone()) {
            panic!("{label}: the name is already that of {first}");
        }
        assert!(
            !policies(case).is_empty()
                && policies(case)
                    .iter()
                    .all(|p| POLICIES.contains(&p.as_str())),
            "{label}: policies are some of {POLICIES:?}"
        );
        for clause in case.clause().split(',').map(str::trim) {
            assert!(
                clause.starts_with("RFC ") || decisions.contains(clause),
                "{label}: `{clause}` is neither an RFC clause nor a decision"
            );
        }
    }
}

/// The ids of the headings of `docs/decisions.md`.
fn decisions() -> BTreeSet<String> {
    let path = files::root().join("../docs/decisions.md");
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .filter_map(|heading| heading.split(' ').next())
        .map(String::from)
        .collect()
}

#[test]
fn tables_are_well_formed() {
    check(&filter_cases(), |c| &c.policies, FilterCase::label);
    check(&path_cases(), |c| &c.policies, PathCase::label);
    check(&patch_cases(), |c| &c.policies, PatchCase::label);
    check(&validate_cases(), |c| &c.policies, ValidateCase::label);
    check(&project_cases(), |c| &c.policies, ProjectCase::label);
    assert!(filter_cases().len() > 500);
}

#[test]
fn every_file_that_a_case_names_is_there() {
    fn one(resource: Option<String>, load: &[String], label: &str) {
        if let Some(text) = resource {
            let read = serde_json::from_str::<serde_json::Map<_, _>>(&text);
            assert!(read.is_ok(), "{label}: the resource is not a JSON object");
        }
        for stem in load {
            assert!(!schema_texts_of(stem).is_empty(), "{label}: {stem}");
        }
    }
    for case in filter_cases() {
        one(case.resource_json(), &case.load, &case.label());
    }
    for case in path_cases() {
        one(case.resource_json(), &case.load, &case.label());
    }
    for case in patch_cases() {
        one(case.resource_json(), &case.load, &case.label());
        one(case.result.clone(), &[], &case.label());
    }
    for case in validate_cases() {
        // What is refused for its syntax may be no JSON object at all.
        if case.violations.iter().all(|v| v.rule != "syntax") {
            one(case.resource_json(), &case.load, &case.label());
        }
        let current = case.current.as_deref().map(resource_text);
        one(current, &case.load, &case.label());
        one(case.result.clone(), &[], &case.label());
    }
    for case in project_cases() {
        one(case.resource_json(), &case.load, &case.label());
        one(case.result.clone(), &[], &case.label());
    }
}

#[test]
fn a_span_lies_inside_its_filter() {
    for case in filter_cases() {
        if let Some((start, end)) = case.error.as_ref().and_then(|error| error.span) {
            let inside = start <= end && end <= case.filter.len();
            assert!(inside, "{}: {start}..{end}", case.label());
        }
    }
}

#[test]
fn examples_and_resources_are_json() {
    assert!(examples().len() > 40 && resources().len() > 10);
    for (name, text) in examples().into_iter().chain(resources()) {
        let read = serde_json::from_str::<serde_json::Value>(&text);
        assert!(read.is_ok(), "{name}: {read:?}");
    }
}

#[test]
fn a_resource_type_brings_its_schemas() {
    assert_eq!(schema_texts_of("device").len(), 2);
    assert!(resource_text(r#" {"a":1}"#).starts_with(" {"));
    assert!(resource_text("rfc-user-full").contains("bjensen"));
}
