//! Secrets: what is writeOnly never reaches the store as it was sent (RFC 7643 §9.2).

use std::collections::HashSet;
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

/// What the secrets of one request were replaced by.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sealed(HashSet<Box<str>>);

impl Sealed {
    /// Replaces the secrets of a body.
    pub(crate) fn body(schema: &ResourceSchema, resource: &mut Resource, hash: &Hash) -> Self {
        let mut sealed = Self::default();
        let Ok(()) = visit::body(schema, resource, |attribute, value| {
            each(attribute, value, &mut |secret| sealed.seal(secret, hash));
            Ok::<(), Infallible>(())
        });
        sealed
    }

    /// Replaces the secrets that a PATCH writes.
    pub(crate) fn patch(
        schema: &ResourceSchema,
        policy: &Policy,
        patch: &mut PatchOp,
        hash: &Hash,
    ) -> Self {
        let mut sealed = Self::default();
        let Ok(()) = visit::patch(schema, policy, patch, |_, attribute, value| {
            each(attribute, value, &mut |secret| sealed.seal(secret, hash));
            Ok::<(), Infallible>(())
        });
        sealed
    }

    /// Makes sure of the outcome: a secret that is neither one of these nor one of the stored ones
    /// came in a form that only the rules of the write could read, and is replaced now.
    pub(crate) fn check(
        mut self,
        schema: &ResourceSchema,
        resource: &mut Resource,
        current: &Resource,
        hash: &Hash,
    ) {
        let mut stored = current.clone();
        let Ok(()) = visit::body(schema, &mut stored, |attribute, value| {
            each(attribute, value, &mut |secret| {
                self.0.insert(secret.clone());
            });
            Ok::<(), Infallible>(())
        });
        let Ok(()) = visit::body(schema, resource, |attribute, value| {
            each(attribute, value, &mut |secret| {
                if !self.0.contains(secret) {
                    self.seal(secret, hash);
                }
            });
            Ok::<(), Infallible>(())
        });
    }

    fn seal(&mut self, secret: &mut Box<str>, hash: &Hash) {
        if is_sound(secret) {
            *secret = hash(secret).into();
            self.0.insert(secret.clone());
        }
    }
}

/// Shows `see` every secret in a value.
fn each(attribute: &Attribute, value: &mut Value, see: &mut impl FnMut(&mut Box<str>)) {
    match value {
        Value::Array(elements) => {
            for element in elements {
                each(attribute, element, see);
            }
        }
        Value::String(secret) if is_secret(attribute) => see(secret),
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                if let Some(sub) = attribute.sub_attribute(key.as_str()) {
                    each(sub, value, see);
                }
            }
        }
        _ => {}
    }
}

/// Whether any attribute of the type holds a secret.
pub(crate) fn has_secrets(schema: &ResourceSchema) -> bool {
    let extensions = schema.extensions().iter();
    let extensions = extensions.flat_map(|extension| &extension.schema.attributes);
    let mut all = schema.attributes().chain(extensions);
    all.any(|attribute| is_secret(attribute) || attribute.sub_attributes.iter().any(is_secret))
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
        Sealed::body(schema, &mut user, &shout);
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
        Sealed::patch(schema, &Policy::lenient(), &mut patch, &shout);
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

    #[test]
    fn a_secret_inside_a_list_is_covered_whatever_the_path() {
        let mut registry = scim_schema::Registry::builtin();
        registry
            .load_schema(
                r#"{"id":"urn:x:Safe","attributes":[{"name":"locks","type":"complex","multiValued":true,
                    "subAttributes":[{"name":"value"},{"name":"key","mutability":"writeOnly"}]}]}"#,
            )
            .unwrap();
        registry
            .load_schema(
                r#"{"id":"urn:x:Extra","attributes":[{"name":"pin","mutability":"writeOnly"},
                    {"name":"box","type":"complex","subAttributes":[{"name":"key","mutability":"writeOnly"}]}]}"#,
            )
            .unwrap();
        registry
            .load_resource_type(
                r#"{"name":"Safe","endpoint":"/Safes","schema":"urn:x:Safe",
                    "schemaExtensions":[{"schema":"urn:x:Extra","required":false}]}"#,
            )
            .unwrap();
        let safe = registry.resource_schema("Safe").unwrap();
        for operation in [
            r#"{"op":"add","path":"locks","value":[{"value":"front","key":"secret"}]}"#,
            r#"{"op":"add","path":"locks[value eq \"front\"].key","value":"secret"}"#,
            r#"{"op":"replace","path":"locks[value eq \"front\"]","value":{"KEY":"secret"}}"#,
            r#"{"op":"add","path":"locks.key","value":"secret"}"#,
            r#"{"op":"add","value":{"locks.key":"secret"}}"#,
            r#"{"op":"add","value":{"locks[value eq \"front\"].key":"secret"}}"#,
            r#"{"op":"add","path":"urn:x:Extra:pin","value":"secret"}"#,
            r#"{"op":"add","path":"urn:x:Extra","value":{"PIN":"secret"}}"#,
            r#"{"op":"add","path":"urn:x:Extra","value":{"box.key":"secret"}}"#,
            r#"{"op":"add","value":{"urn:x:Extra":{"pin":"secret"}}}"#,
            r#"{"op":"add","value":{"urn:x:Extra":{"box":{"key":"secret"}}}}"#,
            r#"{"op":"add","value":{"urn:x:Extra":{"box.key":"secret"}}}"#,
            r#"{"op":"add","value":{"urn:x:Extra:box.key":"secret"}}"#,
        ] {
            let text = format!(
                r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operation}]}}"#
            );
            let mut patch = PatchOp::from_json(text.as_bytes()).unwrap();
            Sealed::patch(safe, &Policy::lenient(), &mut patch, &shout);
            let written = patch.operations[0].value.as_ref().unwrap().to_json();
            assert!(
                written.contains("SECRET") && !written.contains("secret"),
                "{operation}"
            );
        }
    }
}
