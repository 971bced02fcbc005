//! Which values of a resource no other may have (RFC 7643 §7, `uniqueness`).

use std::collections::BTreeSet;

use scim_core::{Comparison, ComparisonKey, Place, Resource, ResourceSchema, Value};

use crate::store::UniqueValue;

/// The unique values of `resource`: of every place that [`ResourceSchema::unique`] names, one per element if it is multi-valued (decisions W17, W18). `id` is left to
/// the store. Absent values do not collide.
pub fn unique_values(schema: &ResourceSchema, resource: &Resource) -> Vec<UniqueValue> {
    let mut values = BTreeSet::new();
    for place in schema.unique() {
        let elements = place.value(resource).into_iter().flat_map(Value::elements);
        let found = elements.filter_map(|element| match place.sub_attribute {
            None => Some(element),
            Some(sub) => element.as_object()?.get(sub.name.as_str()),
        });
        let Some(comparison) = Comparison::of(place.definition()) else {
            continue;
        };
        for value in found.flat_map(Value::elements) {
            if let Some(key) = ComparisonKey::new(value, comparison) {
                values.insert(UniqueValue::new(name(schema, &place), key.to_text()));
            }
        }
    }
    values.into_iter().collect()
}

/// The path of an attribute, qualified with its schema also if that is the base.
fn name(schema: &ResourceSchema, place: &Place<'_>) -> String {
    let path = place.path();
    match place.extension {
        None => format!("{}:{path}", schema.base().id),
        Some(_) => path.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scim_core::builtin;

    #[test]
    fn w17_user_names_collide_without_regard_to_case() {
        let keys = |text: &str| {
            let user: Resource = text.parse().unwrap();
            unique_values(builtin::user_schema(), &user)
        };
        let ada = keys(r#"{"userName":"ADA@Straße.example","nickName":"a"}"#);
        assert_eq!(ada, keys(r#"{"userName":"ada@strasse.example"}"#));
        assert_eq!(
            ada,
            [UniqueValue::new(
                "urn:ietf:params:scim:schemas:core:2.0:User:userName",
                "ada@strasse.example"
            )]
        );
        assert!(keys(r#"{"nickName":"a"}"#).is_empty());
    }
}
