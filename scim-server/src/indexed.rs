//! [`Indexed`]: the attributes that a store finds resources by (RFC 7643 §7, `uniqueness`).

use std::collections::BTreeSet;

use scim_core::{
    AttrPath, Comparison, ComparisonKey, Place, Policy, Resolved, Resource, ResourceSchema, Value,
};

use crate::store::UniqueValue;

/// What clients look resources up by, beside what is unique: attribute and sub-attribute of the base schema.
const LOOKED_UP: [(&str, Option<&str>); 4] = [
    ("externalId", None),
    ("userName", None),
    ("displayName", None),
    ("emails", Some("value")),
];

/// An attribute that a store should find resources by without looking at every one: it is unique, or clients look
/// resources up by it. `id` is left to the store.
///
/// ```
/// use scim_server::{Indexed, scim_core::{Resource, builtin}};
/// let user: Resource = r#"{"userName":"Ada","emails":[{"value":"ada@example.com"}]}"#.parse()?;
/// let indexed: Vec<_> = Indexed::all(builtin::user_schema()).collect();
/// assert!(indexed[0].is_unique());
/// assert_eq!(indexed[0].name(), "urn:ietf:params:scim:schemas:core:2.0:User:userName");
/// assert_eq!(indexed[0].keys(&user).next().unwrap().to_text(), "ada");
/// # Ok::<(), scim_server::scim_core::ReadError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Indexed<'s> {
    schema: &'s ResourceSchema,
    place: Place<'s>,
    comparison: Comparison,
}

impl<'s> Indexed<'s> {
    /// All of a type, the unique ones first.
    pub fn all(schema: &'s ResourceSchema) -> impl Iterator<Item = Self> {
        let looked_up = LOOKED_UP.iter().filter_map(|(attribute, sub)| {
            let attribute = schema.attribute(attribute)?;
            let sub = match sub {
                None => None,
                Some(sub) => Some(attribute.sub_attribute(sub)?),
            };
            Some(Place::new(None, attribute, sub))
        });
        let others = looked_up.filter(|place| !place.is_unique());
        let places = schema.unique().chain(others);
        places.filter_map(|place| Self::new(schema, place))
    }

    /// The one at a path; `None` if nothing there is indexed.
    pub fn at(schema: &'s ResourceSchema, path: &AttrPath) -> Option<Self> {
        let Ok(Resolved::Attribute(place)) = schema.resolve(path, &Policy::strict()) else {
            return None;
        };
        let is_looked_up = || {
            let mut known = LOOKED_UP.iter();
            place.extension.is_none()
                && known.any(|(attribute, sub)| {
                    place.attribute.name == **attribute
                        && match (place.sub_attribute, sub) {
                            (Some(place), Some(sub)) => place.name == **sub,
                            (place, sub) => place.is_none() && sub.is_none(),
                        }
                })
        };
        (place.is_unique() || is_looked_up())
            .then(|| Self::new(schema, place))
            .flatten()
    }

    fn new(schema: &'s ResourceSchema, place: Place<'s>) -> Option<Self> {
        let comparison = Comparison::of(place.definition())?;
        Some(Self {
            schema,
            place,
            comparison,
        })
    }

    /// Whether no two resources of a tenant may share a value (decisions W17, W18).
    pub fn is_unique(&self) -> bool {
        self.place.is_unique()
    }

    /// Where it is.
    pub fn place(&self) -> &Place<'s> {
        &self.place
    }

    /// How its values compare.
    pub fn comparison(&self) -> Comparison {
        self.comparison
    }

    /// Its path, qualified with its schema also if that is the base.
    pub fn name(&self) -> String {
        let path = self.place.path();
        match self.place.extension {
            None => format!("{}:{path}", self.schema.base().id),
            Some(_) => path.to_string(),
        }
    }

    /// The comparison keys of the values that a resource has there, one for each element if it is multi-valued.
    pub fn keys(&self, resource: &Resource) -> impl Iterator<Item = ComparisonKey> {
        let elements = self
            .place
            .value(resource)
            .into_iter()
            .flat_map(Value::elements);
        let values = elements.filter_map(|element| match self.place.sub_attribute {
            None => Some(element),
            Some(sub) => element.as_object()?.get(sub.name.as_str()),
        });
        let values = values.flat_map(Value::elements);
        values.filter_map(|value| ComparisonKey::new(value, self.comparison))
    }
}

/// The unique values of `resource`, of every attribute that [`ResourceSchema::unique`] names. Absent values do not collide.
pub fn unique_values(schema: &ResourceSchema, resource: &Resource) -> Vec<UniqueValue> {
    let unique = Indexed::all(schema).take_while(Indexed::is_unique);
    let values = unique.flat_map(|indexed| {
        let name = indexed.name();
        let keys = indexed.keys(resource);
        keys.map(|key| UniqueValue::new(&*name, key.to_text()))
            .collect::<Vec<_>>()
    });
    values.collect::<BTreeSet<_>>().into_iter().collect()
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

    #[test]
    fn what_is_indexed_is_found_by_its_path() {
        let schema = builtin::user_schema();
        let paths = Indexed::all(schema).map(|indexed| indexed.place().path());
        let paths: Vec<_> = paths.collect();
        let names: Vec<_> = paths.iter().map(AttrPath::as_str).collect();
        assert_eq!(
            names,
            ["userName", "externalId", "displayName", "emails.value"]
        );
        for path in &paths {
            assert_eq!(Indexed::at(schema, path).unwrap().place().path(), *path);
        }
        for other in ["id", "emails", "emails.type", "title", "unknown"] {
            assert!(
                Indexed::at(schema, &other.parse().unwrap()).is_none(),
                "{other}"
            );
        }
    }
}
