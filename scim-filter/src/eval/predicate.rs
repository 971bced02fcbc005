//! [`Predicate`]: one comparison with a prepared operand.

use scim_core::{Comparand, Comparison, ComparisonKey};

use super::key_set::KeySet;
use super::prepared::Prepared;
use super::view::View;
use crate::CompareOp;

/// A comparison of one value. A value of another type satisfies none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Predicate {
    Equals(ComparisonKey),
    /// Equal to one of several.
    Among(KeySet),
    Contains(ComparisonKey),
    StartsWith(ComparisonKey),
    EndsWith(ComparisonKey),
    Greater(ComparisonKey),
    GreaterOrEqual(ComparisonKey),
    Less(ComparisonKey),
    LessOrEqual(ComparisonKey),
}

impl Predicate {
    /// The predicate of an operator, and whether it must fail: `ne` is `eq` denied (decision F13).
    pub(crate) fn new(op: CompareOp, key: ComparisonKey) -> (Self, bool) {
        let predicate = match op {
            CompareOp::Eq => Self::Equals(key),
            CompareOp::Ne => return (Self::Equals(key), true),
            CompareOp::Co => Self::Contains(key),
            CompareOp::Sw => Self::StartsWith(key),
            CompareOp::Ew => Self::EndsWith(key),
            CompareOp::Gt => Self::Greater(key),
            CompareOp::Ge => Self::GreaterOrEqual(key),
            CompareOp::Lt => Self::Less(key),
            CompareOp::Le => Self::LessOrEqual(key),
        };
        (predicate, false)
    }

    /// The predicate of a value that may equal any of the keys.
    pub(crate) fn among(mut keys: Vec<ComparisonKey>) -> Self {
        match keys.pop() {
            Some(key) if keys.is_empty() => Self::Equals(key),
            last => {
                keys.extend(last);
                Self::Among(KeySet::new(keys))
            }
        }
    }

    pub(crate) fn holds(&self, value: impl View, prepared: &mut Prepared) -> bool {
        match value.at_hand(|value| self.holds_for(value)) {
            Some(holds) => holds,
            None => self.holds_prepared(value, prepared),
        }
    }

    /// Apart, so that the registers it needs cost the others nothing.
    #[cold]
    #[inline(never)]
    fn holds_prepared(&self, value: impl View, prepared: &mut Prepared) -> bool {
        let key = prepared.key(value, self.comparison());
        key.is_some_and(|key| self.holds_for(key.into()))
    }

    // One call less between a value and its comparison, which for most is all that there is to do.
    #[inline(always)]
    fn holds_for(&self, value: Comparand<'_>) -> bool {
        match self {
            Self::Equals(key) => key.equals(value),
            Self::Among(keys) => keys.contains(value),
            Self::Contains(key) => key.is_in(value),
            Self::StartsWith(key) => key.is_prefix_of(value),
            Self::EndsWith(key) => key.is_suffix_of(value),
            Self::Greater(key) => key.order(value).is_some_and(|order| order.is_gt()),
            Self::GreaterOrEqual(key) => key.order(value).is_some_and(|order| order.is_ge()),
            Self::Less(key) => key.order(value).is_some_and(|order| order.is_lt()),
            Self::LessOrEqual(key) => key.order(value).is_some_and(|order| order.is_le()),
        }
    }

    /// How text compares with the operand.
    fn comparison(&self) -> Comparison {
        match self {
            Self::Among(keys) => keys.comparison_of_text(),
            Self::Equals(key)
            | Self::Contains(key)
            | Self::StartsWith(key)
            | Self::EndsWith(key)
            | Self::Greater(key)
            | Self::GreaterOrEqual(key)
            | Self::Less(key)
            | Self::LessOrEqual(key) => key.comparison(),
        }
    }

    /// The keys, if the predicate is an equality.
    pub(crate) fn keys(&self) -> Option<&[ComparisonKey]> {
        match self {
            Self::Equals(key) => Some(std::slice::from_ref(key)),
            Self::Among(keys) => Some(keys),
            _ => None,
        }
    }

    /// Hands the keys on, if the predicate is an equality.
    pub(crate) fn append_keys(self, into: &mut Vec<ComparisonKey>) {
        match self {
            Self::Equals(key) => into.push(key),
            Self::Among(keys) => into.extend(keys.into_keys()),
            _ => {}
        }
    }
}
