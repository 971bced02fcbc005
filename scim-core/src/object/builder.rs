//! [`ObjectBuilder`]: members gathered one by one, duplicates found in linear time.

use std::collections::HashSet;

use super::Object;
use crate::{Key, NameOrder, Value};

/// Tells names that are equal under ASCII case among the members of one object (decision N08).
#[derive(Default)]
pub(crate) struct Distinct {
    /// The names, once there are many. INVARIANT: the same names as in the members.
    many: Option<HashSet<Key>>,
}

impl Distinct {
    /// Whether `members` has no such name yet; the caller adds the member if so. O(1) amortized.
    pub(crate) fn is_new(&mut self, members: &[(Key, Value)], key: &Key) -> bool {
        if members.len() < NameOrder::FEW {
            return members.iter().all(|(other, _)| other != key);
        }
        self.many
            .get_or_insert_with(|| members.iter().map(|(key, _)| key.clone()).collect())
            .insert(key.clone())
    }
}

/// Gathers the members of an [`Object`] and refuses names equal under ASCII case (decision N08).
#[derive(Default)]
pub(crate) struct ObjectBuilder {
    members: Vec<(Key, Value)>,
    names: Distinct,
}

impl ObjectBuilder {
    /// Whether a member of that name may be pushed, and will be. O(1) amortized.
    pub(crate) fn is_new(&mut self, key: &Key) -> bool {
        self.names.is_new(&self.members, key)
    }

    /// Adds a member; the caller has asked [`is_new`](Self::is_new) first.
    pub(crate) fn push(&mut self, key: Key, value: Value) {
        self.members.push((key, value));
    }

    /// How many members there are so far.
    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// The object.
    pub(crate) fn finish(self) -> Object {
        Object::from_distinct(self.members)
    }
}
