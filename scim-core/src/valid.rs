//! [`Valid`]: proof that a value was checked.

use std::ops::Deref;

/// A value that was checked against a schema, usually a [`Resource`](crate::Resource)
/// (RFC 7643 §2).
///
/// Made by validation, or in the open by [`Valid::assume`].
///
/// ```
/// use scim_core::{Resource, Valid};
/// let stored = Valid::assume(Resource::default());
/// assert!(stored.id().is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valid<T>(T);

impl<T> Valid<T> {
    /// Takes the caller's word that `value` is valid, for example because it was stored as such.
    pub fn assume(value: T) -> Self {
        Self(value)
    }

    /// Gives the value back, free to change.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Valid<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
