//! [`Node`]: a JSON value, wherever it is kept; what the rules look at.

mod index;

use std::borrow::Cow;

use scim_core::{JsonKind, Scalar, Value};

pub(crate) use index::Index;

/// A JSON value that can be looked at: in a tree, or in the index of a text.
///
/// The rules are written once, for nodes. How deep they look is bounded by the schema, never by the
/// value.
pub(crate) trait Node<'n>: Copy {
    /// What kind of value it is.
    fn kind(self) -> JsonKind;

    /// The members of an object, name and value; none of anything else.
    fn members(self) -> impl Iterator<Item = (&'n str, Self)>;

    /// The elements of an array, nulls among them; none of anything else.
    fn items(self) -> impl Iterator<Item = Self>;

    /// The value of a member, by its name in any case.
    fn get(self, name: &str) -> Option<Self> {
        let mut members = self.members();
        let found = members.find(|(written, _)| written.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// The string, if it is one.
    fn text(self) -> Option<&'n str>;

    /// Whether it is a string with the character U+0000.
    fn has_nul(self) -> bool {
        self.text().is_some_and(|text| text.as_bytes().contains(&0))
    }

    /// Shows a simple value.
    fn scalar<R>(self, show: impl FnOnce(Scalar<'_>) -> R) -> R;

    /// The value as a tree, for those few rules that need all of it at once.
    fn tree(self) -> Cow<'n, Value>;

    /// Whether the value counts as assigned: `null` and `[]` do not (RFC 7643 §2.5).
    fn is_assigned(self) -> bool {
        match self.kind() {
            JsonKind::Null => false,
            JsonKind::Array => self.items().next().is_some(),
            _ => true,
        }
    }

    /// What kind of value it is, for messages.
    fn noun(self) -> &'static str {
        match self.kind() {
            JsonKind::Null => "null",
            JsonKind::Bool => "a boolean",
            JsonKind::Number => "a number",
            JsonKind::String => "a string",
            JsonKind::Array => "an array",
            JsonKind::Object => "an object",
        }
    }
}

impl<'n> Node<'n> for &'n Value {
    fn kind(self) -> JsonKind {
        match self {
            Value::Null => JsonKind::Null,
            Value::Bool(_) => JsonKind::Bool,
            Value::Number(_) => JsonKind::Number,
            Value::String(_) => JsonKind::String,
            Value::Array(_) => JsonKind::Array,
            Value::Object(_) => JsonKind::Object,
        }
    }

    fn members(self) -> impl Iterator<Item = (&'n str, Self)> {
        let members = self
            .as_object()
            .into_iter()
            .flat_map(|object| object.iter());
        members.map(|(key, value)| (key.as_str(), value))
    }

    fn items(self) -> impl Iterator<Item = Self> {
        self.as_array().unwrap_or_default().iter()
    }

    fn get(self, name: &str) -> Option<Self> {
        self.as_object()?.get(name)
    }

    fn text(self) -> Option<&'n str> {
        self.as_str()
    }

    fn scalar<R>(self, show: impl FnOnce(Scalar<'_>) -> R) -> R {
        show(Scalar::from(self))
    }

    fn tree(self) -> Cow<'n, Value> {
        Cow::Borrowed(self)
    }
}
