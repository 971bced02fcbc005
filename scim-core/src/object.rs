//! [`Object`]: a complex value, names found without regard to case, order kept.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use crate::{Key, NameOrder, Value};

mod builder;
mod members;

pub(crate) use builder::ObjectBuilder;
use members::Members;

/// The members of a complex attribute or a resource, in order (RFC 7643 §2.3.8).
///
/// No two names are equal under ASCII case. Look-up walks the members: at the sizes SCIM objects
/// have this beats a map. Among more than 32 it is O(log n), once their names are in order, which the
/// first look-up sees to. Adding a member is O(n); [`Object::from_iter`] of many pairs is the way to
/// build a large one.
///
/// ```
/// use scim_core::Object;
/// let mut name = Object::new();
/// name.insert("givenName", "Ada");
/// assert_eq!(name.get("GIVENNAME").and_then(|v| v.as_str()), Some("Ada"));
/// ```
#[derive(Clone, Default)]
pub struct Object {
    /// INVARIANT: names are distinct under ASCII case.
    members: Members,
}

impl Object {
    /// An object without members; allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes members whose names are already known to be distinct.
    pub(crate) fn from_distinct(members: impl IntoIterator<Item = (Key, Value)>) -> Self {
        Self {
            members: Members::from(Vec::from_iter(members)),
        }
    }

    /// Sets a member and returns what was there. A new name goes to the end; an existing one keeps
    /// its place and its spelling.
    pub fn insert(&mut self, key: impl Into<Key>, value: impl Into<Value>) -> Option<Value> {
        let key = key.into();
        let value = value.into();
        if let Some(old) = self.get_mut_by_key(&key) {
            return Some(std::mem::replace(old, value));
        }
        self.members.push((key, value));
        None
    }

    /// Takes a member out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.position(name)?;
        Some(self.members.remove(at))
    }

    /// Keeps the members for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&Key, &mut Value) -> bool) {
        let mut members = std::mem::take(&mut self.members).into_list();
        members.retain_mut(|(key, value)| keep(key, value));
        self.members = members.into();
    }

    /// The value of a member, to change.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let at = self.position(name)?;
        self.members.list_mut().get_mut(at).map(|(_, value)| value)
    }

    /// The value of a member, to change, by its name as [`get_by_key`](Self::get_by_key) takes it.
    pub fn get_mut_by_key(&mut self, key: &Key) -> Option<&mut Value> {
        let at = self.members.position(key.as_str(), |other| other == key)?;
        self.members.list_mut().get_mut(at).map(|(_, value)| value)
    }

    /// The value of a member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.get_key_value(name).map(|(_, value)| value)
    }

    /// The value of a member whose name is at hand as a [`Key`]. Names that RFC 7643 defines are then
    /// told apart without a look at their text, which is what a look-up mostly costs.
    pub fn get_by_key(&self, key: &Key) -> Option<&Value> {
        let found = self.members.find(key.as_str(), |other| other == key)?;
        Some(&found.1)
    }

    /// The member with its name as written.
    pub fn get_key_value(&self, name: &str) -> Option<(&Key, &Value)> {
        let (key, value) = self.members.find(name, |key| *key == *name)?;
        Some((key, value))
    }

    /// Where a member stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.members.position(name, |key| *key == *name)
    }

    /// The members in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Key, &Value)> {
        self.members.list().iter().map(|(key, value)| (key, value))
    }

    /// The members in order, values to change.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&Key, &mut Value)> {
        self.members
            .list_mut()
            .iter_mut()
            .map(|(key, value)| (&*key, value))
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.list().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.list().is_empty()
    }
}

/// Members in order; of several with one name the last value wins, at the first place.
impl<K: Into<Key>, V: Into<Value>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        let mut members: Vec<(Key, Value)> = Vec::with_capacity(pairs.size_hint().0);
        // Places by name, once there are so many that walking them would be slower.
        let mut places: Option<HashMap<Key, usize>> = None;
        for (key, value) in pairs {
            let (key, value) = (key.into(), value.into());
            let place = if members.len() < NameOrder::FEW {
                members.iter().position(|(other, _)| *other == key)
            } else {
                let places = places.get_or_insert_with(|| {
                    let names = members.iter().map(|(key, _)| key.clone());
                    names.zip(0..).collect()
                });
                match places.entry(key.clone()) {
                    Entry::Occupied(place) => Some(*place.get()),
                    Entry::Vacant(vacant) => {
                        vacant.insert(members.len());
                        None
                    }
                }
            };
            match place.and_then(|place| members.get_mut(place)) {
                Some(member) => member.1 = value,
                None => members.push((key, value)),
            }
        }
        Self::from_distinct(members)
    }
}

impl IntoIterator for Object {
    type Item = (Key, Value);
    type IntoIter = std::vec::IntoIter<(Key, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_list().into_iter()
    }
}

/// Equal if both have the same names, whatever their order and case, with equal values.
impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        if self.len() != other.len() {
            return false;
        }
        let (ours, theirs) = (self.members.list(), other.members.list());
        let mut pairs = ours.iter().zip(theirs);
        // Mostly the names stand in one order, and the values decide.
        if pairs.clone().all(|(ours, theirs)| ours.0 == theirs.0) {
            return pairs.all(|(ours, theirs)| ours.1 == theirs.1);
        }
        let (mut ours, mut theirs) = (Vec::from_iter(ours), Vec::from_iter(theirs));
        ours.sort_by(|a, b| a.0.cmp(&b.0));
        theirs.sort_by(|a, b| a.0.cmp(&b.0));
        ours == theirs
    }
}

/// Compact JSON text.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_order_is_kept() {
        let mut object = Object::from_iter([("b", 1i64), ("A", 2), ("B", 3)]);
        assert_eq!(object.to_string(), r#"{"b":3,"A":2}"#);
        object.insert("a", 4i64);
        object.insert("c", 5i64);
        assert_eq!(object.get_by_key(&Key::from("a")), object.get("a"));
        assert_eq!(object.remove("B"), Some(3i64.into()));
        assert_eq!(object.to_string(), r#"{"A":4,"c":5}"#);
    }

    #[test]
    fn of_many_pairs_the_last_of_a_name_wins_at_the_first_place() {
        let name = |index: i64| if index % 2 == 0 { "N" } else { "n" };
        let pairs = (0..200i64).map(|index| (format!("{}{}", name(index), index % 100), index));
        let object: Object = pairs.collect();
        assert_eq!(object.len(), 100);
        assert_eq!(object.get("n7"), Some(&107i64.into()));
        assert_eq!(object.position("n7"), Some(7));
    }

    #[test]
    fn equality_ignores_order_and_case_of_names() {
        let a = Object::from_iter([("a", 1i64), ("b", 2)]);
        let b = Object::from_iter([("B", 2i64), ("A", 1)]);
        assert_eq!(a, b);
        assert_ne!(a, Object::from_iter([("a", 1i64), ("b", 3)]));
    }
}
