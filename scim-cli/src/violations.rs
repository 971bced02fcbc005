//! Why a resource is malformed, for people and for programs.

use scim_core::{Object, Value, shown as one_cell};
use scim_schema::{Rejected, Violation};

use crate::output;

/// A place of more characters pushes the rest of its line to the right.
const WIDEST: usize = 48;

/// Shows all violations on standard error as a table: where, which rule, what is wrong.
pub(crate) fn tell(rejected: &Rejected) {
    let cells = |violation: &Violation| {
        (
            one_cell(&violation.pointer).to_string(),
            violation.rule.as_str(),
        )
    };
    let rows: Vec<_> = rejected.violations.iter().map(cells).collect();
    let places = rows.iter().map(|(place, _)| place.chars().count());
    let place_width = places.filter(|width| *width <= WIDEST).max().unwrap_or(0);
    let rule_width = rows.iter().map(|(_, rule)| rule.len()).max().unwrap_or(0);
    for ((place, rule), violation) in rows.iter().zip(&rejected.violations) {
        let detail = &violation.detail;
        output::tell(&format!(
            "{place:<place_width$}  {rule:<rule_width$}  {detail}"
        ));
    }
    if rejected.omitted > 0 {
        output::tell(&format!("and {} more", rejected.omitted));
    }
}

/// The answer to a request whose resource is malformed.
pub(crate) fn answer(rejected: &Rejected) -> Object {
    let mut answer = Object::new();
    let list: Vec<Value> = rejected.violations.iter().map(shown).collect();
    answer.insert("violations", list);
    if rejected.omitted > 0 {
        answer.insert(
            "omitted",
            i64::try_from(rejected.omitted).unwrap_or(i64::MAX),
        );
    }
    answer
}

pub(crate) fn shown(violation: &Violation) -> Value {
    let mut object = Object::new();
    object.insert("pointer", violation.pointer.as_str());
    object.insert("rule", violation.rule.as_str());
    object.insert("scimType", violation.scim_type.as_str());
    if let Some(attribute) = &violation.attribute {
        object.insert("attribute", attribute.as_str());
    }
    object.insert("detail", violation.detail.as_str());
    Value::Object(object)
}
