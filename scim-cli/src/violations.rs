//! Why a resource is malformed, for people and for programs.

use scim_core::{Object, Value};
use scim_schema::{Rejected, Violation};

use crate::output;

/// Shows all violations on standard error.
pub(crate) fn tell(rejected: &Rejected) {
    for violation in &rejected.violations {
        output::tell(&violation.to_string());
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
