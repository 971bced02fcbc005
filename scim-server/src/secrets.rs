//! Secrets: what is writeOnly never reaches the store as it was sent (RFC 7643 §9.2).

use std::convert::Infallible;

use scim_core::{
    AttrType, Attribute, Mutability, PatchOp, Policy, Resource, ResourceSchema, Value,
};

use scim_schema::ValidationLimits;

use crate::visit;

/// What stands for a secret where the host keeps none: only that it was set is noted.
pub(crate) const SET: &str = "set";

/// Makes of a secret what the store may keep.
pub(crate) type Hash = dyn Fn(&str) -> String + Send + Sync;

/// Replaces the secrets of a body.
pub(crate) fn in_body(schema: &ResourceSchema, resource: &mut Resource, hash: &Hash) {
    let Ok(()) = visit::body(schema, resource, |attribute, value| {
        protect(attribute, value, hash);
        Ok::<(), Infallible>(())
    });
}

/// Replaces the secrets that a PATCH writes.
pub(crate) fn in_patch(schema: &ResourceSchema, policy: &Policy, patch: &mut PatchOp, hash: &Hash) {
    let Ok(()) = visit::patch(schema, policy, patch, |_, attribute, value| {
        protect(attribute, value, hash);
        Ok::<(), Infallible>(())
    });
}

fn protect(attribute: &Attribute, value: &mut Value, hash: &Hash) {
    if let Value::Array(elements) = value {
        for element in elements {
            protect(attribute, element, hash);
        }
        return;
    }
    match value {
        Value::String(secret) if is_secret(attribute) && is_sound(secret) => {
            *value = hash(secret).into();
        }
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                if let Some(sub) = attribute.sub_attribute(key.as_str()) {
                    protect(sub, value, hash);
                }
            }
        }
        _ => {}
    }
}

/// Whether a string keeps to the bounds of every string (decision S11); one that does not is left for
/// the validation to refuse.
fn is_sound(secret: &str) -> bool {
    secret.len() <= ValidationLimits::default().string_bytes && !secret.contains('\0')
}

fn is_secret(attribute: &Attribute) -> bool {
    attribute.mutability == Mutability::WriteOnly && attribute.attr_type == AttrType::String
}

#[cfg(test)]
mod tests {
    use super::*;
    use scim_core::builtin;

    fn shout(secret: &str) -> String {
        secret.to_uppercase()
    }

    #[test]
    fn every_way_to_write_a_password_is_covered() {
        let schema = builtin::user_schema();
        let mut user: Resource = r#"{"userName":"ada","PASSWORD":"secret"}"#.parse().unwrap();
        in_body(schema, &mut user, &shout);
        assert_eq!(user.to_json(), r#"{"userName":"ada","PASSWORD":"SECRET"}"#);
        let mut patch = PatchOp::from_json(
            br#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
                {"op":"add","path":"password","value":"a"},
                {"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:Password","value":"b"},
                {"op":"replace","value":{"passWord":"c","title":"d"}},
                {"op":"replace","value":{"urn:ietf:params:scim:schemas:core:2.0:User:password":"e"}},
                {"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"password":"f"}},
                {"op":"replace","path":"password","value":["g"]},
                {"op":"replace","path":"password","value":null}
            ]}"#,
        )
        .unwrap();
        in_patch(schema, &Policy::lenient(), &mut patch, &shout);
        let values: Vec<_> = patch
            .operations
            .iter()
            .filter_map(|operation| Some(operation.value.as_ref()?.to_json()))
            .collect();
        assert_eq!(
            values,
            [
                r#""A""#,
                r#""B""#,
                r#"{"passWord":"C","title":"d"}"#,
                r#"{"urn:ietf:params:scim:schemas:core:2.0:User:password":"E"}"#,
                r#"{"password":"F"}"#,
                r#"["G"]"#,
                "null",
            ]
        );
    }
}
