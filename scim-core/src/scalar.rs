//! [`Scalar`]: one value to compare, wherever it is kept.

use crate::{Number, Value};

/// A value that can be compared, borrowed from a [`Value`], from JSON text or from a host's own types.
///
/// ```
/// use scim_core::{Comparison, ComparisonKey};
/// let key = ComparisonKey::new(&"ADA".into(), Comparison::CaseInsensitive).ok_or("no text")?;
/// assert!(key.equals("ada"));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "JSON has these three kinds of comparable value and will have no other"
)]
pub enum Scalar<'v> {
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(&'v Number),
    /// A string: also dateTime, binary and reference.
    String(&'v str),
    /// `null`, an array or an object: equal to nothing and without order.
    Other,
}

impl<'v> From<&'v Value> for Scalar<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number),
            Value::String(text) => Self::String(text),
            Value::Null | Value::Array(_) | Value::Object(_) => Self::Other,
        }
    }
}

impl<'v> From<&'v str> for Scalar<'v> {
    fn from(text: &'v str) -> Self {
        Self::String(text)
    }
}

impl<'v> From<&'v Number> for Scalar<'v> {
    fn from(number: &'v Number) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Scalar<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
