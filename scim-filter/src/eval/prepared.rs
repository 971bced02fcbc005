//! [`Prepared`]: the values that cannot be compared as they stand.

use std::collections::BTreeMap;

use scim_core::{Comparison, ComparisonKey};

use super::view::View;

/// The keys of values that had to be decoded or folded, which costs many times what a comparison does:
/// each is made once, however many terms look at the value.
///
/// INVARIANT: lives no longer than the values it was asked about, so that each has its own address.
#[derive(Default)]
pub(crate) struct Prepared {
    /// Most evaluations need none, and are over sooner than a map is dropped.
    keys: Option<Box<Keys>>,
}

/// By the address of the value; `None` for one that is not of the comparison's type.
type Keys = BTreeMap<(usize, Comparison), Option<ComparisonKey>>;

impl Prepared {
    /// The key of the value.
    pub(crate) fn key(&mut self, value: impl View, of: Comparison) -> Option<&ComparisonKey> {
        let keys = self.keys.get_or_insert_default();
        let make = || value.scalar(|value| ComparisonKey::of(value, of));
        let key = keys.entry((value.address(), of)).or_insert_with(make);
        key.as_ref()
    }
}
