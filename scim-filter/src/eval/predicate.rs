//! [`Predicate`]: one comparison with a prepared operand.

use scim_core::{ComparisonKey, Scalar};

use super::view::View;
use crate::CompareOp;

/// A comparison of one value. A value of another type satisfies none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Predicate {
    Equals(ComparisonKey),
    /// Equal to one of several. INVARIANT: sorted and distinct.
    Among(Vec<ComparisonKey>),
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

    pub(crate) fn holds(&self, value: impl View) -> bool {
        value.scalar(|value| self.holds_for(value))
    }

    fn holds_for(&self, value: Scalar<'_>) -> bool {
        match self {
            Self::Equals(key) => key.equals(value),
            Self::Among(keys) => is_among(keys, value),
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
}

/// Binary search by the order of the keys. A key of another type than the value's has no order beside
/// it; without a schema a set may hold several types, so what is left is then tried one by one.
fn is_among(keys: &[ComparisonKey], value: Scalar<'_>) -> bool {
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
