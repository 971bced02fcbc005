//! [`ObjectBuilder`]: members gathered one by one, duplicates found in linear time.

use std::collections::HashSet;

use super::Object;
use crate::{Key, Value};

/// Up to this many members a pairwise search for duplicates is cheaper than hashing.
const FEW_MEMBERS: usize = 16;

/// Gathers the members of an [`Object`] and refuses names equal under ASCII case (decision N08).
#[derive(Default)]
pub(crate) struct ObjectBuilder {
    members: Vec<(Key, Value)>,
    /// The names, once there are many. INVARIANT: the same names as in `members`.
    many: HashSet<Key>,
}

impl ObjectBuilder {
    /// Whether a member of that name was pushed before. O(1) amortized.
    pub(crate) fn contains(&self, key: &Key) -> bool {
        if self.many.is_empty() {
            return self.members.iter().any(|(other, _)| other == key);
        }
        self.many.contains(key)
    }

    /// Adds a member; the caller has asked [`contains`](Self::contains) first.
    pub(crate) fn push(&mut self, key: Key, value: Value) {
        if !self.many.is_empty() {
            self.many.insert(key.clone());
        }
        self.members.push((key, value));
        if self.members.len() == FEW_MEMBERS {
            self.many = self.members.iter().map(|(key, _)| key.clone()).collect();
        }
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
