//! Element identity: when two elements of a multi-valued attribute are the same one.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};

use crate::{Attribute, Comparison, ComparisonKey, Key, Mutability, Value};

/// Whether `a` and `b` are the same element of `attribute` (decision P12).
///
/// Simple values: equal by comparison key. Complex ones with a `value`: equal `value`s, and `type`s
/// equal or absent on either side. Complex ones without `value`: equal in all sub-attributes. What is
/// readOnly in a value that a client writes does not count: it is left out of what a client sends.
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
    identity.keys_agree(a, b) && identity.types_agree(a, b)
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
        let by = |name: &str| {
            let sub = attribute.sub_attribute(name);
            sub.filter(|_| counts(attribute, name))
                .and_then(Comparison::of)
        };
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
        let assigned = || object.iter().filter(|(_, value)| value.is_assigned());
        let counts = |(name, _): &(&Key, &Value)| counts(self.attribute, name.as_str());
        // Elements of nothing but what is readOnly are told apart by that.
        let all = !assigned().any(|member| counts(&member));
        let mut parts: Vec<_> = assigned()
            .filter(|member| all || counts(member))
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

    /// Whether the keys are equal; without making them where two texts of ASCII tell.
    fn keys_agree(&self, a: &Value, b: &Value) -> bool {
        let (comparison, texts) = match (a, b) {
            (Value::Object(a), Value::Object(b)) => (self.value, (a.get("value"), b.get("value"))),
            (a, b) => (Comparison::of(self.attribute), (Some(a), Some(b))),
        };
        match (comparison, texts) {
            (Some(comparison), (Some(Value::String(a)), Some(Value::String(b))))
                if a.is_ascii() && b.is_ascii() =>
            {
                match comparison {
                    Comparison::CaseExact => return a == b,
                    Comparison::CaseInsensitive => return a.eq_ignore_ascii_case(b),
                    _ => {}
                }
            }
            _ => {}
        }
        self.key(a) == self.key(b)
    }

    fn types_agree(&self, a: &Value, b: &Value) -> bool {
        let Some(comparison) = self.element_type else {
            return true;
        };
        match (type_of(a), type_of(b)) {
            (Some(a), Some(b)) => comparison
                .compare(a, b)
                .map_or(a == b, |order| order.is_eq()),
            _ => true,
        }
    }

    /// What equal `type`s have in common; `None` without one.
    fn type_tag(&self, element: &Value, state: &RandomState) -> Option<u64> {
        let comparison = self.element_type?;
        let value = type_of(element)?;
        Some(match ComparisonKey::new(value, comparison) {
            Some(key) => state.hash_one(key),
            None => state.hash_one(value.to_json()),
        })
    }
}

/// Whether a sub-attribute can tell elements apart: a client gives it, or nothing of the attribute.
fn counts(attribute: &Attribute, name: &str) -> bool {
    attribute.mutability == Mutability::ReadOnly
        || attribute
            .sub_attribute(name)
            .is_none_or(|sub| sub.mutability != Mutability::ReadOnly)
}

fn type_of(element: &Value) -> Option<&Value> {
    element
        .as_object()?
        .get("type")
        .filter(|value| **value != Value::Null)
}

/// The elements of one attribute, found by identity (decision P12) in constant time.
///
/// The index holds positions only; the caller keeps the elements, and tells the index what it adds
/// and removes. An element whose `value` or `type` changes is removed as it was and inserted as it
/// is.
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
    places: HashMap<ElementKey, Places>,
    /// Seeds the tags of types, so that no client can make them collide.
    state: RandomState,
}

/// The positions of the elements of one key.
#[derive(Clone, Debug)]
enum Places {
    /// So few that all of them are looked at.
    Few(Vec<(usize, Option<u64>)>),
    /// Told apart by the tag of their `type`: many elements of one `value` cost no more than others.
    Many(Box<Many>),
}

/// The largest [`Places::Few`].
const FEW: usize = 8;

#[derive(Clone, Debug, Default)]
struct Many {
    all: BTreeSet<usize>,
    by_type: HashMap<Option<u64>, BTreeSet<usize>>,
}

impl Many {
    fn insert(&mut self, position: usize, tag: Option<u64>) {
        self.all.insert(position);
        self.by_type.entry(tag).or_default().insert(position);
    }

    fn remove(&mut self, position: usize, tag: Option<u64>) {
        self.all.remove(&position);
        if let Some(places) = self.by_type.get_mut(&tag) {
            places.remove(&position);
        }
    }
}

