//! `scim filter --explain`: what a filter tells about itself.

use scim_core::{ComparisonKey, Object, Value};
use scim_filter::{Checked, Filter};

/// The member `explain` of an answer.
pub(super) fn answer(filter: &Filter, checked: &Checked) -> Object {
    let attributes = checked.attributes();
    let attributes = attributes.iter().map(|path| Value::from(path.as_str()));
    let equalities = checked.equalities();
    let equalities = equalities.iter().map(|equality| {
        let keys: Vec<Value> = equality.keys().iter().map(shown).collect();
        let mut shown = Object::new();
        shown.insert("path", equality.path().as_str());
        shown.insert("keys", keys);
        Value::Object(shown)
    });
    let mut explain = Object::new();
    explain.insert("fingerprint", filter.fingerprint());
    explain.insert("attributes", attributes.collect::<Vec<_>>());
    explain.insert("equalities", equalities.collect::<Vec<_>>());
    explain
}

/// The same for people.
pub(super) fn show(filter: &Filter, checked: &Checked) -> String {
    let mut lines = format!("fingerprint: {}\n", filter.fingerprint());
    for path in checked.attributes() {
        lines.push_str(&format!("attribute: {path}\n"));
    }
    for equality in checked.equalities() {
        let keys: Vec<_> = equality.keys().iter().map(shown).collect();
        let keys: Vec<_> = keys.iter().map(Value::to_string).collect();
        let keys = keys.join(" or ");
        lines.push_str(&format!("an index answers: {} = {keys}\n", equality.path()));
    }
    lines
}

/// A key as JSON, folded text as it is compared.
fn shown(key: &ComparisonKey) -> Value {
    if let Some(text) = key.as_text() {
        return text.into();
    }
    let value = key.as_bool().map(Value::from);
    let value = value.or_else(|| key.as_number().cloned().map(Value::Number));
    value.unwrap_or_else(|| key.to_text().into_owned().into())
}
