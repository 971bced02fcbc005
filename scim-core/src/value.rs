//! [`Value`]: what an attribute can hold.

use std::fmt;

use crate::{Number, Object};

/// A JSON value as SCIM sees it (RFC 7643 §2.3 and §2.5).
///
/// Object members are found without regard to case and keep their order; numbers are exact; a
/// written `null` is kept, since a PATCH must see it, although it means the same as absence.
/// Equality: numbers by value, objects without regard to the order and case of their names, arrays
/// in order, strings byte by byte.
///
/// ```
/// use scim_core::Value;
/// let value: Value = r#"{"givenName":"Ada","age":36.0}"#.parse()?;
/// assert_eq!(value, r#"{"AGE":36,"givenname":"Ada"}"#.parse()?);
/// assert_eq!(value.to_string(), r#"{"givenName":"Ada","age":36.0}"#);
/// # Ok::<(), scim_core::ReadError>(())
/// ```
#[derive(Clone, Default, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "JSON has these six kinds of value and will have no other"
)]
pub enum Value {
    /// `null`: unassigned.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number: integer or decimal.
    Number(Number),
    /// A string: also dateTime, binary and reference.
    String(Box<str>),
    /// The elements of a multi-valued attribute.
    Array(Vec<Value>),
    /// A complex value.
    Object(Object),
}

impl Value {
    /// Whether the value counts as assigned: `null` and `[]` do not (RFC 7643 §2.5).
    pub fn is_assigned(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Array(elements) => !elements.is_empty(),
            _ => true,
        }
    }

    /// Whether anything is left of the value once absence is taken out: some scalar in it that is not
    /// `null` (RFC 7643 §2.5). `""` is content, though [not present](Self::is_present).
    pub fn has_content(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Array(elements) => elements.iter().any(Self::has_content),
            Self::Object(object) => object.iter().any(|(_, value)| value.has_content()),
            _ => true,
        }
    }

    /// Whether `pr` finds a value here: assigned and not empty, all the way down (decision F16).
    pub fn is_present(&self) -> bool {
        match self {
            Self::Null => false,
            Self::Bool(_) | Self::Number(_) => true,
            Self::String(text) => !text.is_empty(),
            Self::Array(elements) => elements.iter().any(Self::is_present),
            Self::Object(object) => object.iter().any(|(_, value)| value.is_present()),
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The elements, if it is an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The elements to change, if it is an array.
    pub fn as_array_mut(&mut self) -> Option<&mut Vec<Value>> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The object to change, if it is one.
    pub fn as_object_mut(&mut self) -> Option<&mut Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The values a filter looks at: the elements of an array, nothing for `null`, else the value
    /// itself. Nulls inside an array count as nothing (decision S10).
    pub fn elements(&self) -> impl Iterator<Item = &Value> {
        let slice = match self {
            Self::Array(elements) => elements.as_slice(),
            other => std::slice::from_ref(other),
        };
        slice.iter().filter(|value| !matches!(value, Self::Null))
    }

    /// What kind of JSON value this is, for messages: `a string`, `an array`, …
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// Moves the value out and leaves `null`.
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }
}

/// Compact JSON text.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}
impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Self::Number(value)
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.into())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value.into())
    }
}
impl From<Object> for Value {
    fn from(value: Object) -> Self {
        Self::Object(value)
    }
}
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_three_words() {
        // A group of 100,000 members is mostly values; a fourth word would cost a quarter more.
        assert!(size_of::<Value>() <= 3 * size_of::<usize>());
    }

    #[test]
    fn presence_follows_the_words_of_the_rfc() {
        for (text, present) in [
            ("null", false),
            ("\"\"", false),
            ("[]", false),
            ("{}", false),
            ("false", true),
            ("0", true),
            ("[null]", false),
            ("[{\"a\":null}]", false),
            ("[{\"a\":0}]", true),
        ] {
            assert_eq!(
                text.parse::<Value>().unwrap().is_present(),
                present,
                "{text}"
            );
        }
    }
}