impl<'s> ElementIndex<'s> {
    /// Indexes `elements` by position; nulls are left out. O(n).
    pub fn new(attribute: &'s Attribute, elements: &[Value]) -> Self {
        let mut index = Self {
            identity: Identity::of(attribute),
            places: HashMap::with_capacity(elements.len()),
            state: RandomState::new(),
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
        let tag = self.identity.type_tag(element, &self.state);
        let places = self.places.entry(key);
        let places = places.or_insert_with(|| Places::Few(Vec::with_capacity(1)));
        if let Places::Few(few) = places
            && few.len() == FEW
        {
            let mut many = Many::default();
            for (position, tag) in few.drain(..) {
                many.insert(position, tag);
            }
            *places = Places::Many(Box::new(many));
        }
        match places {
            Places::Few(few) => few.push((position, tag)),
            Places::Many(many) => many.insert(position, tag),
        }
    }

    /// Forgets `element` at `position`.
    pub fn remove(&mut self, element: &Value, position: usize) {
        let tag = self.identity.type_tag(element, &self.state);
        match self.places.get_mut(&self.identity.key(element)) {
            Some(Places::Few(few)) => few.retain(|(place, _)| *place != position),
            Some(Places::Many(many)) => many.remove(position, tag),
            None => {}
        }
    }

    /// The first position whose element is the same as `given`. `at` tells the element that stands
    /// at a position.
    pub fn find<'v>(
        &self,
        given: &Value,
        at: impl Fn(usize) -> Option<&'v Value>,
    ) -> Option<usize> {
        let same = |&place: &usize| {
            at(place).is_some_and(|element| self.identity.types_agree(element, given))
        };
        match self.places.get(&self.identity.key(given))? {
            Places::Few(few) => few.iter().map(|(place, _)| *place).filter(same).min(),
            Places::Many(many) => match self.identity.type_tag(given, &self.state) {
                None => many.all.iter().copied().find(same),
                tag => {
                    let of = |tag| many.by_type.get(&tag).into_iter().flatten().copied();
                    let typed = of(tag).find(same);
                    let untyped = of(None).find(same);
                    typed.into_iter().chain(untyped).min()
                }
            },
        }
    }

    /// All positions whose elements are the same as `given`, in order.
    pub fn positions<'v>(
        &self,
        given: &Value,
        at: impl Fn(usize) -> Option<&'v Value>,
    ) -> Vec<usize> {
        let mut positions: Vec<usize> = match self.places.get(&self.identity.key(given)) {
            None => return Vec::new(),
            Some(Places::Few(few)) => few.iter().map(|(place, _)| *place).collect(),
            Some(Places::Many(many)) => match self.identity.type_tag(given, &self.state) {
                None => many.all.iter().copied().collect(),
                tag => [tag, None]
                    .iter()
                    .filter_map(|tag| many.by_type.get(tag))
                    .flatten()
                    .copied()
                    .collect(),
            },
        };
        positions.retain(|&place| {
            at(place).is_some_and(|element| self.identity.types_agree(element, given))
        });
        positions.sort_unstable();
        positions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AttrType, builtin};

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
        assert!(same(
            "addresses",
            r#"{"locality":"X","region":[]}"#,
            r#"{"locality":"X"}"#
        ));
    }

    #[test]
    fn p12_what_is_read_only_tells_elements_apart_only_where_all_is() {
        let read_only = |name: &str| {
            let mut sub = Attribute::new(name.parse().unwrap(), AttrType::String);
            sub.mutability = Mutability::ReadOnly;
            sub
        };
        let mut keys = Attribute::new("keys".parse().unwrap(), AttrType::Complex);
        let tooth = Attribute::new("tooth".parse().unwrap(), AttrType::String);
        keys.sub_attributes = vec![tooth, read_only("value"), read_only("cut")].into();
        let same = |of: &Attribute, a: &str, b: &str| {
            let (a, b): (Value, Value) = (a.parse().unwrap(), b.parse().unwrap());
            same_element(of, &a, &b)
        };
        let stored = r#"{"tooth":"a","value":"1","cut":"x"}"#;
        assert!(same(&keys, stored, r#"{"tooth":"A"}"#));
        assert!(!same(&keys, stored, r#"{"tooth":"b","value":"1"}"#));
        assert!(!same(&keys, r#"{"cut":"x"}"#, r#"{"cut":"y"}"#));
        keys.mutability = Mutability::ReadOnly;
        assert!(same(&keys, stored, r#"{"value":"1"}"#));
        assert!(!same(&keys, stored, r#"{"tooth":"a","value":"2"}"#));
    }

    #[test]
    fn many_elements_of_one_value_are_told_apart_by_type() {
        let emails = builtin::user().attribute("emails").unwrap();
        let email = |index: usize| -> Value {
            format!(r#"{{"value":"a@b","type":"t{index}"}}"#)
                .parse()
                .unwrap()
        };
        let mut elements: Vec<Value> = (0..1_000).map(email).collect();
        elements.push(r#"{"value":"A@B"}"#.parse().unwrap());
        let mut index = ElementIndex::new(emails, &elements);
        let untyped = &elements[1_000];
        assert_eq!(index.find(untyped, |at| elements.get(at)), Some(0));
        assert_eq!(index.positions(untyped, |at| elements.get(at)).len(), 1_001);
        for at in [0, 7, 8, 999] {
            assert_eq!(index.find(&email(at), |at| elements.get(at)), Some(at));
            let both = index.positions(&email(at), |at| elements.get(at));
            assert_eq!(both, [at, 1_000]);
        }
        index.remove(&elements[7], 7);
        assert_eq!(index.find(&email(7), |at| elements.get(at)), Some(1_000));
        index.remove(untyped, 1_000);
        assert_eq!(index.find(&email(7), |at| elements.get(at)), None);
    }
}
