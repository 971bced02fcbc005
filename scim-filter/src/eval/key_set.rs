//! [`KeySet`]: the operands of an or-list, sorted for look-up.

use std::ops::{Deref, Range};

use scim_core::{Comparand, Comparison, ComparisonKey};

/// Keys of which a value may equal any one.
///
/// To find a value among a hundred ids should cost little more than to compare it with one: most values
/// are told apart by eight bytes, which lie side by side. A hash would do the same until someone sends
/// keys that collide.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeySet {
    /// INVARIANT: sorted and distinct, those of text under one comparison.
    keys: Box<[ComparisonKey]>,
    /// `None` unless all keys are text under one comparison.
    heads: Option<Heads>,
}

/// What tells most values from all the keys.
#[derive(Clone, Debug, PartialEq)]
struct Heads {
    folded: bool,
    /// What all keys begin with.
    common: Box<[u8]>,
    /// Of each key, in their order, the eight bytes behind it.
    heads: Box<[u64]>,
}

impl KeySet {
    pub(crate) fn new(mut keys: Vec<ComparisonKey>) -> Self {
        keys.sort();
        keys.dedup();
        Self {
            heads: Heads::of(&keys),
            keys: keys.into(),
        }
    }

    pub(crate) fn into_keys(self) -> Vec<ComparisonKey> {
        self.keys.into_vec()
    }

    /// How text compares with the keys.
    pub(crate) fn comparison_of_text(&self) -> Comparison {
        // Keys of text come behind those of numbers and booleans.
        let last = self.keys.last();
        last.map_or(Comparison::CaseInsensitive, ComparisonKey::comparison)
    }

    /// Whether the value is equal to one of the keys.
    ///
    /// # Complexity
    /// Logarithmic in the keys.
    pub(crate) fn contains(&self, value: Comparand<'_>) -> bool {
        match (&self.heads, value.as_ascii()) {
            // Beyond ASCII the text of a key is not that of the values it equals.
            (Some(heads), Some(text)) => heads
                .candidates(text)
                .and_then(|range| self.keys.get(range))
                .is_some_and(|keys| is_among(keys, value)),
            _ => is_among(&self.keys, value),
        }
    }
}

impl Deref for KeySet {
    type Target = [ComparisonKey];

    fn deref(&self) -> &[ComparisonKey] {
        &self.keys
    }
}

impl Heads {
    fn of(keys: &[ComparisonKey]) -> Option<Self> {
        let (first, last) = (keys.first()?, keys.last()?);
        let comparison = first.comparison();
        if last.comparison() != comparison {
            return None;
        }
        // What the first and the last have in common is in all between them.
        let pairs = first.as_text()?.bytes().zip(last.as_text()?.bytes());
        let common: Box<[u8]> = pairs.take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
        let head_of =
            |key: &ComparisonKey| Some(head(key.as_text()?.as_bytes().get(common.len()..)?, false));
        Some(Self {
            folded: comparison == Comparison::CaseInsensitive,
            heads: keys.iter().map(head_of).collect::<Option<_>>()?,
            common,
        })
    }

    /// Where the keys stand that may be equal to the text.
    fn candidates(&self, text: &str) -> Option<Range<usize>> {
        let (start, rest) = text.as_bytes().split_at_checked(self.common.len())?;
        let is_common = match self.folded {
            true => start.eq_ignore_ascii_case(&self.common),
            false => *start == *self.common,
        };
        if !is_common {
            return None;
        }
        let head = head(rest, self.folded);
        let start = self.heads.partition_point(|other| *other < head);
        let rest = self.heads.get(start..)?;
        // Mostly there is none, and the look-up ends here.
        if rest.first() != Some(&head) {
            return None;
        }
        Some(start..start + rest.partition_point(|other| *other == head))
    }
}

/// The first eight bytes as a number that orders as they do.
fn head(text: &[u8], folded: bool) -> u64 {
    let mut bytes = [0; 8];
    match text.first_chunk() {
        Some(chunk) => bytes = *chunk,
        None => bytes
            .iter_mut()
            .zip(text)
            .for_each(|(byte, from)| *byte = *from),
    }
    if folded {
        bytes.make_ascii_lowercase();
    }
    u64::from_be_bytes(bytes)
}

/// Binary search by the order of the keys. A key of another type than the value's has no order beside
/// it; without a schema a set may hold several types, so what is left is then tried one by one.
fn is_among(keys: &[ComparisonKey], value: Comparand<'_>) -> bool {
    let mut keys = keys;
    while let Some(middle) = keys.get(keys.len() / 2) {
        let Some(order) = middle.order(value) else {
            return keys.iter().any(|key| key.equals(value));
        };
        let (less, rest) = keys.split_at(keys.len() / 2);
        keys = match order {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => less,
            std::cmp::Ordering::Greater => rest.get(1..).unwrap_or_default(),
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use scim_core::Value;

    use super::*;

    fn set(texts: &[&str], comparison: Comparison) -> KeySet {
        let key = |text: &&str| ComparisonKey::new(&(*text).into(), comparison).unwrap();
        KeySet::new(texts.iter().map(key).collect())
    }

    #[test]
    fn a_set_holds_what_one_of_its_keys_equals() {
        let texts = [
            "",
            "a",
            "A",
            "ab",
            "a\0",
            "prefix-00000001",
            "prefix-00000010",
            "PREFIX-00000010x",
            "prefix-000000100",
            "Straße",
            "STRASSE",
            "é",
            "e\u{301}",
            "zz",
        ];
        for comparison in [Comparison::CaseInsensitive, Comparison::CaseExact] {
            for from in 0..texts.len() {
                for to in from + 1..=texts.len() {
                    let set = set(&texts[from..to], comparison);
                    for text in texts {
                        let one = set.iter().any(|key| key.equals(text));
                        assert_eq!(set.contains(text.into()), one, "{text:?} in {set:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_set_without_schema_may_hold_several_types() {
        let keys = [
            (Value::from("a"), Comparison::CaseInsensitive),
            (Value::from("b"), Comparison::CaseInsensitive),
            (Value::from(true), Comparison::Boolean),
        ];
        let key = |(value, comparison)| ComparisonKey::new(value, comparison).unwrap();
        let set = KeySet::new(keys.iter().map(|(value, of)| key((value, *of))).collect());
        assert!(set.contains("B".into()) && set.contains(true.into()));
        assert!(!set.contains("c".into()) && !set.contains(false.into()));
    }
}
