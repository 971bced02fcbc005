//! [`NameOrder`]: finds one name among many.

use super::{caseless_cmp, caseless_eq};

/// Where the names of a list stand in the order of names, so that one among many is found without a walk.
/// Up to [`FEW`](Self::FEW) names are walked.
///
/// ```
/// use scim_core::NameOrder;
/// let list: Vec<String> = (0..1_000).map(|number| format!("name{number}")).collect();
/// let order = NameOrder::of(list.iter().map(String::as_str));
/// assert_eq!(order.position(&list, String::as_str, "NAME707"), Some(707));
/// assert_eq!(order.position(&list, String::as_str, "name"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameOrder(Vec<u32>);

impl NameOrder {
    /// The most names that are walked: up to 32 that is cheaper than anything cleverer.
    pub const FEW: usize = 32;

    /// The order of no names.
    pub(crate) const NONE: Self = Self(Vec::new());

    /// The order of the names of a list; of names that are equal the first is the one that is found.
    ///
    /// # Complexity
    /// O(n log n) for `n` names; nothing for few.
    pub fn of<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> Self {
        if names.len() <= Self::FEW {
            return Self::NONE;
        }
        let mut numbered: Vec<(u32, &str)> = (0..).zip(names).collect();
        numbered.sort_by(|(_, a), (_, b)| caseless_cmp(a, b));
        Self(numbered.into_iter().map(|(place, _)| place).collect())
    }

    /// Where a name stands in the list, in any case.
    ///
    /// # Complexity
    /// O(log n) for `n` names.
    pub fn position<T>(&self, list: &[T], text: impl Fn(&T) -> &str, name: &str) -> Option<usize> {
        let is_it = |item: &T| caseless_eq(text(item).as_bytes(), name.as_bytes());
        if list.len() <= Self::FEW {
            return list.iter().position(is_it);
        }
        let place = *self.0.get(self.before(list, &text, name))?;
        let place = usize::try_from(place).ok()?;
        list.get(place).is_some_and(is_it).then_some(place)
    }

    /// How many names of the list come before this one.
    fn before<T>(&self, list: &[T], text: impl Fn(&T) -> &str, name: &str) -> usize {
        self.0.partition_point(|place| {
            let item = usize::try_from(*place)
                .ok()
                .and_then(|place| list.get(place));
            item.is_some_and(|item| caseless_cmp(text(item), name).is_lt())
        })
    }

    /// A name goes to the end of the list.
    pub(crate) fn push<T>(&mut self, list: &[T], text: impl Fn(&T) -> &str, name: &str) {
        if let Ok(place) = u32::try_from(list.len()) {
            self.0.insert(self.before(list, text, name), place);
        }
    }

    /// The name at that place leaves the list.
    pub(crate) fn remove(&mut self, place: usize) {
        self.0.retain(|other| usize::try_from(*other) != Ok(place));
        for other in &mut self.0 {
            if usize::try_from(*other).is_ok_and(|other| other > place) {
                *other -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    struct Name {
        text: String,
        looks: Cell<usize>,
    }

    fn text(name: &Name) -> &str {
        name.looks.set(name.looks.get() + 1);
        &name.text
    }

    #[test]
    fn one_name_among_many_is_found_with_few_looks() {
        let name = |number: usize| Name {
            text: format!("a{number:04}a"),
            looks: Cell::default(),
        };
        let list: Vec<Name> = (0..2_000).map(name).collect();
        let order = NameOrder::of(list.iter().map(text));
        list.iter().for_each(|name| name.looks.set(0));
        for (at, name) in list.iter().enumerate() {
            let (known, unknown) = (name.text.to_uppercase(), format!("{}b", name.text));
            assert_eq!(order.position(&list, text, &known), Some(at));
            assert_eq!(order.position(&list, text, &unknown), None);
        }
        let looks: usize = list.iter().map(|name| name.looks.get()).sum();
        assert!(looks <= 2 * 2_000 * 13, "{looks}");
    }
}
