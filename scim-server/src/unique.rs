//! Which values of a resource no other may have (RFC 7643 §7, `uniqueness`).

use std::collections::BTreeSet;

use scim_core::{
    Attribute, Comparison, ComparisonKey, Object, ResourceSchema, SchemaUri, Uniqueness, Value,
};

use crate::store::UniqueValue;

/// The unique values of `resource`: of every simple attribute or sub-attribute whose `uniqueness` is
/// `server` or `global`, one per element if it is multi-valued (decisions W17, W18). `id` is left to
/// the store. Absent values do not collide.
pub fn unique_values(schema: &ResourceSchema, resource: &Object) -> Vec<UniqueValue> {
    let mut values = BTreeSet::new();
    collect(
        &schema.base().id,
        &schema.base().attributes,
        resource,
        &mut values,
    );
    for extension in schema.extensions() {
        let uri = &extension.schema.id;
        if let Some(object) = resource.get(uri.as_str()).and_then(Value::as_object) {
            collect(uri, &extension.schema.attributes, object, &mut values);
        }
    }
    values.into_iter().collect()
}

fn collect(
    uri: &SchemaUri,
    attributes: &[Attribute],
    object: &Object,
    values: &mut BTreeSet<UniqueValue>,
) {
    for attribute in attributes {
        if attribute.name == "id" {
            continue;
        }
        let Some(value) = object.get(attribute.name.as_str()) else {
            continue;
        };
        if attribute.is_complex() {
            for sub in attribute.sub_attributes.iter().filter(|sub| is_unique(sub)) {
                let name = format!("{uri}:{}.{}", attribute.name, sub.name);
                let elements = value.elements().filter_map(Value::as_object);
                for value in elements.filter_map(|e| e.get(sub.name.as_str())) {
                    push(&name, sub, value, values);
                }
            }
        } else if is_unique(attribute) {
            push(
                &format!("{uri}:{}", attribute.name),
                attribute,
                value,
                values,
            );
        }
    }
}

fn is_unique(attribute: &Attribute) -> bool {
    matches!(
        attribute.uniqueness,
        Uniqueness::Server | Uniqueness::Global
    )
}

fn push(name: &str, attribute: &Attribute, value: &Value, values: &mut BTreeSet<UniqueValue>) {
    let Some(comparison) = Comparison::of(attribute) else {
        return;
    };
    for value in value.elements() {
        if let Some(key) = ComparisonKey::new(value, comparison) {
            values.insert(UniqueValue::new(name, key.to_text()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scim_core::{Resource, builtin};

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
