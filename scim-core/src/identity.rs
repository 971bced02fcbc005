//! Element identity: when two elements of a multi-valued attribute are the same one.

use std::collections::HashMap;

use crate::{Attribute, Comparison, ComparisonKey, Value};

/// Whether `a` and `b` are the same element of `attribute` (decision P12).
///
/// Simple values: equal by comparison key. Complex ones with a `value`: equal `value`s, and `type`s
/// equal or absent on either side. Complex ones without `value`: equal in all sub-attributes.
///
/// ```
/// use scim_core::{Value, builtin, same_element};
/// let members = builtin::group().attribute("members").ok_or("members")?;
/// let stored: Value = r#"{"value":"u2","type":"User"}"#.parse().map_err(|_| "json")?;
/// let given: Value = r#"{"value":"u2"}"#.parse().map_err(|_| "json")?;
/// assert!(same_element(members, &stored, &given));
/// # Ok::<(), &str>(())
/// ```
pub fn same_element(attribute: &Attribute, a: &Value, b: &Value) -> bool {
    let identity = Identity::of(attribute);
    identity.key(a) == identity.key(b) && identity.types_agree(a, b)
}

/// How elements of one attribute are told apart.
#[derive(Clone, Copy, Debug)]
struct Identity<'s> {
    attribute: &'s Attribute,
    value: Option<Comparison>,
    element_type: Option<Comparison>,
}

/// What equal elements have in common; `type` is compared apart, since its absence matches all.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum ElementKey {
    Value(ComparisonKey),
    Whole(Vec<(Box<str>, ComparisonKey)>),
    /// A value that is not of the attribute's type: equal only to the same text.
    Text(String),
}

impl<'s> Identity<'s> {
    fn of(attribute: &'s Attribute) -> Self {
        let by = |name: &str| attribute.sub_attribute(name).and_then(Comparison::of);
        Self {
            attribute,
            value: by("value"),
            element_type: by("type"),
        }
    }

    fn key(&self, element: &Value) -> ElementKey {
        let Value::Object(object) = element else {
            return Comparison::of(self.attribute)
                .and_then(|comparison| ComparisonKey::new(element, comparison))
                .map_or_else(|| ElementKey::Text(element.to_json()), ElementKey::Value);
        };
        if let (Some(comparison), Some(value)) = (self.value, object.get("value"))
            && let Some(key) = ComparisonKey::new(value, comparison)
        {
            return ElementKey::Value(key);
        }
        let mut parts: Vec<_> = object
            .iter()
            .filter(|(_, value)| **value != Value::Null)
            .map(|(name, value)| {
                let key = self
                    .attribute
                    .sub_attribute(name.as_str())
                    .and_then(Comparison::of)
                    .and_then(|comparison| ComparisonKey::new(value, comparison))
                    .or_else(|| {
                        let text = Value::from(value.to_json());
                        ComparisonKey::new(&text, Comparison::CaseExact)
                    })?;
                Some((name.as_str().to_ascii_lowercase().into_boxed_str(), key))
            })
            .collect::<Option<_>>()
            .unwrap_or_default();
        parts.sort();
        ElementKey::Whole(parts)
    }

    fn types_agree(&self, a: &Value, b: &Value) -> bool {
        let Some(comparison) = self.element_type else {
            return true;
        };
        fn type_of(element: &Value) -> Option<&Value> {
            element
                .as_object()?
                .get("type")
                .filter(|value| **value != Value::Null)
        }
        match (type_of(a), type_of(b)) {
            (Some(a), Some(b)) => comparison
                .compare(a, b)
                .map_or(a == b, |order| order.is_eq()),
            _ => true,
        }
    }
}

