//! Members whose `$ref`, `value` and `type` contradict each other (S05, S06, G02, P13, W10).

use proptest::prelude::*;
use scim_core::{Policy, Resource, Value, builtin};
use scim_schema::{Operation, Rule, Validator, create, replace};

use crate::support::as_text;

fn group() -> impl Strategy<Value = Resource> {
    let values = ["", r#""value":"m1""#, r#""value":"m2""#];
    let links = ["Users/m1", "Groups/m1", "Users/m2", "Things/m1"];
    let links = links.map(|link| format!(r#""$ref":"../{link}""#));
    let types = ["", r#""type":"User""#, r#""type":"Group""#];
    let sub_attributes = [
        values.map(String::from).to_vec(),
        [&[String::new()], &links[..]].concat(),
        types.map(String::from).to_vec(),
    ];
    let member = sub_attributes
        .map(proptest::sample::select)
        .prop_map(|mut parts| {
            parts.sort_by_key(String::is_empty);
            let given: Vec<&str> = parts.iter().map(String::as_str).collect();
            let text = format!("{{{}}}", given.join(",").trim_end_matches(','));
            text.parse::<Value>().unwrap()
        });
    proptest::collection::vec(member, 0..5).prop_map(|members| {
        let mut group = Resource::default();
        group.insert("schemas", Value::from(vec![builtin::GROUP]));
        group.insert("displayName", "g");
        group.insert("members", Value::Array(members));
        group
    })
}

/// Where references are refused.
fn refused(given: &Resource, current: Option<&Resource>) -> Vec<String> {
    let policy = Policy::strict();
    let validator = Validator::new(builtin::group_schema(), &policy);
    let operation = match current {
        None => Operation::Create,
        Some(_) => Operation::Replace,
    };
    let Err(rejected) = validator.validate(operation, given.clone(), current) else {
        return Vec::new();
    };
    let of_references = rejected.violations.into_iter();
    of_references
        .filter(|violation| violation.rule == Rule::Reference)
        .map(|violation| violation.pointer.to_string())
        .collect()
}

proptest! {
    #[test]
    fn g02_p13_what_lenient_makes_of_members_is_canonical(current in group(), given in group()) {
        let (schema, lenient) = (builtin::group_schema(), Policy::lenient());
        let again = |resource: &Resource| create(schema, resource.clone(), &lenient).unwrap();
        if let Ok(made) = create(schema, given.clone(), &lenient) {
            let again = again(&made.resource);
            prop_assert_eq!(&again.resource, &made.resource);
            prop_assert_eq!(again.departures, []);
        }
        let Ok(current) = create(schema, current, &lenient) else { return Ok(()) };
        if let Ok(put) = replace(schema, &current.resource, given, &lenient) {
            let again = again(&put.resource);
            prop_assert_eq!(&again.resource, &put.resource);
            prop_assert_eq!(again.departures, []);
            let same = replace(schema, &put.resource, again.resource.into_inner(), &lenient).unwrap();
            prop_assert_eq!(same.changes, []);
        }
    }

    #[test]
    fn s06_what_is_stored_hides_no_contradiction(current in group(), given in group()) {
        let Ok(current) = create(builtin::group_schema(), current, &Policy::strict()) else {
            return Ok(());
        };
        let beside = refused(&given, Some(&current.resource));
        for pointer in refused(&given, None) {
            prop_assert!(beside.contains(&pointer), "{pointer} of {}", given.to_json());
        }
    }

    #[test]
    fn s06_contradictions_are_told_where_the_client_can_act(given in group()) {
        for pointer in refused(&given, None) {
            let mut steps = pointer.trim_start_matches("/members/").split('/');
            let index: usize = steps.next().unwrap().parse().unwrap();
            let members = given.get("members").and_then(Value::as_array).unwrap();
            let member = members.get(index).and_then(Value::as_object).unwrap();
            prop_assert!(member.get(steps.next().unwrap()).is_some(), "{pointer}");
        }
        for policy in [Policy::strict(), Policy::lenient()] {
            let text = given.to_json();
            as_text(builtin::group_schema(), Operation::Create, text.as_bytes(), &policy);
        }
    }
}
