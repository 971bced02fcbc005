//! What a program looks at: values and the resources that hold them, in whatever form they are.

use scim_core::{Comparand, Document, Key, RawValue, Resource, Scalar, Value};

/// A value, in a tree or in text.
pub(crate) trait View: Copy {
    /// The elements of an array, nothing for `null`, else the value itself; nulls inside an array are
    /// nothing (decision S10).
    fn elements(self) -> impl Iterator<Item = Self>;
    /// The member of an object, by its name in any case.
    fn member(self, name: &Key) -> Option<Self>;
    fn is_object(self) -> bool;
    fn is_array(self) -> bool;
    /// Decision F16.
    fn is_present(self) -> bool;
    /// Whether it holds a scalar that is not `null`.
    fn has_content(self) -> bool;
    /// Shows what is compared.
    fn scalar<R>(self, show: impl FnOnce(Scalar<'_>) -> R) -> R;
    /// The same, unless it is text that has to be decoded or folded first.
    fn at_hand<R>(self, show: impl FnOnce(Comparand<'_>) -> R) -> Option<R>;
    /// Where its text stands: that of no other value, while both are there.
    fn address(self) -> usize;
}

impl View for &Value {
    fn elements(self) -> impl Iterator<Item = Self> {
        self.elements()
    }

    fn member(self, name: &Key) -> Option<Self> {
        self.as_object()?.get_by_key(name)
    }

    fn is_object(self) -> bool {
        matches!(self, Value::Object(_))
    }

    fn is_array(self) -> bool {
        matches!(self, Value::Array(_))
    }

    fn is_present(self) -> bool {
        self.is_present()
    }

    fn has_content(self) -> bool {
        self.has_content()
    }

    fn scalar<R>(self, show: impl FnOnce(Scalar<'_>) -> R) -> R {
        show(self.into())
    }

    #[inline]
    fn at_hand<R>(self, show: impl FnOnce(Comparand<'_>) -> R) -> Option<R> {
        let value = Comparand::from(self);
        value.is_ready().then(|| show(value))
    }

    fn address(self) -> usize {
        self.as_str().map_or(0, |text| text.as_ptr().addr())
    }
}

impl View for RawValue<'_> {
    fn elements(self) -> impl Iterator<Item = Self> {
        self.elements()
    }

    fn member(self, name: &Key) -> Option<Self> {
        self.get(name.as_str())
    }

    fn is_object(self) -> bool {
        self.is_object()
    }

    fn is_array(self) -> bool {
        self.is_array()
    }

    fn is_present(self) -> bool {
        self.is_present()
    }

    fn has_content(self) -> bool {
        self.has_content()
    }

    fn scalar<R>(self, show: impl FnOnce(Scalar<'_>) -> R) -> R {
        self.scalar(show)
    }

    #[inline]
    fn at_hand<R>(self, show: impl FnOnce(Comparand<'_>) -> R) -> Option<R> {
        if !self.is_string() {
            return Some(self.scalar(|value| show(value.into())));
        }
        let value = Comparand::from(self.plain_str()?);
        value.is_ready().then(|| show(value))
    }

    fn address(self) -> usize {
        self.as_ptr().addr()
    }
}

/// A resource, or as much of it as is known.
pub(crate) trait Subject: Copy {
    /// What its values are.
    type View: View;

    /// The attribute at the top level, or the object of an extension.
    fn get(self, name: &Key) -> Found<Self::View>;

    /// Whether there is a value at all; `None` if that is not known yet.
    fn is_present(self) -> Option<bool>;
}

/// What a look-up gave.
pub(crate) enum Found<V> {
    Value(V),
    Nothing,
    /// It may still come.
    NotYet,
}

impl<V> From<Option<V>> for Found<V> {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Nothing, Self::Value)
    }
}

impl<'r> Subject for &'r Resource {
    type View = &'r Value;

    fn get(self, name: &Key) -> Found<&'r Value> {
        self.get_by_key(name).into()
    }

    fn is_present(self) -> Option<bool> {
        Some(self.iter().any(|(_, value)| value.is_present()))
    }
}

impl<'d> Subject for &'d Document {
    type View = RawValue<'d>;

    fn get(self, name: &Key) -> Found<RawValue<'d>> {
        self.raw(name).into()
    }

    fn is_present(self) -> Option<bool> {
        Some(RawValue::assume(self.as_str()).is_present())
    }
}