/// The elements of one attribute, found by identity (decision P12) in constant time.
///
/// The index holds positions only; the caller keeps the elements, and tells the index what it adds
/// and removes.
///
/// ```
/// use scim_core::{ElementIndex, Value, builtin};
/// let members = builtin::group().attribute("members").ok_or("members")?;
/// let elements: Vec<Value> = vec![r#"{"value":"u2","type":"User"}"#.parse().map_err(|_| "json")?];
/// let index = ElementIndex::new(members, &elements);
/// let given: Value = r#"{"value":"u2"}"#.parse().map_err(|_| "json")?;
/// assert_eq!(index.find(&given, |at| elements.get(at)), Some(0));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug)]
pub struct ElementIndex<'s> {
    identity: Identity<'s>,
    places: HashMap<ElementKey, Vec<usize>>,
}

impl<'s> ElementIndex<'s> {
    /// Indexes `elements` by position; nulls are left out. O(n).
    pub fn new(attribute: &'s Attribute, elements: &[Value]) -> Self {
        let mut index = Self {
            identity: Identity::of(attribute),
            places: HashMap::with_capacity(elements.len()),
        };
        for (position, element) in elements.iter().enumerate() {
            if *element != Value::Null {
                index.insert(element, position);
            }
        }
        index
    }

    /// Notes that `element` stands at `position`.
    pub fn insert(&mut self, element: &Value, position: usize) {
        let key = self.identity.key(element);
        self.places.entry(key).or_default().push(position);
    }

    /// Forgets `element` at `position`.
    pub fn remove(&mut self, element: &Value, position: usize) {
        if let Some(places) = self.places.get_mut(&self.identity.key(element)) {
            places.retain(|&place| place != position);
        }
    }

    /// The first position whose element is the same as `given`. `at` tells the element that stands
    /// at a position.
    pub fn find<'v>(
        &self,
        given: &Value,
        at: impl Fn(usize) -> Option<&'v Value>,
    ) -> Option<usize> {
        self.same(given, at).min()
    }

    /// All positions whose elements are the same as `given`, in order.
    pub fn positions<'v>(
        &self,
        given: &Value,
        at: impl Fn(usize) -> Option<&'v Value>,
    ) -> Vec<usize> {
        let mut positions: Vec<_> = self.same(given, at).collect();
        positions.sort_unstable();
        positions
    }

    fn same<'v>(
        &self,
        given: &Value,
        at: impl Fn(usize) -> Option<&'v Value>,
    ) -> impl Iterator<Item = usize> {
        let places = self.places.get(&self.identity.key(given));
        places
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .copied()
            .filter(move |&place| {
                at(place).is_some_and(|element| self.identity.types_agree(element, given))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin;

    fn same(attribute: &str, a: &str, b: &str) -> bool {
        let of = builtin::user_schema().attribute(attribute);
        let of = of.or(builtin::group().attribute(attribute)).unwrap();
        same_element(of, &a.parse().unwrap(), &b.parse().unwrap())
    }

    #[test]
    fn p12_identity() {
        assert!(same(
            "members",
            r#"{"value":"u2"}"#,
            r#"{"value":"u2","type":"User"}"#
        ));
        assert!(!same(
            "members",
            r#"{"value":"u2","type":"Group"}"#,
            r#"{"value":"u2","type":"User"}"#
        ));
        assert!(
            !same("members", r#"{"value":"u2"}"#, r#"{"value":"U2"}"#),
            "ids are case exact"
        );
        assert!(same(
            "emails",
            r#"{"value":"A@b","type":"WORK"}"#,
            r#"{"value":"a@B","type":"work"}"#
        ));
        assert!(!same(
            "emails",
            r#"{"value":"a","type":"work"}"#,
            r#"{"value":"a","type":"home"}"#
        ));
        assert!(same(
            "addresses",
            r#"{"locality":"X","type":null}"#,
            r#"{"LOCALITY":"x"}"#
        ));
        assert!(!same(
            "addresses",
            r#"{"locality":"X"}"#,
            r#"{"locality":"X","region":"Y"}"#
        ));
    }
}
