//! Secrets: what is writeOnly never reaches the store as it was sent (RFC 7643 §9.2).

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::pin::Pin;

use scim_core::{
    AttrType, Attribute, Mutability, PatchOp, Policy, Resource, ResourceSchema, ScimError,
    ScimType, Value,
};
use scim_schema::ValidationLimits;

use crate::limits::SECRETS;
use crate::store::StoreError;
use crate::visit;

/// What stands for a secret where the host keeps none: only that it was set is noted.
pub(crate) const SET: &str = "set";

/// Makes of a secret what the store may keep.
pub(crate) type Hash = dyn Fn(String) -> Hashed + Send + Sync;

/// A hash in the making.
pub(crate) type Hashed = Pin<Box<dyn Future<Output = Result<String, StoreError>> + Send>>;

/// What the secrets of one request were replaced by.
#[derive(Clone, Debug)]
pub(crate) struct Sealed(HashSet<Box<str>>);

impl Sealed {
    /// Replaces the secrets of a body.
    ///
    /// # Errors
    /// There are too many, or the hash failed.
    pub(crate) async fn body(
        schema: &ResourceSchema,
        resource: &mut Resource,
        hash: &Hash,
    ) -> Result<Self, StoreError> {
        let walk = |see: &mut dyn FnMut(&mut Box<str>)| in_body(schema, resource, see);
        Self::seal(walk, hash).await
    }

    /// Replaces the secrets that a PATCH writes.
    ///
    /// # Errors
    /// There are too many, or the hash failed.
    pub(crate) async fn patch(
        schema: &ResourceSchema,
        policy: &Policy,
        patch: &mut PatchOp,
        hash: &Hash,
    ) -> Result<Self, StoreError> {
        let walk = |see: &mut dyn FnMut(&mut Box<str>)| {
            let Ok(()) = visit::patch(schema, policy, patch, |_, attribute, value| {
                each(attribute, value, see);
                Ok::<(), Infallible>(())
            });
        };
        Self::seal(walk, hash).await
    }

    /// Replaces what `walk` shows: it is called twice, since a hash takes its time.
    async fn seal(
        mut walk: impl FnMut(&mut dyn FnMut(&mut Box<str>)) + Send,
        hash: &Hash,
    ) -> Result<Self, StoreError> {
        let mut clear = HashSet::new();
        walk(&mut |secret| {
            if is_sound(secret) {
                clear.insert(secret.clone());
            }
        });
        if clear.len() > SECRETS {
            let detail = format!("a request may set {SECRETS} secrets");
            return Err(ScimError::new(413, detail).into());
        }
        let mut hashes: HashMap<Box<str>, Box<str>> = HashMap::with_capacity(clear.len());
        for secret in clear {
            let hashed = hash(secret.to_string()).await?;
            hashes.insert(secret, hashed.into());
        }
        walk(&mut |secret| {
            if let Some(hashed) = hashes.get(secret) {
                *secret = hashed.clone();
            }
        });
        Ok(Self(hashes.into_values().collect()))
    }

    /// Makes sure of the outcome: every secret is one of these or one of the stored ones.
    ///
    /// # Errors
    /// A secret came in a form that only the rules of the write could read. None is known.
    pub(crate) fn check(
        &self,
        schema: &ResourceSchema,
        resource: &mut Resource,
        current: &Resource,
    ) -> Result<(), ScimError> {
        let mut unknown = HashSet::new();
        in_body(schema, resource, &mut |secret| {
            if !self.0.contains(secret) {
                unknown.insert(secret.clone());
            }
        });
        if unknown.is_empty() {
            return Ok(());
        }
        in_body(schema, &mut current.clone(), &mut |secret| {
            unknown.remove(secret);
        });
        match unknown.is_empty() {
            true => Ok(()),
            false => Err(ScimError::of(
                ScimType::InvalidValue,
                "a secret is given in another form than its attribute has",
            )),
        }
    }
}

/// Shows `see` every secret of a body.
fn in_body(schema: &ResourceSchema, resource: &mut Resource, see: &mut dyn FnMut(&mut Box<str>)) {
    let Ok(()) = visit::body(schema, resource, |attribute, value| {
        each(attribute, value, see);
        Ok::<(), Infallible>(())
    });
}

/// Shows `see` every secret in a value.
fn each(attribute: &Attribute, value: &mut Value, see: &mut dyn FnMut(&mut Box<str>)) {
    let holds_any = is_secret(attribute) || attribute.sub_attributes.iter().any(is_secret);
    match value {
        _ if !holds_any => {}
        Value::Array(elements) => {
            for element in elements {
                each(attribute, element, see);
            }
        }
        // A string may stand for the `value` of a complex attribute (decision P27).
        Value::String(secret)
            if is_secret(attribute) || attribute.sub_attribute("value").is_some_and(is_secret) =>
        {
            see(secret);
        }
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
    use crate::contract::block_on;
    use scim_core::builtin;

    fn shout(secret: String) -> Hashed {
        Box::pin(std::future::ready(Ok(secret.to_uppercase())))
    }

    #[test]
    fn every_way_to_write_a_password_is_covered() {
        let schema = builtin::user_schema();
        let mut user: Resource = r#"{"userName":"ada","PASSWORD":"secret"}"#.parse().unwrap();
        block_on(Sealed::body(schema, &mut user, &shout)).unwrap();
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
        let policy = Policy::lenient();
        block_on(Sealed::patch(schema, &policy, &mut patch, &shout)).unwrap();
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
            let policy = Policy::lenient();
            block_on(Sealed::patch(safe, &policy, &mut patch, &shout)).unwrap();
            let written = patch.operations[0].value.as_ref().unwrap().to_json();
            assert!(
                written.contains("SECRET") && !written.contains("secret"),
                "{operation}"
            );
        }
    }
}
