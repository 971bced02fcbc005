//! [`Predicate`]: one comparison with a prepared operand.

use scim_core::{ComparisonKey, Scalar};

use super::key_set::KeySet;
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

    pub(crate) fn holds(&self, value: impl View) -> bool {
        value.scalar(|value| self.holds_for(value))
    }

    fn holds_for(&self, value: Scalar<'_>) -> bool {
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
